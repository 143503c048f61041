// Light or dark: follows the system until somebody chooses; the server reads the choice from the cookie.
"use strict";

const button = document.getElementById("theme");

function shown() {
  const chosen = document.documentElement.dataset.theme;
  if (chosen) return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

button?.addEventListener("click", () => {
  const wanted = shown() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = wanted;
  document.cookie = `theme=${wanted}; path=/; max-age=31536000; samesite=lax`;
});
