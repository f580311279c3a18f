// What every page needs: questions before deeds, dialogs, keys, sign-out. No inline script anywhere: behaviour hangs
// on data- attributes, so that a strict content security policy holds.
"use strict";

window.taizhang = (() => {
  const english = document.documentElement.lang === "en";
  const token = () => document.querySelector('meta[name="csrf-token"]').content;

  /** The wording in the page's language. */
  const t = (zh, en) => (english ? en : zh);

  /** Calls act(event, element) when something inside an element that matches selector is clicked (or else). */
  const on = (type, selector, act) =>
    document.addEventListener(type, (event) => {
      const found = event.target instanceof Element && event.target.closest(selector);
      if (found) act(event, found);
    });

  /** Posts JSON, or a FormData, with the token; gives {status, body}. A lost line gives status 0. */
  async function post(url, body) {
    const isForm = body instanceof FormData;
    const headers = { "X-CSRFToken": token(), Accept: "application/json" };
    if (!isForm) headers["Content-Type"] = "application/json";
    try {
      const answer = await fetch(url, { method: "POST", headers, body: isForm ? body : JSON.stringify(body) });
      const type = answer.headers.get("Content-Type") || "";
      return { status: answer.status, body: type.includes("json") ? await answer.json() : {} };
    } catch {
      return { status: 0, body: { message: t("网络中断，内容仍保留在本页，请稍后重试。", "The line is down; your text stays on this page. Try again.") } };
    }
  }

  /** Asks in the page's one dialog; gives true when the person agreed, with `words` what was written ("" for no). */
  function ask(question, { danger = false, label = "", words = false } = {}) {
    const dialog = document.getElementById("confirm");
    const yes = dialog.querySelector("[data-yes]");
    dialog.querySelector("#confirm-text").textContent = question;
    dialog.classList.toggle("danger", danger);
    yes.textContent = label || yes.dataset.label;
    yes.className = danger ? "btn btn-danger" : "btn btn-primary";
    const answer = dialog.querySelector("[data-answer]");
    Object.assign(answer, { hidden: !words, required: words, value: "" });
    for (const no of dialog.querySelectorAll("[value=no]")) no.formNoValidate = true;
    dialog.returnValue = "no";
    dialog.showModal();
    if (words) answer.focus();
    return new Promise((done) => {
      const end = () => {
        const agreed = dialog.returnValue === "yes";
        done(words ? (agreed ? answer.value.trim() : "") : agreed);
      };
      dialog.addEventListener("close", end, { once: true });
    });
  }

  /** Posts to url as a form does, so that the answer is the next page. */
  function go(url, fields = {}) {
    const form = document.getElementById("post");
    form.action = url;
    for (const [name, value] of Object.entries(fields)) {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name, value });
      form.append(input);
    }
    form.submit();
  }

  /** A sentence at the top of the page, read out to those who do not see it. */
  function tell(text, tone = "late") {
    const note = document.createElement("div");
    note.className = `note ${tone}`;
    note.setAttribute("role", "alert");
    note.textContent = text;
    document.getElementById("main").prepend(note);
    note.scrollIntoView({ block: "nearest" });
  }

  // What is needed seldom is loaded when it is first asked for, under the page's own nonce.
  const { nonce } = document.currentScript;
  const openers = {};
  const loading = {};
  function load(src) {
    loading[src] ??= new Promise((done, failed) => {
      const script = Object.assign(document.createElement("script"), { nonce, src });
      script.addEventListener("load", done);
      script.addEventListener("error", () => { delete loading[src]; failed(new Error(src)); });
      document.head.append(script);
    });
    return loading[src];
  }

  /** An element with properties and what is inside it; text stays text. */
  function element(name, properties = {}, ...inside) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...inside);
    return made;
  }

  // Keys that hang on no element with data-hotkey, for the sheet of shortcuts: [key, wording].
  const keys = [];

  return { t, on, post, ask, go, tell, token, english, openers, load, element, keys };
})();

