"""交接班记录: what one shift leaves to the next, confirmed item by item."""

from models.register import (
    CHOICE,
    DATE,
    ENTRY,
    INSTANT,
    INTEGER,
    LONG_TEXT,
    ME,
    NOW,
    PERSON,
    SIGNATURE,
    TODAY,
    YES_NO,
    Check,
    Count,
    HandsOver,
    Register,
    again,
    field,
    option,
)
from models.register_words import CONTACT, not_before
from models.words import Label


class HandoverBook(Register):
    """A hand-over between two shifts."""

    code = "handover_book"
    title = Label("交接班记录", "Hand-overs")
    menu = CONTACT
    source = "交接班记录本"
    icon = "notebook"
    numbering = "JB{year}{month:02}{serial:03}"
    order = "-handed_over_at"

    number = again("number", "编号", "No.")
    shift_on = field(
        "日期",
        "Day",
        DATE,
        required=True,
        default=TODAY,
        listed=True,
        filterable=True,
    )
    shift = field(
        "班次",
        "Shift",
        CHOICE,
        choices=(
            option("day", "白班", "Day"),
            option("early", "早班", "Early"),
            option("middle", "中班", "Middle"),
            option("late", "晚班", "Late"),
        ),
        required=True,
        default="day",
        first=True,
        listed=True,
        filterable=True,
    )
    handed_over_by = field(
        "交班人",
        "Handed over by",
        PERSON,
        required=True,
        default=ME,
        owner=True,
        listed=True,
        filterable=True,
    )
    call_count = field(
        "当班来电数",
        "Calls in the shift",
        INTEGER,
        minimum=0,
        default=Count(
            "call_log",
            {"first_asked": "handed_over_by"},
            on=("received_at", "shift_on"),
        ),
        first=True,
        listed=True,
    )
    questions = field(
        "客户疑问", "Customers' questions", LONG_TEXT, first=True, searchable=True
    )
    pending = field(
        "待处理事宜",
        "Still to do",
        LONG_TEXT,
        first=True,
        listed=True,
        searchable=True,
    )
    key_customers = field(
        "重点客户", "Customers to mind", LONG_TEXT, first=True, searchable=True
    )
    things = field("物品/钥匙", "Things and keys", LONG_TEXT, searchable=True)
    handed_over_at = field(
        "交班时间",
        "Handed over",
        INSTANT,
        required=True,
        default=NOW,
        listed=True,
        filterable=True,
    )
    handed_over_signature = field("交班签字", "Signed", SIGNATURE)
    taken_over_by = field(
        "接班人",
        "Taken over by",
        PERSON,
        owner=True,
        first=True,
        listed=True,
        filterable=True,
    )
    taken_over_at = field(
        "接班确认", "Confirmed", INSTANT, listed=True, filterable=True
    )
    taken_over_remark = field("接班意见", "Remark of the next shift", LONG_TEXT)

    hands_over = HandsOver(
        title=Label("交班", "Hand the shift over"),
        by="handed_over_by",
        to="taken_over_by",
        confirmed_at="taken_over_at",
        remark="taken_over_remark",
        items="handover_item",
        matter="matter",
        ticked="taken_over",
        due_at="due_at",
        entries=("call", "service_order", "complaint"),
    )
    checks = (
        Check(
            "two_people",
            "taken_over_by",
            "!=",
            "handed_over_by",
            Label(
                "接班人和交班人是同一人，请选另一位。",
                "The same person cannot hand over and take over. Choose another.",
            ),
        ),
        not_before(
            "taken_over_after_handed_over",
            ("taken_over_at", "接班确认", "Confirmed"),
            ("handed_over_at", "交班时间", "Handed over"),
        ),
    )


class HandoverItem(Register):
    """One open matter, ticked by whoever takes it over."""

    code = "handover_item"
    title = Label("交接事项", "Matters handed over")
    menu = CONTACT
    source = "交接班记录本"
    icon = "checkbox"
    display = ("matter",)
    part_of = "handover"
    in_menu = False

    handover = field(
        "交接班",
        "Hand-over",
        ENTRY,
        target="handover_book",
        required=True,
        first=True,
        listed=True,
    )
    matter = field(
        "事项",
        "Matter",
        required=True,
        max_length=300,
        first=True,
        listed=True,
        searchable=True,
    )
    due_at = field("要求完成", "Wanted by", INSTANT, first=True, listed=True)
    call = field("来电", "Call", ENTRY, target="call_log")
    service_order = field("工单", "Order", ENTRY, target="service_order")
    complaint = field("投诉", "Complaint", ENTRY, target="complaint_log")
    taken_over = field(
        "已确认", "Confirmed", YES_NO, default=False, listed=True, editable=True
    )
    remark = field("备注", "Remark", max_length=300, first=True)
