// The sheet of shortcuts (?): what is bound on this very page, read from the elements that the keys press and from what
// scripts said of the keys they listen to.
"use strict";

(() => {
  const { element, keys, openers, t } = window.taizhang;
  const spelled = { mod: "Ctrl", ArrowLeft: "←", ArrowRight: "→", Enter: "Enter" };

  /** Returns what the element that a key presses is called. */
  function called(it) {
    const text = it.getAttribute("aria-label") || it.innerText || it.textContent || it.placeholder || "";
    return text.trim().replace(/\s+/g, " ");
  }

  function bound() {
    const found = new Map();
    for (const it of document.querySelectorAll("[data-hotkey]")) {
      // The first one is what the key presses.
      if (!found.has(it.dataset.hotkey)) found.set(it.dataset.hotkey, it);
    }
    const everywhere = [];
    const here = [];
    for (const [hotkey, it] of found) {
      const pressed = hotkey.split("+").map((one) => spelled[one] || (one.length === 1 && hotkey !== one ? one.toUpperCase() : one));
      (it.closest(".tz-top") ? everywhere : here).push([pressed, called(it)]);
    }
    for (const [pressed, label] of keys) here.push([pressed.split(" "), label]);
    return [[t("所有页面", "On every page"), everywhere], [t("本页", "On this page"), here]];
  }

  function group([title, rows]) {
    if (!rows.length) return "";
    const lines = rows.flatMap(([pressed, label]) => [
      element("dt", {}, ...pressed.map((one) => element("kbd", {}, one))),
      element("dd", {}, label),
    ]);
    return element("section", {}, element("h3", {}, title), element("dl", { className: "shortcuts" }, ...lines));
  }

  openers.shortcuts = () => {
    const title = element("h2", { id: "shortcuts-title", className: "tz-dialog-title" }, t("快捷键", "Shortcuts"));
    const close = element("button", { className: "btn btn-primary", autofocus: true }, t("关闭", "Close"));
    const body = element("div", { className: "tz-dialog-body plain-body" }, ...bound().map(group));
    const form = element("form", { method: "dialog" }, title, body, element("div", { className: "tz-dialog-foot" }, close));
    const dialog = element("dialog", { className: "tz-dialog no-print" }, form);
    dialog.setAttribute("aria-labelledby", "shortcuts-title");
    const before = document.activeElement;
    dialog.addEventListener("close", () => { dialog.remove(); before?.focus?.(); });
    document.body.append(dialog);
    dialog.showModal();
  };
})();
