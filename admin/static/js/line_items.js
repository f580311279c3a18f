// Rows of parts in the form of their whole: added, removed and moved by mouse and keys, begun from what is chosen (a
// checklist's items), put back from a draft. Without this script the page has empty rows and a tick to remove one.
"use strict";

(() => {
  const { enhancePickers, on } = window.taizhang;
  const form = document.querySelector("[data-entry-form]");
  const tables = [...document.querySelectorAll("[data-line-items]")];
  const highest = 9999;

  const body = (table) => table.querySelector("[data-lines]");
  const rows = (table) => [...body(table).querySelectorAll("tr[data-line]")];
  const tableOf = (inside) => inside.closest("[data-line-items]");
  const isSaved = (row) => row.querySelector('input[name$="-id"]') !== null;
  const changed = () => form.dispatchEvent(new Event("change"));

  function nextIndex(table) {
    return Math.max(-1, ...rows(table).map((row) => Number(row.dataset.line))) + 1;
  }

  function number(table) {
    const all = rows(table);
    all.forEach((row, index) => { row.querySelector("[data-line-no]").textContent = index + 1; });
    table.querySelector("[data-line-count]").textContent = all.length || "";
  }

  /** Puts a row where it belongs and wakes what is in it. */
  function settle(table, row, before = null) {
    body(table).insertBefore(row, before);
    for (const it of row.querySelectorAll("[data-scripted]")) it.hidden = false;
    enhancePickers(row);
    return row;
  }

  /** A new row, with a number where the page left the place of one. */
  function numbered(model, index) {
    const row = model.content.querySelector("tr").cloneNode(true);
    for (const it of [row, ...row.querySelectorAll("*")]) {
      for (const { name, value } of [...it.attributes]) {
        if (value.includes("__row__")) it.setAttribute(name, value.replaceAll("__row__", index));
      }
    }
    return row;
  }

  function add(table, index = nextIndex(table)) {
    const model = table.querySelector("[data-line-new]");
    if (!model || index > highest) return null;
    const row = settle(table, numbered(model, index));
    number(table);
    changed();
    return row;
  }

  /** The control that a person uses in a cell. */
  const control = (cell) => cell?.querySelector("select, input:not([type=hidden]), textarea") || null;

  function enter(row, name) {
    const cell = (name && row.querySelector(`[data-cell="${name}"]`)) || [...row.querySelectorAll("[data-cell]")].find(control);
    const found = control(cell);
    if (found?.tomselect) found.tomselect.focus();
    else if (found) found.focus();
    else row.focus();
  }

  function remove(row) {
    const table = tableOf(row);
    const tick = row.querySelector("[data-line-removed]");
    if (tick) { // a part that is saved stays until the form is
      tick.checked = !tick.checked;
      changed();
      return;
    }
    if (isSaved(row)) return;
    const next = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    number(table);
    changed();
    if (next) enter(next);
    else table.querySelector("[data-line-add]")?.focus();
  }

  function move(row, step) {
    const table = tableOf(row);
    const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other || !("arranged" in table.dataset)) return;
    const held = document.activeElement;
    if (step < 0) other.before(row);
    else other.after(row);
    held.focus();
    number(table);
    changed();
  }

  on("click", "[data-line-add]", (event, button) => {
    const row = add(tableOf(button));
    if (row) enter(row);
  });
  on("click", "[data-line-drop]", (event, button) => remove(button.closest("tr")));
  on("click", "[data-line-move]", (event, button) => move(button.closest("tr"), Number(button.dataset.lineMove)));

  // Enter goes down a column, as in a spreadsheet; in a long text and in an open list it keeps its meaning.
  function down(event, row) {
    const { target } = event;
    const list = target.closest(".ts-wrapper");
    const isOpen = list?.classList.contains("dropdown-active");
    if (isOpen || !target.matches("input:not([type=checkbox])")) return;
    event.preventDefault();
    const next = row.nextElementSibling || add(tableOf(row));
    if (next) enter(next, target.closest("[data-cell]")?.dataset.cell);
  }
  window.taizhang.keys.push(["Enter", window.taizhang.t("明细中：到下一行", "In the lines: next line")], ["Alt Delete", window.taizhang.t("明细中：删除本行", "In the lines: remove the line")]);
  // Before a list in the cell sees the key and opens.
  form.addEventListener("keydown", (event) => {
    const row = event.target.closest("tr[data-line]");
    if (!row || event.isComposing) return;
    if (event.key === "Enter" && !event.altKey && !event.ctrlKey && !event.metaKey) down(event, row);
    if (!event.altKey) return;
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      if (!("arranged" in tableOf(row).dataset)) return;
      event.preventDefault();
      event.stopPropagation();
      move(row, event.key === "ArrowUp" ? -1 : 1);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      event.stopPropagation();
      remove(row);
    }
  }, true);

  // What a whole begins with: rows that nobody has touched give way to those of what is chosen now.
  async function fetched(table, chosen, from) {
    const address = new URL(table.dataset.beginsUrl, location.href);
    address.searchParams.set("of", chosen);
    address.searchParams.set("from", from);
    try {
      const answer = await fetch(address);
      if (!answer.ok) return [];
      const made = new DOMParser().parseFromString(await answer.text(), "text/html");
      return [...made.querySelectorAll("tr[data-line]")];
    } catch {
      return []; // the line is down; the save fills them in as well
    }
  }
  async function begin(table, chosen, from = nextIndex(table)) {
    for (const row of rows(table)) if ("filled" in row.dataset && !("touched" in row.dataset)) row.remove();
    if (chosen && !rows(table).some(isSaved)) {
      for (const row of await fetched(table, chosen, from)) settle(table, row);
    }
    number(table);
  }
  form.addEventListener("input", (event) => {
    const row = event.target.closest?.("tr[data-line]");
    if (row) row.dataset.touched = "";
  });

  // A draft brings its rows back before its values are filled in.
  async function restore(table, fields) {
    const code = table.dataset.lineItems;
    const kept = new Map();
    for (const [name] of fields) {
      const found = name.match(/^(\w+)-(\d+)-(\w+)$/);
      if (found && found[1] === code) kept.set(found[2], kept.get(found[2]) || found[3] === "filled");
    }
    for (const row of rows(table)) if (!kept.has(row.dataset.line) && !isSaved(row)) row.remove();
    const filled = [...kept].filter(([, isFilled]) => isFilled).map(([index]) => Number(index));
    const missing = filled.filter((index) => !rows(table).some((row) => Number(row.dataset.line) === index));
    const chosen = fields.find(([name]) => name === table.dataset.beginsBy)?.[1];
    if (missing.length && chosen) {
      const made = await fetched(table, chosen, Math.min(...filled));
      for (const row of made) if (missing.includes(Number(row.dataset.line))) settle(table, row);
    }
    for (const index of kept.keys()) {
      const row = rows(table).find((it) => it.dataset.line === index) || add(table, Number(index));
      if (row) body(table).append(row); // in the draft's order
    }
    number(table);
  }
  form.addEventListener("draft-rows", (event) => {
    for (const table of tables) event.detail.waits.push(restore(table, event.detail.fields));
  });

  for (const table of tables) {
    for (const it of table.querySelectorAll("[data-scripted]")) it.hidden = false;
    const said = document.createElement("input");
    Object.assign(said, { type: "hidden", name: `${table.dataset.lineItems}-scripted`, value: "1" });
    table.append(said);
    const { beginsBy } = table.dataset;
    if (beginsBy) on("change", `select[name="${beginsBy}"]`, async (event, select) => { await begin(table, select.value); changed(); });
  }

  window.taizhang.lines = { add, control, enter, rows, tableOf };
})();
