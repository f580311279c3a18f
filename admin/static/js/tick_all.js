// One box that ticks all others of its form; buttons that mean one of them, or all.
"use strict";

for (const form of document.querySelectorAll("[data-tick-form]")) {
  const all = form.querySelector("[data-tick-all]");
  const boxes = [...form.querySelectorAll(".tick-box input[type=checkbox]")];
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    if (all) { all.checked = ticked === boxes.length; all.indeterminate = ticked > 0 && ticked < boxes.length; }
  };
  all?.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; });
  form.addEventListener("change", show);
  show();
  // One button accepts one: what is ticked besides stays for later.
  for (const button of form.querySelectorAll("[data-tick-one]")) {
    button.addEventListener("click", () => { for (const box of boxes) box.checked = box.value === button.value; });
  }
  for (const button of form.querySelectorAll("[data-tick-all-first]")) {
    button.addEventListener("click", () => { for (const box of boxes) box.checked = true; });
  }
}
