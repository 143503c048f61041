// Mouse, pen and fingers on the image: select, move, pull a grip, draw a box, move the image about, zoom.

import * as geometry from "./geometry.js";
import { toImage } from "./zoom.js";

// Pixels of the screen below which a drag is a click.
const SLACK = 4;
const WHEEL = 0.0016;
let gestures = 0;

export class Pointing {
  // `tool` has: canvas, port(), state(), can(what), act(action), select(key), move(port change), drawn(box)
  constructor(tool) {
    this.tool = tool;
    this.fingers = new Map();
    this.gesture = null;
    this.spaced = false;
    const root = tool.canvas.root;
    root.addEventListener("pointerdown", (event) => this.down(event));
    root.addEventListener("pointermove", (event) => this.moved(event));
    for (const name of ["pointerup", "pointercancel"]) root.addEventListener(name, (event) => this.up(event));
    root.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  at(event) {
    const { left, top } = this.tool.canvas.root.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  down(event) {
    if (event.button > 1) return;
    const root = this.tool.canvas.root;
    root.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, this.at(event));
    if (this.fingers.size === 2) return this.pinch();
    if (this.fingers.size > 2) return;
    event.preventDefault();
    root.focus({ preventScroll: true });
    this.gesture = this.begun(event, this.at(event));
    root.classList.toggle("is-panning", this.gesture.does === "pan");
  }

  begun(event, from) {
    const base = { from, step: `gesture-${++gestures}`, far: false };
    if (event.button === 1 || this.spaced) return { ...base, does: "pan", port: this.tool.port() };
    const grip = event.target.closest(".grip");
    const chosen = this.tool.chosen();
    if (grip && chosen) {
      const taken = geometry.grips(chosen.kind, chosen.geometry).find(({ name }) => name === grip.dataset.key);
      return { ...base, does: "pull", grip: taken, shape: chosen };
    }
    const key = event.target.closest(".shape")?.dataset.key;
    if (key) {
      this.tool.select(Number(key));
      const shape = this.tool.chosen();
      const may = this.tool.can("edit") && geometry.canMove(shape.kind);
      return may ? { ...base, does: "move", shape } : { ...base, does: "click" };
    }
    if (this.tool.can("draw")) return { ...base, does: "draw", corner: toImage(this.tool.port(), from) };
    return { ...base, does: "pan", port: this.tool.port() };
  }

  moved(event) {
    if (!this.fingers.has(event.pointerId)) return;
    this.fingers.set(event.pointerId, this.at(event));
    if (this.pinching) return this.spread();
    const gesture = this.gesture;
    if (!gesture) return;
    const here = this.at(event);
    const [dx, dy] = [here.x - gesture.from.x, here.y - gesture.from.y];
    gesture.far ||= Math.hypot(dx, dy) >= SLACK;
    if (gesture.far) this[gesture.does]?.(gesture, here, { dx, dy });
  }

  pan(gesture, _here, { dx, dy }) {
    this.tool.pan(gesture.port, dx, dy);
  }

  move(gesture, _here, by) {
    const { scale } = this.tool.port();
    const { key, kind, geometry: before } = gesture.shape;
    const after = geometry.moved(kind, before, by.dx / scale, by.dy / scale, this.tool.size());
    this.tool.act({ type: "geometry", key, geometry: after, step: gesture.step });
  }

  pull(gesture, _here, by) {
    const { scale } = this.tool.port();
    const { key, kind, geometry: before } = gesture.shape;
    const after = geometry.pulled(kind, before, gesture.grip, by.dx / scale, by.dy / scale, this.tool.size());
    this.tool.act({ type: "geometry", key, geometry: after, step: gesture.step });
  }

  draw(gesture, here) {
    gesture.box = geometry.boxBetween(gesture.corner, toImage(this.tool.port(), here), this.tool.size());
    this.tool.canvas.drawGhost(gesture.box);
  }

  up(event) {
    this.fingers.delete(event.pointerId);
    const gesture = this.gesture;
    this.gesture = null;
    this.tool.canvas.root.classList.remove("is-panning");
    this.tool.canvas.drawGhost(null);
    if (this.pinching) {
      if (!this.fingers.size) this.pinching = null;
      return;
    }
    if (!gesture || event.type === "pointercancel") return;
    if (gesture.does === "draw" && gesture.far && gesture.box) this.tool.drawn(gesture.box);
    else if (gesture.does === "draw" || (gesture.does === "pan" && !gesture.far)) this.tool.select(null);
  }

  // Two fingers move and zoom the image; what one had begun is given up.
  pinch() {
    this.gesture = null;
    this.tool.canvas.drawGhost(null);
    this.pinching = this.spanned();
  }

  spanned() {
    const [one, other] = [...this.fingers.values()];
    if (!other) return null;
    const at = { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
    return { at, wide: Math.hypot(one.x - other.x, one.y - other.y) };
  }

  spread() {
    const [before, now] = [this.pinching, this.spanned()];
    if (!now) return;
    this.tool.pan(this.tool.port(), now.at.x - before.at.x, now.at.y - before.at.y);
    this.tool.zoom(now.wide / Math.max(1, before.wide), now.at);
    this.pinching = now;
  }

  wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    this.tool.zoom(Math.exp(-event.deltaY * lines * WHEEL), this.at(event));
  }
}
