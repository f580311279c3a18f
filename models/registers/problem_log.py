"""问题统计与纠正预防: what keeps going wrong, and what is done against it."""

from models.register import (
    CHOICE,
    DATE,
    ENTRY,
    INSTANT,
    INTEGER,
    LONG_TEXT,
    PERSON,
    TODAY,
    Makes,
    Register,
    again,
    field,
    option,
)
from models.register_words import TEAM, not_before
from models.words import Label


class ProblemLog(Register):
    """A problem with its correction, its prevention and the proof that they work."""

    code = "problem_log"
    title = Label("问题与纠正预防", "Problems and prevention")
    menu = TEAM
    source = "问题统计及纠正预防措施表"
    icon = "alert-triangle"
    numbering = "WT{year}{month:02}{serial:03}"
    order = "-found_on"

    number = again("number", "编号", "No.")
    found_on = field(
        "发现日期",
        "Found",
        DATE,
        required=True,
        default=TODAY,
        listed=True,
        filterable=True,
    )
    origin = field(
        "来源",
        "Found in",
        CHOICE,
        choices=(
            option("service", "现场服务", "Field service"),
            option("trip", "出差报告", "Trip report"),
            option("callback", "回访", "Callback"),
            option("complaint", "投诉", "Complaint"),
            option("inspection", "检查", "Inspection"),
            option("process", "流程", "Procedure"),
            option("other", "其他", "Other"),
        ),
        required=True,
        default="service",
        first=True,
        listed=True,
        filterable=True,
        clause="S0-04-37",
    )
    problem = field(
        "问题",
        "Problem",
        LONG_TEXT,
        required=True,
        first=True,
        listed=True,
        searchable=True,
        clause="S0-04-37",
    )
    occurrences = field("发生次数", "Times", INTEGER, minimum=1, default=1, listed=True)
    cause = field("原因分析", "Cause", LONG_TEXT, first=True, searchable=True)
    corrective = field(
        "纠正措施",
        "Correction",
        LONG_TEXT,
        first=True,
        searchable=True,
        clause="S0-04-38",
    )
    preventive = field(
        "预防措施",
        "Prevention",
        LONG_TEXT,
        first=True,
        searchable=True,
        clause="S0-04-38",
    )
    concerned = field(
        "相关部门",
        "Department concerned",
        ENTRY,
        target="department",
        filterable=True,
        clause="S0-04-39",
    )
    responsible = field(
        "责任人",
        "Responsible",
        PERSON,
        owner=True,
        first=True,
        listed=True,
        filterable=True,
        editable=True,
    )
    due_on = field(
        "要求完成", "To be done by", DATE, listed=True, filterable=True, editable=True
    )
    done_on = field("完成日期", "Done", DATE, listed=True, filterable=True)
    verified_by = field("验证人", "Verified by", PERSON)
    verified_at = field("验证时间", "Verified", INSTANT)
    effect = field(
        "验证结果",
        "Did it work",
        CHOICE,
        choices=(
            option("effective", "有效", "Yes", "good"),
            option("partly", "部分有效", "Partly", "warn"),
            option("none", "无效", "No", "bad"),
        ),
        listed=True,
        filterable=True,
    )
    service_order = field("工单", "Order", ENTRY, target="service_order")
    trip = field("出差单", "Trip", ENTRY, target="business_trip")
    callback = field("回访", "Callback", ENTRY, target="callback_log")
    complaint = field("投诉", "Complaint", ENTRY, target="complaint_log")
    inspection = field("检查", "Inspection", ENTRY, target="inspection")

    checks = (
        not_before(
            "done_after_found",
            ("done_on", "完成日期", "Done"),
            ("found_on", "发现日期", "Found"),
        ),
    )
    makes = (
        Makes(
            "coordination_log",
            Label("转工作联络单", "Make a contact sheet"),
            "problem",
            {"to_department": "concerned", "content": "problem"},
        ),
        Makes(
            "task",
            Label("布置任务", "Give a task"),
            "problem",
            {"assignee": "responsible", "content": "corrective", "due_on": "due_on"},
        ),
    )
