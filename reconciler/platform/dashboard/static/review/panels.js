// What stands beside and above the image: labels, where to begin from, facts, progress, and what happened.

import { CLASSIFICATIONS } from "./geometry.js";
import { SHORTCUTS, labelKeys } from "./keys.js";
import { problems } from "./state.js";
import { told } from "./trail.js";
import { hueOf, score } from "./view.js";

const STARTS = { champion: "Champion", shadow: "Shadow", review: "Last review" };
// Letters that fit into half of the panel.
const SHORT = 9;
const WORDS = { TO_REVIEW: "To review", REVIEWED: "Reviewed", SUBMITTED: "Submitted" };

export function make(name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

// The labels as buttons, with their keys; a search where there are many.
export class LabelPanel {
  constructor({ list, search, labels, classify, choose }) {
    Object.assign(this, { list, search, labels, classify });
    this.keys = labelKeys(labels);
    const keyOf = new Map([...this.keys].map(([key, id]) => [id, key]));
    list.replaceChildren(...labels.map((label) => this.button(label, keyOf.get(label.id), choose)));
    list.classList.toggle("short", labels.length > 5 && labels.every(({ name }) => name.length <= SHORT));
    search.addEventListener("input", () => this.narrow());
    search.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.leave();
      const first = [...list.children].find((item) => !item.hidden);
      if (event.key === "Enter" && first) {
        event.preventDefault();
        choose(first.dataset.id);
        this.leave();
      }
    });
  }

  button(label, key, choose) {
    const item = make("li");
    item.dataset.id = label.id;
    const button = make("button", "label");
    button.type = "button";
    button.title = label.name;
    const swatch = make("span", `swatch ${hueOf(this.labels, label.id)}`);
    button.append(swatch, make("span", "name", label.name), make("span", "sure"));
    if (key) button.append(make("kbd", "", key));
    button.addEventListener("click", () => choose(label.id));
    item.append(button);
    return item;
  }

  narrow() {
    const wanted = this.search.value.trim().toLowerCase();
    for (const item of this.list.children) {
      item.hidden = !item.querySelector(".name").textContent.toLowerCase().includes(wanted);
    }
  }

  leave() {
    this.search.value = "";
    this.narrow();
    this.search.blur();
  }

  draw(state, { active, editable }) {
    const said = state.shapes.find(({ kind }) => kind === CLASSIFICATIONS)?.label;
    const selected = state.shapes.find(({ key }) => key === state.selected)?.label;
    const lit = this.classify ? said : selected ?? active;
    const scores = state.sheet.scores[state.start] ?? state.sheet.scores.champion ?? {};
    const counts = new Map();
    for (const { label } of state.shapes) counts.set(label, (counts.get(label) ?? 0) + 1);
    for (const item of this.list.children) {
      const button = item.firstElementChild;
      button.setAttribute("aria-pressed", String(item.dataset.id === lit));
      button.disabled = !editable;
      const sure = item.dataset.id in scores ? score(scores[item.dataset.id]) : "";
      const many = this.classify ? sure : String(counts.get(item.dataset.id) ?? "");
      button.querySelector(".sure").textContent = many;
    }
  }
}

export function drawStarts(root, state, { editable, begin }) {
  const names = Object.keys(STARTS).filter((name) => name in state.sheet.starts);
  root.hidden = names.length < 2;
  root.replaceChildren(...names.map((name) => {
    const shapes = state.sheet.starts[name];
    const said = shapes[0]?.kind === CLASSIFICATIONS ? shapes[0].name : String(shapes.length);
    const button = make("button", `start of-${name}`, STARTS[name]);
    button.type = "button";
    button.disabled = !editable;
    button.setAttribute("aria-pressed", String(state.start === name));
    button.append(make("span", "count", said));
    button.addEventListener("click", () => begin(name));
    return button;
  }));
}

// The class of the image, as large as it matters.
export function drawVerdict(root, state, labels) {
  const said = state.shapes.find(({ kind }) => kind === CLASSIFICATIONS);
  const [swatch, name, sure] = root.children;
  swatch.className = `swatch ${hueOf(labels, said?.label)}`;
  name.textContent = said ? said.name : "No class";
  sure.textContent = said ? score(said.score) : "";
  root.hidden = false;
}

export function drawFacts(root, sheet, { editable, why }) {
  const facts = [
    ["State", WORDS[sheet.state] + (sheet.reviewer ? ` by ${sheet.reviewer}` : "")],
    ["Seen", sheet.seen],
    ["Size", `${sheet.width} × ${sheet.height} px`],
  ];
  if (sheet.source) facts.push(["Source", sheet.source]);
  root.replaceChildren(...facts.flatMap(([name, value]) => [make("dt", "", name), make("dd", "", value)]));
  if (!editable) root.append(make("dt", "", "Locked"), make("dd", "", why));
}

export function drawProgress(root, trail) {
  const { words, share } = told(trail);
  root.querySelector(".words").textContent = words;
  const bar = root.querySelector("progress");
  bar.hidden = share === null;
  if (share !== null) bar.value = share;
}

export function notes(state) {
  const left = state.sheet.left_out[state.start] ?? 0;
  const many = left === 1 ? "One shape of the model lies" : `${left} shapes of the model lie`;
  return [...problems(state), ...(left ? [`${many} outside the image, or cannot be reviewed, and was left out.`] : [])];
}

export function drawShortcuts(root, { classify, keys }) {
  const here = SHORTCUTS.filter(({ where }) => !where || where === (classify ? "class" : "shapes"));
  const shown = (key) => (key === "labels" ? labelsShown(keys) : [key]);
  root.replaceChildren(...here.flatMap(({ keys: pressed, does }) => {
    const term = make("dt");
    pressed.flatMap(shown).forEach((key, place) => term.append(...(place ? [" "] : []), make("kbd", "", key)));
    return [term, make("dd", "", does)];
  }));
}

function labelsShown(keys) {
  const known = [...keys.keys()];
  return known.length > 2 ? [`${known[0]} … ${known.at(-1)}`] : known;
}
