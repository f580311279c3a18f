// 派工板: an entry is dragged onto a person's day, or its button opens a form that says the same. The version that was
// shown goes along, so that the server notices when somebody else changed the entry meanwhile.
"use strict";

(() => {
  const { t, on, post, tell } = window.taizhang;
  const board = document.querySelector("[data-dispatch]");
  const dialog = document.querySelector("[data-give-dialog]");
  const form = document.querySelector("[data-give-form]");
  if (!board || !form) return;
  const base = form.dataset.address;
  let moving = null;

  function open(job, said) {
    form.action = `${base}${job.dataset.job}`;
    form.elements.version.value = job.dataset.version;
    const { person } = form.elements;
    const nobody = person.options[0];
    nobody.dataset.choose ??= nobody.textContent;
    nobody.textContent = said.person ? nobody.dataset.back : nobody.dataset.choose;
    person.required = !said.person;
    person.value = said.person;
    form.elements.on.value = said.on;
    if (form.elements.time) form.elements.time.value = said.time;
    dialog.querySelector("[data-give-number]").textContent = job.querySelector(".job-head a").textContent;
    dialog.showModal();
    person.focus();
  }

  on("click", "[data-give]", (_event, button) => {
    const job = button.closest("[data-job]");
    open(job, { ...job.dataset, on: job.dataset.on || form.dataset.today });
  });
  on("click", "[data-give-close]", () => dialog.close());

  /** Puts an entry where it was dropped: its time of day stays. */
  async function put(job, { person, on: day }) {
    const body = new FormData();
    const time = day ? job.dataset.time : "";
    const said = { person, on: person ? day : "", time, version: job.dataset.version, week: form.elements.week.value };
    for (const [name, value] of Object.entries(said)) body.append(name, value);
    job.classList.add("moving");
    const answer = await post(`${base}${job.dataset.job}`, body);
    if (answer.status === 200) return location.reload();
    job.classList.remove("moving");
    tell(answer.body.message || t("没有保存，请刷新后重试。", "Not saved; reload and try again."), answer.status === 409 ? "warn" : "late");
  }

  const place = (event) => (event.target instanceof Element ? event.target.closest("[data-drop]") : null);
  const unmark = () => board.querySelector(".drop-here")?.classList.remove("drop-here");

  board.addEventListener("dragstart", (event) => {
    moving = event.target.closest?.("[data-job][draggable]");
    if (!moving) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", moving.dataset.job);
    moving.classList.add("moving");
  });
  board.addEventListener("dragend", () => {
    moving?.classList.remove("moving");
    unmark();
    moving = null;
  });
  board.addEventListener("dragover", (event) => {
    const to = place(event);
    if (!moving || !to) return;
    event.preventDefault();
    if (!to.classList.contains("drop-here")) {
      unmark();
      to.classList.add("drop-here");
    }
  });
  board.addEventListener("drop", (event) => {
    const to = place(event);
    if (!moving || !to) return;
    event.preventDefault();
    const isSame = to.dataset.person === moving.dataset.person && to.dataset.on === moving.dataset.on;
    if (!isSame) put(moving, to.dataset);
  });
})();
