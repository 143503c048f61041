// Starts the review tool on its page.

import { command } from "./keys.js";
import { Pointing } from "./pointing.js";
import { Drafts, Platform } from "./saving.js";
import { Screen } from "./screen.js";
import { Tool } from "./tool.js";
import { begun, stepped } from "./trail.js";
import { Canvas, List } from "./view.js";

const TYPED = "input, textarea, select";
const PRESSED = "button, a, summary, [role=button]";

const root = document.getElementById("review");
const setup = JSON.parse(document.getElementById("review-setup").textContent);
const part = (name) => root.querySelector(`[data-part="${name}"]`);
const memory = `review-way:${setup.base}${setup.query}`;

const csrfOf = (page) => page.querySelector('meta[name="csrf"]')?.content ?? null;

async function renewed() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  return csrfOf(new DOMParser().parseFromString(await answer.text(), "text/html"));
}

const platform = new Platform({
  fetch: (...told) => fetch(...told),
  csrf: csrfOf(document),
  renew: renewed,
  query: setup.query,
});
const canvas = new Canvas(part("canvas"), setup.labels);
const list = new List(part("shapes"), part("no-shapes"), setup.labels);
const screen = new Screen(root, {
  setup,
  run: (wanted) => tool.run(wanted),
  choose: (id) => tool.label(id),
  begin: (start) => tool.begin(start),
});
const tool = new Tool({ setup, platform, drafts: new Drafts(sessionStorage), canvas, list, screen });
const pointing = new Pointing(tool);

// A sitting goes on after the page was loaded again.
function way() {
  const { id } = setup.sheet;
  try {
    const known = JSON.parse(sessionStorage.getItem(memory));
    if (known?.ids.includes(id)) return stepped(known, id);
  } catch {
    // What another version of this page wrote: begin anew.
  }
  return begun(id, setup.position);
}

function remember() {
  sessionStorage.setItem(memory, JSON.stringify(tool.way));
}

canvas.image.addEventListener("error", () => {
  const words = "The image cannot be shown: its file is gone, or of a format that browsers do not show.";
  screen.trouble(words, [["Skip it", () => tool.run({ does: "skip" })]]);
});
root.hidden = false;
tool.open(setup.sheet, way());
history.replaceState({ id: setup.sheet.id }, "");
part("canvas").focus({ preventScroll: true });
remember();

document.addEventListener("keydown", (event) => {
  if (event.isComposing || part("help").open || event.target.closest(TYPED)) return;
  const isPress = event.key === "Enter" || event.key === " ";
  if (isPress && event.target.closest(PRESSED)) return;
  if (event.key === " ") {
    pointing.spaced = true;
    canvas.root.classList.add("may-pan");
    return event.preventDefault();
  }
  if (event.target.closest('[data-part="shapes"]') && listed(event)) return;
  const { key, ctrlKey: ctrl, metaKey: meta, altKey: alt, shiftKey: shift } = event;
  const selected = tool.chosen() !== null && !tool.classify;
  const wanted = command({ key, ctrl, meta, alt, shift }, { labels: screen.labels.keys, selected });
  if (!wanted || (event.repeat && wanted.does === "accept")) return;
  event.preventDefault();
  tool.run(wanted);
});

document.addEventListener("keyup", (event) => {
  if (event.key !== " ") return;
  pointing.spaced = false;
  canvas.root.classList.remove("may-pan");
});

// In the list of shapes, arrows go from one to the next.
function listed({ key, altKey, ctrlKey }) {
  if (altKey || ctrlKey || (key !== "ArrowDown" && key !== "ArrowUp")) return false;
  tool.step(key === "ArrowDown" ? 1 : -1);
  list.element(tool.state().selected)?.focus();
  return true;
}

for (const place of [canvas.shapes, part("shapes")]) {
  place.addEventListener("focusin", (event) => {
    // Drawing puts the focus back where it was; nobody asked for a shape then.
    if (tool.drawing) return;
    const key = event.target.closest("[data-key]")?.dataset.key;
    if (key && Number(key) !== tool.state().selected) tool.select(Number(key));
  });
}
part("shapes").addEventListener("click", (event) => {
  const key = event.target.closest("[data-key]")?.dataset.key;
  if (key) tool.select(Number(key));
});

window.addEventListener("resize", () => tool.fit());
new ResizeObserver(() => tool.draw()).observe(canvas.root);
window.addEventListener("popstate", (event) => {
  if (event.state?.id) tool.goTo(event.state.id, { push: false, told: tool.keptDraft() });
});
window.addEventListener("pagehide", remember);
window.addEventListener("beforeunload", (event) => {
  remember();
  if (tool.isDirty() || tool.saving) event.preventDefault();
});
