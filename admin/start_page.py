"""开始使用: how an empty installation begins, with the sample department or empty.

Also where the sample is taken away again. Whoever may set up, and nobody else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from admin import visit
from models import samples
from models.access import Action
from models.database import Database
from models.history import Writer
from models.words import Label, PersonError

blueprint = Blueprint("start", __name__, url_prefix="/start")
RIGHT = ("setup.run", Action.CREATE)
KEY = "taizhang.start"
NAME_LENGTH = 60
FIRST = "after_sales"  # the kind of organisation that is offered first, if there is one


Kind = tuple[str, Label, Label]
"""A kind of organisation that a template knows: its code, name, and what it is for."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What can be done on the first day; each does its own transactions."""

    kinds: Callable[[], Sequence[Kind]]
    load_sample: Callable[[Database, str, Writer], object]
    begin_empty: Callable[[Database, str, str, Writer], object]  # template, company
    # None takes all samples away.
    remove_sample: Callable[[Database, Writer, str | None], object]


def add_ways(app: Flask, ways: Ways) -> None:
    """Tell an application how it can be begun."""
    app.extensions[KEY] = ways


def _ways() -> Ways:
    return cast(Ways, current_app.extensions[KEY])


def is_waiting() -> bool:
    """Whether the signed-in person is to begin an installation that is still empty."""
    if KEY not in current_app.extensions or not visit.person().may(*RIGHT):
        return False
    return not visit.company() and not _loaded()


def _loaded() -> dict[str, str | None]:
    """Return the samples that are loaded, with the company that each one named."""
    return samples.loaded(visit.session())


def _may_load() -> bool:
    """Whether nobody has begun in earnest: the company is a sample's, or none."""
    company = visit.company()
    return not company or company in _loaded().values()


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Let through only whoever may set the installation up."""
    person = visit.person()
    if person.account_id is None:
        return visit.ask_to_sign_in()
    if not person.may(*RIGHT) or KEY not in current_app.extensions:
        abort(403)
    return None


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show both ways to begin, or what comes next."""
    return _page({})


def _page(errors: dict[str, str], company: str = "") -> ResponseReturnValue:
    kinds, loaded = _ways().kinds(), _loaded()
    language = visit.language()
    begun = bool(visit.company() or loaded)
    page = render_template(
        "desk/start.html",
        page_title=visit.t("开始使用", "Begin"),
        sample_url=url_for(".load_sample"),
        empty_url=url_for(".begin_empty"),
        remove_url=url_for(".remove_sample"),
        loaded=[
            {"code": code, "label": name.text(language)}
            for code, name, _ in kinds
            if code in loaded
        ],
        templates=[
            {"code": code, "label": name.text(language), "text": text.text(language)}
            for code, name, text in kinds
            if code not in loaded
        ],
        may_load=_may_load(),
        chosen=request.form.get("template", FIRST),
        company=company,
        errors=errors,
        done=_next_steps() if begun else [],
    )
    return page, 422 if errors else 200


def _next_steps() -> list[dict[str, Any]]:
    """Return the steps after the beginning that this installation has pages for."""
    from_list = visit.address_of("register.index_view", register="staff")
    steps = (
        (visit.t("登记员工和部门", "Enter staff and departments"), from_list),
        (
            visit.t("选择菜单里的台账", "Choose the registers of the menu"),
            visit.address_of("switches.index"),
        ),
        (visit.t("到工作台看看", "Go to the desk"), url_for("admin.index")),
    )
    return [{"label": label, "url": url, "done": False} for label, url in steps if url]


def _chosen() -> str:
    """Return the posted template's code; PersonError if there is none of it."""
    code = request.form.get("template", "")
    if code not in {one[0] for one in _ways().kinds()}:
        raise PersonError(
            "没有“{code}”这个行业模板，请从列表中选择。",
            "There is no template '{code}'. Choose one of the list.",
            code=code,
        )
    return code


def _chosen_for_sample() -> str:
    """Return the posted template's code; PersonError where there is data already.

    Samples of several kinds of organisation may stand side by side.
    """
    if not _may_load() or request.form.get("template") in _loaded():
        raise PersonError(
            "系统里已有数据，不再载入样例。",
            "There is data already, so the sample is not loaded.",
        )
    return _chosen()


@blueprint.post("/sample")
def load_sample() -> ResponseReturnValue:
    """Load the sample department of a template."""
    try:
        code = _chosen_for_sample()
        visit.close_session()
        _ways().load_sample(visit.house().database, code, visit.writer("template"))
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
        return redirect(url_for(".index"))
    flash(
        visit.t("样例已载入，随便试。", "The sample is loaded; try anything."),
        "success",
    )
    return redirect(url_for("admin.index"))


@blueprint.post("/empty")
def begin_empty() -> ResponseReturnValue:
    """Name the company and apply a template without its sample."""
    company = request.form.get("company", "").strip()
    if not company or len(company) > NAME_LENGTH:
        message = visit.t(
            f"请填写公司名称，最多 {NAME_LENGTH} 个字。",
            f"Name the company, in at most {NAME_LENGTH} characters.",
        )
        return _page({"company": message}, company)
    try:
        code = _chosen()
        _ways().begin_empty(
            visit.house().database, code, company, visit.writer("template")
        )
    except PersonError as error:
        return _page({"template": error.text(visit.language())}, company)
    visit.close_session()
    flash(visit.t("已按模板建好。", "Set up as the template says."), "success")
    return redirect(url_for(".index"))


@blueprint.post("/remove-sample")
def remove_sample() -> ResponseReturnValue:
    """Take every entry of a sample away; of all samples, if none is named."""
    try:
        code = request.form.get("template") or None
        _ways().remove_sample(visit.house().database, visit.writer("template"), code)
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
        return redirect(url_for(".index"))
    flash(visit.t("样例数据已清除。", "The sample data is gone."), "success")
    return redirect(url_for(".index"))
