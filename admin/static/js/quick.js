// Quick entry: what is written without a line waits in this browser under its writer's key and is sent once, by a key of
// its own that the server takes in the transaction that writes the entry. Forms and entries of others are never shown.
"use strict";

(() => {
  const { dataset } = document.body;
  const english = document.documentElement.lang === "en";
  const t = (zh, en) => (english ? en : zh);
  const AGAIN = 20_000; // milliseconds between two tries while something waits
  const find = (id) => document.getElementById(id);
  const [state, form, fields, list] = ["state", "form", "fields", "list"].map(find);
  let me = localStorage.getItem("quick:me"); // whose forms are shown without a line
  let token = "";
  let asked = null;
  let mending = null; // the entry that is being mended, which waits until it is saved again
  let sending = false;

  const read = (name, otherwise) => JSON.parse(localStorage.getItem(name) || "null") ?? otherwise;
  const waiting = () => read(`quick:${me}:waiting`, []);
  const keep = (entries) => localStorage.setItem(`quick:${me}:waiting`, JSON.stringify(entries));
  const element = (name, properties = {}, ...inside) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...inside);
    return made;
  };

  function say(tone, ...words) {
    state.className = `note ${tone}`;
    state.firstElementChild.replaceChildren(...words);
  }

  /** Returns a key that no other entry has; crypto.randomUUID is not everywhere. */
  function newKey() {
    const bytes = [...crypto.getRandomValues(new Uint8Array(16))].map((it) => it.toString(16).padStart(2, "0")).join("");
    return [bytes.slice(0, 8), bytes.slice(8, 12), bytes.slice(12, 16), bytes.slice(16, 20), bytes.slice(20)].join("-");
  }

  // The form -----------------------------------------------------------------------------------------------------------

  function control(one) {
    const id = `quick-${one.name}`;
    const common = { id, name: one.name, required: one.required };
    if (one.kind === "choice") {
      const options = [["", t("请选择", "Choose")], ...one.options].map(([value, label]) => element("option", { value }, label));
      return element("select", { ...common, className: "form-select" }, ...options);
    }
    if (one.kind === "long") return element("textarea", { ...common, className: "form-control", rows: 4 });
    const input = element("input", { ...common, className: "form-control", type: one.kind === "date" ? "date" : "text", autocomplete: "off" });
    if (one.kind === "phone") input.inputMode = "tel";
    if (one.max_length) input.maxLength = one.max_length;
    return input;
  }

  function draw() {
    [asked] = read(`quick:${me}:forms`, []);
    form.hidden = !asked;
    if (!asked) return;
    fields.replaceChildren(element("h2", { className: "quick-title" }, asked.title), ...asked.fields.map((one) => {
      const label = element("label", { htmlFor: `quick-${one.name}` }, one.label);
      if (one.required) label.append(element("span", { className: "required", ariaHidden: "true" }, " *"));
      return element("div", { className: "quick-field" }, label, control(one));
    }));
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const missing = [...form.elements].find((it) => it.required && !it.value.trim());
    if (missing) {
      const label = form.querySelector(`label[for="${missing.id}"]`).firstChild.data;
      say("late", t(`请填写“${label}”。`, `Fill in “${label}”.`));
      missing.focus();
      return;
    }
    const values = Object.fromEntries(new FormData(form));
    const entry = mending || { key: newKey(), register: asked.register, at: new Date().toISOString() };
    const others = waiting().filter((it) => it.key !== entry.key);
    keep([...others, { ...entry, values, problems: [] }]);
    mending = null;
    form.reset();
    form.elements[0].focus();
    say("ok", t("已存在本机，正在发送…", "Kept here; sending…"));
    show();
    send();
  });

  // What waits ---------------------------------------------------------------------------------------------------------

  function show() {
    const entries = me ? waiting() : [];
    find("waiting").hidden = !entries.length;
    list.replaceChildren(...entries.map((entry) => {
      const at = new Date(entry.at).toLocaleString(english ? "en" : "zh-CN", { hour12: false });
      const text = Object.values(entry.values).filter(Boolean).join(" · ");
      const line = element("li", {}, element("span", {}, text, element("small", { className: "muted" }, at)));
      for (const problem of entry.problems || []) line.append(element("p", { className: "field-error" }, problem));
      if (entry.problems?.length) {
        const mend = element("button", { type: "button", className: "btn btn-sm" }, t("修改", "Mend"));
        mend.addEventListener("click", () => {
          mending = entry;
          for (const [name, value] of Object.entries(entry.values)) if (form.elements[name]) form.elements[name].value = value;
          form.elements[0].focus();
        });
        line.append(mend);
      }
      return line;
    }));
  }

  async function post(entry) {
    const body = JSON.stringify({ key: entry.key, register: entry.register, at: entry.at, values: entry.values });
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token };
    const answer = await fetch(dataset.send, { method: "POST", headers, body });
    return { status: answer.status, told: answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {} };
  }

  /** Sends what waits, one after another; what cannot be sent now waits on. */
  async function send() {
    if (sending || !me) return;
    sending = true;
    try {
      if (!(await ask())) return;
      for (const entry of waiting()) {
        if (entry.problems?.length) continue; // it waits for its writer
        const { status, told } = await post(entry);
        if (status === 200) {
          keep(waiting().filter((it) => it.key !== entry.key));
          const link = told.url ? element("a", { href: told.url }, told.number) : told.number;
          say("ok", t("已登记 ", "Entered: "), link);
        } else if (status === 422 || status === 403 || status === 404 || status === 400) {
          const problems = told.problems || [told.message || t("没有被接受，请修改后再发。", "It was refused. Mend it.")];
          keep(waiting().map((it) => (it.key === entry.key ? { ...it, problems } : it)));
          say("late", t("有内容需要修改，见下方。", "Something is to be mended, see below."));
        } else break;
      }
    } catch {
      say("warn", t("没有网络：已存在本机，恢复后自动发送。", "No line: kept here, and sent when it is back."));
    } finally {
      sending = false;
      show();
    }
  }

  /** Asks who is signed in and what they may enter; false where nothing can be sent. */
  async function ask() {
    const answer = await fetch(dataset.forms, { headers: { Accept: "application/json" } });
    if (answer.status === 401) {
      say("warn", t("登录后才会发送。", "Sign in, and it is sent. "), element("a", { href: dataset.signIn }, t("去登录", "Sign in")));
      return false;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const said = await answer.json();
    const another = said.person !== me;
    me = said.person;
    token = said.token;
    localStorage.setItem("quick:me", me);
    const before = localStorage.getItem(`quick:${me}:forms`);
    localStorage.setItem(`quick:${me}:forms`, JSON.stringify(said.registers));
    if (another || before !== JSON.stringify(said.registers) || form.hidden) draw();
    return true;
  }

  find("send-now").addEventListener("click", send);
  addEventListener("online", send);
  setInterval(() => { if (me && waiting().length) send(); }, AGAIN);
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(dataset.worker, { scope: dataset.scope });

  (async () => {
    if (me) draw();
    show();
    try {
      if (await ask()) {
        say("info", asked ? t("有网络：保存后立即登记。", "On line: entered at once.") : t("您没有可以速记的台账，请联系管理员。", "There is nothing you may enter here."));
      }
    } catch {
      say("warn", me && asked ? t("没有网络：先存在本机，恢复后自动发送。", "No line: kept here, and sent when it is back.") : t("没有网络，而且这台设备上还没有打开过。", "No line, and this device was not used before."));
    }
    show();
    send();
  })();
})();
