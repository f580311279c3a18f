// Ticking a single right, or other rows, makes the preset "custom".
"use strict";

(() => {
  const form = document.querySelector("[data-rights]");
  if (!form) return;
  form.addEventListener("change", (event) => {
    const [kind, code] = event.target.name.split(/\.(.+)/);
    if (kind !== "allow" && kind !== "rows") return;
    const own = form.querySelector(`input[name="preset.${CSS.escape(code)}"][value="custom"]`);
    if (own) own.checked = true;
  });
})();
