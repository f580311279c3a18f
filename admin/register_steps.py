"""Taking a step of an entry's flow; a part of `RegisterView`."""

from dataclasses import replace
from typing import Any

from flask import Response, abort, flash, redirect, request, url_for
from flask_admin import expose
from werkzeug.wrappers import Response as Answer

from admin import attachments_pages, entry_flow, form_settling, visit
from admin.form_page import EntryForm
from admin.register_reach import RegisterReach
from models import flow_steps
from models.access import Action
from models.attachments import COMMENT_LENGTH
from models.entry_errors import (
    EntryRefusedError,
    LostUpdateError,
    NotAllowedError,
    StepRefusedError,
)
from models.flow import Transition
from models.preparing import Row
from models.register import Declaration
from models.words import PersonError


class RegisterSteps(RegisterReach):
    """The pages on which an entry is moved on."""

    @expose("/step/", methods=("GET", "POST"))
    def step_view(self) -> Any:
        """Ask what a step needs, or take it at once; somebody else's entry is none."""
        try:
            entry = self._entry(request.args.get("id"), Action.READ)
        except NotAllowedError:
            abort(404)
        step = self._step()
        if step is None:
            return self._gone(entry)
        if step.code not in self._open(entry):
            return self._back(entry, self._closed(step, entry))
        page = EntryForm(asking(self.declared, step), entry)
        said = request.form.get("comment", "")
        if request.method == "POST" and page.is_valid():
            answer = self._take(page, entry, step, said)
            if answer is not None:
                return answer
        body = self.render(  # type: ignore[attr-defined]  # of the view this is a part of
            "register/step.html", **self._context(page, entry, step, said)
        )
        wrong = request.method == "POST"
        return Response(body, status=422 if wrong else 200, mimetype="text/html")

    def _step(self) -> Transition | None:
        flow = self.declared.flow
        return flow.transition(request.args.get("step", "")) if flow else None

    def _gone(self, entry: Row) -> Answer:
        """Answer for a step that there is not; keep what was typed for it."""
        if request.method != "POST":
            abort(404)
        said = PersonError(
            "这一步刚刚从流程中取消了，记录没有改动。",
            "This step has just been taken out of the flow; the entry is unchanged.",
        )
        return self._back(entry, said)

    def _open(self, entry: Row) -> set[str]:
        found = entry_flow.opened(self.declared, entry)
        return {one.transition.code for one in found}

    def _closed(self, step: Transition, entry: Row) -> PersonError:
        """Return why a step cannot be taken."""
        flow = flow_steps.flow_of(self.declared)
        stands = flow.state(flow.state_of(entry)).label
        return StepRefusedError(
            "“{zh}”现在不能由您办理，这条记录目前在“{at}”。",
            "“{en}” is not yours to do now; the entry is at “{at_en}”.",
            zh=step.label.zh,
            en=step.label.en,
            at=stands.zh,
            at_en=stands.en,
        )

    def _back(self, entry: Row, error: PersonError) -> Answer:
        url = url_for(".details_view", id=entry["id"])
        message = error.text(visit.language())
        if any(form_settling.everything()):
            return self._kept(message, url, visit.t("回到记录", "Back to the entry"))
        flash(message, "danger")
        return redirect(url)

    def _take(
        self, page: EntryForm, entry: Row, step: Transition, said: str
    ) -> Answer | None:
        """Take the step; on a mistake put it on the page and return None."""
        # Without a version the entry was never looked at.
        version = request.form.get("version", -1, type=int)
        posted = page.posted()
        try:
            with visit.house().database.write() as session:
                # First what it asks for; refused, the step takes it back with it.
                attachments_pages.keep_sent(session, page.declared, entry["id"])
                flow_steps.take(
                    session,
                    self.declared.code,
                    entry["id"],
                    step.code,
                    visit.writer("flow"),
                    version=version,
                    values={name: posted[name] for name in step.asks if name in posted},
                    comment=said,
                )
        except EntryRefusedError as error:
            page.refuse(error.problems)
        except (LostUpdateError, StepRefusedError) as error:
            # The entry is to be looked at again before anybody decides.
            return self._back(entry, error)
        except PersonError as error:
            page.form.form_errors.append(error.text(visit.language()))
        else:
            done = step.label.text(visit.language())
            flash(visit.t(f"已办理：{done}。", f"Done: {done}."), "success")
            return redirect(url_for(".details_view", id=entry["id"]))
        return None

    def _context(
        self, page: EntryForm, entry: Row, step: Transition, said: str
    ) -> dict[str, Any]:
        """Return the template's context; see register/step.html."""
        language = visit.language()
        url = url_for(".details_view", id=entry["id"])
        context = page.context(url)
        flow = flow_steps.flow_of(self.declared)
        sources = flow.state(flow.state_of(entry)).label.text(language)
        return context | {
            "page_title": step.label.text(language),
            "first": list(step.asks),
            "more": [],
            "row": page.row_anew,
            "step": {
                "label": step.label.text(language),
                "from": sources,
                "to": flow.state(step.to).label.text(language),
                "comment_needed": step.comment,
                "comment": said,
                "comment_length": COMMENT_LENGTH,
            },
        }


def asking(declared: Declaration, step: Transition) -> Declaration:
    """Return the register as the form of a step shows it: what is asked, to be filled.

    What only a step may write is typed here, and nowhere else.
    """
    asked = tuple(
        replace(declared.field(name), read_only=False, required=True, first=True)
        for name in step.asks
    )
    return replace(declared, fields=asked, flow=None, makes=(), postings=())
