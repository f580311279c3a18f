// Pickers: <select data-picker="url"> asks the server for matches, never loads a table; <select data-choice> gets a
// search box once it has more than eight choices. data-picker-of="customer" offers at once what is of the entry that
// this other field of the form holds.
"use strict";

(() => {
  const { t } = window.taizhang;

  const common = {
    plugins: ["clear_button"],
    maxOptions: 200,
    render: {
      no_results: () => `<div class="no-results">${t("没有找到", "Nothing found")}</div>`,
      not_loading: () => `<div class="no-results">${t("输入两个字以上查找", "Type two letters or more")}</div>`,
      loading: () => `<div class="no-results">${t("正在查找…", "Searching…")}</div>`,
    },
  };

  /** Asks url for q; the answer is {results: [{id, text, note}], more}. */
  async function load(url, q, of, done) {
    const address = new URL(url, location.href);
    address.searchParams.set("q", q);
    if (of) address.searchParams.set("of", of);
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      const body = answer.ok ? await answer.json() : { results: [] };
      done(body.results);
    } catch {
      done([]);
    }
  }

  function picker(select) {
    const url = select.dataset.picker;
    const of = () => (select.dataset.pickerOf && select.form?.elements[select.dataset.pickerOf]?.value) || "";
    return new TomSelect(select, {
      ...common,
      plugins: select.multiple ? ["remove_button"] : ["clear_button"],
      valueField: "id",
      labelField: "text",
      searchField: [],
      score: () => () => 1,
      maxItems: select.multiple ? null : 1,
      placeholder: select.dataset.placeholder || "",
      shouldLoad: (q) => q.trim().length >= 2 || of() !== "",
      load: (q, done) => load(url, q.trim(), of(), done),
      onType() { this.clearOptions(); },
      onFocus() {
        if (!of()) return;
        this.clearOptions(); // it may be another one's by now
        this.load("");
      },
      render: {
        ...common.render,
        option: (it, escape) => `<div>${escape(it.text)}${it.note ? `<small>${escape(it.note)}</small>` : ""}</div>`,
      },
    });
  }

  function choice(select) {
    const none = select.querySelector('option[value=""]');
    if (none && !none.text.trim()) none.text = t("请选择", "Choose");
    if (select.options.length <= 8 && !select.multiple) return null;
    return new TomSelect(select, {
      ...common,
      plugins: select.multiple ? ["remove_button"] : [],
      allowEmptyOption: true,
    });
  }

  function enhance(root) {
    for (const select of root.querySelectorAll("select[data-picker]:not(.tomselected)")) picker(select);
    for (const select of root.querySelectorAll("select[data-choice]:not(.tomselected)")) choice(select);
  }

  enhance(document);
  window.taizhang.enhancePickers = enhance;
})();
