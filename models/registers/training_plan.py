"""培训计划: the month's trainings, put down before it begins and approved."""

from models.register import (
    CHOICE,
    CHOICES,
    DATE,
    ENTRY,
    INSTANT,
    INTEGER,
    LONG_TEXT,
    ME,
    PERSON,
    TODAY,
    Makes,
    Register,
    again,
    field,
    option,
)
from models.register_words import REVIEWS, TEAM, TRAINING_TOPICS, not_before
from models.words import Label


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
        clause="S0-04-10",
    )
    review = field(
        "审核状态",
        "Approval",
        CHOICE,
        choices=REVIEWS,
        required=True,
        default="pending",
        listed=True,
        filterable=True,
        editable=True,
        clause="S0-04-10",
    )
    reviewed_by = field("审核人", "Approved by", PERSON, clause="S0-04-10")
    reviewed_at = field("审核时间", "Approved", INSTANT, filterable=True)
    review_remark = field("审核意见", "Remark", LONG_TEXT)

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
