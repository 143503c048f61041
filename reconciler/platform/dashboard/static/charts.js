// A chart tells what is pointed at; with the arrow keys, one mark after the other. Without this, browsers show the titles.
"use strict";

const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
tip.setAttribute("role", "status");
document.body.append(tip);

let told = null;

function textOf(mark) {
  const title = mark.querySelector("title");
  if (title) {
    // Kept aside, or the browser would tell it as well.
    mark.dataset.told = title.textContent;
    title.remove();
  }
  return mark.dataset.told ?? "";
}

function tell(mark) {
  hush();
  const text = textOf(mark);
  if (!text) return;
  told = mark;
  mark.classList.add("is-told");
  tip.textContent = text;
  tip.hidden = false;
  const at = mark.getBoundingClientRect();
  const frame = mark.closest("[data-chart]").getBoundingClientRect();
  const middle = at.left + at.width / 2 - tip.offsetWidth / 2;
  const above = (mark.matches(".dot") ? at.top : Math.max(at.top, frame.top)) - tip.offsetHeight - 8;
  tip.style.left = `${scrollX + Math.max(8, Math.min(middle, document.documentElement.clientWidth - tip.offsetWidth - 8))}px`;
  tip.style.top = `${scrollY + (above < 8 ? at.bottom + 8 : above)}px`;
}

function hush() {
  told?.classList.remove("is-told");
  told = null;
  tip.hidden = true;
}

function marksOf(chart) {
  const links = [...chart.querySelectorAll("a > .dot")];
  return links.length ? links : [...chart.querySelectorAll(".hit")];
}

function move(chart, step) {
  const marks = marksOf(chart);
  const place = marks.indexOf(told);
  const next = step === "first" ? 0 : step === "last" ? marks.length - 1 : place < 0 ? 0 : place + step;
  const mark = marks[Math.max(0, Math.min(next, marks.length - 1))];
  if (!mark) return;
  const link = mark.closest("a");
  if (link) link.focus();
  tell(mark);
}

const STEPS = { ArrowRight: 1, ArrowLeft: -1, Home: "first", End: "last" };

document.addEventListener("pointerover", (event) => {
  const mark = event.target.closest?.("[data-chart] .hit, [data-chart] a .dot");
  if (mark) tell(mark);
  else if (told && !told.closest("a:focus")) hush();
});
document.addEventListener("focusin", (event) => {
  const dot = event.target.querySelector?.(":scope > .dot");
  if (dot) tell(dot);
});
document.addEventListener("focusout", hush);
document.addEventListener("keydown", (event) => {
  const chart = event.target.closest?.("[data-chart]");
  if (event.key === "Escape") hush();
  else if (chart && event.key in STEPS) {
    event.preventDefault();
    move(chart, STEPS[event.key]);
  }
});

function reach(chart) {
  // One stop of the Tab key for each chart; the arrow keys go on from there.
  if (chart.tabIndex === 0 || !marksOf(chart).length) return;
  chart.tabIndex = 0;
  chart.setAttribute("role", "group");
  chart.setAttribute("aria-label", "Chart: the arrow keys tell its points");
}

function reachAll() {
  document.querySelectorAll("[data-chart]").forEach(reach);
}

reachAll();
// Sections that are loaded later bring charts along.
new MutationObserver(reachAll).observe(document.querySelector("main"), { childList: true, subtree: true });
