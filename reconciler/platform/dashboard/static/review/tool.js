// The review tool: holds the state of one image, does what keys, mouse and buttons ask for, and draws after each.

import * as geometry from "./geometry.js";
import * as zoom from "./zoom.js";
import * as trail from "./trail.js";
import { chosen, draft, isChanged, neighbour, opened, problems, reduce, review } from "./state.js";
import { score } from "./view.js";

const SHIFTS = { next: 1, previous: -1 };

export class Tool {
  constructor({ setup, platform, drafts, canvas, list, screen }) {
    Object.assign(this, { setup, platform, drafts, canvas, list, screen });
    this.classify = setup.type === "CLASSIFICATION";
    this.active = setup.labels[0]?.id ?? null;
    this.hidden = false;
    this.saving = false;
    this.copied = null;
    this.port_ = null;
  }

  // One image after another

  open(sheet, way) {
    this.way = way;
    this.state_ = opened(sheet);
    this.port_ = null;
    this.hidden = false;
    this.waitingDraft = this.drafts.find(sheet.id);
    this.canvas.show(sheet);
    this.list.clear();
    this.draw();
    this.screen.opened(sheet, this.way, this.setup);
    this.screen.offerDraft(this.waitingDraft, this.waitingDraft?.since === sheet.since);
    this.lookAhead(2);
  }

  // Load the next sheets and images, so that they are there when they are wanted.
  async lookAhead(depth) {
    let id = trail.nextOf(this.way, this.sheet);
    for (let step = 0; step < depth && id; step++) {
      const coming = await this.platform.foresee(id, this.setup.base);
      if (!coming) return;
      new Image().src = coming.image;
      id = coming.older;
    }
  }

  async go(direction, { told = "" } = {}) {
    if (this.saving || this.going) return;
    const back = SHIFTS[direction] < 0;
    const id = back ? trail.previousOf(this.way, this.sheet) : trail.nextOf(this.way, this.sheet);
    if (!id) return back ? this.screen.say("This is the newest image of the filter.") : this.finish(told);
    await this.goTo(id, { back, told: told || this.keptDraft() });
  }

  // Leaving an image keeps what was changed as a draft, and says so.
  keptDraft() {
    if (!this.state_ || !this.isDirty()) return "";
    const isKept = this.drafts.keep(this.sheet.id, draft(this.state_));
    return isKept ? `Your changes of ${this.sheet.name} are kept as a draft. ` : "";
  }

  async goTo(id, { back = false, told = "", push = true } = {}) {
    this.going = true;
    this.screen.busy(true);
    try {
      const sheet = await this.platform.sheet(id, this.setup.base);
      if (push) history.pushState({ id }, "", `${this.setup.base}/${id}${this.setup.query}`);
      this.open(sheet, trail.stepped(this.way, id, { back }));
      this.screen.say(`${told}${sheet.name}: ${this.summary()}.`);
    } catch (error) {
      const again = () => this.goTo(id, { back, told, push });
      this.screen.trouble(`The image could not be loaded: ${error.message}`, [["Try again", again]]);
    } finally {
      this.going = false;
      this.screen.busy(false);
    }
  }

  finish(told) {
    if (told && !this.isDirty()) return location.assign(this.setup.end);
    const hint = this.isDirty() ? " Press A to save what is shown." : "";
    this.screen.say(`This is the last image of the filter.${hint}`);
  }

  summary() {
    const { shapes } = this.state_;
    if (this.classify) return shapes.length ? `${shapes[0].name} ${score(shapes[0].score)}`.trim() : "no class";
    return shapes.length === 1 ? "1 shape" : `${shapes.length} shapes`;
  }

  // Saving

  async accept({ since = this.sheet.since } = {}) {
    if (!this.can("edit")) return this.screen.say(this.why());
    if (this.saving || this.going) return;
    const wrong = problems(this.state_);
    if (wrong.length) {
      this.act({ type: "select", key: this.state_.shapes.find((shape) => !shape.label).key });
      return this.screen.say(wrong[0]);
    }
    if (this.sheet.since === since && this.state_.start === "review" && !this.isDirty()) {
      return this.go("next", { told: "It was reviewed so already. " });
    }
    const { sheet } = this;
    const work = draft(this.state_);
    this.saving = true;
    this.screen.busy(true);
    const found = await this.platform.save(sheet.id, this.setup.base, { review: review(this.state_), since });
    this.saving = false;
    this.screen.busy(false);
    if (this.sheet !== sheet) return this.answeredLate(sheet, work, found);
    if (found.outcome === "saved") return this.saved(sheet, found);
    if (found.outcome === "meanwhile") return this.overtaken(found);
    const ways = found.outcome === "refused" ? [] : [["Save again", () => this.accept({ since })]];
    this.screen.trouble(found.words, ways, found.outcome === "session");
  }

