// A cell is edited where it stands: a double click (or Enter on it) opens it, Enter saves, Escape gives up. What was
// shown goes along, so that the server notices when someone else changed the cell in between.
"use strict";

(() => {
  const { t, post, on } = window.taizhang;
  const table = document.querySelector("[data-list][data-edit-url]");
  if (!table) return;
  const url = table.dataset.editUrl;
  const heads = [...table.tHead.rows[0].cells];
  let open = null;

  const shown = (cell) => cell.firstElementChild.textContent;

  function control(editor, text) {
    if (editor.kind === "choice" || editor.kind === "yes_no") {
      const select = document.createElement("select");
      select.className = "form-select";
      for (const [value, label] of editor.choices) select.append(new Option(label, value, false, label === text));
      return select;
    }
    const input = document.createElement("input");
    input.className = "form-control";
    input.type = { date: "date", datetime: "datetime-local" }[editor.kind] || "text";
    if (editor.kind === "integer" || editor.kind === "decimal") input.inputMode = "decimal";
    input.value = editor.kind === "datetime" ? text.replace(" ", "T") : text;
    return input;
  }

  function complain(cell, message) {
    const box = document.createElement("div");
    box.className = "cell-error";
    box.setAttribute("role", "alert");
    box.textContent = message;
    document.body.append(box);
    const spot = cell.getBoundingClientRect();
    box.style.left = `${Math.min(spot.left, innerWidth - box.offsetWidth - 8)}px`;
    box.style.top = `${spot.bottom + 4}px`;
    setTimeout(() => box.remove(), 6000);
  }

  function shut(cell) {
    open = null; // first: taking the input away blurs it, and blur saves what is open
    cell.classList.remove("editing");
    cell.querySelector(".form-control, .form-select")?.remove();
    cell.firstElementChild.hidden = false;
  }

  async function save(cell, head, input) {
    const was = shown(cell);
    const { value } = input;
    const text = input.selectedOptions ? input.selectedOptions[0]?.text : value.replace("T", " ");
    if (text === was) return shut(cell);
    cell.classList.add("saving");
    const { status, body } = await post(url, { pk: cell.parentElement.dataset.pk, field: head.dataset.key, was, value });
    cell.classList.remove("saving");
    if (status === 200 || status === 409) {
      shut(cell);
      cell.firstElementChild.textContent = body.text;
      if (body.css !== undefined) cell.className = `${body.css} edit`;
    }
    if (status === 200) {
      cell.classList.add("saved");
      cell.focus();
    } else {
      complain(cell, body.message || t("没有保存，请刷新后重试。", "Not saved; reload and try again."));
      input.focus();
    }
  }

  function edit(cell) {
    const head = heads[cell.cellIndex];
    if (open || !head.dataset.editor) return;
    open = cell;
    const input = control(JSON.parse(head.dataset.editor), shown(cell));
    input.setAttribute("aria-label", head.textContent.trim());
    cell.classList.add("editing");
    cell.firstElementChild.hidden = true;
    cell.append(input);
    input.focus();
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); save(cell, head, input); }
      if (event.key === "Escape") { shut(cell); cell.focus(); }
    });
    input.addEventListener("blur", () => { if (open === cell && !cell.classList.contains("saving")) save(cell, head, input); });
  }

  for (const cell of table.querySelectorAll("td.edit")) {
    cell.tabIndex = 0;
    cell.title = t("双击修改", "Double-click to change");
  }
  on("dblclick", "td.edit", (event, cell) => edit(cell));
  window.taizhang.keys.push(["Enter", window.taizhang.t("在可改的格子上：修改", "On a cell: edit it")]);
  on("keydown", "td.edit:focus", (event, cell) => { if (event.key === "Enter") { event.preventDefault(); edit(cell); } });
})();
