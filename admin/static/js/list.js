// The list: ticked rows and what is done with them, the one row menu, labels of cards, the exact count.
"use strict";

(() => {
  const { t, on, ask, go } = window.taizhang;
  const table = document.querySelector("[data-list]");

  // A card needs the name of each column; cells carry none, to keep pages small.
  if (table && matchMedia("(max-width: 767.98px)").matches) {
    const labels = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
    for (const row of table.tBodies[0].rows) {
      [...row.cells].forEach((cell, at) => {
        cell.dataset.label = labels[at];
        if (!cell.textContent.trim() && !cell.querySelector("input, button")) cell.classList.add("blank");
      });
    }
    // The column that says most about where each entry stands goes to the head of its card.
    const pills = labels.map((_, at) => table.querySelectorAll(`td:nth-child(${at + 1}).pill:not(.blank)`));
    const most = pills.reduce((best, one) => (one.length > best.length ? one : best));
    for (const cell of most) cell.classList.add("first");
  }

  // Text that is cut is readable by pointing at it.
  on("mouseover", ".list-table td > span, .list-table td > a", (event, it) => {
    if (it.scrollWidth > it.clientWidth && !it.title) it.title = it.textContent;
  });

  on("click", "[data-count]", async (event, button) => {
    button.disabled = true;
    try {
      const answer = await fetch(button.dataset.count, { headers: { Accept: "application/json" } });
      button.textContent = (await answer.json()).text;
      button.removeAttribute("data-count");
    } catch {
      button.disabled = false;
    }
  });

  on("click", "[data-sums]", async (event, button) => {
    const shown = document.querySelector("[data-sums-shown]");
    button.disabled = true;
    let body = { message: t("没有算出来，请检查网络后重试。", "Not added up; try again.") };
    try {
      body = await (await fetch(button.dataset.sums, { headers: { Accept: "application/json" } })).json();
    } catch { /* the sentence above says it */ }
    button.disabled = false;
    const pairs = body.sums || [["", body.message]];
    shown.replaceChildren();
    for (const [label, text] of [[body.count || "", ""], ...pairs]) {
      const [name, value] = [document.createElement("dt"), document.createElement("dd")];
      name.textContent = label;
      value.textContent = text;
      if (label) shown.append(name);
      if (text) shown.append(value);
    }
    shown.hidden = false;
  });

  // Ticked rows.
  const bulk = document.querySelector("[data-bulk]");
  const toolbar = document.querySelector("[data-toolbar]");
  const ticks = () => [...table.querySelectorAll("tbody input[name=rowid]")];
  let last = null;

  function show() {
    const chosen = ticks().filter((it) => it.checked);
    const everything = document.querySelector("[data-tick-all]");
    for (const it of ticks()) it.closest("tr").classList.toggle("ticked", it.checked);
    bulk.hidden = chosen.length === 0;
    toolbar.hidden = chosen.length > 0;
    bulk.querySelector("[data-bulk-count]").textContent = chosen.length;
    bulk.all_matching.value = "0";
    everything.checked = chosen.length === ticks().length;
    everything.indeterminate = chosen.length > 0 && !everything.checked;
    const all = bulk.querySelector("[data-bulk-all]");
    if (all) all.hidden = !everything.checked;
  }

  if (bulk && table) {
    on("change", "[data-tick-all]", (event, box) => {
      for (const it of ticks()) it.checked = box.checked;
      show();
    });
    on("click", "input[name=rowid]", (event, box) => {
      if (event.shiftKey && last) {
        const all = ticks();
        const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
        for (const it of all.slice(from, to + 1)) it.checked = box.checked;
      }
      last = box;
      show();
    });
    on("click", "[data-bulk-none]", () => {
      for (const it of ticks()) it.checked = false;
      show();
    });
    on("click", "[data-bulk-all]", (event, button) => {
      bulk.all_matching.value = "1";
      bulk.querySelector("[data-bulk-count]").textContent = t("全部", "all");
      button.hidden = true;
    });

    const send = (name, extra) => {
      bulk.action.value = name;
      for (const old of bulk.querySelectorAll("[data-added]")) old.remove();
      const chosen = bulk.all_matching.value === "1" ? [] : ticks().filter((it) => it.checked);
      for (const [key, value] of [...chosen.map((it) => ["rowid", it.value]), ...extra]) {
        const input = document.createElement("input");
        Object.assign(input, { type: "hidden", name: key, value });
        input.dataset.added = "";
        bulk.append(input);
      }
      HTMLFormElement.prototype.submit.call(bulk);
    };
    on("click", "[data-bulk-action]", async (event, button) => {
      event.preventDefault();
      if (button.dataset.dialog) return;
      const count = bulk.querySelector("[data-bulk-count]").textContent;
      const question = (button.dataset.ask || "").replace("{count}", count);
      if (!question || (await ask(question, { danger: "danger" in button.dataset }))) send(button.dataset.bulkAction, []);
    });
    on("submit", "[data-bulk-fields]", (event, form) => {
      if (event.submitter?.value === "yes") send(form.dataset.bulkFields, [...new FormData(form)]);
    });
    show();
  }

  // One menu for all rows.
  const menu = document.getElementById("row-menu");
  let opener = null;

  function close(focus) {
    if (!menu || menu.hidden) return;
    menu.hidden = true;
    opener.removeAttribute("aria-expanded");
    if (focus) opener.focus();
  }

  function open(button) {
    opener = button;
    const row = button.closest("tr");
    for (const item of menu.querySelectorAll("[data-url]")) {
      item.href = item.dataset.method === "post" ? "#" : item.dataset.url.replace("{pk}", encodeURIComponent(row.dataset.pk));
    }
    button.setAttribute("aria-expanded", "true");
    menu.hidden = false;
    const spot = button.getBoundingClientRect();
    const below = spot.bottom + menu.offsetHeight + 8 < innerHeight;
    menu.style.left = `${Math.max(8, spot.right - menu.offsetWidth)}px`;
    menu.style.top = `${below ? spot.bottom + 2 : spot.top - menu.offsetHeight - 2}px`;
    menu.querySelector("[role=menuitem]").focus();
  }

  if (menu) {
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-row-menu]");
      const again = button && button === opener && !menu.hidden;
      close(false);
      if (button && !again) open(button);
    });
    on("click", "#row-menu [data-method=post]", async (event, item) => {
      event.preventDefault();
      const row = opener.closest("tr");
      const number = row.querySelector(".number")?.textContent.trim() || "";
      const question = (item.dataset.ask || "").replace("{number}", number);
      const url = item.dataset.url.replace("{pk}", encodeURIComponent(row.dataset.pk));
      if (!question || (await ask(question, { danger: "danger" in item.dataset, label: item.textContent.trim() }))) go(url);
    });
    menu.addEventListener("keydown", (event) => {
      const items = [...menu.querySelectorAll("[role=menuitem]")];
      const at = items.indexOf(document.activeElement);
      if (event.key === "Escape") close(true);
      else if (event.key === "ArrowDown") items[(at + 1) % items.length].focus();
      else if (event.key === "ArrowUp") items[(at - 1 + items.length) % items.length].focus();
      else return;
      event.preventDefault();
    });
    addEventListener("scroll", () => close(false), true);
    addEventListener("resize", () => close(false));
  }

  // The query as it stands goes into a saved view; with whom it can be shared besides is asked when that is wanted.
  on("submit", "#save-view form", (event, form) => { form.querySelector("[data-query]").value = location.search.slice(1); });
  on("click", "[data-dialog=save-view]", async () => {
    const form = document.querySelector("#save-view form[data-roles]");
    if (!form) return;
    const url = form.dataset.roles;
    form.removeAttribute("data-roles");
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (answer.ok) for (const [value, label] of (await answer.json()).roles) form.elements.share.append(new Option(label, value));
  });
})();
