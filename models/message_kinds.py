"""What kinds of messages there are: how soon each is wanted, and how long it holds.

A producer may queue `<kind>.urgent`: the same, sent at once also when nobody works.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from models.words import Label

URGENT = ".urgent"


class Holds(StrEnum):
    """As long as what a message is still worth telling."""

    ALWAYS = "always"
    WHILE_OPEN = "while open"  # its clock runs, overdue or not
    BEFORE_DUE = "before due"  # its clock runs and is not overdue


@dataclass(frozen=True, slots=True)
class MessageKind:
    """How messages of a kind are treated."""

    label: Label
    tone: str = "info"  # of templates: late, warn, info
    holds: Holds = Holds.ALWAYS
    at_once: bool = False  # a personal warning; otherwise it waits for the digest
    urgent: bool = False  # also outside working hours
    to_holder: bool = False  # moot once another answers for the clock
    for_groups: bool = False  # also told to a group's robot
    # About the reader, who is told whether or not the entry is one they may see.
    about_reader: bool = False


OTHER = MessageKind(Label("通知", "Notice"))
KINDS: Mapping[str, MessageKind] = {
    "clock.warned": MessageKind(
        Label("即将逾期", "Due soon"),
        "warn",
        Holds.BEFORE_DUE,
        at_once=True,
        to_holder=True,
    ),
    "clock.breached": MessageKind(
        Label("已逾期", "Overdue"),
        "late",
        Holds.WHILE_OPEN,
        to_holder=True,
        for_groups=True,
    ),
    "clock.escalated": MessageKind(
        Label("逾期上报", "Escalated"), "late", Holds.WHILE_OPEN, at_once=True
    ),
    "clock.remind": MessageKind(
        Label("催办", "Please do"),
        "warn",
        Holds.WHILE_OPEN,
        at_once=True,
        to_holder=True,
    ),
    "clock.reassign": MessageKind(
        Label("改派", "Handed to you"), "warn", Holds.WHILE_OPEN, at_once=True
    ),
    "duty.behind": MessageKind(
        Label("任务未达标", "Behind on a duty"),
        "warn",
        at_once=True,
        about_reader=True,
    ),
    # Explained, excused and the like; the kind says which.
    "duty": MessageKind(Label("任务说明", "About a duty"), about_reader=True),
    # The link alone leads to the figures, and only the owner may open it.
    "pay_slip": MessageKind(
        Label("绩效工资条", "Payslip"), at_once=True, about_reader=True
    ),
    "comment.mentioned": MessageKind(Label("讨论", "Mentioned"), at_once=True),
    "away": MessageKind(Label("代理移交", "Stand-in"), at_once=True, about_reader=True),
}


def kind_of(code: str) -> MessageKind:
    """Return how messages of a kind are treated; an unknown one waits for the digest.

    A kind may be told apart further: what is not known itself is as what it begins
    with ("clock.escalated.2" as "clock.escalated").
    """
    if code.endswith(URGENT):
        plain = kind_of(code.removesuffix(URGENT))
        return replace(plain, at_once=True, urgent=True)
    while code:
        if code in KINDS:
            return KINDS[code]
        code = code.rpartition(".")[0]
    return OTHER
