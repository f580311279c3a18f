// 保存并新建: which fields the next form keeps. Ticked by the person, remembered under their key as names alone; what
// the fields hold is read again by the server.
"use strict";

(() => {
  const { element, on, t } = window.taizhang;
  const form = document.querySelector("[data-entry-form]");
  const button = form.querySelector("[data-keep-open]");
  const key = `keep:${document.body.dataset.person}:${form.dataset.draft}`;
  const ticked = () => (localStorage.getItem(key) || "").split(",").filter(Boolean);
  const typed = ".field-input :is(input:not([type=file]), select, textarea)[name]";

  function show() {
    button.classList.toggle("active", ticked().length > 0);
    button.title = ticked().length ? t(`下一条保留 ${ticked().length} 个字段`, `The next one keeps ${ticked().length}`) : button.getAttribute("aria-label");
  }

  function dialog() {
    const kept = new Set(ticked());
    const rows = [...form.querySelectorAll(".field[data-field]")].filter((it) => it.querySelector(typed) && !it.querySelector("[data-signature]"));
    const boxes = rows.map((field) => {
      const box = element("input", { type: "checkbox", className: "form-check-input", value: field.dataset.field, checked: kept.has(field.dataset.field) });
      return element("label", { className: "form-check" }, box, element("span", {}, field.querySelector(".label").textContent));
    });
    const title = element("h2", { id: "keep-title", className: "tz-dialog-title" }, t("下一条保留哪些字段", "What the next one keeps"));
    const help = element("p", { className: "muted" }, t("勾选的字段在“保存并新建”后沿用上一条的内容。", "“Save and new” takes these over from the entry before."));
    const close = element("button", { type: "submit", className: "btn btn-primary" }, t("确定", "OK"));
    const body = element("div", { className: "tz-dialog-body plain-body" }, help, element("div", { className: "keep-list" }, ...boxes));
    const inner = element("form", { method: "dialog" }, title, body, element("div", { className: "tz-dialog-foot" }, close));
    const made = element("dialog", { className: "tz-dialog no-print" }, inner);
    made.setAttribute("aria-labelledby", "keep-title");
    made.addEventListener("close", () => {
      localStorage.setItem(key, [...made.querySelectorAll("input:checked")].map((it) => it.value).join(","));
      made.remove();
      show();
      button.focus();
    });
    document.body.append(made);
    made.showModal();
  }

  on("click", "[data-keep-open]", dialog);
  form.addEventListener("submit", (event) => {
    form.querySelector("input[name=keep]")?.remove();
    if (event.submitter?.name !== "save_next" || !ticked().length) return;
    form.append(element("input", { type: "hidden", name: "keep", value: ticked().join(",") }));
  });
  show();
})();
