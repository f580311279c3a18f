"""绩效设置: who signs, when a period closes, and how long slips are kept."""

import json
import re
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from admin import rule_pages, scheme_form, visit
from admin.asked import Asked, Sheet
from models import pay_retention, pay_setting_changes
from models.pay_retention import LEAST, MOST
from models.pay_setting_changes import KEEP_YEARS, SETTING
from models.pay_settings import LAST_CLOSING_DAY, MOST_BACK, PaySettings
from models.rule_errors import RuleChangedError
from models.rules.how_long import Roll
from models.rules.periods import parse_period
from models.words import Label

blueprint = Blueprint("pay_settings", __name__, url_prefix="/settings/pay")
blueprint.before_request(rule_pages.gate)
_BETWEEN = re.compile(r"[、，,;；]+")
_LONGEST = 400
LABELS = {
    "four_eyes": Label("须另一人审批", "Who calculated may not approve"),
    "reviewers": Label("由哪些岗位复核", "Posts that review"),
    "closing_day": Label("关账日", "Closing day"),
    "closing_roll": Label("遇休息日", "A closing day that is a rest day"),
    "periods_back": Label("回算几期", "Locked periods looked at again"),
    KEEP_YEARS: Label("工资条保存几年", "Years that slips are kept"),
}
YES_NO = {"no": Label("否", "No"), "yes": Label("是", "Yes")}
ROLLS = {
    Roll.LATER.value: Label("顺延到下一个工作日", "the next workday"),
    Roll.EARLIER.value: Label("提前到上一个工作日", "the workday before"),
    Roll.AS_IS.value: Label("不变", "as it is"),
}


