// 月表: a cell is changed where it stands. A click or Enter opens the choices, digits choose at once, arrows move.
// The version that was shown goes along, so that the server notices when somebody else changed the cell meanwhile.
"use strict";

(() => {
  const { t, post, tell } = window.taizhang;
  const table = document.querySelector("[data-grid]");
  const menu = document.querySelector("[data-grid-menu]");
  if (!table || !menu) return;
  const days = [...table.tHead.rows[0].cells].filter((head) => head.dataset.on);
  const picks = [...menu.children];
  let cell = null;

  const isCell = (it) => it instanceof HTMLTableCellElement && it.classList.contains("c");

  function stand(on, more) {
    if (cell) cell.tabIndex = -1;
    cell = on;
    cell.tabIndex = 0;
    cell.focus(more);
  }

  function place() {
    const spot = cell.getBoundingClientRect();
    const above = spot.bottom + menu.offsetHeight + 8 > innerHeight;
    menu.style.left = `${Math.max(8, Math.min(spot.left, innerWidth - menu.offsetWidth - 8))}px`;
    menu.style.top = `${Math.max(8, above ? spot.top - menu.offsetHeight - 2 : spot.bottom + 2)}px`;
  }

  function close() {
    if (menu.hidden) return;
    menu.hidden = true;
    cell?.focus();
  }

  function open() {
    for (const pick of picks) pick.classList.toggle("now", pick.dataset.value === cell.dataset.c);
    menu.hidden = false;
    place();
    (picks.find((pick) => pick.dataset.value === cell.dataset.c) || picks[0]).focus({ preventScroll: true });
  }

  /** Draws a person's row anew from what the server says of it. */
  function draw(line, row) {
    const [name, ...rest] = line.cells;
    rest.slice(0, days.length).forEach((it, index) => {
      const [text, css, value, version] = row.cells[index];
      const day = days[index].className.replace("grid-day", "");
      const className = `c ${css} ${day}`;
      if (it.className !== className) it.className = className;
      if (it.textContent !== text) it.textContent = text;
      it.dataset.c = value;
      it.dataset.v = version;
    });
    row.sums.forEach((text, index) => { rest[days.length + index].textContent = text; });
    const over = row.over.map(({ text, title }) => {
      const said = document.createElement("span");
      Object.assign(said, { textContent: text, title });
      return said;
    });
    rest.at(-1).replaceChildren(...over);
    line.classList.toggle("over", over.length > 0);
    name.title = row.over.map((it) => it.title).join("\n");
  }

  async function save(value) {
    const at = cell;
    const line = at.parentElement;
    const on = days[at.cellIndex - 1].dataset.on;
    close();
    if (at.dataset.c === (value === "empty" ? "" : value)) return;
    const body = new FormData();
    const { month, department } = table.dataset;
    const said = { month, department, person: line.dataset.person, first: on, last: on, value, version: at.dataset.v };
    for (const [key, it] of Object.entries(said)) body.append(key, it);
    at.classList.add("saving");
    const answer = await post(table.dataset.grid, body);
    at.classList.remove("saving");
    if (answer.body.row) draw(line, answer.body.row);
    if (answer.status !== 200) tell(answer.body.message || t("没有保存，请刷新后重试。", "Not saved; reload and try again."), answer.status === 409 ? "warn" : "late");
  }

  function move(across, down) {
    const line = table.tBodies[0].rows[cell.parentElement.sectionRowIndex + down];
    const next = line?.cells[cell.cellIndex + across];
    if (isCell(next)) stand(next);
  }

  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  table.addEventListener("click", (event) => {
    if (!isCell(event.target)) return;
    stand(event.target, { preventScroll: true });
    open();
  });
  window.taizhang.keys.push(["← ↑ → ↓", window.taizhang.t("在格子间移动", "Move between cells")], ["Enter", window.taizhang.t("打开格子", "Open the cell")]);
  table.addEventListener("keydown", (event) => {
    if (!isCell(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
    const byDigit = picks.find((pick) => pick.querySelector("kbd").textContent === event.key);
    const clear = picks.find((pick) => pick.dataset.value === "empty");
    if (steps[event.key]) move(...steps[event.key]);
    else if (event.key === "Enter" || event.key === " ") open();
    else if (event.key === "Delete" && clear) save("empty");
    else if (byDigit && /^\d$/.test(event.key)) { save(byDigit.dataset.value); move(1, 0); }
    else return;
    event.preventDefault();
  });
  menu.addEventListener("keydown", (event) => {
    const at = picks.indexOf(document.activeElement);
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const byDigit = picks.find((pick) => pick.querySelector("kbd").textContent === event.key);
    if (by) picks[(at + by + picks.length) % picks.length].focus();
    else if (event.key === "Escape" || event.key === "Tab") close();
    else if (byDigit) save(byDigit.dataset.value);
    else return;
    event.preventDefault();
  });
  menu.addEventListener("click", (event) => {
    const pick = event.target.closest("[data-value]");
    if (pick) save(pick.dataset.value);
  });
  document.addEventListener("click", (event) => {
    if (!menu.hidden && !menu.contains(event.target) && !isCell(event.target)) menu.hidden = true;
  });
  document.addEventListener("scroll", () => { if (!menu.hidden) place(); }, { capture: true, passive: true });
  const first = table.tBodies[0].querySelector("td.c");
  if (first) first.tabIndex = 0;
  cell = first;
})();