  // The browser's own way back led to another image before the answer came: that image is left alone.
  answeredLate(sheet, work, found) {
    this.platform.forget(sheet.id);
    if (found.outcome !== "saved") {
      this.drafts.keep(sheet.id, work);
      return this.screen.trouble(`${sheet.name} was not saved, its draft is kept. ${found.words}`);
    }
    this.drafts.drop(sheet.id);
    this.screen.settled(found.waiting);
    this.screen.say(`Saved ${sheet.name}.`);
  }

  async saved(sheet, found) {
    this.drafts.drop(sheet.id);
    this.platform.forget(sheet.id);
    this.screen.settled(found.waiting);
    const told = `Saved ${sheet.name}. `;
    // What was saved is what there was to see: nothing is left to lose.
    const { shapes } = this.state_;
    const known = { ...sheet, since: found.since, state: "REVIEWED", starts: { ...sheet.starts, review: shapes } };
    this.state_ = { ...this.state_, sheet: known, start: "review", opened: shapes };
    await this.go("next", { told });
  }

  overtaken({ words, since }) {
    this.screen.trouble(words, [
      ["Record mine as well", () => this.accept({ since })],
      ["See that review", () => this.goTo(this.sheet.id, { push: false })],
      ["Next image, record nothing", () => this.go("next")],
    ]);
  }

  // Editing

  get sheet() {
    return this.state_.sheet;
  }

  can(what) {
    const may = this.setup.may_write && this.sheet.state !== "SUBMITTED";
    return what === "draw" ? may && this.setup.type === "OBJECT_DETECTION" && !this.hidden : may;
  }

  why() {
    if (!this.setup.may_write) return "You signed in with an API token that may only read.";
    return "This image is submitted to a dataset: its review cannot be changed any more.";
  }

  isDirty() {
    return this.can("edit") && isChanged(this.state_);
  }

  act(action) {
    if (action.type !== "select" && !this.can("edit")) return this.screen.say(this.why());
    // What is on its way is what is on screen.
    if (action.type !== "select" && this.saving) return;
    this.state_ = reduce(this.state_, action);
    this.draw();
    if (this.isDirty()) this.drafts.keep(this.sheet.id, draft(this.state_));
    else if (!this.waitingDraft) this.drafts.drop(this.sheet.id);
  }

  // Give a label to what is selected; with nothing selected, to what is drawn next.
  label(id) {
    const label = this.setup.labels.find((each) => each.id === id);
    if (!label) return;
    if (this.classify) {
      this.act({ type: "classify", label });
      return this.can("edit") && this.screen.say(`${label.name}. Enter saves it.`);
    }
    this.active = id;
    const shape = this.chosen();
    if (shape) this.act({ type: "label", key: shape.key, label });
    else this.draw();
    this.screen.say(shape ? `Now ${label.name}.` : `New boxes are ${label.name}.`);
  }

  drawn(box) {
    const label = this.setup.labels.find(({ id }) => id === this.active);
    if (!label) return this.screen.say("This deployment has no labels.");
    this.act({ type: "add", shape: { kind: geometry.RECTANGLES, label: label.id, name: label.name, geometry: box } });
    this.screen.say(`Added ${label.name}, ${geometry.told(geometry.RECTANGLES, box)}.`);
    this.focus();
  }

  // A box in the middle of what is seen, a quarter of it wide and high.
  newBox() {
    if (!this.can("draw")) return this.screen.say(this.can("edit") ? "Only boxes can be drawn here." : this.why());
    const { width, height } = this.canvas.screen;
    const [one, other] = [0.375, 0.625].map((part) => zoom.toImage(this.port(), { x: width * part, y: height * part }));
    this.drawn(geometry.boxBetween(one, other, this.sheet));
  }

  remove() {
    if (this.classify) return this.act({ type: "classify", label: null });
    const shape = this.chosen();
    if (!shape) return this.screen.say("Nothing is selected.");
    this.act({ type: "remove", key: shape.key });
    this.screen.say(`Deleted ${shape.name}. ${this.summary()} left. U undoes.`);
    this.focus();
  }

  duplicate() {
    const shape = this.chosen();
    if (!shape || this.classify) return;
    this.act({ type: "duplicate", key: shape.key });
    this.focus();
  }

  copy() {
    this.copied = this.chosen() ?? this.copied;
    if (this.copied) this.screen.say(`Copied ${this.copied.name}.`);
  }

