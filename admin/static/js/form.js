// Forms: fields that depend on others, typed masks, growing text, file drop, signature, revealing a masked number,
// the customer's file beside the form, numbers that are counted.
"use strict";

(() => {
  const { ask, on, post, t, tell } = window.taizhang;
  const form = document.querySelector("[data-entry-form]");

  // Fields shown only while another field has some value; a hidden one is not posted.
  function dependents() {
    const values = new FormData(form);
    for (const field of form.querySelectorAll("[data-shown-if]")) {
      const wanted = JSON.parse(field.dataset.shownValues);
      const name = field.dataset.shownIf;
      const onOff = form.querySelector(`input[role=switch][name="${CSS.escape(name)}"]`);
      const held = onOff ? [onOff.checked ? "yes" : "no"] : values.getAll(name);
      const fits = held.some((it) => wanted.includes(it));
      field.hidden = !fits;
      for (const input of field.querySelectorAll("input, select, textarea")) input.disabled = !fits;
    }
  }
  if (form) {
    form.addEventListener("change", dependents);
    dependents();
  }

  // Typed masks: what can't belong there goes away as soon as the field is left; the server judges the rest.
  const masks = {
    integer: (it) => it.replace(/[^\d-]/g, ""),
    decimal: (it) => it.replace(/[,，\s]/g, "").replace(/。/g, "."),
    money: (it) => it.replace(/[¥￥,，\s元]/g, "").replace(/。/g, "."),
    duration: (it) => it.trim(),
    phone: (it) => it.replace(/[^\d+\-()（）转xX]/g, ""),
    id_number: (it) => it.replace(/\s/g, "").toUpperCase(),
    plate: (it) => it.replace(/[\s·]/g, "").toUpperCase(),
  };
  const narrow = (text) => text.replace(/[\uff10-\uff19\uff0d\uff0b\uff0e]/g, (it) => String.fromCharCode(it.charCodeAt(0) - 0xfee0));
  on("change", "[data-mask]", (event, input) => { input.value = masks[input.dataset.mask](narrow(input.value)); });

  const grow = (area) => {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  };
  on("input", "textarea[data-grow]", (event, area) => grow(area));
  document.querySelectorAll("textarea[data-grow]").forEach((area) => area.value && grow(area));

  // A field with an error stands open.
  for (const more of document.querySelectorAll("[data-more]")) if (more.querySelector(".wrong")) more.open = true;

  for (const drop of document.querySelectorAll("[data-drop]")) {
    const input = drop.querySelector("input[type=file]");
    input.addEventListener("change", () => {
      drop.querySelector("[data-drop-text]").textContent = [...input.files].map((it) => it.name).join(t("、", ", "));
      if ("submit" in drop.dataset && input.files.length) input.form.submit();
    });
    input.addEventListener("dragenter", () => drop.classList.add("over"));
    input.addEventListener("dragleave", () => drop.classList.remove("over"));
    input.addEventListener("drop", () => drop.classList.remove("over"));
  }

  // A picture that was copied is put among the files: of the field at hand, else of the first there is.
  document.addEventListener("paste", (event) => {
    const pasted = [...(event.clipboardData?.files || [])];
    const drop = event.target.closest?.("[data-drop]") || document.querySelector("[data-drop]:not(.camera)");
    // Where text was copied with its picture, as from a spreadsheet, whoever writes means the text.
    const writing = event.target.closest?.("input:not([type=file]), textarea") && event.clipboardData.types.includes("text/plain");
    if (!pasted.length || !drop || writing) return;
    event.preventDefault();
    const input = drop.querySelector("input[type=file]");
    const stamp = new Date().toLocaleString("sv").replaceAll(":", ""); // 2026-11-24 113052
    const all = new DataTransfer();
    for (const it of input.files) all.items.add(it);
    pasted.forEach((it, at) => {
      const ending = it.name.includes(".") ? it.name.slice(it.name.lastIndexOf(".")) : "";
      const name = it.name === "image.png" ? `${t("粘贴", "Pasted")} ${stamp}${at ? `-${at + 1}` : ""}${ending}` : it.name;
      all.items.add(new File([it], name, { type: it.type }));
    });
    input.files = all.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // A masked number is shown on demand; in a form it then becomes an input, so that it is posted only when revealed.
  on("click", "[data-reveal]", async (event, button) => {
    const place = button.closest("[data-masked]");
    let reason = "";
    let { status, body } = await post(place.dataset.revealUrl, { reason });
    if (status === 422) { // whoever does not hold the entry says why
      reason = await ask(body.message || t("请写明查看原因，将记入日志。", "Say why; it is logged."), { words: true });
      if (!reason) return;
      ({ status, body } = await post(place.dataset.revealUrl, { reason }));
    }
    if (status !== 200) return tell(body.message || t("无权查看。", "You may not see it."));
    if (!place.dataset.name) { place.textContent = body.text; return; }
    const input = document.createElement("input");
    Object.assign(input, { className: "form-control num", name: place.dataset.name, id: place.dataset.id, value: body.text });
    input.dataset.mask = "phone";
    place.replaceChildren(input);
    input.focus();
  });

  // The customer's file beside the form, as soon as the number or the customer is known.
  const side = document.querySelector("[data-side]");
  // On a narrow screen it folds into one line, so that the form stays where the fingers are.
  const fold = () => {
    const details = side.querySelector("details");
    if (details && matchMedia("(max-width: 1199.98px)").matches) details.open = false;
  };
  if (side) fold();
  let asked = "";
  async function showBeside(address) {
    asked = address;
    try {
      const answer = await fetch(address);
      const html = answer.ok ? (await answer.text()).trim() : "";
      if (asked !== address) return; // somebody typed another number meanwhile
      side.innerHTML = html;
      side.hidden = !html;
      fold();
    } catch {
      side.hidden = true;
    }
  }
  if (side?.dataset.sideLater) showBeside(side.dataset.sideLater);
  function lookUp(name, value) {
    const address = `${form.dataset.sideUrl}?${name}=${encodeURIComponent(value)}`;
    if (form.dataset.sideUrl && value && address !== asked) showBeside(address);
  }
  on("change", "[data-lookup]", (event, input) => lookUp(input.dataset.lookup, input.value.trim()));

  // A number that was counted is counted anew when its day or person changes, unless somebody typed another one.
  const counts = form?.dataset.counts && JSON.parse(form.dataset.counts);
  let counting = "";
  async function count() {
    const values = new FormData(form);
    const address = `${counts.url}?${new URLSearchParams(counts.of.map((name) => [name, values.get(name) ?? ""]))}`;
    counting = address;
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      const said = answer.ok ? await answer.json() : {};
      if (counting !== address) return; // it was changed again meanwhile
      for (const [name, number] of Object.entries(said)) {
        const input = form.elements[name];
        const own = input && input.value && input.value !== counts.said[name];
        counts.said[name] = number;
        if (!input || own || input.value === number) continue;
        input.value = number;
        input.dispatchEvent(new Event("input", { bubbles: true }));
      }
    } catch {
      // Without a line the number stays as it is; whoever saves sees it.
    }
  }
  if (counts) form.addEventListener("change", (event) => { if (counts.of.includes(event.target.name)) count(); });

  // What is there already with the same name or number is said while it is typed.
  const alike = form?.dataset.alike && JSON.parse(form.dataset.alike);
  let comparing = "";
  async function compare() {
    const typed = alike.of.map((name) => [name, form.elements[name]?.value?.trim() ?? ""]).filter(([, value]) => value.length > 1);
    const asking = new URLSearchParams(typed);
    if (alike.but) asking.set("but", alike.but);
    const address = `${alike.url}?${asking}`;
    if (comparing === address) return;
    comparing = address;
    try {
      const answer = typed.length ? await fetch(address, { headers: { Accept: "application/json" } }) : null;
      const { found } = answer?.ok ? await answer.json() : { found: [] };
      if (comparing === address) sayAlike(found);
    } catch {
      comparing = ""; // without a line nothing is said, and the next letter asks again
    }
  }
  function sayAlike(found) {
    const note = form.querySelector("[data-alike-note]");
    note.lastElementChild.replaceChildren(...found.map((it) => {
      const line = document.createElement("p");
      line.className = "mb-0";
      const links = it.links.flatMap((link, at) => {
        const shown = document.createElement("a");
        Object.assign(shown, { href: link.url, target: "_blank", rel: "noopener", textContent: link.label });
        return at ? [t("、", ", "), shown] : [shown];
      });
      line.append(it.message, ...links);
      return line;
    }));
    note.hidden = !found.length;
  }
  if (alike) {
    let waiting = 0;
    const soon = (event) => {
      if (!alike.of.includes(event.target.name)) return;
      clearTimeout(waiting);
      waiting = setTimeout(compare, event.type === "change" ? 0 : 500);
    };
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
    if (!alike.but && alike.of.some((name) => form.elements[name]?.value)) compare();
  }

  // By keyboard: a new form begins in the first field that is still to be filled in; a digit picks the option there.
  const inputs = (field) => [...field.querySelectorAll("input:not([type=hidden], [type=file]), textarea, select")];
  const isEmpty = (field) => {
    const all = inputs(field);
    const held = (it) => (it.type === "radio" || it.type === "checkbox" ? it.checked : it.value);
    return all.length > 0 && !all.some(held);
  };
  if (form && !document.querySelector("[data-focus]") && matchMedia("(pointer: fine)").matches && form.dataset.draft?.endsWith(":new")) {
    const empty = [...form.querySelectorAll(".field:not([hidden])")].filter(isEmpty);
    const field = empty.find((it) => it.querySelector(".required")) || empty[0];
    const [input] = field ? inputs(field) : [];
    (input?.tomselect || input)?.focus({ preventScroll: true });
  }
  if (form?.querySelector(".choice-row, select[data-choice]")) window.taizhang.keys.push(["1–9", t("在选项上：选第几项", "On a choice: its option")]);
  on("keydown", ".choice-row input, select[data-choice]:not(.tomselected)", (event, input) => {
    const at = "123456789".indexOf(event.key);
    if (at < 0 || event.key === "" || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const options = input.matches("select") ? [...input.options].filter((it) => it.value) : [...input.closest(".choice-row").querySelectorAll("input")];
    const chosen = options[at];
    if (!chosen) return;
    if (input.matches("select")) {
      chosen.selected = true;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    } else {
      chosen.focus();
      chosen.click();
    }
  });

  // Kept texts for long fields, by "/" or a button; loaded with the first one.
  async function offerTexts(area, sign) {
    const from = area.selectionStart - sign.length; // somebody types on while the script is loaded
    await window.taizhang.load(area.form.dataset.repliesSrc);
    window.taizhang.openers.replies(area, { from, sign });
  }
  for (const area of document.querySelectorAll("form[data-replies] textarea")) {
    const button = window.taizhang.element("button", { type: "button", className: "reply-open", title: t("常用话术（输入 / 也可）", "Reply texts (or type /)"), textContent: "/" });
    button.setAttribute("aria-label", t("插入常用话术", "Put in a reply text"));
    button.addEventListener("click", () => { area.focus(); offerTexts(area, ""); });
    button.tabIndex = -1; // by keyboard it is "/", and the way from field to field stays short
    area.before(button);
    area.addEventListener("input", (event) => {
      const before = area.value.slice(0, area.selectionStart);
      if (event.data === "/" && /(^|\s)\/$/.test(before)) offerTexts(area, "/");
      if (event.data === "@" && area.form.dataset.mentions) offerTexts(area, "@");
    });
  }

  // A signature is drawn with the finger and kept as a picture.
  for (const box of document.querySelectorAll("[data-signature]")) {
    const canvas = box.querySelector("canvas");
    const input = box.querySelector("input");
    const pen = canvas.getContext("2d");
    canvas.width = canvas.clientWidth * 2;
    canvas.height = canvas.clientHeight * 2;
    Object.assign(pen, { lineWidth: 4, lineCap: "round", lineJoin: "round", strokeStyle: "#1c2733" });
    if (input.value) {
      const drawn = new Image();
      drawn.addEventListener("load", () => pen.drawImage(drawn, 0, 0, canvas.width, canvas.height));
      drawn.src = input.value;
    }
    const spot = (event) => [event.offsetX * 2, event.offsetY * 2];
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      pen.beginPath();
      pen.moveTo(...spot(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!event.buttons) return;
      pen.lineTo(...spot(event));
      pen.stroke();
    });
    canvas.addEventListener("pointerup", () => { input.value = canvas.toDataURL("image/png"); });
    box.querySelector("[data-signature-clear]").addEventListener("click", () => {
      pen.clearRect(0, 0, canvas.width, canvas.height);
      input.value = "";
    });
  }
})();
