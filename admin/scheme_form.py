"""The form of a pay scheme: from when, whom it pays, and its lines."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import request, url_for
from sqlalchemy import select

from admin import rule_choices, scheme_lines, visit
from admin.asked import Asked, Sheet
from models import catalogue, references, scheme_changes
from models.access import SYSTEM, marked, visible
from models.pay_inputs import STAFF_REGISTER
from models.pay_tables import MONTH, QUARTER, PayScheme
from models.rules import cell_values
from models.rules.cell_basics import CellError
from models.scheme_checks import Problem
from models.words import Label

LONGEST_TITLE = 80
LONGEST_GRADE = 20
MOST_CHOSEN = 500
_GREATEST = 1 << 53
_BETWEEN = re.compile(r"[、，,;；\s]+")
EVERY = {MONTH: Label("每月", "every month"), QUARTER: Label("每季度", "every quarter")}
# What a series keeps through all its versions.
_FIRST_ONLY = ("department", "every")


class SchemeForm:
    """What was sent, else what a version says."""

    def __init__(self, base: PayScheme | None) -> None:
        """Read the request, else the version."""
        self.base = base
        is_sent = request.method == "POST"
        asked = [one for one in _asked() if not (base and one.name in _FIRST_ONLY)]
        self.head = [one.name for one in asked]
        self.sheet = Sheet(asked, _first(base))
        self.lines = scheme_lines.sent() if is_sent else scheme_lines.kept(base)
        self.posts = _ids("posts") if is_sent else list(base.posts if base else ())
        self.people = _ids("people") if is_sent else list(base.people if base else ())

    def read(self, code: str) -> PayScheme:
        """Return the version that the form means, unsaved; mistakes stand in it."""
        self.sheet.look_over()
        wanted = scheme_changes.draft(self.base, code)
        zh = self.sheet.text("name_zh")
        wanted.name_zh = zh
        wanted.name_en = self.sheet.text("name_en") or zh
        wanted.starts_on = self._day("starts_on") or today()
        wanted.ends_on = self._day("ends_on")
        if self.base is None:
            department = self.sheet.text("department")
            wanted.department_id = int(department) if department.isdecimal() else None
            wanted.every = self.sheet.text("every")
        wanted.posts = sorted(set(self.posts) & dict(self._offered()).keys())
        wanted.grades = self._grades()
        wanted.people = sorted(people(self.people))
        wanted.rules = scheme_lines.rows(self.lines)
        return wanted

    def refuse(self, wrong: Iterable[Problem]) -> list[str]:
        """Put problems at their places; return those that belong to none."""
        rest = []
        by_code = {line.texts["code"]: line for line in self.lines}
        for one in wrong:
            if one.place in by_code:
                by_code[one.place].refuse(one.label, one)
            elif one.place in self.head:
                self.sheet.refuse(one.place, one.label)
            else:
                rest.append(one.label.text(visit.language()))
        return rest

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong."""
        return self.sheet.is_right and not any(one.problems for one in self.lines)

    @property
    def every(self) -> str:
        """How often it pays."""
        if self.base is not None:
            return self.base.every
        return QUARTER if self.sheet.text("every") == QUARTER else MONTH

    def shown(self) -> dict[str, Any]:
        """Return what settings/scheme.html takes of the form."""
        return {
            "form": self.sheet.form,
            "meta": self.sheet.meta,
            "head": self.head,
            "posts": [
                {"id": key, "label": label, "on": key in self.posts}
                for key, label in self._offered()
            ],
            "people": [
                {"id": key, "text": text} for key, text in people(self.people).items()
            ],
            "picker_url": url_for(
                "register.ajax_lookup", register=STAFF_REGISTER, name="superior"
            ),
            "lines": scheme_lines.shown(self.lines),
            "kinds": scheme_lines.kinds(),
        }

    def _offered(self) -> list[tuple[int, str]]:
        """Return the posts, those too that the version before names and are gone."""
        return all_posts(self.base.posts if self.base else ())

    def _grades(self) -> list[str]:
        found = [one for one in _BETWEEN.split(self.sheet.text("grades")) if one]
        if any(len(one) > LONGEST_GRADE for one in found):
            said = Label(
                f"职级最多 {LONGEST_GRADE} 个字，几个之间用顿号隔开。",
                f"A grade has at most {LONGEST_GRADE} letters; part them by commas.",
            )
            self.sheet.refuse("grades", said)
        return sorted(set(found))

    def _day(self, name: str) -> date | None:
        try:
            return cell_values.read_date(self.sheet.text(name))
        except CellError as error:
            self.sheet.refuse(name, error.label)
            return None


