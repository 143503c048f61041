// The gallery and one image: selecting, lighting up shapes, and going on by keyboard. Without it all of that works by links.
"use strict";

const picks = [...document.querySelectorAll('.pick input[type="checkbox"]')];
const picked = document.getElementById("picked");
const all = document.getElementById("pick-all");
let last = null;

function tell() {
  if (!picked || !all) return;
  const count = picks.filter((each) => each.checked).length;
  picked.textContent = count ? `${count} selected` : "Nothing selected";
  picked.closest(".dock").classList.toggle("is-idle", count === 0);
  all.textContent = count === picks.length ? "Select none" : "Select all on this page";
}

for (const [place, box] of picks.entries()) {
  box.addEventListener("click", (event) => {
    // With the shift key everything between this one and the last one.
    if (event.shiftKey && last !== null) {
      const [from, to] = [Math.min(last, place), Math.max(last, place)];
      for (const between of picks.slice(from, to + 1)) between.checked = box.checked;
    }
    last = place;
    tell();
  });
}

all?.addEventListener("click", (event) => {
  event.preventDefault();
  const wanted = picks.some((each) => !each.checked);
  for (const box of picks) box.checked = wanted;
  tell();
});
// A button by what it does, a link only where it has to be one.
all?.setAttribute("role", "button");
all?.addEventListener("keydown", (event) => {
  if (event.key !== " ") return;
  event.preventDefault();
  all.click();
});
addEventListener("pageshow", tell);
tell();

// Filters apply as soon as they are chosen; fields that are typed into wait for Enter or the button.
document.getElementById("filters")?.addEventListener("change", (event) => {
  if (event.target.matches('input[type="checkbox"], select')) event.currentTarget.requestSubmit();
});

// A line of the table and its shape light up together.
function light(role, number, on) {
  for (const part of document.querySelectorAll(`.marks.${role} .mark[data-number="${number}"], .shapes[data-layer="${role}"] tr[data-number="${number}"]`)) {
    part.classList.toggle("is-lit", on);
  }
}

for (const line of document.querySelectorAll(".shapes tr[data-number]")) {
  const role = line.closest("table").dataset.layer;
  line.addEventListener("pointerenter", () => light(role, line.dataset.number, true));
  line.addEventListener("pointerleave", () => light(role, line.dataset.number, false));
}

for (const mark of document.querySelectorAll(".frame.large .mark")) {
  const role = ["champion", "shadow", "review"].find((each) => mark.parentElement.classList.contains(each));
  mark.addEventListener("pointerenter", () => light(role, mark.dataset.number, true));
  mark.addEventListener("pointerleave", () => light(role, mark.dataset.number, false));
}

// Left is newer, right is older: the order of the gallery.
const ways = { ArrowLeft: "prev", ArrowRight: "next" };
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("input, select, textarea, [role=region]")) return;
  document.querySelector(`a[rel="${ways[event.key]}"]`)?.click();
});
