// Light or dark, as this browser was told last; run before the first paint, so that nothing flashes.
"use strict";

(() => {
  const root = document.documentElement;
  root.dataset.bsTheme = localStorage.getItem("theme") === "dark" ? "dark" : "light";
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-switch]")) return;
    root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.bsTheme);
    // Charts take their colours when they are drawn.
    if (document.querySelector("[data-chart]")) location.reload();
  });
})();
