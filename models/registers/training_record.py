"""培训记录: trainings as they were held, how long, on what, and who was there."""

from models.register import (
    ATTACHMENT,
    CHOICE,
    CHOICES,
    DECIMAL,
    ENTRY,
    INSTANT,
    INTEGER,
    LONG_TEXT,
    ME,
    PERSON,
    YES_NO,
    Register,
    again,
    field,
    option,
)
from models.register_words import TEAM, TRAINING_TOPICS
from models.words import Label


class TrainingRecord(Register):
    """A training that was held."""

    code = "training_record"
    title = Label("培训记录", "Trainings")
    menu = TEAM
    source = "培训记录表"
    icon = "school"
    numbering = "PL{year}{month:02}{serial:03}"
    order = "-held_at"

    number = again("number", "编号", "No.")
    held_at = field(
        "培训时间",
        "Held",
        INSTANT,
        required=True,
        first=True,
        listed=True,
        filterable=True,
        clause="S0-04-04",
    )
    minutes = field(
        "时长（分钟）",
        "Minutes",
        INTEGER,
        required=True,
        minimum=1,
        maximum=1440,
        first=True,
        listed=True,
        filterable=True,
        clause="S0-04-05",
    )
    topics = field(
        "主题",
        "Topics",
        CHOICES,
        choices=TRAINING_TOPICS,
        required=True,
        first=True,
        listed=True,
        filterable=True,
        clause="S0-04-08",
    )
    content = field(
        "培训内容",
        "Content",
        LONG_TEXT,
        required=True,
        first=True,
        listed=True,
        searchable=True,
    )
    kind = field(
        "内部/外部",
        "Inside or outside",
        CHOICE,
        choices=(
            option("internal", "内部", "Inside"),
            option("external", "外部", "Outside"),
        ),
        required=True,
        default="internal",
        filterable=True,
    )
    trainer = field(
        "培训人",
        "Trainer",
        PERSON,
        default=ME,
        owner=True,
        first=True,
        listed=True,
        filterable=True,
    )
    organiser = field(
        "组织人",
        "Organised by",
        PERSON,
        required=True,
        default=ME,
        owner=True,
        filterable=True,
        clause="S0-04-04",
    )
    attendance = field(
        "参加人数", "Attendance", INTEGER, minimum=0, first=True, listed=True
    )
    courseware = field("课件", "Courseware", ATTACHMENT)
    result = field("培训效果", "What came of it", LONG_TEXT, searchable=True)
    plan = field("培训计划", "Plan", ENTRY, target="training_plan", clause="S0-04-11")
    planned = field(
        "计划培训",
        "Planned training",
        ENTRY,
        target="training_plan_item",
        clause="S0-04-11",
    )


class TrainingAttendee(Register):
    """One person at a training."""

    code = "training_attendee"
    title = Label("参加人员", "Attendees")
    menu = TEAM
    source = "培训签到表"
    icon = "user-check"
    numbering = "PQ{year}{month:02}{serial:04}"
    part_of = "training"
    in_menu = False
    unique_together = (("training", "person"),)

    training = field(
        "培训", "Training", ENTRY, target="training_record", required=True, listed=True
    )
    person = field(
        "姓名",
        "Person",
        PERSON,
        required=True,
        owner=True,
        first=True,
        listed=True,
        filterable=True,
    )
    attended = field(
        "到场",
        "Was there",
        YES_NO,
        default=True,
        first=True,
        listed=True,
        editable=True,
    )
    score = field(
        "考核得分",
        "Score",
        DECIMAL,
        places=1,
        minimum=0,
        maximum=100,
        first=True,
        listed=True,
    )
    remark = field("备注", "Remark", max_length=300, first=True)
