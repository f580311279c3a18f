// The filter builder. A condition travels as w=field~operator~value: two values as "a..b", several choices as "a|b".
"use strict";

(() => {
  const { t } = window.taizhang;
  const form = document.querySelector("[data-filters]");
  if (!form) return;
  const { fields, current } = JSON.parse(form.querySelector("[data-filter-fields]").textContent);
  const template = form.querySelector("[data-condition-template]");
  const place = form.querySelector("[data-conditions]");

  function options(select, pairs, chosen) {
    select.replaceChildren(...pairs.map(([value, label]) => new Option(label, value, false, value === chosen)));
  }

  function fieldChoices(select, chosen) {
    const groups = new Map();
    for (const it of fields) {
      if (!groups.has(it.group)) groups.set(it.group, []);
      groups.get(it.group).push(new Option(it.label, it.key, false, it.key === chosen));
    }
    select.replaceChildren();
    for (const [label, made] of groups) {
      if (!label) { select.append(...made); continue; }
      const group = document.createElement("optgroup");
      group.label = label;
      group.append(...made);
      select.append(group);
    }
  }

  function input(type, value) {
    const it = document.createElement("input");
    it.className = "form-control";
    it.type = type;
    it.value = value;
    it.setAttribute("aria-label", t("值", "Value"));
    return it;
  }

  function choiceSelect(pairs, values, multiple) {
    const select = document.createElement("select");
    select.className = "form-select";
    select.multiple = multiple;
    select.setAttribute("aria-label", t("值", "Value"));
    for (const [value, label] of pairs) select.append(new Option(label, value, false, values.includes(value)));
    return select;
  }

  /** Draws the inputs that fit field and operator into part. */
  function drawValue(part, field, operator, value) {
    part.querySelector("select.tomselected")?.tomselect.destroy();
    part.replaceChildren();
    if (operator.values === 0) return;
    if (operator.preset) part.append(choiceSelect(operator.preset, [value], false));
    else if (field.kind === "choice") part.append(choiceSelect(field.choices, value.split("|"), true));
    else if (field.kind === "yes_no") part.append(choiceSelect(field.choices, [value], false));
    else if (field.kind === "picker") {
      const select = choiceSelect(value ? [[value, value]] : [], [value], false);
      select.dataset.picker = field.picker_url;
      part.append(select);
    } else {
      const type = field.kind === "date" ? "date" : "text";
      const [first, second] = value.split("..");
      part.append(input(type, first || ""));
      if (operator.values === 2) {
        const sep = document.createElement("span");
        sep.className = "sep";
        sep.textContent = t("至", "to");
        part.append(sep, input(type, second || ""));
      }
    }
    const several = part.querySelector("select[multiple]");
    if (several) new TomSelect(several, { plugins: ["remove_button"], placeholder: t("选择一项或多项", "Choose one or more") });
    window.taizhang.enhancePickers(part);
  }

  function add(condition) {
    const row = template.content.firstElementChild.cloneNode(true);
    const [field, operator, value] = ["field", "operator", "value"].map((it) => row.querySelector(`[data-part="${it}"]`));
    const chosen = () => fields.find((it) => it.key === field.value);
    const how = () => chosen().operators.find((it) => it.key === operator.value);
    const drawOperators = (key) => options(operator, chosen().operators.map((it) => [it.key, it.label]), key);
    place.append(row);
    fieldChoices(field, condition?.field || fields[0].key);
    drawOperators(condition?.operator);
    drawValue(value, chosen(), how(), condition?.value || "");
    field.addEventListener("change", () => { drawOperators(); drawValue(value, chosen(), how(), ""); });
    operator.addEventListener("change", () => drawValue(value, chosen(), how(), ""));
    row.querySelector("[data-remove-condition]").addEventListener("click", () => row.remove());
  }

  function text(part) {
    const select = part.querySelector("select");
    if (select) return [...select.selectedOptions].map((it) => it.value).filter(Boolean).join("|");
    const values = [...part.querySelectorAll("input")].map((it) => it.value.trim());
    return values.some(Boolean) ? values.join("..") : "";
  }

  form.addEventListener("submit", () => {
    for (const old of form.querySelectorAll("input[name=w]")) old.remove();
    for (const row of place.children) {
      const [field, operator] = ["field", "operator"].map((it) => row.querySelector(`[data-part="${it}"]`).value);
      const part = row.querySelector('[data-part="value"]');
      const value = text(part);
      if (!value && part.children.length) continue;
      const hidden = document.createElement("input");
      Object.assign(hidden, { type: "hidden", name: "w", value: `${field}~${operator}~${value}` });
      form.append(hidden);
    }
  });
  form.querySelector("[data-add-condition]").addEventListener("click", () => add(null));
  current.forEach(add);
  if (!current.length) add(null);
})();
