"""工资条异议: what somebody holds wrong on their slip, and what was found."""

from models.flow import COMMENT, Flow, person, right, state, step
from models.register import (
    CHOICE,
    INSTANT,
    LONG_TEXT,
    ME,
    NOW,
    PERSON,
    TEXT,
    Register,
    again,
    field,
)
from models.register_words import TEAM
from models.words import Label

LONGEST_PERIOD, LONGEST_LINE = 10, 80


class PayObjection(Register):
    """An objection to one's slip, or to a line of it; it carries no figures.

    Whoever has the right to approve in this register decides, never about their own.
    What is upheld is put right where the figures come from; pay follows by itself.
    """

    code = "pay_objection"
    title = Label("工资条异议", "Objections to slips")
    menu = TEAM
    in_menu = False  # one comes to it from a slip, and from the run's page
    source = "绩效异议申请表"
    icon = "message-2"
    numbering = "YY{year}{month:02}{serial:03}"
    order = "-asked_at"
    handed_on = ()  # a person's own affair

    number = again("number", "编号", "No.")
    objector = field(
        "提出人",
        "Person",
        PERSON,
        required=True,
        default=ME,
        owner=True,
        first=True,
        listed=True,
        filterable=True,
    )
    period = field(
        "核算期间",
        "Period",
        TEXT,
        required=True,
        max_length=LONGEST_PERIOD,
        first=True,
        listed=True,
        filterable=True,
    )
    line = field(
        "项目",
        "Line",
        TEXT,
        max_length=LONGEST_LINE,
        first=True,
        listed=True,
        filterable=True,
        help=Label("不填就是对整张工资条。", "Empty for the whole slip."),
    )
    reason = field("理由", "Reason", LONG_TEXT, required=True, first=True, listed=True)
    asked_at = field(
        "提出时间",
        "Raised",
        INSTANT,
        required=True,
        default=NOW,
        listed=True,
        filterable=True,
    )
    status = field(
        "状态",
        "State",
        CHOICE,
        listed=True,
        filterable=True,
    )
    handler = field(
        "请谁处理",
        "To be decided by",
        PERSON,
        listed=True,
        filterable=True,
        help=Label(
            "从工资条提出时是本人的上级；到期没有处理就提醒此人。",
            "The superior, where it is raised from a slip; told when it is late.",
        ),
    )
    decided_by = field("处理人", "Decided by", PERSON, read_only=True, filterable=True)
    decided_at = field("处理时间", "Decided", INSTANT, read_only=True, filterable=True)
    answer = field("处理意见", "Answer", LONG_TEXT, read_only=True)

    flow = Flow(
        "status",
        (
            state("raised", "待处理", "Raised", "warn"),
            state("upheld", "成立", "Upheld", "good", final=True, locked=True),
            state("refused", "不成立", "Not upheld", "bad", final=True, locked=True),
            state("withdrawn", "已撤回", "Withdrawn", final=True, locked=True),
        ),
        (
            step(
                "uphold",
                "成立",
                "Uphold",
                "raised",
                "upheld",
                who=(right("approve"),),
                sets={"decided_by": ME, "decided_at": NOW, "answer": COMMENT},
                comment=True,
                approves=True,
            ),
            step(
                "refuse",
                "不成立",
                "Do not uphold",
                "raised",
                "refused",
                who=(right("approve"),),
                sets={"decided_by": ME, "decided_at": NOW, "answer": COMMENT},
                comment=True,
                approves=True,
            ),
            step(
                "withdraw",
                "撤回",
                "Withdraw",
                "raised",
                "withdrawn",
                who=(person("objector"),),
                sets={"decided_at": NOW},
            ),
        ),
    )
