"""What was typed into a form, fitted into the fields as they are by now.

What still fits goes to its field, also under another name or as another type. What does
not is given back with the title it was typed under, and nothing is saved before the
person has seen it. A change that touches nothing typed is not even told.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from flask import request
from pydantic import TypeAdapter, ValidationError
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from admin import form_drawn, visit
from admin.column_converters import NO, YES, edit_text, read
from admin.declaring_form import TYPES
from admin.form_drawn import Form, Was
from models import choosing
from models.register import (
    CHOICES,
    DATE,
    INSTANT,
    REFERENCES,
    TEXTUAL,
    TIME,
    YES_NO,
    Field,
)
from models.words import Label, PersonError

LEFT = "left"  # the hidden control of what was left over before
REDRAW = "redraw"  # sent with a draft of another form: show it, save nothing
MOST_ROWS = 500
_GONE = Label("这一栏已经取消", "this field is gone")
_NO_OPTION = Label("没有这个选项了", "this option is gone")
_NO_ROWS = Label("这张明细已经取消", "these rows are gone")


class Left(NamedTuple):
    """What was typed and has no place any more."""

    title: str
    text: str
    why: str


_LEFT = TypeAdapter(list[Left])


@dataclass(slots=True)
class Settled:
    """What came of it."""

    left: list[Left] = field(default_factory=list)
    beside: dict[str, str] = field(default_factory=dict)  # by control: a sentence
    asks: bool = False  # whether the person is to look before it is saved


def settle(forms: Sequence[Form]) -> Settled:
    """Fit what was sent into the fields of these forms, the entry's own first.

    The request's form is replaced by what fits.
    """
    asks = REDRAW in request.form
    drawn = form_drawn.sent()
    said = request.form.get(form_drawn.NAME)
    if drawn is None or said == form_drawn.text_of(forms):
        return Settled(_left_before(), asks=asks)
    work = _Settling(MultiDict(request.form))
    now = {declared.code: fields for declared, fields in forms}
    own = forms[0][0].code
    for code, fields in drawn.items():
        if code == own:
            work.row("", "", fields, now[own])
            continue
        title = next((it.title for it, _ in forms if it.code == code), None)
        for number, prefix in enumerate(_rows(code), 1):
            name = title.text(visit.language()) if title else code
            row = visit.t(f"{name}第 {number} 行 ", f"{name}, row {number}: ")
            work.row(prefix, row, fields, now.get(code))
    # The rest of the request reads the form as it would have come from today's page.
    request.form = ImmutableMultiDict(work.form)
    if work.left:  # no page can give files back
        work.left += [_again(one) for one in _files()]
    found = Settled(work.left, work.beside, asks=asks or bool(work.left))
    found.left = _left_before() + found.left
    return found


def _files() -> list[str]:
    """Return the names of the files that came with the form."""
    files = (one.filename for _, one in request.files.items(multi=True))
    return [name for name in files if name]


def _again(name: str) -> Left:
    why = visit.t("请重新选择这个文件", "choose this file again")
    return Left(visit.t("附件", "Attachment"), name, why)


def _left_before() -> list[Left]:
    """Return what was left over when the form was last sent, so that it stays there."""
    try:
        return _LEFT.validate_json(request.form.get(LEFT, "[]"))
    except ValidationError:
        return []


def left_text(left: Sequence[Left]) -> str:
    """Return what is left over as the form sends it back."""
    return _LEFT.dump_json(list(left)).decode()


def _rows(code: str) -> list[str]:
    pattern = re.compile(rf"({re.escape(code)}-\d{{1,4}}-)")
    found = (pattern.match(name) for name in request.form)
    return list(dict.fromkeys(one[1] for one in found if one))[:MOST_ROWS]


@dataclass(slots=True)
class _Settling:
    form: MultiDict[str, str]
    left: list[Left] = field(default_factory=list)
    beside: dict[str, str] = field(default_factory=dict)

    def row(
        self,
        prefix: str,
        title: str,
        drawn: Mapping[str, Was],
        now: Sequence[Field] | None,
    ) -> None:
        """Settle the controls of the entry, or of one part of it."""
        fields = now or ()
        known = {one.name: one for one in fields}
        renamed = {name: one for one in fields for name in (one.was, one.id) if name}
        there = []
        for name, was in drawn.items():
            one = known.get(name)
            if one is None and name in renamed and renamed[name].name not in drawn:
                one = renamed[name]
            values = [it for it in self.form.getlist(prefix + name) if it.strip()]
            if not values:
                self._move_switch(prefix, name, one)
                continue
            if one is not None and one.type == was.type and _of(one) == was.of:
                self._move(prefix, name, one)
                self._keep_options(prefix, title, was, one)
                there.append((was, one))
                continue
            self.form.poplist(prefix + name)
            if not prefix and form_drawn.is_untouched(name, values):
                continue
            text = typed_text(was, values)
            if one is None:
                why = _GONE if now is not None else _NO_ROWS
                self._leave(title + was.title, text, why)
            else:
                self._retype(prefix, title, one, text)
                there.append((was, one))
        for was, one in there:
            self._ask_condition(prefix, title, was, one, known)

    def _leave(self, title: str, text: str, why: Label) -> None:
        self.left.append(Left(title, text, why.text(visit.language())))

    def _move(self, prefix: str, name: str, one: Field) -> None:
        if one.name != name:
            values = self.form.poplist(prefix + name)
            self.form.setlist(prefix + one.name, values)
            self._move_switch(prefix, name, one)

    def _move_switch(self, prefix: str, name: str, one: Field | None) -> None:
        switches = self.form.getlist("switches")
        if one is not None and one.name != name and name in switches and not prefix:
            self.form.add("switches", one.name)

    def _keep_options(self, prefix: str, title: str, was: Was, one: Field) -> None:
        """Take the options that are there no more out of what was chosen."""
        if not was.options:
            return
        language = visit.language()
        codes = {it.label.text(language): it.value for it in one.options}
        codes |= {it.value: it.value for it in one.options}
        chosen = self.form.getlist(prefix + one.name)
        named = [codes.get(it) or codes.get(was.options.get(it, "")) for it in chosen]
        gone = [
            it
            for it, code in zip(chosen, named, strict=True)
            if it.strip() and code is None
        ]
        blank = [it for it in chosen if not it.strip()]
        self.form.setlist(prefix + one.name, blank + [it for it in named if it])
        if gone:
            self._tell(prefix, title, one, typed_text(was, gone), _NO_OPTION)

    def _retype(self, prefix: str, title: str, one: Field, text: str) -> None:
        """Put a text into a field of another type, where it can be read as one."""
        try:
            value = read_whole(one, text)
        except PersonError:
            kind = TYPES[one.type.value]
            why = Label(f"这一栏现在填{kind.zh}", f"this field now takes: {kind.en}")
            self._tell(prefix, title, one, text, why)
            return
        values = value if isinstance(value, list) else [edit_text(value, visit.zone())]
        self.form.setlist(prefix + one.name, values)

    def _tell(self, prefix: str, title: str, one: Field, text: str, why: Label) -> None:
        """Say at its control, and above all of them, what does not fit it."""
        language = visit.language()
        self._leave(title + one.label.text(language), text, why)
        self.beside[prefix + one.name] = visit.t(
            f"您填的是“{text}”，{why.zh}，请重填。",
            f"You gave “{text}”; {why.en}. Please give it again.",
        )

    def _ask_condition(
        self,
        prefix: str,
        title: str,
        was: Was,
        one: Field,
        known: Mapping[str, Field],
    ) -> None:
        """Tell of what the save would empty, where nobody was told so before."""
        condition = one.only_if
        values = [it for it in self.form.getlist(prefix + one.name) if it.strip()]
        if condition is None or not values or condition.field not in known:
            return
        if was.only_if == (condition.field, tuple(sorted(condition.values))):
            return
        deciding = known[condition.field]
        held = {it for it in self.form.getlist(prefix + deciding.name) if it}
        if deciding.type is YES_NO:
            held = {"no" if held <= {"no", "n", "false"} else "yes"}
        if not held & condition.values:
            words = Label(
                f"这一栏现在由“{deciding.label.zh}”决定填不填",
                f"whether this field applies now depends on “{deciding.label.en}”",
            )
            text = typed_text(was, values)
            self._leave(title + one.label.text(visit.language()), text, words)


def _of(one: Field) -> str:
    return one.refers_to or ""


def read_whole(one: Field, text: str) -> object:
    """Return a text as a value of the field's type.

    Raises:
        PersonError: It is none, or only a part of it would be kept.
    """
    if one.type in TEXTUAL:
        return text
    if one.type in REFERENCES:
        raise PersonError("不是一条记录", "no entry")
    if (one.type is DATE and ":" in text) or (one.type is TIME and "-" in text):
        raise PersonError("有日期和时间", "both day and time")
    value = read(one, text, visit.zone())
    if one.type is INSTANT and ":" not in text:
        raise PersonError("没有钟点", "no time of day")
    return value


def typed_text(was: Was, values: Sequence[str]) -> str:
    """Return what was typed or chosen as the person saw it."""
    if was.type == YES_NO:
        no = values[0] in {"no", "n", "false"}
        return (NO if no else YES).text(visit.language())
    if was.options:
        between = visit.t("、", ", ")
        return between.join(was.options.get(it, it) for it in values)
    if was.of and values[0].isdecimal() and len(values[0]) <= 18:  # noqa: PLR2004 - an id's longest
        key = int(values[0])
        try:
            found = choosing.labels(visit.session(), visit.person(), was.of, [key])
        except LookupError:  # a register that is gone
            found = {}
        return found.get(key, values[0])
    if was.type == CHOICES:
        return ",".join(values)
    if was.type == INSTANT:
        day, _, moment = values[0].partition("T")
        return f"{day} {moment[:5]}".strip()
    return values[0]


def everything() -> Iterator[Left]:
    """Yield all that was typed into a form which cannot be shown again."""
    for code, fields in (form_drawn.sent() or {}).items():
        prefixes = [""] if code == next(iter(form_drawn.sent() or {})) else _rows(code)
        for prefix in prefixes:
            for name, was in fields.items():
                values = [it for it in request.form.getlist(prefix + name) if it]
                untouched = not prefix and form_drawn.is_untouched(name, values)
                if any(it.strip() for it in values) and not untouched:
                    yield Left(was.title, typed_text(was, values), "")
    comment = request.form.get("comment", "").strip()
    if comment:
        yield Left(visit.t("意见", "Comment"), comment, "")
