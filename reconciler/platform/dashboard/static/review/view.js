// What is seen: the image with its shapes as SVG, and the list of shapes. Draws a state; knows nothing of events.

import * as geometry from "./geometry.js";
import { viewBox } from "./zoom.js";

const SVG = "http://www.w3.org/2000/svg";
const HUES = 10;
// Pixels of the screen.
const GRIP = 9, TOUCH = 24, TEXT = 12.5, DOT = 5, ROOM = 44, GAP = 5;
const PIXELATED_FROM = 3;

export function svg(name, attributes = {}) {
  const made = document.createElementNS(SVG, name);
  set(made, attributes);
  return made;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
  }
}

export function hueOf(labels, id) {
  const place = labels.findIndex((label) => label.id === id);
  return place < 0 ? "hue-none" : `hue-${place % HUES}`;
}

export function score(value) {
  return value === null ? "" : `${Math.round(value * 100)} %`;
}

// A shape in words, for people who do not see it.
export function words(shape, number, count) {
  const name = shape.label ? shape.name : `unknown label ${shape.name}`;
  const said = [name, score(shape.score)].filter(Boolean).join(", ");
  return `${said}, ${geometry.told(shape.kind, shape.geometry)}, ${number} of ${count}`;
}

// Keep one element for each shape, so that focus stays where it is while things are drawn again.
function matched(parent, shapes, make) {
  const known = new Map([...parent.children].map((element) => [element.dataset.key, element]));
  shapes.forEach((shape, place) => {
    const key = String(shape.key);
    const element = known.get(key) ?? make(key);
    known.delete(key);
    if (parent.children[place] !== element) {
      const focused = element.contains(document.activeElement) ? document.activeElement : null;
      parent.insertBefore(element, parent.children[place] ?? null);
      focused?.focus({ preventScroll: true });
    }
  });
  for (const gone of known.values()) gone.remove();
}

export class Canvas {
  constructor(root, labels) {
    this.root = root;
    this.labels = labels;
    this.image = root.querySelector("image");
    this.shapes = root.querySelector(".shapes");
    this.grips = root.querySelector(".grips");
    this.ghost = root.querySelector(".ghost");
  }

  get screen() {
    const { width, height } = this.root.getBoundingClientRect();
    return { width: Math.max(1, width), height: Math.max(1, height) };
  }

  show(sheet) {
    // A shape of the next image is another shape, although it has the same number.
    const wasInside = this.shapes.contains(document.activeElement);
    this.shapes.replaceChildren();
    if (wasInside) this.root.focus({ preventScroll: true });
    set(this.image, { href: sheet.image, width: sheet.width, height: sheet.height });
  }

  draw(state, port, { hidden = false, editable = true } = {}) {
    this.root.setAttribute("viewBox", viewBox(port, this.screen));
    this.image.classList.toggle("pixelated", port.scale >= PIXELATED_FROM);
    const drawn = state.shapes.filter(({ kind }) => kind !== geometry.CLASSIFICATIONS);
    this.shapes.classList.toggle("is-hidden", hidden);
    // Small shapes lie on top: a click reaches them although a large one covers them.
    const area = ({ kind, geometry: held }) => geometry.area(kind, held);
    const layered = [...drawn].sort((one, other) => area(other) - area(one));
    matched(this.shapes, layered, (key) => this.made(key));
    // A list box without options would be an error to those who hear it.
    if (drawn.length) set(this.shapes, { role: "listbox", "aria-label": "Shapes on the image" });
    else for (const name of ["role", "aria-label"]) this.shapes.removeAttribute(name);
    const numbers = new Map(state.shapes.map((shape, place) => [shape.key, place + 1]));
    for (const element of this.shapes.children) {
      const shape = drawn.find(({ key }) => String(key) === element.dataset.key);
      const said = words(shape, numbers.get(shape.key), drawn.length);
      this.put(element, shape, { selected: shape.key === state.selected, said, port });
    }
    const chosen = editable && !hidden ? drawn.find(({ key }) => key === state.selected) : null;
    this.drawGrips(chosen, port.scale);
  }

  made(key) {
    const group = svg("g", { class: "shape", role: "option", tabindex: "0" });
    group.dataset.key = key;
    const parts = [["path", "halo"], ["path", "edge"], ["rect", "plate"], ["text", "told"]];
    group.append(...parts.map(([name, className]) => svg(name, { class: className })));
    return group;
  }

  put(element, shape, { selected, said, port }) {
    const [halo, edge, plate, text] = element.children;
    const line = path(shape, DOT / port.scale);
    const looks = ["shape", hueOf(this.labels, shape.label), shape.kind, ...(selected ? ["is-selected"] : [])];
    set(element, { "aria-label": said, "aria-selected": selected, class: looks.join(" ") });
    set(halo, { d: line });
    set(edge, { d: line });
    const told = [shape.label ? shape.name : `${shape.name}?`, score(shape.score)].filter(Boolean).join(" · ");
    const short = told.length > 32 ? `${told.slice(0, 31)}…` : told;
    if (text.textContent !== short) text.textContent = short;
    this.name(plate, text, shape, port.scale);
  }

