// The filter builder. A condition travels as w=field~operator~value, those of a group as g1=..., g2=...: a period as
// "a..b", several choices as "a|b". What may be asked of is loaded when the builder is opened first.
"use strict";

(() => {
  const { t, on, tell } = window.taizhang;
  const form = document.querySelector("[data-filters]");
  if (!form) return;
  const MOST_GROUPS = 9;
  const part = (root, name) => root.querySelector(`[data-part="${name}"]`);
  const place = form.querySelector("[data-conditions]");
  const groups = form.querySelector("[data-groups]");
  const match = form.querySelector("[data-match]");
  let fields = null;
  let called = {};

  function options(select, pairs, chosen) {
    select.replaceChildren(...pairs.map(([value, label]) => new Option(label, value, false, value === chosen)));
  }

  function fieldChoices(select, chosen) {
    const made = new Map();
    for (const it of fields) {
      if (!made.has(it.group)) made.set(it.group, []);
      made.get(it.group).push(new Option(it.label, it.key, false, it.key === chosen));
    }
    select.replaceChildren();
    for (const [label, some] of made) {
      if (!label) { select.append(...some); continue; }
      const group = document.createElement("optgroup");
      group.label = label;
      group.append(...some);
      select.append(group);
    }
  }

  function input(type, value, label = t("值", "Value")) {
    const it = document.createElement("input");
    it.className = "form-control";
    it.type = type;
    it.value = value;
    it.setAttribute("aria-label", label);
    if (type === "number") { it.min = 1; it.max = 3650; }
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

  function between() {
    const sep = document.createElement("span");
    sep.className = "sep";
    sep.textContent = t("至", "to");
    return sep;
  }

  /** A named period, a number of days, or two dates. */
  function drawPeriod(at, presets, value) {
    const days = /^(last|next)_(\d+)_days$/.exec(value);
    const known = presets.some(([key]) => key === value);
    const select = choiceSelect(presets, [days ? `${days[1]}_days` : known || !value ? value : "between"], false);
    const more = document.createElement("span");
    more.className = "period-more";
    const [first, last] = known || days ? ["", ""] : value.split("..");
    const draw = () => {
      if (select.value.endsWith("_days")) more.replaceChildren(input("number", days ? days[2] : "7", t("天数", "Days")));
      else if (select.value === "between") {
        more.replaceChildren(input("date", first || "", t("从", "From")), between(), input("date", last || first || "", t("到", "To")));
      } else more.replaceChildren();
    };
    select.addEventListener("change", draw);
    at.append(select, more);
    draw();
  }

  function periodText(at) {
    const chosen = at.querySelector("select").value;
    const values = [...at.querySelectorAll("input")].map((it) => it.value.trim());
    if (chosen === "between") return values.every(Boolean) ? values.join("..") : "";
    if (!chosen.endsWith("_days")) return chosen;
    return values[0] ? chosen.replace("_days", `_${Number(values[0])}_days`) : "";
  }

  function drawPicker(at, field, operator, value) {
    const name = called[`${field.key}~${value}`] || value;
    const mine = field.kind === "person" ? [["me", t("本人", "Me")]] : [];
    const pairs = value && value !== "me" ? [...mine, [value, name]] : mine;
    const select = choiceSelect([["", ""], ...pairs], [value], false);
    select.dataset.picker = field.picker_url;
    at.append(select);
  }

  /** Draws the inputs that fit field and operator. */
  function drawValue(at, field, operator, value) {
    for (const it of at.querySelectorAll("select.tomselected")) it.tomselect.destroy();
    at.replaceChildren();
    delete at.dataset.kind;
    if (operator.values === 0) return;
    if (operator.preset) {
      at.dataset.kind = "period";
      drawPeriod(at, operator.preset, value);
    } else if (operator.days) at.append(input("number", value || "30", t("天数", "Days")));
    else if (field.kind === "choice") at.append(choiceSelect(field.choices, value.split("|"), true));
    else if (field.kind === "yes_no") at.append(choiceSelect([["yes", t("是", "Yes")], ["no", t("否", "No")]], [value], false));
    else if (field.kind === "picker" || field.kind === "person") drawPicker(at, field, operator, value);
    else at.append(input(field.kind === "date" ? "date" : "text", value));
    const several = at.querySelector("select[multiple]");
    if (several) new TomSelect(several, { plugins: ["remove_button"], placeholder: t("选择一项或多项", "Choose one or more") });
    window.taizhang.enhancePickers(at);
  }

  function add(where, condition) {
    const row = form.querySelector("[data-condition-template]").content.firstElementChild.cloneNode(true);
    const [field, operator, value] = ["field", "operator", "value"].map((it) => part(row, it));
    const chosen = () => fields.find((it) => it.key === field.value);
    const how = () => chosen().operators.find((it) => it.key === operator.value);
    const drawOperators = (key) => options(operator, chosen().operators.map((it) => [it.key, it.label]), key);
    where.append(row);
    fieldChoices(field, condition?.field || fields[0].key);
    drawOperators(condition?.operator);
    drawValue(value, chosen(), how(), condition?.value || "");
    field.addEventListener("change", () => { drawOperators(); drawValue(value, chosen(), how(), ""); });
    operator.addEventListener("change", () => drawValue(value, chosen(), how(), ""));
    row.querySelector("[data-remove-condition]").addEventListener("click", () => row.remove());
    return field;
  }

  function addGroup(conditions) {
    if (groups.children.length >= MOST_GROUPS) return;
    const group = form.querySelector("[data-group-template]").content.firstElementChild.cloneNode(true);
    const where = group.querySelector("[data-group-conditions]");
    groups.append(group);
    for (const one of conditions) add(where, one);
    group.querySelector("[data-add-to-group]").addEventListener("click", () => add(where, null).focus());
    group.querySelector("[data-remove-group]").addEventListener("click", () => group.remove());
    sayMatch();
  }

  /** Inside a group conditions are joined the other way. */
  function sayMatch() {
    const said = match.value === "any" ? t("以下全部", "All of these") : t("以下任一", "Any of these");
    for (const it of groups.querySelectorAll("[data-group-match]")) it.textContent = said;
  }

  function text(at) {
    if (at.dataset.kind === "period") return periodText(at);
    const select = at.querySelector("select");
    if (select) return [...select.selectedOptions].map((it) => it.value).filter(Boolean).join("|");
    return at.querySelector("input")?.value.trim() || "";
  }

  function send(name, rows) {
    for (const row of rows) {
      const value = text(part(row, "value"));
      if (!value && part(row, "value").children.length) continue;
      const hidden = document.createElement("input");
      const word = `${part(row, "field").value}~${part(row, "operator").value}~${value}`;
      Object.assign(hidden, { type: "hidden", name, value: word });
      hidden.dataset.sent = "";
      form.append(hidden);
    }
  }

  async function load() {
    if (fields) return;
    const now = JSON.parse(form.querySelector("[data-filters-now]").textContent);
    const answer = await fetch(form.dataset.filters, { headers: { Accept: "application/json" } });
    ({ fields, called } = await answer.json());
    for (const one of now.conditions) add(place, one);
    for (const group of now.groups) addGroup(group);
    if (!now.conditions.length && !now.groups.length) add(place, null);
  }

  const begin = () => load().catch(() => {
    fields = null;
    form.closest("dialog").close();
    tell(t("筛选条件没有载入，请检查网络后重试。", "The filters could not be loaded; try again."));
  });
  on("click", "[data-dialog=filters]", begin);
  if (form.closest("dialog").open) begin(); // opened before this script had come
  form.addEventListener("submit", () => {
    for (const old of form.querySelectorAll("[data-sent]")) old.remove();
    send("w", place.children);
    [...groups.children].forEach((group, at) => send(`g${at + 1}`, group.querySelector("[data-group-conditions]").children));
  });
  form.querySelector("[data-add-condition]").addEventListener("click", () => add(place, null).focus());
  form.querySelector("[data-add-group]").addEventListener("click", () => addGroup([null, null]));
  match.addEventListener("change", sayMatch);
})();
