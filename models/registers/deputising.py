"""代理安排: who stands in for whom, while somebody is away."""

from models.flow import Flow, person, right, state, step
from models.register import (
    CHOICE,
    DATE,
    ME,
    PERSON,
    TODAY,
    From,
    Register,
    field,
)
from models.register_words import SETUP, not_before
from models.words import Label

# Whoever is away agrees, or somebody who may: nobody makes themselves a deputy.
AGREE = (person("person"), right("approve"))


class Deputising(Register):
    """An absence with its deputy; in force, the deputy takes the steps of a flow."""

    code = "deputising"
    title = Label("代理安排", "Deputies")
    menu = SETUP
    source = "工作代理单"
    icon = "user-check"
    order = "-from_on"
    handed_on = ()  # a person's own affair
    display = ("from_on",)

    person = field(
        "离岗人",
        "Who is away",
        PERSON,
        required=True,
        default=ME,
        owner=True,
        first=True,
        listed=True,
        filterable=True,
    )
    deputy = field(
        "代理人",
        "Deputy",
        PERSON,
        required=True,
        default=From("person.deputy"),
        owner=True,
        first=True,
        listed=True,
        filterable=True,
    )
    from_on = field(
        "开始日期",
        "From",
        DATE,
        required=True,
        default=TODAY,
        first=True,
        listed=True,
        filterable=True,
    )
    until_on = field(
        "结束日期",
        "Until",
        DATE,
        required=True,
        first=True,
        listed=True,
        filterable=True,
        help=Label("当天算在内。", "That day is counted in."),
    )
    reason = field("事由", "Reason", max_length=300, first=True)
    standing = field("状态", "State", CHOICE, listed=True, filterable=True)

    checks = (
        not_before(
            "until_after_from",
            ("until_on", "结束日期", "Until"),
            ("from_on", "开始日期", "From"),
        ),
    )
    flow = Flow(
        "standing",
        (
            state("proposed", "待确认", "Proposed", "warn"),
            state("in_force", "生效", "In force", "good", locked=True),
            state("ended", "已结束", "Ended", final=True, locked=True),
        ),
        (
            step("agree", "确认生效", "Agree", "proposed", "in_force", who=AGREE),
            step("end", "结束代理", "End it", "proposed in_force", "ended", who=AGREE),
        ),
    )