  // The name above the shape, or inside where the screen ends; as large as text whatever the zoom.
  name(plate, text, shape, scale) {
    const edges = geometry.extent(shape.kind, shape.geometry) ?? { left: 0, top: 0 };
    const size = TEXT / scale;
    const height = size * 1.5;
    const above = edges.top - height - GAP / scale;
    const top = above < this.root.viewBox.baseVal.y ? edges.top : above;
    const wide = (text.textContent.length * 0.6 + 0.9) * size;
    set(plate, { x: edges.left, y: top, width: wide, height, rx: size * 0.25 });
    set(text, { x: edges.left + size * 0.45, y: top + size * 1.12, "font-size": size });
  }

  drawGrips(shape, scale) {
    const wanted = shape ? gripped(shape, scale) : [];
    const reach = shape ? reachOf(shape, scale) : 0;
    matched(this.grips, wanted, (key) => {
      const group = svg("g", { class: `grip ${key}`, "aria-hidden": "true" });
      group.dataset.key = key;
      group.append(svg("rect", { class: "reach" }), svg("rect", { class: "knob" }));
      return group;
    });
    wanted.forEach((grip, place) => {
      const [area, knob] = this.grips.children[place].children;
      square(area, grip, reach / scale);
      square(knob, grip, GRIP / scale);
    });
  }

  drawGhost(box) {
    this.ghost.toggleAttribute("hidden", !box);
    if (box) set(this.ghost, { x: box.x, y: box.y, width: box.w, height: box.h });
  }

  element(key) {
    return this.shapes.querySelector(`[data-key="${key}"]`);
  }
}

// The grips there is room for: of a small box its corners, so that its middle can still be taken hold of.
function gripped(shape, scale) {
  const edges = geometry.extent(shape.kind, shape.geometry);
  const isCramped = edges && Math.min(edges.right - edges.left, edges.bottom - edges.top) * scale < ROOM;
  const found = geometry.grips(shape.kind, shape.geometry);
  const kept = isCramped && shape.kind === geometry.RECTANGLES ? found.filter(({ name }) => name.length === 2) : found;
  return kept.map((grip) => ({ ...grip, key: grip.name }));
}

function reachOf(shape, scale) {
  if (shape.kind !== geometry.RECTANGLES) return TOUCH;
  return geometry.clamp(Math.min(shape.geometry.w, shape.geometry.h) * scale * 0.45, GRIP, TOUCH);
}

function square(element, { x, y }, side) {
  set(element, { x: x - side / 2, y: y - side / 2, width: side, height: side });
}

function path(shape, radius) {
  const { kind } = shape;
  if (kind === "masks") return shape.path ?? "";
  if (kind === geometry.RECTANGLES) {
    const { x, y, w, h } = shape.geometry;
    return `M${x} ${y}h${w}v${h}h${-w}z`;
  }
  const placed = geometry.points(kind, shape.geometry);
  const line = `M${placed.map(([x, y]) => `${x} ${y}`).join("L")}`;
  if (kind === "lines") return line;
  if (kind === "polygons") return `${line}z`;
  const half = (way) => `a${radius} ${radius} 0 1 0 ${way * 2 * radius} 0`;
  return placed.map(([x, y]) => `M${x - radius} ${y}${half(1)}${half(-1)}`).join("");
}

// The list beside the image: the same shapes, one line each.
export class List {
  constructor(root, empty, labels) {
    Object.assign(this, { root, empty, labels });
  }

  clear() {
    this.root.replaceChildren();
  }

  draw(state) {
    const shapes = state.shapes.filter(({ kind }) => kind !== geometry.CLASSIFICATIONS);
    this.empty.hidden = shapes.length > 0;
    this.root.hidden = shapes.length === 0;
    matched(this.root, shapes, (key) => line(key));
    shapes.forEach((shape, place) => {
      const element = this.root.children[place];
      const [mark, name, sure, where] = element.children;
      const selected = shape.key === state.selected;
      const stop = selected || (!shapes.some(({ key }) => key === state.selected) && place === 0);
      set(element, { "aria-selected": selected, tabindex: stop ? "0" : "-1" });
      set(mark, { class: `swatch ${hueOf(this.labels, shape.label)}` });
      name.textContent = shape.label ? shape.name : `${shape.name} (unknown label)`;
      sure.textContent = score(shape.score);
      where.textContent = geometry.told(shape.kind, shape.geometry);
    });
  }

  element(key) {
    return this.root.querySelector(`[data-key="${key}"]`);
  }
}

function line(key) {
  const element = document.createElement("li");
  element.dataset.key = key;
  element.setAttribute("role", "option");
  for (const name of ["swatch", "name", "sure", "where"]) {
    const part = document.createElement("span");
    part.className = name;
    element.append(part);
  }
  return element;
}
