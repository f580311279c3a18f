// A day of the business calendar opens its dialog, filled in.
"use strict";

(() => {
  const dialog = document.getElementById("day");
  if (!dialog) return;
  const form = dialog.querySelector("form");
  window.taizhang.on("click", "[data-day]", (event, day) => {
    form.date.value = day.dataset.day;
    form.kind.value = day.dataset.kind;
    form.label.value = day.dataset.label;
    dialog.querySelector("#day-title").textContent = day.dataset.day;
    dialog.showModal();
  });
})();
