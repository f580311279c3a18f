"""员工沟通记录: the monthly talk with each colleague, and what was passed up."""

from models.register import (
    CHOICE,
    INSTANT,
    INTEGER,
    LONG_TEXT,
    ME,
    NOW,
    PERSON,
    Makes,
    Register,
    again,
    field,
    option,
)
from models.register_words import TEAM, not_before
from models.words import Label


class StaffTalk(Register):
    """A talk with one colleague."""

    code = "staff_talk"
    title = Label("员工沟通记录", "Staff talks")
    menu = TEAM
    source = "与同事沟通记录表"
    icon = "messages"
    numbering = "GT{year}{month:02}{serial:03}"
    order = "-talked_at"

    number = again("number", "编号", "No.")
    colleague = field(
        "同事",
        "Colleague",
        PERSON,
        required=True,
        first=True,
        listed=True,
        filterable=True,
        clause="S0-04-17",
    )
    talked_at = field(
        "沟通日期",
        "When",
        INSTANT,
        required=True,
        default=NOW,
        listed=True,
        filterable=True,
        clause="S0-04-15",
    )
    minutes = field(
        "沟通时间（分钟）",
        "Minutes",
        INTEGER,
        required=True,
        minimum=1,
        maximum=1440,
        first=True,
        listed=True,
        filterable=True,
        clause="S0-04-16",
    )
    talked_by = field(
        "沟通人",
        "Talked by",
        PERSON,
        required=True,
        default=ME,
        owner=True,
        listed=True,
        filterable=True,
    )
    mood = field(
        "状态",
        "Mood",
        CHOICE,
        choices=(
            option("good", "积极", "Good", "good"),
            option("calm", "平稳", "Steady"),
            option("low", "低落", "Low", "warn"),
            option("leaving", "有离职意向", "Thinks of leaving", "bad"),
        ),
        first=True,
        listed=True,
        filterable=True,
        clause="S0-04-40",
    )
    content = field(
        "沟通内容", "What was said", LONG_TEXT, required=True, first=True, listed=True
    )
    needs = field("需求和问题", "Needs and troubles", LONG_TEXT, first=True)
    suggestions = field(
        "建设性意见建议",
        "Constructive suggestions",
        LONG_TEXT,
        first=True,
        searchable=True,
        clause="S0-04-17",
    )
    passed_up_at = field(
        "报告董事长办公室",
        "Passed up to the chairman's office",
        INSTANT,
        listed=True,
        filterable=True,
        clause="S0-04-18",
    )
    follow_up = field("跟进情况", "What followed", LONG_TEXT)

    checks = (
        not_before(
            "passed_up_after_talk",
            ("passed_up_at", "报告董事长办公室", "Passed up"),
            ("talked_at", "沟通日期", "When"),
        ),
    )
    makes = (
        Makes(
            "task",
            Label("布置任务", "Give a task"),
            "talk",
            {"content": "suggestions"},
        ),
    )
