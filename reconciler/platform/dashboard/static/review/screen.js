// Everything on the page besides the image: panels, buttons, messages, dialogs. Tells the tool what was asked for.

import { LabelPanel, drawFacts, drawProgress, drawShortcuts, drawStarts, drawVerdict, make, notes } from "./panels.js";

// Labels that are seen at a glance.
const MANY = 12;

function hint(type) {
  if (matchMedia("(pointer: coarse)").matches) {
    return `${type === "OBJECT_DETECTION" ? "Drag to draw a box; two" : "Two"} fingers zoom and move the image.`;
  }
  const first = type === "CLASSIFICATION" ? "A number says the class, Enter saves it" : "Enter accepts what is shown";
  return `${first}; ? shows all keys.`;
}

export class Screen {
  constructor(root, { setup, run, choose, begin }) {
    const part = (name) => root.querySelector(`[data-part="${name}"]`);
    this.part = part;
    this.root = root;
    this.setup = setup;
    this.run = run;
    this.begin = begin;
    const classify = setup.type === "CLASSIFICATION";
    const labels = { list: part("labels"), search: part("search"), labels: setup.labels, classify, choose };
    this.labels = new LabelPanel(labels);
    part("search-frame").hidden = setup.labels.length <= MANY;
    drawShortcuts(part("shortcuts"), { classify, keys: this.labels.keys });
    for (const button of root.querySelectorAll("[data-do]")) {
      button.addEventListener("click", () => run({ does: button.dataset.do, by: Number(button.dataset.by) }));
    }
    // After a click keys belong to the image again; who pressed a button with a key stays on it.
    root.addEventListener("click", (event) => {
      const isPress = event.detail && event.target.closest("button");
      if (isPress && !part("help").open) part("canvas").focus({ preventScroll: true });
    });
    this.say(hint(setup.type));
    part("restore").addEventListener("click", () => run({ does: "restore" }));
    part("discard").addEventListener("click", () => run({ does: "discard" }));
    part("help").addEventListener("click", (event) => event.target === part("help") && part("help").close());
  }

  opened(sheet, way, setup) {
    document.title = document.title.replace(/^.*?·/, `${sheet.name} ·`);
    this.part("name").textContent = sheet.name;
    this.part("name").title = sheet.name;
    this.part("trouble").hidden = true;
    drawProgress(this.part("progress"), way);
    this.settled(setup.waiting);
  }

  draw(state, { active, editable, hidden, dirty, zoom }) {
    this.labels.draw(state, { active, editable });
    drawStarts(this.part("starts"), state, { editable, begin: this.begin });
    const submitted = "It is submitted: its review cannot be changed any more.";
    const why = this.setup.may_write ? submitted : "Your API token may only read.";
    drawFacts(this.part("facts"), state.sheet, { editable, why });
    this.part("notes").replaceChildren(...notes(state).map((note) => make("li", "", note)));
    this.part("zoom").textContent = zoom >= 10 ? `${Math.round(zoom)}×` : `${Math.round(zoom * 100)} %`;
    this.part("dirty").hidden = !dirty;
    this.part("accept").textContent = dirty ? "Save" : "Accept";
    if (this.setup.type === "OBJECT_DETECTION") {
      this.part("labels-title").textContent = `Label of ${state.selected === null ? "new boxes" : "the selected box"}`;
    }
    if (this.labels.classify) drawVerdict(this.part("verdict"), state, this.setup.labels);
    const selected = state.selected !== null;
    this.enable({
      accept: editable,
      undo: editable && state.past.length,
      redo: editable && state.future.length,
      new: editable && !hidden,
      duplicate: editable && selected,
      remove: editable && (selected || this.labels.classify),
    });
    this.root.querySelector('[data-do="hide"]')?.setAttribute("aria-pressed", String(hidden));
  }

  enable(wanted) {
    for (const [name, on] of Object.entries(wanted)) {
      for (const button of this.root.querySelectorAll(`[data-do="${name}"]`)) button.disabled = !on;
    }
  }

  // How many images wait to be submitted, since the last answer.
  settled(waiting) {
    this.setup.waiting = waiting;
    const link = this.part("submit");
    link.hidden = !waiting.number;
    link.querySelector(".number").textContent = waiting.told;
  }

  say(words) {
    const status = this.part("status");
    // The same words again are news again.
    status.textContent = "";
    requestAnimationFrame(() => { status.textContent = words; });
  }

  busy(on) {
    this.root.classList.toggle("is-busy", on);
  }

  trouble(words, ways = [], session = false) {
    const box = this.part("trouble");
    const buttons = ways.map(([name, act]) => {
      const button = make("button", "", name);
      button.type = "button";
      button.addEventListener("click", () => {
        box.hidden = true;
        act();
      });
      return button;
    });
    if (session) {
      const link = make("a", "button", "Sign in");
      Object.assign(link, { href: "/sign-in", target: "_blank", rel: "noopener" });
      buttons.unshift(link);
    }
    const close = make("button", "quiet", "Close");
    close.type = "button";
    close.addEventListener("click", () => { box.hidden = true; });
    const row = make("div", "row");
    row.append(...buttons, close);
    box.replaceChildren(make("p", "", words), row);
    box.hidden = false;
    box.focus({ preventScroll: true });
  }

  offerDraft(draft, fits = true) {
    this.part("draft").hidden = !draft;
    this.part("draft-words").textContent = fits
      ? "You had changed this image and not saved it."
      : "You had changed this image and not saved it; somebody has reviewed it since.";
  }

  search() {
    if (!this.part("search-frame").hidden) return this.part("search").focus();
    this.part("labels").querySelector("button")?.focus();
  }

  help() {
    this.part("help").showModal();
  }
}
