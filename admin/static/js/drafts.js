// Unsaved text survives a lost line: kept in this browser under the person's key, offered again when the same form
// opens, dropped after a save and at sign-out. Numbers that were revealed, files and passwords are never kept.
"use strict";

(() => {
  const { t } = window.taizhang;
  const form = document.querySelector("[data-entry-form][data-draft]");
  if (!form) return;
  const key = `draft:${document.body.dataset.person}:${form.dataset.draft}`;
  const state = form.querySelector("[data-draft-state]");
  const note = form.querySelector("[data-draft-note]");
  const unkept = new Set(["csrf_token", "version", "password"]);
  let dirty = false;
  let forgotten = false; // at sign-out, which asks like any other leaving
  let timer = 0;

  function collect() {
    const kept = [];
    for (const [name, value] of new FormData(form)) {
      const input = form.querySelector(`[name="${CSS.escape(name)}"]`);
      if (typeof value === "string" && !unkept.has(name) && !input.closest("[data-masked], [data-signature]")) kept.push([name, value]);
    }
    return kept;
  }

  const beginning = JSON.stringify(collect());

  function keep() {
    const now = JSON.stringify(collect());
    if (now === beginning) return;
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields: JSON.parse(now) }));
    state.textContent = t("草稿已暂存在本机", "Draft kept in this browser");
  }

  form.addEventListener("input", () => {
    dirty = true;
    forgotten = false;
    clearTimeout(timer);
    timer = setTimeout(keep, 600);
  });
  form.addEventListener("change", () => { dirty = true; keep(); });
  form.addEventListener("submit", () => {
    // Kept until the server has answered; taizhang.js drops it when the answer shows that it was saved.
    keep();
    dirty = false;
    sessionStorage.setItem("draft-sent", key);
  });
  form.querySelector("[data-leave]")?.addEventListener("click", () => { dirty = false; localStorage.removeItem(key); });
  document.addEventListener("submit", (event) => { forgotten = event.target.matches("[data-sign-out]"); });
  addEventListener("beforeunload", (event) => {
    if (!dirty) return;
    if (!forgotten) keep(); // what was typed in the moment before leaving waits for no timer
    event.preventDefault();
  });

  /** Lets the server fit a draft into fields that were changed since; it saves nothing. */
  function redraw(fields) {
    const sent = document.createElement("form");
    Object.assign(sent, { method: "post", hidden: true });
    const own = ["csrf_token", "version"].map((name) => [name, form.querySelector(`[name=${name}]`)?.value]);
    for (const [name, value] of [...fields, ...own, ["redraw", "1"]]) {
      if (value === undefined) continue;
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name, value });
      sent.append(input);
    }
    document.body.append(sent);
    sent.submit();
  }

  async function restore(fields) {
    const drawn = fields.find(([name]) => name === "drawn");
    if (drawn && drawn[1] !== form.querySelector("[name=drawn]").value) {
      redraw(fields);
      return;
    }
    const waits = []; // rows of parts are made first
    form.dispatchEvent(new CustomEvent("draft-rows", { detail: { fields, waits } }));
    await Promise.all(waits);
    const byName = new Map();
    for (const [name, value] of fields) byName.set(name, [...(byName.get(name) || []), value]);
    for (const [name, values] of byName) {
      for (const input of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (input.type === "radio" || input.type === "checkbox") input.checked = values.includes(input.value);
        else if (input.tomselect) {
          for (const it of values) if (it && !input.tomselect.options[it]) input.tomselect.addOption({ id: it, value: it, text: it });
          input.tomselect.setValue(values);
        } else if (input.type !== "file") [input.value] = values;
      }
    }
    form.dispatchEvent(new Event("change"));
    dirty = true;
  }

  const kept = localStorage.getItem(key);
  if (kept && !("refused" in form.dataset)) {
    note.hidden = false;
    note.querySelector("[data-draft-restore]").addEventListener("click", () => { restore(JSON.parse(kept).fields); note.hidden = true; });
    note.querySelector("[data-draft-drop]").addEventListener("click", () => { localStorage.removeItem(key); note.hidden = true; });
  }
})();
