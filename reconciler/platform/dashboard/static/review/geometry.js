// Shapes in pixels of their image: where they reach, moved, resized; nothing ever leaves the image further than it did.
// A geometry is what reviews send: {x, y, w, h}, {polygon}, {line}, {point}, {keypoints} or {mask}.

export const RECTANGLES = "rectangles";
export const CLASSIFICATIONS = "classifications";

const PARTS = { polygons: "polygon", lines: "line", keypoints: "keypoints" };

// Which edges each handle of a box moves.
export const HANDLES = {
  nw: ["left", "top"], n: ["top"], ne: ["right", "top"], e: ["right"],
  se: ["right", "bottom"], s: ["bottom"], sw: ["left", "bottom"], w: ["left"],
};

export function clamp(value, least, most) {
  return Math.min(Math.max(value, least), Math.max(least, most));
}

export function points(kind, geometry) {
  if (kind === "points") return [geometry.point];
  return geometry[PARTS[kind]] ?? [];
}

// The edges of a shape, or null for what covers no certain place (a class, a mask).
export function extent(kind, geometry) {
  if (kind === RECTANGLES) {
    const { x, y, w, h } = geometry;
    return { left: x, top: y, right: x + w, bottom: y + h };
  }
  const placed = points(kind, geometry);
  if (!placed.length) return null;
  const across = placed.map((point) => point[0]);
  const down = placed.map((point) => point[1]);
  return { left: Math.min(...across), top: Math.min(...down), right: Math.max(...across), bottom: Math.max(...down) };
}

export function area(kind, geometry) {
  const edges = extent(kind, geometry);
  return edges ? (edges.right - edges.left) * (edges.bottom - edges.top) : 0;
}

export function canMove(kind) {
  return kind === RECTANGLES || kind === "points" || kind in PARTS;
}

// Move a whole shape by whole pixels, as far as the image goes.
export function moved(kind, geometry, dx, dy, size) {
  const edges = extent(kind, geometry);
  if (!edges) return geometry;
  const right = Math.round(clamp(dx, Math.min(0, -edges.left), Math.max(0, size.width - edges.right)));
  const down = Math.round(clamp(dy, Math.min(0, -edges.top), Math.max(0, size.height - edges.bottom)));
  return shifted(kind, geometry, right, down);
}

function shifted(kind, geometry, dx, dy) {
  if (kind === RECTANGLES) return { ...geometry, x: geometry.x + dx, y: geometry.y + dy };
  const shift = ([x, y, ...rest]) => [x + dx, y + dy, ...rest];
  if (kind === "points") return { point: shift(geometry.point) };
  return { [PARTS[kind]]: points(kind, geometry).map(shift) };
}

// Return the box between two corners, whichever they are: whole pixels, inside the image, at least one wide and high.
export function boxBetween(one, other, size) {
  const left = clamp(Math.round(Math.min(one.x, other.x)), 0, size.width - 1);
  const top = clamp(Math.round(Math.min(one.y, other.y)), 0, size.height - 1);
  const right = clamp(Math.round(Math.max(one.x, other.x)), left + 1, size.width);
  const bottom = clamp(Math.round(Math.max(one.y, other.y)), top + 1, size.height);
  return { x: left, y: top, w: right - left, h: bottom - top };
}

// Move the edges of a handle; an edge stops at the image's border, and one pixel before the opposite edge.
export function resized(geometry, handle, dx, dy, size) {
  const edges = extent(RECTANGLES, geometry);
  const moving = HANDLES[handle];
  if (moving.includes("left")) edges.left = Math.round(clamp(edges.left + dx, 0, edges.right - 1));
  if (moving.includes("right")) edges.right = Math.round(clamp(edges.right + dx, edges.left + 1, size.width));
  if (moving.includes("top")) edges.top = Math.round(clamp(edges.top + dy, 0, edges.bottom - 1));
  if (moving.includes("bottom")) edges.bottom = Math.round(clamp(edges.bottom + dy, edges.top + 1, size.height));
  return { x: edges.left, y: edges.top, w: edges.right - edges.left, h: edges.bottom - edges.top };
}

// Put one corner of a polygon, line, point or set of keypoints somewhere else, inside the image.
export function cornerMoved(kind, geometry, index, dx, dy, size) {
  const put = ([x, y, ...rest]) => [
    Math.round(clamp(x + dx, 0, size.width)), Math.round(clamp(y + dy, 0, size.height)), ...rest,
  ];
  if (kind === "points") return { point: put(geometry.point) };
  return { [PARTS[kind]]: points(kind, geometry).map((point, place) => (place === index ? put(point) : point)) };
}

// What can be taken hold of to change a shape: the eight handles of a box, the corners of anything else.
export function grips(kind, geometry) {
  const edges = extent(kind, geometry);
  if (!edges) return [];
  if (kind !== RECTANGLES) {
    return points(kind, geometry).map(([x, y], index) => ({ name: `corner-${index}`, index, x, y }));
  }
  const middle = { x: (edges.left + edges.right) / 2, y: (edges.top + edges.bottom) / 2 };
  return Object.entries(HANDLES).map(([name, moving]) => ({
    name,
    x: moving.includes("left") ? edges.left : moving.includes("right") ? edges.right : middle.x,
    y: moving.includes("top") ? edges.top : moving.includes("bottom") ? edges.bottom : middle.y,
  }));
}

// Change a shape by a grip, as it was when it was taken hold of.
export function pulled(kind, geometry, grip, dx, dy, size) {
  if (kind === RECTANGLES) return resized(geometry, grip.name, dx, dy, size);
  return cornerMoved(kind, geometry, grip.index, dx, dy, size);
}

// A copy beside the original: a little to the right and below, or to the left and above where there is no room.
export function beside(kind, geometry, size) {
  const edges = extent(kind, geometry);
  if (!edges) return geometry;
  const step = Math.max(1, Math.round(Math.min(size.width, size.height) / 40));
  const dx = edges.right + step <= size.width ? step : -step;
  const dy = edges.bottom + step <= size.height ? step : -step;
  return moved(kind, geometry, dx, dy, size);
}

// A shape of another image, as much of it as this one has room for.
export function brought(kind, geometry, size) {
  const edges = extent(kind, geometry);
  if (!edges) return geometry;
  const { left, top, right, bottom } = edges;
  if (kind === RECTANGLES) return boxBetween({ x: left, y: top }, { x: right, y: bottom }, size);
  return shifted(kind, geometry, Math.min(0, size.width - right), Math.min(0, size.height - bottom));
}

export function told(kind, geometry) {
  const edges = extent(kind, geometry);
  if (kind === CLASSIFICATIONS) return "the whole image";
  if (!edges) return "a mask";
  const [left, top] = [Math.round(edges.left), Math.round(edges.top)];
  if (kind === "points") return `at ${left}, ${top}`;
  return `${Math.round(edges.right - edges.left)} by ${Math.round(edges.bottom - edges.top)} pixels at ${left}, ${top}`;
}
