"""Escalation of a promise: when, and to whom, word is sent that it is not kept.

| written | means |
| --- | --- |
| 4h superior | 4 hours after the due instant, rolled over rest days |
| 2h business deputy | 2 hours of business time after it |
| 1 workday superior2 | at the close of the first workday after it |
| 2h before holder | 2 hours before the due instant |
| 1d post 客服经理 | to whoever holds that post, of the same department first |

One step a line. How long is written as in how_long_notation.py.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.rules.business_calendar import BusinessCalendar
from models.rules.deadlines import due_instant
from models.rules.how_long import Before, Days, Hours, HowLongError, Workdays
from models.rules.how_long_notation import notation, parse_how_long
from models.rules.how_long_words import lead_label
from models.words import Label

DUE = "due"  # stands for the due instant where `Before` wants a field
MOST_STEPS = 20
LONGEST_POST = 80
_AFTER = (Hours, Days, Workdays)


class To(StrEnum):
    """Who is told."""

    HOLDER = "holder"
    DEPUTY = "deputy"
    SUPERIOR = "superior"
    SUPERIOR2 = "superior2"  # the superior's superior
    POST = "post"


TO_LABELS = {
    To.HOLDER: Label("经办人", "the holder"),
    To.DEPUTY: Label("代理人", "the deputy"),
    To.SUPERIOR: Label("直接上级", "the superior"),
    To.SUPERIOR2: Label("上级的上级", "the superior's superior"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `when` is reckoned from the due instant, `Before` before it."""

    when: Hours | Days | Workdays | Before
    to: To
    post: str | None = None  # its name, with `To.POST`


_TO = "|".join(one for one in To if one is not To.POST)
_FORM = re.compile(
    rf"(?P<when>.+?)(?P<before> before)? (?:(?P<to>{_TO})|post (?P<post>\S.*))"
)


def parse_step(text: str) -> Step:
    """Read one line; extra blanks do not matter.

    Raises:
        HowLongError: It is none of the forms.
    """
    plain = " ".join(text.split())
    found = _FORM.fullmatch(plain)
    if found is None:
        raise HowLongError(
            "“{text}”不是升级步骤；可写 4h superior、2h before holder、"
            "1 workday superior2、1d post 客服经理。",
            "'{text}' is no step of escalation; write 4h superior, 2h before holder, "
            "1 workday superior2 or 1d post NAME.",
            text=plain[:100],
        )
    before = f" before {DUE}" if found["before"] else ""
    when = parse_how_long(f"{found['when']}{before}")
    post = found["post"]
    if not isinstance(when, (*_AFTER, Before)):
        raise HowLongError(
            "“{text}”不能用于升级；可写 4h、2h business、1 workday、2d。",
            "'{text}' cannot be a step's time; write 4h, 2h business, 1 workday or 2d.",
            text=found["when"],
        )
    if post is not None and len(post) > LONGEST_POST:
        raise HowLongError(
            "岗位名称最多 {most} 个字。",
            "The name of a post has at most {most} characters.",
            most=LONGEST_POST,
        )
    return Step(when, To.POST if post else To(found["to"]), post)


def parse_steps(text: str) -> tuple[Step, ...]:
    """Read the lines of a target; HowLongError as `parse_step`, or for too many."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_STEPS:
        raise HowLongError(
            "升级步骤有 {count} 个，最多 {most} 个。",
            "There are {count} steps of escalation; at most {most} are allowed.",
            count=len(lines),
            most=MOST_STEPS,
        )
    return tuple(map(parse_step, lines))


def step_notation(step: Step) -> str:
    """Write one step; `parse_step` reads it back the same."""
    when = notation(step.when).removesuffix(f" {DUE}")
    return f"{when} {step.to}" + (f" {step.post}" if step.post else "")


def steps_notation(steps: Sequence[Step]) -> str:
    """Write steps, one a line."""
    return "\n".join(map(step_notation, steps))


def step_label(step: Step) -> Label:
    """Say a step as people do."""
    if step.post is not None:
        to = Label(f"岗位“{step.post}”", f"post “{step.post}”")
    else:
        to = TO_LABELS[step.to]
    if isinstance(step.when, Before):
        lead = lead_label(step.when.lead)
        return Label(
            f"到期前{lead.zh}通知{to.zh}", f"{lead.en} before it is due: {to.en}"
        )
    lead = lead_label(step.when)
    return Label(f"逾期后{lead.zh}通知{to.zh}", f"{lead.en} late: {to.en}")


def escalated_at(step: Step, due_at: datetime, calendar: BusinessCalendar) -> datetime:
    """Return when a step is taken (UTC), of a promise due at an instant.

    Raises:
        PersonError: As `due_instant`.
    """
    return due_instant(due_at, step.when, calendar, values={DUE: due_at})


def in_order(
    steps: Sequence[Step], due_at: datetime, calendar: BusinessCalendar
) -> list[tuple[datetime, Step]]:
    """Return the steps with their instants, in the order they are taken.

    Steps of one instant stay in the order they are written; so the place of a step in
    this list says which it is, whenever it is reckoned.
    """
    found = [(escalated_at(one, due_at, calendar), one) for one in steps]
    return sorted(found, key=lambda one: one[0])


def step_taken(
    steps: Sequence[Step], level: int, due_at: datetime, calendar: BusinessCalendar
) -> tuple[Step, datetime | None]:
    """Return the step that raises a clock to a level, and when the one after is taken.

    `level` counts from 1, `due_at` is aware; None: it is the last.
    """
    if len(steps) == 1:  # as most have: nothing to reckon
        return steps[0], None
    ordered = in_order(steps, due_at, calendar)
    return ordered[level - 1][1], ordered[level][0] if level < len(ordered) else None
