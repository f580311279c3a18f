"""工作联络单: what one department asks of another, and the answer."""

from models.register import (
    CUSTOMER,
    ENTRY,
    INSTANT,
    LONG_TEXT,
    ME,
    NOW,
    PERSON,
    From,
    Register,
    again,
    field,
    first_of,
)
from models.register_words import CONTACT, not_before
from models.words import Label


class CoordinationLog(Register):
    """A contact sheet between two departments."""

    code = "coordination_log"
    title = Label("工作联络单", "Contact sheets")
    menu = CONTACT
    source = "工作联络单"
    icon = "arrows-right-left"
    numbering = "LL{year}{month:02}{serial:03}"
    order = "-sent_at"

    number = again("number", "编号", "No.")
    department = again("department", "发出部门", "From department")
    sent_by = field(
        "发出人", "Sent by", PERSON, default=ME, owner=True, filterable=True
    )
    sent_at = field(
        "日期",
        "Sent",
        INSTANT,
        required=True,
        default=NOW,
        listed=True,
        filterable=True,
    )
    to_department = field(
        "接收部门",
        "To department",
        ENTRY,
        target="department",
        required=True,
        first=True,
        listed=True,
        filterable=True,
    )
    to_person = field(
        "接收人", "To person", PERSON, owner=True, first=True, filterable=True
    )
    subject = field(
        "事由",
        "Subject",
        required=True,
        max_length=120,
        first=True,
        listed=True,
        searchable=True,
    )
    content = field(
        "内容",
        "Content",
        LONG_TEXT,
        required=True,
        first=True,
        searchable=True,
        clause="S0-04-39",
    )
    wanted_by = field(
        "要求完成时间",
        "Wanted by",
        INSTANT,
        first=True,
        listed=True,
        filterable=True,
        editable=True,
    )
    customer = field(
        "客户",
        "Customer",
        CUSTOMER,
        default=first_of(From("call.customer"), From("complaint.customer")),
        first=True,
    )
    call = field("来源来电", "From call", ENTRY, target="call_log")
    complaint = field("来源投诉", "From complaint", ENTRY, target="complaint_log")
    problem = field("来源问题", "From problem", ENTRY, target="problem_log")
    reply = field("回复内容", "Answer", LONG_TEXT, searchable=True)
    replied_by = field("回复人", "Answered by", PERSON, listed=True)
    replied_at = field(
        "回复时间", "Answered", INSTANT, listed=True, filterable=True, editable=True
    )
    closed_by = field("确认人", "Closed by", PERSON)
    closed_at = field(
        "确认关闭", "Closed", INSTANT, listed=True, filterable=True, editable=True
    )

    checks = (
        not_before(
            "replied_after_sent",
            ("replied_at", "回复时间", "Answered"),
            ("sent_at", "日期", "Sent"),
        ),
        not_before(
            "closed_after_sent",
            ("closed_at", "确认关闭", "Closed"),
            ("sent_at", "日期", "Sent"),
        ),
    )