(() => {
  const { on, ask, go } = window.taizhang;

  // Forms and buttons that ask first.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.matches("[data-sign-out]")) forgetDrafts();
    if (!form.dataset.confirm || form.dataset.agreed) return;
    event.preventDefault();
    const submitter = event.submitter;
    if (await ask(form.dataset.confirm, { danger: "danger" in form.dataset })) {
      form.dataset.agreed = "1";
      form.requestSubmit(submitter);
      delete form.dataset.agreed;
    }
  });
  on("click", "[data-post]", async (event, button) => {
    event.preventDefault();
    const { confirm } = button.dataset;
    if (!confirm || (await ask(confirm, { danger: "danger" in button.dataset }))) go(button.dataset.post);
  });

  // A form that takes long says so and can't be sent twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.dataset.busy) return;
    const button = event.submitter || form.querySelector("button:not([type=button])");
    setTimeout(() => {
      button.textContent = form.dataset.busy;
      for (const it of form.querySelectorAll("button")) it.disabled = true;
    });
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  // Dialogs: [data-dialog=id] opens, [data-close] or a click beside it closes.
  on("click", "[data-dialog]", (event, button) => document.getElementById(button.dataset.dialog)?.showModal());
  // Enter would press the first button of the dialog, which is "cancel".
  on("keydown", "dialog [data-answer]", (event, input) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    input.form.querySelector("[data-yes]").click();
  });
  on("click", "[data-close]", (event, button) => button.closest("dialog").close("no"));
  document.addEventListener("click", (event) => {
    if (event.target.nodeName === "DIALOG" && event.target.open) event.target.close("no");
  });

  on("click", "[data-opens]", async (event, button) => {
    const { opens, src, style } = button.dataset;
    if (style && !document.querySelector(`link[href="${style}"]`)) {
      document.head.append(window.taizhang.element("link", { rel: "stylesheet", href: style }));
    }
    try {
      await window.taizhang.load(src);
      window.taizhang.openers[opens](button);
    } catch {
      window.taizhang.tell(window.taizhang.t("网络中断，请稍后重试。", "The line is down. Try again."));
    }
  });

  on("click", "[data-dismiss-note]", (event, button) => button.closest("[data-note]").remove());
  on("click", "[data-print]", () => window.print());
  for (const it of document.querySelectorAll("[data-copy]")) it.hidden = false;
  on("click", "[data-copy]", (event, button) => {
    button.parentElement.querySelector("textarea").select();
    // Not by the clipboard's own interface, which an intranet without https has not.
    document.execCommand("copy");
  });
  on("click", "[data-unfold]", (event, button) => {
    const folded = button.parentElement.classList.toggle("is-folded");
    button.setAttribute("aria-expanded", String(!folded));
  });
  on("click", "[data-back]", () => history.back());
  on("click", "[data-show-password]", (event, button) => {
    const input = document.getElementById(button.dataset.showPassword);
    input.type = input.type === "password" ? "text" : "password";
    button.setAttribute("aria-pressed", String(input.type === "text"));
  });

  // Unsaved text belongs to the person who wrote it: gone at sign-out, and when someone else has signed in.
  function forgetDrafts(spared = "") {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith("draft:") && !(spared && key.startsWith(spared))) localStorage.removeItem(key);
    }
  }
  const { person } = document.body.dataset;
  if (person) forgetDrafts(`draft:${person}:`);

  // What was written without a line and is not sent yet is told on every page of whoever wrote it.
  const unsent = person && JSON.parse(localStorage.getItem(`quick:${person}:waiting`) || "[]").length;
  const quick = document.querySelector("[data-quick]");
  if (unsent && quick) {
    const { element, t } = window.taizhang;
    const note = element("div", { className: "note warn" }, element("div", {}, t(`有 ${unsent} 条离线记录还没有发送。`, `${unsent} entries written without a line are not sent yet. `), element("a", { href: quick.href }, t("去发送", "Send them"))));
    document.getElementById("main").prepend(note);
  }

  // A form was sent and the answer is neither that form again nor an error or sign-in page: it is saved.
  const sent = sessionStorage.getItem("draft-sent");
  if (sent && person) {
    sessionStorage.removeItem("draft-sent");
    if (!document.querySelector("[data-refused]")) localStorage.removeItem(sent);
  }

  // Groups stay as they were left; the one that holds the present page is open.
  for (const group of document.querySelectorAll("details[data-remember]")) {
    const key = `fold:${group.dataset.remember}`;
    const left = localStorage.getItem(key);
    if (left && !group.querySelector(".active")) group.open = left === "1";
    // A click and not "toggle", which also tells of what the page itself opens.
    group.querySelector("summary").addEventListener("click", () => localStorage.setItem(key, group.open ? "0" : "1"));
  }

  document.querySelector(".tz-menu .active")?.scrollIntoView({ block: "nearest" });

  // Keys: data-hotkey="n" follows a link or enters a field while nobody is typing; "mod+s" works everywhere.
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable], dialog[open]");
    const mod = event.ctrlKey || event.metaKey;
    if (event.altKey || (typing && !mod) || document.querySelector("dialog[open]")) return;
    const wanted = (mod ? "mod+" : "") + event.key;
    const target = [...document.querySelectorAll("[data-hotkey]")].find((it) => it.dataset.hotkey === wanted);
    if (!target) return;
    event.preventDefault();
    if (target.matches("input")) target.focus();
    else target.click();
  });

  document.querySelector("[data-focus]")?.focus();

  // What scrolls sideways can be reached and scrolled with keys.
  for (const box of document.querySelectorAll(".scroll-x")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }

  // The mark across the page that names who looks at it; drawn, since it must not be selectable text.
  const canvas = document.querySelector("[data-watermark]");
  if (canvas) {
    const pen = canvas.getContext("2d");
    canvas.width = innerWidth;
    canvas.height = innerHeight;
    pen.font = "16px sans-serif";
    pen.fillStyle = "#000";
    for (let y = 60; y < canvas.height + 200; y += 150) {
      for (let x = -40; x < canvas.width; x += 260) {
        pen.save();
        pen.translate(x, y);
        pen.rotate(-0.35);
        pen.fillText(canvas.dataset.watermark, 0, 0);
        pen.restore();
      }
    }
  }
})();
