"""培训计划: the month's trainings, put down before it begins and approved."""

from models.flow import COMMENT, Flow, person, right, state, step
from models.register import (
    CHOICE,
    CHOICES,
    DATE,
    ENTRY,
    INSTANT,
    INTEGER,
    LONG_TEXT,
    ME,
    NOW,
    PERSON,
    TODAY,
    Makes,
    Register,
    again,
    field,
    option,
)
from models.register_words import TEAM, TRAINING_TOPICS, not_before
from models.words import Label

MAKERS = (person("made_by"), right("change"))
JUDGED = {"reviewed_by": ME, "reviewed_at": NOW, "review_remark": COMMENT}


class TrainingPlan(Register):
    """The plan of one month; its trainings are its parts."""

    code = "training_plan"
    title = Label("培训计划", "Training plans")
    menu = TEAM
    source = "培训时间安排表"
    icon = "calendar-event"
    numbering = "PJ{year}{month:02}{serial:02}"
    order = "-month_on"

    number = again("number", "编号", "No.")
    month_on = field(
        "计划月份",
        "Month",
        DATE,
        required=True,
        first=True,
        listed=True,
        filterable=True,
        clause="S0-04-06",
        help=Label("填当月第一天。", "The first day of the month."),
    )
    department = again("department", "部门", "Department", required=True, listed=True)
    made_on = field(
        "编制日期",
        "Drawn up",
        DATE,
        required=True,
        default=TODAY,
        listed=True,
        filterable=True,
        clause="S0-04-06",
    )
    made_by = field(
        "编制人",
        "Drawn up by",
        PERSON,
        required=True,
        default=ME,
        owner=True,
        listed=True,
        filterable=True,
    )
    goal = field("培训目标", "Aim", LONG_TEXT, first=True, searchable=True)
    submitted_at = field(
        "提交审核时间",
        "Sent for approval",
        INSTANT,
        first=True,
        listed=True,
        filterable=True,
        read_only=True,
        clause="S0-04-10",
    )
    review = field(
        "审核状态", "Approval", CHOICE, listed=True, filterable=True, clause="S0-04-10"
    )
    reviewed_by = field(
        "审核人", "Approved by", PERSON, read_only=True, clause="S0-04-10"
    )
    reviewed_at = field(
        "审核时间", "Approved", INSTANT, read_only=True, filterable=True
    )
    review_remark = field("审核意见", "Remark", LONG_TEXT, read_only=True)

    checks = (
        not_before(
            "reviewed_after_submitted",
            ("reviewed_at", "审核时间", "Approved"),
            ("submitted_at", "提交审核时间", "Sent for approval"),
        ),
    )
    makes = (
        Makes(
            "training_record",
            Label("登记培训", "Record a training"),
            "plan",
            {},
        ),
    )
    flow = Flow(
        "review",
        (
            state("draft", "草稿", "Draft"),
            state("pending", "待审核", "To be approved", "warn", locked=True),
            state("passed", "通过", "Approved", "good", final=True, locked=True),
            state("returned", "退回", "Returned", "bad"),
        ),
        (
            step(
                "submit",
                "提交审核",
                "Send for approval",
                "draft",
                "pending",
                who=MAKERS,
                sets={"submitted_at": NOW},
                clauses=("S0-04-10",),
            ),
            step(
                "resubmit", "再次提交", "Send again", "returned", "pending", who=MAKERS
            ),
            step(
                "withdraw",
                "撤回",
                "Withdraw",
                "pending",
                "returned",
                who=(person("made_by"),),
                sends_back=True,
            ),
            step(
                "approve",
                "通过",
                "Approve",
                "pending",
                "passed",
                sets=JUDGED,
                approves=True,
                clauses=("S0-04-10", "S0-04-11"),
            ),
            step(
                "send_back",
                "退回",
                "Send back",
                "pending passed",
                "returned",
                who=(right("approve"),),
                sets=JUDGED,
                comment=True,
                sends_back=True,
            ),
        ),
    )


class TrainingPlanItem(Register):
    """One training of a month's plan."""

    code = "training_plan_item"
    title = Label("计划培训", "Planned trainings")
    menu = TEAM
    source = "培训时间安排表"
    icon = "calendar-plus"
    numbering = "PX{year}{month:02}{serial:03}"
    display = ("content",)
    order = "planned_at"
    part_of = "plan"
    in_menu = False

    plan = field(
        "培训计划", "Plan", ENTRY, target="training_plan", required=True, listed=True
    )
    planned_at = field(
        "时间",
        "When",
        INSTANT,
        required=True,
        first=True,
        listed=True,
        filterable=True,
        clause="S0-04-07",
    )
    content = field(
        "培训内容",
        "Content",
        required=True,
        max_length=300,
        first=True,
        listed=True,
        searchable=True,
        clause="S0-04-07",
    )
    topics = field(
        "主题",
        "Topics",
        CHOICES,
        choices=TRAINING_TOPICS,
        required=True,
        first=True,
        listed=True,
        clause="S0-04-08",
    )
    minutes = field(
        "计划时长（分钟）",
        "Minutes",
        INTEGER,
        minimum=1,
        default=30,
        first=True,
        listed=True,
        clause="S0-04-05",
    )
    trainer = field("培训人", "Trainer", PERSON, first=True, listed=True)
    audience = field(
        "对象",
        "For",
        CHOICE,
        choices=(
            option("all", "全员", "Everybody"),
            option("new", "新员工", "New staff"),
            option("engineers", "工程师", "Engineers"),
            option("clerks", "客服", "Clerks"),
        ),
        default="all",
        first=True,
    )

    makes = (
        Makes(
            "training_record",
            Label("登记培训", "Record the training"),
            "planned",
            {
                "plan": "plan",
                "content": "content",
                "topics": "topics",
                "trainer": "trainer",
                "held_at": "planned_at",
                "minutes": "minutes",
            },
        ),
    )
