// Which columns a list shows, and in which order: by ticks and by drag, by buttons or by Alt and an arrow.
"use strict";

(() => {
  const { t, on } = window.taizhang;
  const form = document.querySelector("[data-columns]");
  if (!form) return;
  const list = form.querySelector("[data-column-list]");
  const said = form.querySelector("[data-column-said]");
  let dragged = null;

  function draw() {
    const { content } = form.querySelector("[data-column-template]");
    for (const [key, label, shown] of JSON.parse(form.dataset.columns)) {
      const item = content.firstElementChild.cloneNode(true);
      const box = item.querySelector("input");
      Object.assign(box, { value: key, checked: shown });
      item.querySelector("span").textContent = label;
      item.querySelector("[data-column-up]").setAttribute("aria-label", t(`${label}：上移`, `${label}: up`));
      item.querySelector("[data-column-down]").setAttribute("aria-label", t(`${label}：下移`, `${label}: down`));
      list.append(item);
    }
  }

  function move(item, up, focus) {
    const other = up ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (up) other.before(item);
    else other.after(item);
    focus.focus();
    const place = [...list.children].indexOf(item) + 1;
    said.textContent = t(`${item.textContent.trim()}：第 ${place} 列`, `${item.textContent.trim()}: column ${place}`);
  }

  on("click", "[data-dialog=columns]", () => { if (!list.children.length) draw(); });
  on("click", "[data-column-up], [data-column-down]", (event, button) => {
    move(button.closest("li"), "columnUp" in button.dataset, button);
  });
  list.addEventListener("keydown", (event) => {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    move(event.target.closest("li"), event.key === "ArrowUp", event.target);
  });
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("li");
    event.dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("li");
    if (!dragged || !over || over === dragged) return;
    event.preventDefault();
    const spot = over.getBoundingClientRect();
    if (event.clientY < spot.top + spot.height / 2) over.before(dragged);
    else over.after(dragged);
  });
  list.addEventListener("dragend", () => { dragged = null; });

  form.addEventListener("submit", (event) => {
    for (const old of form.querySelectorAll("input[name=column]")) old.remove();
    const chosen = [...list.querySelectorAll("input:checked")];
    if (!chosen.length) event.preventDefault();
    for (const box of chosen) {
      const hidden = document.createElement("input");
      Object.assign(hidden, { type: "hidden", name: "column", value: box.value });
      form.append(hidden);
    }
  });
})();
