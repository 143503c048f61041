// Which part of an image is on screen: a scale (screen pixels for each image pixel) and the image's left top corner.

import { clamp } from "./geometry.js";

const MOST = 64;
const MARGIN = 0.94;

export function fitted(size, screen) {
  const scale = Math.min(screen.width / size.width, screen.height / size.height) * MARGIN;
  return centred(size, screen, Number.isFinite(scale) && scale > 0 ? scale : 1);
}

function centred(size, screen, scale) {
  return { scale, x: (size.width - screen.width / scale) / 2, y: (size.height - screen.height / scale) / 2 };
}

export function toImage(port, point) {
  return { x: port.x + point.x / port.scale, y: port.y + point.y / port.scale };
}

// Zoom so that what lies under a point of the screen stays there.
export function zoomed(port, factor, at, { size, screen }) {
  const least = fitted(size, screen).scale / 2;
  const scale = clamp(port.scale * factor, least, Math.max(MOST, least));
  const held = toImage(port, at);
  return kept({ scale, x: held.x - at.x / scale, y: held.y - at.y / scale }, { size, screen });
}

export function panned(port, dx, dy, { size, screen }) {
  return kept({ ...port, x: port.x - dx / port.scale, y: port.y - dy / port.scale }, { size, screen });
}

// At least a quarter of the image, or of the screen, stays in sight.
function kept(port, { size, screen }) {
  const [across, down] = [screen.width / port.scale, screen.height / port.scale];
  return {
    ...port,
    x: clamp(port.x, Math.min(size.width, across) / 4 - across, size.width - Math.min(size.width, across) / 4),
    y: clamp(port.y, Math.min(size.height, down) / 4 - down, size.height - Math.min(size.height, down) / 4),
  };
}

export function viewBox(port, screen) {
  return [port.x, port.y, screen.width / port.scale, screen.height / port.scale].join(" ");
}