  paste() {
    if (!this.copied || this.classify) return;
    const { key, ...shape } = this.copied;
    const here = geometry.brought(shape.kind, shape.geometry, this.sheet);
    this.act({ type: "add", shape: { ...shape, score: null, geometry: here } });
    this.focus();
  }

  change(dx, dy, { resize = false } = {}) {
    const shape = this.chosen();
    if (!shape || !geometry.canMove(shape.kind)) return;
    const after = resize && shape.kind === geometry.RECTANGLES
      ? geometry.resized(shape.geometry, "se", dx, dy, this.sheet)
      : geometry.moved(shape.kind, shape.geometry, dx, dy, this.sheet);
    const step = `${resize ? "resize" : "nudge"}-${shape.key}`;
    this.act({ type: "geometry", key: shape.key, geometry: after, step });
    this.screen.say(geometry.told(shape.kind, this.chosen()?.geometry ?? after));
  }

  begin(start) {
    this.act({ type: "start", start });
    this.screen.say(`Began from the ${start === "review" ? "last review" : start}: ${this.summary()}.`);
  }

  nextStart() {
    const names = Object.keys(this.sheet.starts);
    if (names.length > 1) this.begin(names[(names.indexOf(this.state_.start) + 1) % names.length]);
  }

  restore() {
    if (this.waitingDraft) this.act({ type: "restore", shapes: this.waitingDraft.shapes });
    this.waitingDraft = null;
    this.screen.offerDraft(null);
    this.screen.say("Your draft is back.");
  }

  discard() {
    this.drafts.drop(this.sheet.id);
    this.waitingDraft = null;
    this.screen.offerDraft(null);
    this.screen.say("The draft is gone.");
  }

  // Seeing

  state() {
    return this.state_;
  }

  chosen() {
    return chosen(this.state_);
  }

  size() {
    return this.sheet;
  }

  port() {
    this.port_ ??= zoom.fitted(this.sheet, this.canvas.screen);
    return this.port_;
  }

  select(key) {
    this.act({ type: "select", key });
  }

  step(by) {
    const key = neighbour(this.state_, by);
    if (key === null) return this.screen.say("There are no shapes.");
    this.select(key);
    this.focus();
  }

  focus() {
    (this.canvas.element(this.state_.selected) ?? this.canvas.root).focus({ preventScroll: true });
  }

  zoom(factor, at = this.middle()) {
    this.look(zoom.zoomed(this.port(), factor, at, { size: this.sheet, screen: this.canvas.screen }));
  }

  pan(port, dx, dy) {
    this.look(zoom.panned(port, dx, dy, { size: this.sheet, screen: this.canvas.screen }));
  }

  fit() {
    this.look(null);
  }

  look(port) {
    this.port_ = port;
    this.draw();
  }

  middle() {
    const { width, height } = this.canvas.screen;
    return { x: width / 2, y: height / 2 };
  }

  hide() {
    this.hidden = !this.hidden;
    this.draw();
    this.screen.say(this.hidden ? "Shapes are hidden." : "Shapes are shown.");
  }

  draw() {
    const editable = this.can("edit");
    this.drawing = true;
    this.canvas.draw(this.state_, this.port(), { hidden: this.hidden, editable });
    this.list.draw(this.state_);
    this.drawing = false;
    const { active, hidden } = this;
    this.screen.draw(this.state_, { active, editable, hidden, dirty: this.isDirty(), zoom: this.port().scale });
  }

  // What a key or a button asks for, by its name.
  run({ does, label, by, dx, dy }) {
    const doing = {
      accept: () => this.accept(),
      next: () => this.go("next"),
      previous: () => this.go("previous"),
      skip: () => this.go("next", { told: this.keptDraft() || `Skipped ${this.sheet.name}. ` }),
      label: () => this.label(label),
      step: () => this.step(by),
      new: () => this.newBox(),
      duplicate: () => this.duplicate(),
      remove: () => this.remove(),
      undo: () => this.act({ type: "undo" }),
      redo: () => this.act({ type: "redo" }),
      copy: () => this.copy(),
      paste: () => this.paste(),
      move: () => this.change(dx, dy),
      resize: () => this.change(dx, dy, { resize: true }),
      start: () => this.nextStart(),
      hide: () => this.hide(),
      zoom: () => this.zoom(by),
      fit: () => this.fit(),
      restore: () => this.restore(),
      discard: () => this.discard(),
      deselect: () => this.select(null),
      search: () => this.screen.search(),
      help: () => this.screen.help(),
    };
    doing[does]?.();
  }
}
