// Rows of a spreadsheet pasted into the rows of a form, from the cell where the cursor is. What a list or a date cannot
// take is said at its cell, and the form waits until it is put right: nothing that was pasted is lost unseen.
"use strict";

(() => {
  const { lines, t } = window.taizhang;
  const form = document.querySelector("[data-entry-form]");
  const words = /[、,，;；]\s*|\n/;

  /** The cells of copied rows; a cell with line breaks stands in quotes. */
  function parse(text) {
    const found = [[""]];
    let quoted = false;
    const plain = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
    for (let at = 0; at < plain.length; at += 1) {
      const sign = plain[at];
      const row = found.at(-1);
      if (quoted && sign === '"' && plain[at + 1] === '"') { row[row.length - 1] += '"'; at += 1; }
      else if (quoted && sign === '"') quoted = false;
      else if (!quoted && sign === '"' && row.at(-1) === "") quoted = true;
      else if (!quoted && sign === "\t") row.push("");
      else if (!quoted && sign === "\n") found.push([""]);
      else row[row.length - 1] += sign;
    }
    return found;
  }

  const two = (it) => String(it).padStart(2, "0");
  function moment(text, type) {
    const day = text.match(/^(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?/);
    const hour = text.match(/(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?$/);
    const date = day && `${day[1]}-${two(day[2])}-${two(day[3])}`;
    const time = hour && `${two(hour[1])}:${hour[2]}`;
    if (type === "date") return date;
    if (type === "time") return time;
    return date && `${date}T${time || "00:00"}:${(hour && hour[3]) || "00"}`;
  }

  const isYes = /^(是|y|yes|true|1|√|✓)$/i;
  const isNo = /^(否|n|no|false|0|×)$/i;
  function option(select, text) {
    const all = select.tomselect ? Object.values(select.tomselect.options).map((it) => ({ value: it.value, text: it.text })) : [...select.options];
    const same = (it) => it.value === text || it.text.trim() === text;
    const found = all.find(same) || all.find((it) => (it.value === "yes" && isYes.test(text)) || (it.value === "no" && isNo.test(text)));
    return found?.value;
  }

  function fill(input, value) {
    if (input.tomselect) input.tomselect.setValue(value);
    else {
      input.value = value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  async function pick(select, text) {
    const address = new URL(select.dataset.picker, location.href);
    address.searchParams.set("q", text);
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      const { results } = answer.ok ? await answer.json() : { results: [] };
      const same = results.filter((it) => it.text === text);
      const found = same.length ? same : results;
      if (found.length !== 1) return false;
      select.tomselect.addOption(found[0]);
      fill(select, found[0].id);
      return true;
    } catch {
      return false;
    }
  }

  function unread(cell, text) {
    const note = document.createElement("div");
    note.className = "field-error";
    note.dataset.unread = "";
    note.textContent = t(`粘贴的“${text}”填不进这一格，请选择或改正。`, `“${text}” does not fit here. Choose or correct it.`);
    cell.append(note);
    cell.classList.add("wrong");
  }
  function clear(cell) {
    const notes = cell.querySelectorAll("[data-unread]");
    for (const note of notes) note.remove();
    if (notes.length) cell.classList.remove("wrong");
  }

  async function put(cell, text) {
    const input = lines.control(cell);
    if (!input || input.disabled) return;
    clear(cell);
    if (!text) return fill(input, "");
    if (input.dataset.picker) {
      if (!(await pick(input, text))) unread(cell, text);
    } else if (input.multiple) {
      const values = text.split(words).map((it) => option(input, it.trim()));
      if (values.includes(undefined)) unread(cell, text);
      else fill(input, values);
    } else if (input.nodeName === "SELECT") {
      const value = option(input, text);
      if (value === undefined) unread(cell, text);
      else fill(input, value);
    } else if (["date", "time", "datetime-local"].includes(input.type)) {
      fill(input, moment(text, input.type) || "");
      if (!input.value) unread(cell, text);
    } else fill(input, text);
  }

  form.addEventListener("paste", (event) => {
    const cell = event.target.closest("td[data-cell]");
    const text = event.clipboardData?.getData("text/plain") || "";
    const pasted = parse(text);
    if (!cell || (pasted.length === 1 && pasted[0].length === 1)) return;
    if (event.target.nodeName === "TEXTAREA" && !text.includes("\t")) return;
    event.preventDefault();
    const table = lines.tableOf(cell);
    const first = lines.rows(table).indexOf(cell.closest("tr"));
    const names = [...cell.closest("tr").querySelectorAll("[data-cell]")].map((it) => it.dataset.cell);
    const from = names.indexOf(cell.dataset.cell);
    pasted.forEach((values, down) => {
      const row = lines.rows(table)[first + down] || lines.add(table);
      if (!row) return;
      values.slice(0, names.length - from).forEach((value, right) => {
        put(row.querySelector(`[data-cell="${names[from + right]}"]`), value.trim());
      });
    });
  });

  form.addEventListener("change", (event) => {
    const cell = event.target.closest?.("td[data-cell]");
    if (cell) clear(cell);
  });
  form.addEventListener("submit", (event) => {
    const note = form.querySelector("[data-unread]");
    if (!note) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const cell = note.closest("td");
    lines.enter(cell.closest("tr"), cell.dataset.cell);
    note.scrollIntoView({ block: "center" });
  }, true);
})();
