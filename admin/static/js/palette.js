// The command palette (Ctrl+K): where one may go, what this page offers, and entries, by a few letters or the initials
// of pinyin. The server says where one may go; what the page offers is pressed where it stands.
"use strict";

(() => {
  const { element, openers, t } = window.taizhang;
  const MOST = 40;
  const PAUSE = 250; // milliseconds without a letter, after which entries are looked for
  let places = null;

  /** Returns what some buttons and links of the page are called, and the elements themselves. */
  function offered(selector, kind) {
    const theme = document.documentElement.dataset.bsTheme === "dark" ? ".for-dark" : ".for-light";
    return [...document.querySelectorAll(selector)]
      .map((it) => ({ it, kind, label: (it.getAttribute("aria-label") || (it.querySelector(theme) || it).textContent).trim().replace(/\s+/g, " "), initials: "" }))
      .filter(({ it, label }) => label && !it.disabled && !it.classList.contains("disabled") && it.dataset.bsToggle !== "dropdown" && !it.closest("[hidden]"));
  }

  /** How well a place fits what was typed; 0 for not at all. */
  function fits({ label, initials, kind }, typed) {
    const words = label.toLowerCase();
    if (words.startsWith(typed)) return 4;
    if (words.includes(typed)) return 3;
    if (initials.startsWith(typed)) return 2;
    return initials.includes(typed) || kind.toLowerCase() === typed ? 1 : 0;
  }

  async function ask(address) {
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      return answer.ok ? (await answer.json()).places : [];
    } catch {
      return [];
    }
  }

  openers.palette = async (button) => {
    if (document.getElementById("palette")) return;
    const before = document.activeElement === document.body ? null : document.activeElement;
    const here = offered(".tz-actions :is(a, button), .save-bar button, [data-toolbar] :is(a, button)", t("本页操作", "On this page"));
    const account = offered(".tz-person + .dropdown-menu :is(a, button)", t("我的账号", "My account"));
    const input = element("input", { type: "text", className: "form-control", autocomplete: "off", placeholder: t("台账、页面、操作、单号、客户…", "Register, page, action, number, customer…") });
    const list = element("ul", { id: "palette-list" });
    const state = element("p", { className: "palette-state muted" });
    const dialog = element("dialog", { id: "palette", className: "tz-dialog tz-palette no-print" }, input, list, state);
    dialog.setAttribute("aria-label", t("命令面板", "Command palette"));
    const attributes = { role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list", "aria-label": t("找台账、页面、操作或单据", "Find a register, page, action or entry") };
    for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", t("结果", "Results"));
    state.setAttribute("role", "status");
    let shown = [];
    let entries = [];
    let at = 0;
    let timer = 0;

    function mark() {
      [...list.children].forEach((it, place) => it.setAttribute("aria-selected", String(place === at)));
      const chosen = list.children[at];
      if (chosen) input.setAttribute("aria-activedescendant", chosen.id);
      else input.removeAttribute("aria-activedescendant");
      chosen?.scrollIntoView({ block: "nearest" });
    }

    function show() {
      const typed = input.value.trim().toLowerCase();
      const known = [...here, ...(places || []), ...account];
      const fitting = typed
        ? known.map((one) => [fits(one, typed), one]).filter(([how]) => how).sort(([a], [b]) => b - a).map(([, one]) => one)
        : known;
      shown = [...fitting, ...entries].slice(0, MOST);
      list.replaceChildren(...shown.map((one, place) => {
        const line = element("li", { id: `palette-${place}` }, element("span", {}, one.label), element("small", {}, one.kind));
        line.setAttribute("role", "option");
        return line;
      }));
      at = 0;
      state.textContent = shown.length ? "" : t("没有找到，请换个词。", "Nothing found. Try another word.");
      mark();
    }

    function take(one) {
      if (!one) return;
      dialog.close();
      if (one.it) one.it.click();
      else location.assign(one.url);
    }

    input.addEventListener("input", () => {
      entries = [];
      show();
      clearTimeout(timer);
      const q = input.value.trim();
      if (q.length < 2) return;
      timer = setTimeout(async () => {
        const found = await ask(`${button.dataset.from}entries/?q=${encodeURIComponent(q)}`);
        if (q !== input.value.trim()) return; // somebody typed on meanwhile
        entries = found;
        show();
      }, PAUSE);
    });
    dialog.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && shown.length) {
        at = (at + step + shown.length) % shown.length;
        mark();
      } else if (event.key === "Enter") take(shown[at]);
      else return;
      event.preventDefault();
    });
    list.addEventListener("click", (event) => {
      const line = event.target.closest("li");
      if (line) take(shown[[...list.children].indexOf(line)]);
    });
    dialog.addEventListener("close", () => { dialog.remove(); before?.focus?.(); });
    document.body.append(dialog);
    dialog.showModal();
    input.focus();
    show();
    if (!places) {
      places = await ask(button.dataset.from);
      show();
    }
  };
})();
