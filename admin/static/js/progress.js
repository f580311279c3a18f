// Long work: asks now and then how far it is, and shows the page anew when it has ended.
"use strict";

(() => {
  const place = document.querySelector("[data-progress]");
  if (!place) return;
  const bar = place.querySelector("progress");
  const text = place.querySelector("[data-progress-text]");
  let wait = 800;

  async function look() {
    try {
      const answer = await fetch(place.dataset.progress, { headers: { Accept: "application/json" } });
      const { done, total, finished } = await answer.json();
      if (finished) return location.reload();
      Object.assign(bar, { max: total, value: done });
      text.textContent = `${done.toLocaleString()} / ${total.toLocaleString()}`;
      wait = 800;
    } catch {
      wait = Math.min(wait * 2, 15000);
    }
    setTimeout(look, wait);
  }
  setTimeout(look, wait);
})();
