// The editor of formulas: asks the server what a formula comes to while it is typed, marks the place of a mistake,
// offers names for the word before the cursor, and tries it for one person and month. Nothing is reckoned here.
"use strict";

(() => {
  const { t, post } = window.taizhang;
  const editor = document.querySelector("[data-formula]");
  const text = editor.querySelector("textarea");
  const status = editor.querySelector("[data-status]");
  const place = editor.querySelector("[data-place]");
  const offers = editor.querySelector(".formula-offers");
  const names = [...document.querySelectorAll("[data-names] [data-insert]")];
  const word = /[A-Za-z0-9_.\u3400-\u9fff]+$/;
  const PAUSE = 250; // ms without typing before the server is asked
  const MOST = 8;

  function element(tag, className, said) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.textContent = said;
    return made;
  }

  const asked = () => ({ scheme: editor.dataset.scheme, line: editor.dataset.line, text: text.value });

  // Checking ------------------------------------------------------------------------------------------------------
  let waiting = 0;
  let latest = 0;

  function mark(answer) {
    place.hidden = answer.ok || answer.start === null || answer.start === undefined;
    text.setAttribute("aria-invalid", String(!answer.ok));
    text.classList.toggle("is-invalid", !answer.ok);
    if (place.hidden) return;
    const all = text.value;
    const wrong = all.slice(answer.start, answer.end) || t("（这里）", "(here)");
    place.replaceChildren(all.slice(0, answer.start), element("mark", "", wrong), all.slice(answer.end));
  }

  function say(answer) {
    const plain = (it) => it.replace(/[。.]$/, "");
    if (answer.ok) status.replaceChildren(element("span", "good", `✓ ${t("结果是", "Comes to")} ${answer.unit}`));
    else {
      status.replaceChildren(element("span", "bad", plain(answer.message || "")));
      if (answer.hint) status.append(element("span", "hint", answer.hint));
    }
    mark(answer);
  }

  async function check() {
    clearTimeout(waiting);
    latest += 1;
    const mine = latest;
    if (!text.value.trim()) {
      status.replaceChildren();
      mark({ ok: true });
      return;
    }
    const { status: code, body } = await post(editor.dataset.checkUrl, asked());
    if (mine !== latest) return; // something newer was typed meanwhile
    if (code === 200) say(body);
    else status.replaceChildren(element("span", "bad", body.message || t("没有检查成功，请刷新页面再试。", "It could not be checked. Load the page again.")));
  }

  // Offering names ------------------------------------------------------------------------------------------------
  let chosen = -1;

  function close() {
    offers.hidden = true;
    chosen = -1;
    text.removeAttribute("aria-activedescendant");
  }

  function insert(said, from) {
    const start = from ?? text.selectionStart;
    text.focus();
    text.setRangeText(said, start, text.selectionEnd, "end");
    close();
    plan();
  }

  function typed() {
    if (text.selectionStart !== text.selectionEnd) return "";
    const found = text.value.slice(0, text.selectionStart).match(word);
    return found && !/^[0-9]/.test(found[0]) ? found[0] : "";
  }

  function choose(index) {
    const all = [...offers.children];
    chosen = (index + all.length) % all.length;
    all.forEach((one, at) => one.setAttribute("aria-selected", String(at === chosen)));
    text.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  }

  function offer() {
    const begun = typed().toLowerCase();
    if (!begun) return close();
    const rank = (it) => {
      const at = it.dataset.find.toLowerCase().split(" ").map((one) => one.indexOf(begun)).filter((one) => one >= 0);
      return at.length ? Math.min(...at) : Infinity;
    };
    const found = names.map((it) => [rank(it), it]).filter(([at, it]) => at < Infinity && it.dataset.insert !== typed());
    found.sort(([a], [b]) => a - b);
    if (!found.length) return close();
    offers.replaceChildren(
      ...found.slice(0, MOST).map(([, it], at) => {
        const line = element("li", "", "");
        line.id = `formula-offer-${at}`;
        line.setAttribute("role", "option");
        line.dataset.put = it.dataset.insert;
        line.append(element("b", "", it.querySelector("b").textContent), element("small", "mono", it.dataset.code), element("small", "", it.dataset.note));
        return line;
      }),
    );
    offers.hidden = false;
    return choose(0);
  }

  const take = (line) => insert(line.dataset.put, text.selectionStart - typed().length);

  function plan() {
    clearTimeout(waiting);
    waiting = setTimeout(check, PAUSE);
  }

  text.addEventListener("input", () => { offer(); plan(); });
  text.addEventListener("blur", () => setTimeout(close, 150));
  text.addEventListener("keydown", (event) => {
    if (offers.hidden || event.isComposing) return;
    const keys = {
      ArrowDown: () => choose(chosen + 1),
      ArrowUp: () => choose(chosen - 1),
      Enter: () => take(offers.children[chosen]),
      Tab: () => take(offers.children[chosen]),
      Escape: close,
    };
    if (!(event.key in keys)) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  });
  offers.addEventListener("mousedown", (event) => {
    const line = event.target.closest("li");
    event.preventDefault();
    if (line) take(line);
  });
  for (const one of names) one.addEventListener("click", () => insert(one.dataset.insert));
  document.querySelector("[data-filter]").addEventListener("input", (event) => {
    const sought = event.target.value.trim().toLowerCase();
    for (const one of names) one.parentElement.hidden = !one.dataset.find.toLowerCase().includes(sought);
  });
  place.addEventListener("click", () => {
    const [before, wrong] = place.childNodes;
    text.focus();
    text.setSelectionRange(before.length, before.length + (wrong.textContent.length));
  });

  // Trying --------------------------------------------------------------------------------------------------------
  const result = editor.querySelector("[data-result]");
  const button = editor.querySelector("[data-try]");

  function show(body) {
    result.replaceChildren();
    if (!body.ok) {
      result.append(element("p", "bad mb-0", [body.message, body.hint].filter(Boolean).join(t("。", ". "))));
      return;
    }
    for (const one of body.results) {
      if (one.value === null) result.append(element("p", "bad mb-0", t("没有算出来", "It cannot be reckoned")));
      else {
        const value = element("p", "value num", one.value);
        if (one.exact !== one.value) value.title = one.exact;
        result.append(value);
      }
      const why = document.createElement("ol");
      why.append(...one.why.map((line) => element("li", "", line)));
      result.append(why);
    }
  }

  button?.addEventListener("click", async () => {
    const person = editor.querySelector("#person").value;
    if (!person) {
      show({ ok: false, message: t("请先选员工", "Choose a person first") });
      return;
    }
    button.disabled = true;
    const period = editor.querySelector("[data-period]").value;
    const { status: code, body } = await post(editor.dataset.tryUrl, { ...asked(), person, period });
    button.disabled = false;
    show(code === 200 ? body : { ok: false, message: body.message || t("没有算成，请刷新页面再试", "It could not be reckoned. Load the page again") });
    if (code === 200 && !body.ok) say(body);
  });

  text.setSelectionRange(text.value.length, text.value.length);
  if (text.value.trim()) check();
})();
