"""检查记录: spot checks and inspections, what was found and put right."""

from models.register import (
    ATTACHMENT,
    CHOICE,
    DATE,
    DECIMAL,
    ENTRY,
    INSTANT,
    INTEGER,
    LONG_TEXT,
    ME,
    NOW,
    PERSON,
    BeginsWith,
    Check,
    From,
    Makes,
    Posting,
    Register,
    again,
    field,
    option,
)
from models.register_words import TEAM, not_before
from models.words import Label


class Inspection(Register):
    """One thing or person looked at."""

    code = "inspection"
    title = Label("检查记录", "Inspections")
    menu = TEAM
    source = "服务质量检查表"
    icon = "eye-check"
    numbering = "JX{year}{month:02}{serial:03}"
    order = "-inspected_at"

    number = again("number", "编号", "No.")
    inspected_at = field(
        "检查时间",
        "Inspected",
        INSTANT,
        required=True,
        default=NOW,
        listed=True,
        filterable=True,
    )
    kind = field(
        "检查方式",
        "Kind",
        CHOICE,
        choices=(
            option("spot", "随机抽查", "Spot check"),
            option("routine", "例行检查", "Routine"),
            option("callback", "回访检查", "Check of callbacks"),
            option("recording", "录音抽听", "Listening to recordings"),
            option("visit", "现场检查", "On the spot"),
            option("mystery", "神秘客", "Mystery customer"),
        ),
        required=True,
        default="spot",
        first=True,
        listed=True,
        filterable=True,
    )
    inspected = field(
        "被检查人", "Whose work", PERSON, first=True, listed=True, filterable=True
    )
    subject = field(
        "检查内容",
        "What was looked at",
        required=True,
        max_length=300,
        first=True,
        listed=True,
        searchable=True,
        help=Label("可写单号。", "The number of an entry will do."),
    )
    check_sheet = field(
        "检查表", "Checklist", ENTRY, target="check_sheet", first=True, filterable=True
    )
    verdict = field(
        "结论",
        "Verdict",
        CHOICE,
        choices=(
            option("pass", "合格", "Good", "good"),
            option("minor", "轻微问题", "Small faults", "warn"),
            option("fail", "不合格", "Not good", "bad"),
        ),
        required=True,
        first=True,
        listed=True,
        filterable=True,
    )
    points = field(
        "实得分", "Points kept", DECIMAL, places=1, read_only=True, listed=True
    )
    full_points = field("满分", "Points to be had", DECIMAL, places=1, read_only=True)
    score = field(
        "得分",
        "Score",
        DECIMAL,
        minimum=0,
        maximum=100,
        places=1,
        help=Label("没有检查表时填写。", "Where there is no checklist."),
    )
    finding = field(
        "发现问题",
        "Findings",
        LONG_TEXT,
        first=True,
        searchable=True,
        clause="S0-04-40",
    )
    photos = field("照片", "Photographs", ATTACHMENT)
    inspector = field(
        "检查人",
        "Inspected by",
        PERSON,
        required=True,
        default=ME,
        owner=True,
        listed=True,
        filterable=True,
    )
    rectify_by = field(
        "整改期限", "To be put right by", DATE, listed=True, filterable=True
    )
    rectification = field("整改情况", "What was put right", LONG_TEXT, searchable=True)
    rectified_at = field("整改完成", "Put right", INSTANT, listed=True, filterable=True)

    checks = (
        not_before(
            "rectified_after_inspected",
            ("rectified_at", "整改完成", "Put right"),
            ("inspected_at", "检查时间", "Inspected"),
        ),
    )
    makes = (
        Makes(
            "problem_log",
            Label("登记问题", "Make a problem"),
            "inspection",
            {"problem": "finding", "responsible": "inspected"},
        ),
        Makes(
            "task",
            Label("布置整改", "Have it put right"),
            "inspection",
            {"assignee": "inspected", "content": "finding", "due_on": "rectify_by"},
        ),
    )


class InspectionLine(Register):
    """One item of the checklist as it was found; points are taken off full ones."""

    code = "inspection_line"
    title = Label("检查逐项记录", "Items inspected")
    menu = TEAM
    source = "服务质量检查表"
    icon = "checklist"
    display = ("item",)
    order = "place"
    part_of = "inspection"
    in_menu = False
    unique_together = (("check", "inspection"),)
    begins_with = BeginsWith(
        "check_sheet", "check_sheet_item", {"check": "id", "place": "place"}
    )

    inspection = field(
        "检查记录",
        "Inspection",
        ENTRY,
        target="inspection",
        required=True,
        listed=True,
    )
    place = field("次序", "Place", INTEGER, minimum=1)
    check = field(
        "检查项目",
        "Item",
        ENTRY,
        target="check_sheet_item",
        required=True,
        first=True,
        listed=True,
    )
    item = field(
        "项目原文",
        "Item as it was",
        max_length=300,
        read_only=True,
        default=From("check.item"),
        searchable=True,
    )
    clause = field(
        "依据条款",
        "Clause",
        max_length=60,
        read_only=True,
        default=From("check.clause"),
        first=True,
        listed=True,
    )
    full = field(
        "满分",
        "Points",
        DECIMAL,
        places=1,
        read_only=True,
        default=From("check.points"),
        first=True,
        listed=True,
    )
    deducted = field(
        "扣分", "Deducted", DECIMAL, minimum=0, places=1, first=True, listed=True
    )
    points = field(
        "实得分",
        "Points kept",
        DECIMAL,
        places=1,
        computed="coalesce(full, 0) - coalesce(deducted, 0)",
        listed=True,
    )
    finding = field("扣分原因", "What was found", max_length=300, first=True)

    checks = (
        Check(
            "deducted_within_full",
            "deducted",
            "<=",
            "full",
            Label("扣分不能超过满分。", "No more can be deducted than its points."),
        ),
    )
    postings = (
        Posting(
            "inspection",
            {"id": "inspection"},
            {"full_points": "full", "points": "points"},
        ),
    )