@blueprint.route("/", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """Show the settings; what would be cleared is shown before they are saved."""
    known = pay_setting_changes.said(visit.session())
    sheet = Sheet(_asked(), _first(known))
    if request.method == "GET":
        return _page(sheet, known)
    settings, kept_for = _read(sheet)
    if not sheet.is_right:
        return _page(sheet, known, status=422)
    if not rule_pages.is_to_be_saved():
        return _page(sheet, known, preview=_preview(kept_for))
    try:
        with visit.house().database.write() as session:
            pay_setting_changes.say(
                session, settings, kept_for, _basis(), visit.writer()
            )
    except RuleChangedError as error:
        notes = rule_pages.sentence(error)
        return _page(sheet, known, notes=notes, status=409)
    flash(visit.t("已保存。", "Saved."), "success")
    return redirect(url_for(".index"))


def _page(
    sheet: Sheet,
    known: dict[str, Any],
    *,
    preview: dict[str, Any] | None = None,
    notes: list[dict[str, str]] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    t = visit.t
    runs = ["four_eyes", "reviewers", "closing_day", "closing_roll", "periods_back"]
    return rule_pages.page(
        sheet,
        [
            _section(t("核算与关账", "Calculating and closing"), runs),
            _section(t("保存期限", "How long slips are kept"), [KEEP_YEARS]),
        ],
        title=t("绩效设置", "Pay settings"),
        text=t(
            "谁来复核和审批、哪天关账、工资条保存多久。",
            "Who reviews and approves, when a period closes, how long slips are kept.",
        ),
        crumbs=[],
        preview=preview,
        notes=notes or [],
        history=rule_pages.history(SETTING, None, changed),
        cancel_url=url_for(".index"),
        basis=json.dumps(known),
        status=status,
    )


def _section(label: str, names: list[str]) -> dict[str, Any]:
    return {"label": label, "help": None, "names": names, "advanced": False}


def _basis() -> dict[str, Any]:
    """Return what was set when the form was opened; nothing known where it is odd."""
    try:
        found = json.loads(request.form.get("basis", ""))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _asked() -> list[Asked]:
    t, language = visit.t, visit.language()

    def label(name: str) -> str:
        return LABELS[name].text(language)

    def choices(of: dict[str, Label]) -> list[tuple[str, str]]:
        return [(code, said.text(language)) for code, said in of.items()]

    posts = "、".join(name for _, name in scheme_form.all_posts())
    return [
        Asked(
            "four_eyes",
            label("four_eyes"),
            "choice",
            required=True,
            choices=choices(YES_NO),
            help=t("核算人不能审批自己核算的绩效。", "Nobody approves their own run."),
        ),
        Asked(
            "reviewers",
            label("reviewers"),
            help=t(
                f"用顿号隔开；不填就是有“复核绩效”权限的人。现有岗位：{posts}",
                f"Parted by commas; none: whoever has the right. There are: {posts}",
            ),
            max_length=_LONGEST,
            wide=True,
        ),
        Asked(
            "closing_day",
            label("closing_day"),
            "integer",
            required=True,
            help=t("下个月的几号，1 到 28。", "Of the month after, 1 to 28."),
        ),
        Asked(
            "closing_roll",
            label("closing_roll"),
            "choice",
            required=True,
            choices=choices(ROLLS),
        ),
        Asked(
            "periods_back",
            label("periods_back"),
            "integer",
            required=True,
            help=t(
                f"重算几期已关账的绩效，0 到 {MOST_BACK}；差额在下一期补发或扣回。",
                f"0 to {MOST_BACK}; what changed there is paid by the next run.",
            ),
        ),
        Asked(
            KEEP_YEARS,
            label(KEEP_YEARS),
            "integer",
            help=t(
                f"从那一期结束算起，{LEAST} 到 {MOST} 年；不填就一直保存。到期的工资条"
                "和明细每天清除，只留合计和签字，不能恢复。",
                f"After the end of their period, {LEAST} to {MOST}; empty: for ever. "
                "Older slips are cleared each day and cannot be brought back; total "
                "and signatures stay.",
            ),
        ),
    ]


def _first(known: dict[str, Any]) -> dict[str, str]:
    posts = dict(scheme_form.all_posts(known["reviewers"]))
    kept_for = known[KEEP_YEARS]
    return {
        "four_eyes": "yes" if known["four_eyes"] else "no",
        "reviewers": "、".join(posts.get(one, "") for one in known["reviewers"]),
        "closing_day": str(known["closing_day"]),
        "closing_roll": known["closing_roll"],
        "periods_back": str(known["periods_back"]),
        KEEP_YEARS: "" if kept_for is None else str(kept_for),
    }


def _read(sheet: Sheet) -> tuple[PaySettings, int | None]:
    """Return what the form says; mistakes stand in it."""
    sheet.look_over()
    by_name = {name: key for key, name in scheme_form.all_posts()}
    named = [one.strip() for one in _BETWEEN.split(sheet.text("reviewers"))]
    strange = [one for one in named if one and one not in by_name]
    if strange:
        said = Label(f"没有岗位“{strange[0]}”。", f"There is no post “{strange[0]}”.")
        sheet.refuse("reviewers", said)
    closing_roll = sheet.text("closing_roll")
    settings = PaySettings(
        sheet.text("four_eyes") == "yes",
        tuple(sorted({by_name[one] for one in named if one in by_name})),
        _whole(sheet, "closing_day", 1, LAST_CLOSING_DAY) or 1,
        Roll(closing_roll) if closing_roll in ROLLS else Roll.LATER,
        _whole(sheet, "periods_back", 0, MOST_BACK) or 0,
    )
    return settings, _whole(sheet, KEEP_YEARS, LEAST, MOST)


def _whole(sheet: Sheet, name: str, least: int, most: int) -> int | None:
    """Return a whole number within bounds; None where nothing or something odd is."""
    text = sheet.text(name)
    if not text:
        return None
    if text.isascii() and text.isdigit() and least <= int(text[:9]) <= most:
        return int(text)
    said = Label(
        f"请填 {least} 到 {most} 的整数。", f"A whole number from {least} to {most}."
    )
    sheet.refuse(name, said)
    return None


def _preview(kept_for: int | None) -> dict[str, Any]:
    """Return which slips the next night would clear: how many, and no figures."""
    t = visit.t
    found = pay_retention.due(visit.session(), scheme_form.today(), kept_for)
    note = t(
        "这些工资条和明细今晚起清除，不能恢复；合计和签字保留。",
        "From tonight on these are cleared and cannot be brought back; totals and "
        "signatures stay.",
    )
    if not found:
        note = t("保存后不会清除任何工资条。", "No slip would be cleared now.")
    return {
        "label": t("保存后", "Once saved"),
        "heads": [t("期间", "Period"), t("工资条", "Slips")],
        "rows": [
            [parse_period(one.run.period).label.text(visit.language()), str(one.slips)]
            for one in found
        ],
        "note": note,
    }


def changed(name: str, value: Any) -> tuple[str, str]:
    """Return what was changed and its value in words, for the history."""
    label = LABELS.get(name, Label(name, name)).text(visit.language())
    if name == "reviewers":
        posts = dict(scheme_form.all_posts(value or ()))
        return label, "、".join(posts.get(one, f"#{one}") for one in value or ())
    if name == "four_eyes":
        return label, YES_NO["yes" if value else "no"].text(visit.language())
    if name == "closing_roll" and value in ROLLS:
        return label, ROLLS[value].text(visit.language())
    return label, "" if value is None else str(value)
