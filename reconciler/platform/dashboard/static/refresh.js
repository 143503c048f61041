// A part of a page with data-refresh="address" is loaded again until the server sends it without that attribute.
// With data-now, it is loaded at once: it was put off until the page is there.
// With data-then="reload" the whole page follows then: what the part waited for changed more than the part.
"use strict";

const PAUSE = 1500;
const LONGEST = 15000;

function watch(part, pause) {
  setTimeout(async () => {
    try {
      const answer = await fetch(part.dataset.refresh, { headers: { Accept: "text/html" }, redirect: "error" });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
      if (!fresh) return;
      if (!fresh.dataset.refresh && part.dataset.then === "reload") return location.reload();
      part.replaceWith(document.adoptNode(fresh));
      if (fresh.dataset.refresh) watch(fresh, Math.min(Math.max(pause * 1.5, PAUSE), LONGEST));
    } catch {
      // The platform does not answer: ask again later.
      watch(part, LONGEST);
    }
  }, pause);
}

for (const part of document.querySelectorAll("[data-refresh]")) watch(part, "now" in part.dataset ? 0 : PAUSE);
