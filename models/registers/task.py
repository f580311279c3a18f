"""工作任务: what was given to whom, by when, and how it ended."""

from models.register import (
    CHOICE,
    DATE,
    ENTRY,
    INSTANT,
    LONG_TEXT,
    ME,
    PERSON,
    TODAY,
    Register,
    again,
    field,
    option,
)
from models.register_words import TEAM, URGENCIES, not_before
from models.words import Label


class Task(Register):
    """A task given to one person."""

    code = "task"
    title = Label("工作任务", "Tasks")
    menu = TEAM
    source = "工作安排表"
    icon = "list-check"
    numbering = "RW{year}{month:02}{serial:03}"
    order = "-planned_on"

    number = again("number", "编号", "No.")
    kind = field(
        "任务类型",
        "Kind",
        CHOICE,
        choices=(
            option("board", "修板", "Board repair"),
            option("support", "支援其他部门", "Support of another team"),
            option("installation", "派工出差装机", "Trip for an installation"),
            option("repair", "派工出差维修", "Trip for a repair"),
            option("office", "内勤事务", "Office work"),
            option("other", "其他", "Other"),
        ),
        required=True,
        default="other",
        first=True,
        listed=True,
        filterable=True,
        clause="S0-04-03",
    )
    content = field(
        "内容",
        "What is to be done",
        LONG_TEXT,
        required=True,
        first=True,
        listed=True,
        searchable=True,
    )
    assignee = field(
        "执行人",
        "Given to",
        PERSON,
        required=True,
        owner=True,
        first=True,
        listed=True,
        filterable=True,
        editable=True,
        clause="S0-04-02",
    )
    assigner = field(
        "交办人", "Given by", PERSON, default=ME, owner=True, filterable=True
    )
    planned_on = field(
        "安排日期",
        "Planned for",
        DATE,
        required=True,
        default=TODAY,
        first=True,
        listed=True,
        filterable=True,
        clause="S0-04-02",
    )
    due_on = field(
        "要求完成",
        "To be done by",
        DATE,
        first=True,
        listed=True,
        filterable=True,
        editable=True,
    )
    urgency = field(
        "紧急程度",
        "Urgency",
        CHOICE,
        choices=URGENCIES,
        required=True,
        default="normal",
        first=True,
        filterable=True,
    )
    done_at = field(
        "完成时间", "Done", INSTANT, listed=True, filterable=True, editable=True
    )
    result = field("完成情况", "Result", LONG_TEXT, searchable=True)
    status = field(
        "状态",
        "State",
        CHOICE,
        choices=(
            option("open", "进行中", "Open", "busy"),
            option("done", "已完成", "Done", "good"),
        ),
        computed="if(is_empty(done_at), 'open', 'done')",
        listed=True,
        filterable=True,
    )
    evaluation = field("评价", "Manager's remark", LONG_TEXT)
    service_order = field("工单", "Order", ENTRY, target="service_order")
    problem = field("问题", "Problem", ENTRY, target="problem_log")
    inspection = field("检查", "Inspection", ENTRY, target="inspection")
    talk = field("沟通", "Talk", ENTRY, target="staff_talk")

    checks = (
        not_before(
            "due_after_planned",
            ("due_on", "要求完成", "To be done by"),
            ("planned_on", "安排日期", "Planned for"),
        ),
    )