def _ids(name: str) -> list[int]:
    """Return the ids that were sent; what can be none is left out."""
    found = request.form.getlist(name, type=int)[:MOST_CHOSEN]
    return [one for one in found if 0 < one < _GREATEST]


def _asked() -> list[Asked]:
    t = visit.t
    whole = [("", t("全公司", "the whole company")), *rule_choices.departments()]
    every = [(one, label.text(visit.language())) for one, label in EVERY.items()]
    known = "、".join(_known_grades())
    return [
        Asked("name_zh", t("名称", "Title"), required=True, max_length=LONGEST_TITLE),
        Asked("name_en", t("英文名称", "English title"), max_length=LONGEST_TITLE),
        Asked(
            "starts_on",
            t("从哪天起用", "Valid from"),
            "date",
            required=True,
            help=t(
                "保存为新的一版，从这天起用；已经审批或关账的月份不变。",
                "Saved as a new version from this day on; what is approved stays.",
            ),
        ),
        Asked(
            "ends_on",
            t("到哪天为止", "Valid until"),
            "date",
            help=t(
                "不填就一直用。填起用日的前一天，方案从起用日起停用。",
                "Empty: without end. The day before the first day stops the scheme.",
            ),
        ),
        Asked("department", t("哪个部门", "Department"), "choice", choices=whole),
        Asked("every", t("多久计一次", "How often"), "choice", choices=every),
        Asked(
            "grades",
            t("哪些职级", "Grades"),
            help=t("不填就是所有职级。", "Empty: every grade.")
            + (t(f"现有：{known}", f" There are: {known}") if known else ""),
            max_length=400,
        ),
    ]


def _first(base: PayScheme | None) -> dict[str, str]:
    every = base.every if base else MONTH
    open_from = scheme_changes.first_open_day(visit.session(), every)
    first = max(filter(None, (open_from, today().replace(day=1))))
    if base is None:
        return {"starts_on": first.isoformat(), "every": MONTH}
    return {
        "name_zh": base.name_zh,
        "name_en": base.name_en,
        "starts_on": max(first, base.starts_on).isoformat(),
        "ends_on": base.ends_on.isoformat() if base.ends_on else "",
        "grades": "、".join(base.grades or ()),
    }


def today() -> date:
    """Return the desk's day."""
    return visit.now().astimezone(visit.zone()).date()


def _known_grades() -> list[str]:
    grade = catalogue.current().table(STAFF_REGISTER).c.grade
    query = select(grade).where(grade.is_not(None)).distinct().order_by(grade)
    found = visit.session().scalars(marked(query, STAFF_REGISTER))
    return [one for one in found if one]


def all_posts(held: Iterable[int] = ()) -> list[tuple[int, str]]:
    """Return the posts and those held, by the ids under which schemes keep them."""
    table = catalogue.current().table("post")
    query = visible(SYSTEM, "post").order_by(table.c.id)
    kept = visit.session().scalars(query.with_only_columns(table.c.id)).all()
    ids = list(dict.fromkeys((*kept, *held)))
    found = references.labels(visit.session(), "post", ids)
    return [(one, found[one]) for one in ids if one in found]


def people(ids: Iterable[int]) -> dict[int, str]:
    """Return what the people among some ids are called."""
    return references.labels(visit.session(), STAFF_REGISTER, list(ids))
