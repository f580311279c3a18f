"""`taizhang due`: when a promise falls due, one with its reasons or many in a file.

The questions of a file are those of `models/rules/due_question.py`, each with its
"calendar": a code, or an object as in `models/rules/calendar_object.py`.
"""

import json
import marshal
import sys
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, BinaryIO

import click
import yaml

from models import calendars
from models.opening import Opened
from models.rules import due_question
from models.rules.business_calendar import BusinessCalendar
from models.rules.calendar_object import CalendarError
from models.rules.deadlines import due_at
from models.rules.how_long_notation import parse_how_long
from models.words import PersonError

_FILES = (".yaml", ".yml", ".json")
_KEPT = 64  # calendars that a batch keeps at hand


@click.command()
@click.option("--calendar", "calendar", help="A code, or a YAML or JSON file.")
@click.option("--start", help="An instant, ISO; the calendar's zone if it says none.")
@click.option("--within", help='How long: "24h", "8h business", "3d".')
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--batch",
    type=click.File("rb"),
    help="Questions, one JSON object a line; - is standard input.",
)
@click.pass_obj
def due(
    opened: Opened,
    calendar: str | None,
    start: str | None,
    within: str | None,
    *,
    as_json: bool,
    batch: BinaryIO | None,
) -> None:
    """Say when a promise falls due, and why, day by day.

    With --batch answer each line of a file by a line:
    {"id", "calendar": code or object, "start", "within_s", "mode": "business" |
    "elapsed" | "rolled", "pauses": [[from, to], ...]} by {"id", "due"}, with "end" in
    place of "within_s" by {"id", "elapsed_s"}, and what cannot be answered by
    {"id", "error"}.
    """
    if batch is None:
        if calendar is None or start is None or within is None:
            raise _incomplete()
        _tell(_calendar(opened, calendar), start, within, as_json=as_json)
    elif calendar or start or within:
        raise _incomplete()
    else:
        # What cannot be wound back is a pipe or a keyboard.
        at_once = not batch.seekable()
        answer_all(
            batch, sys.stdout.buffer, known(partial(_of_code, opened)), at_once=at_once
        )


def _incomplete() -> PersonError:
    return PersonError(
        "请写全 --calendar、--start 和 --within，或者只写 --batch 文件。",
        "Give --calendar, --start and --within, or --batch FILE alone.",
    )


def _tell(
    calendar: BusinessCalendar, start: str, within: str, *, as_json: bool
) -> None:
    started_at = due_question.moment("--start", start, calendar)
    found = due_at(started_at, parse_how_long(within), calendar)
    local = found.at.astimezone(calendar.zone)
    if as_json:
        why = [
            {"day": step.on.isoformat(), "text": step.label.zh} for step in found.why
        ]
        answer = {
            "due": local.isoformat(),
            "provisional": found.provisional,
            "why": why,
        }
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for step in found.why:
        click.echo(f"{step.on}  {step.label.zh}")
    click.echo(f"到期 due: {local:%Y-%m-%d %H:%M}")


def _calendar(opened: Opened, given: str) -> BusinessCalendar:
    path = Path(given)
    if path.suffix.lower() not in _FILES:
        return _of_code(opened, given)
    try:
        # YAML reads JSON as well.
        return BusinessCalendar.from_object(yaml.safe_load(path.read_text("utf-8-sig")))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise PersonError(
            "读不了日历文件 {path}：{why}",
            "The calendar file {path} cannot be read: {why}",
            path=given,
            why=error,
        ) from error


def _of_code(opened: Opened, code: str) -> BusinessCalendar:
    with opened.database.read() as session:
        return calendars.of_code(session, code).opened()


# Batches

Find = Callable[[object], BusinessCalendar]


def known(of_code: Callable[[str], BusinessCalendar]) -> Find:
    """Return what finds calendars: each code is read once, equal objects once."""

    @lru_cache(maxsize=_KEPT)
    def kept(code: str) -> BusinessCalendar | calendars.CalendarMissingError:
        try:
            return of_code(code)
        except calendars.CalendarMissingError as missing:
            return missing

    @lru_cache(maxsize=_KEPT)
    def made(form: bytes) -> BusinessCalendar:
        return calendars.opened(marshal.loads(form))  # noqa: S302 - of what was dumped just now

    def find(written: object) -> BusinessCalendar:
        if isinstance(written, dict):
            # Quicker than JSON, which then finds those equal but for their order. The
            # format of version 2 depends on what is written alone.
            return made(marshal.dumps(written, 2))
        if not isinstance(written, str):
            raise CalendarError(
                "calendar",
                written,
                "应为日历的代号，或一个日历对象",
                "is neither the code of a calendar nor an object",
            )
        found = kept(written)
        if isinstance(found, PersonError):
            raise found
        return found

    return find


def answer_all(
    lines: Iterable[bytes], out: BinaryIO, find: Find, *, at_once: bool
) -> None:
    """Write an answer for each line that is not blank, in their order.

    `at_once` gives every answer before the next line is read, as a program at the
    other end of a pipe expects it.
    """
    write = json.JSONEncoder(ensure_ascii=False).encode
    for line in lines:
        if line.strip():
            said = write(_answer(line, find))
            # A text may hold half of a surrogate pair, which UTF-8 cannot say.
            out.write(said.encode("utf-8", "backslashreplace") + b"\n")
            if at_once:
                out.flush()
    out.flush()


def _answer(line: bytes, find: Find) -> dict[str, Any]:
    named: Any = None
    try:
        asked = _question(line)
        named = asked.get("id")
        found = due_question.answer(asked, find(asked.get("calendar")))
    except PersonError as error:
        return {"id": named, "error": _both(error)}
    except RecursionError:
        return {"id": named, "error": _both(_too_deep())}
    return {"id": named, **found}


def _both(error: PersonError) -> str:
    """Tell an error in both languages: nobody can be asked for theirs."""
    zh, en = error.text("zh"), error.text("en")
    return zh if zh == en else f"{zh} {en}"


def _too_deep() -> PersonError:
    return due_question.QuestionError(
        "这一行的括号层数太多，请写成说明里的格式。",
        "This line is nested too deep; write it as the help says.",
    )


def _question(line: bytes) -> dict[str, Any]:
    try:
        read = _READER.decode(line.decode("utf-8-sig"))
    except ValueError as error:
        raise due_question.QuestionError(
            "这一行不是 JSON：{why}。",
            "This line is not JSON: {why}.",
            why=error,
        ) from error
    if not isinstance(read, dict):
        raise due_question.QuestionError(
            '这一行应为一个 JSON 对象，如 {{"id": 1, ...}}。',
            'This line should be one JSON object such as {{"id": 1, ...}}.',
            found=read,
        )
    return read


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number")


_READER = json.JSONDecoder(parse_constant=_refuse_constant)
