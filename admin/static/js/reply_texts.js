// Texts offered in a long field. "/" and a code, or the button, puts in a kept text; {客户} becomes what that field of the
// form holds, and what cannot be filled stays marked, so that whoever writes sees it. "@" names a colleague.
"use strict";

(() => {
  const { element, openers, t } = window.taizhang;
  let texts = null;

  async function ask(url) {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    return answer.ok ? (await answer.json()).texts : [];
  }

  /** Returns the kept texts that fit what was typed; those of the person are asked for once. */
  async function kept(form, said) {
    texts ??= await ask(form.dataset.replies);
    return texts.filter((it) => it.code.toLowerCase().startsWith(said) || it.title.toLowerCase().includes(said));
  }
  const colleagues = (form, said) => ask(`${form.dataset.mentions}?q=${encodeURIComponent(said)}`);

  /** Returns what a field of the form holds as people read it; "" for nothing. */
  function shown(field) {
    const chosen = [...field.querySelectorAll("input:checked")].map((it) => it.nextElementSibling?.textContent.trim()).filter(Boolean);
    if (chosen.length) return chosen.join(t("、", ", "));
    const input = field.querySelector(":is(input:not([type=radio], [type=checkbox], [type=file], [type=hidden]), select, textarea)[name]");
    if (input?.matches("select")) return input.value ? input.selectedOptions[0].textContent.trim() : "";
    return input ? input.value.trim() : "";
  }

  function known(name) {
    const now = new Date();
    const two = (it) => String(it).padStart(2, "0");
    const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
    const fixed = new Map([["今天", day], ["today", day], ["我", document.body.dataset.name], ["me", document.body.dataset.name]]);
    for (const word of ["现在", "now"]) fixed.set(word, `${day} ${two(now.getHours())}:${two(now.getMinutes())}`);
    if (fixed.has(name)) return fixed.get(name);
    const field = [...document.querySelectorAll(".field[data-field]")].find((it) => it.dataset.field === name || it.querySelector(".label")?.textContent.trim() === name);
    return field ? shown(field) : "";
  }

  const filled = (text) => text.replace(/\{([^{}]+)\}/g, (whole, name) => known(name.trim()) || whole);

  /** Offers texts at a place of a long field; sign is what was typed there, "/", "@", or "" for the button. */
  openers.replies = (area, { from, sign }) => {
    if (area.dataset.offering) return;
    const list = element("ul", { id: "reply-texts", className: "reply-texts" });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", sign === "@" ? t("同事", "Colleagues") : t("常用话术", "Reply texts"));
    area.dataset.offering = "1";
    area.after(list);
    area.setAttribute("aria-controls", list.id);
    const listening = new AbortController();
    let fitting = [];
    let at = 0;

    const find = sign === "@" ? colleagues : kept;
    const typed = () => area.value.slice(from + sign.length, area.selectionStart).toLowerCase();

    function close() {
      listening.abort();
      list.remove();
      delete area.dataset.offering;
      for (const name of ["aria-controls", "aria-activedescendant"]) area.removeAttribute(name);
    }

    function mark() {
      [...list.children].forEach((it, place) => it.setAttribute("aria-selected", String(place === at)));
      if (fitting.length) area.setAttribute("aria-activedescendant", `reply-${at}`);
      list.children[at]?.scrollIntoView({ block: "nearest" });
    }

    async function show() {
      const said = typed();
      if (area.selectionStart < from + sign.length || /\s/.test(said)) return close();
      try {
        const found = await find(area.form, said);
        if (said !== typed() || listening.signal.aborted) return; // somebody typed on meanwhile
        fitting = found;
      } catch {
        return close(); // without a line what was typed is what was typed
      }
      at = 0;
      if (!fitting.length && (said || sign === "@")) return close();
      const lines = fitting.map((it, place) => {
        const line = element("li", { id: `reply-${place}` }, element("b", {}, `${sign || "/"}${it.code}`), element("span", {}, it.title));
        line.setAttribute("role", "option");
        return line;
      });
      const link = element("a", { href: area.form.dataset.repliesPage, target: "_blank", rel: "noopener" }, t("还没有话术，去添加…", "No texts yet; add some…"));
      list.replaceChildren(...(lines.length ? lines : [link]));
      mark();
    }

    function insert(one) {
      const text = sign === "@" ? one.text : filled(one.text);
      area.setRangeText(text, from, area.selectionStart, "end");
      close();
      const left = /\{[^{}]+\}/.exec(text); // what the form could not fill is typed over
      if (left) area.setSelectionRange(from + left.index, from + left.index + left[0].length);
      area.focus();
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.dispatchEvent(new Event("change", { bubbles: true }));
    }

    const { signal } = listening;
    area.addEventListener("input", show, { signal });
    area.addEventListener("blur", () => setTimeout(close, 200), { signal });
    area.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && fitting.length) {
        at = (at + step + fitting.length) % fitting.length;
        mark();
      } else if ((event.key === "Enter" || event.key === "Tab") && fitting.length) insert(fitting[at]);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    }, { signal });
    list.addEventListener("mousedown", (event) => {
      const line = event.target.closest("li");
      if (!line) return;
      event.preventDefault();
      insert(fitting[[...list.children].indexOf(line)]);
    });
    show();
  };
})();
