"""回访登记: calls to customers after a service and in the daily round."""

from models.register import (
    CHOICE,
    CUSTOMER,
    ENTRY,
    INSTANT,
    INTEGER,
    LONG_TEXT,
    MACHINE,
    ME,
    NOW,
    PERSON,
    PHONE,
    Asks,
    Attempts,
    CallList,
    Check,
    From,
    Makes,
    Posting,
    Register,
    Round,
    again,
    field,
    first_of,
    only_if,
    option,
)
from models.register_words import CONTACT, not_before
from models.words import Label

OUTCOMES = (
    option("connected", "已接通", "Connected", "good"),
    option("no_answer", "无人接听", "No answer", "warn"),
    option("busy", "占线", "Busy", "warn"),
    option("refused", "拒接", "Refused", "bad"),
    option("dead", "空号停机", "Number dead", "bad"),
    option("postponed", "改约", "Another time", "busy"),
)


class CallbackLog(Register):
    """A callback: whether the customer was reached and what was said."""

    code = "callback_log"
    title = Label("回访登记", "Callbacks")
    menu = CONTACT
    source = "回访电话记录表"
    icon = "phone-outgoing"
    numbering = "HF{year}{month:02}{serial:04}"
    order = "-called_at"

    number = again("number", "编号", "No.")
    kind = field(
        "类别",
        "Kind",
        CHOICE,
        choices=(
            option("after_service", "服务后回访", "After a service"),
            option("daily", "日常回访", "Daily round"),
        ),
        required=True,
        default="daily",
        listed=True,
        filterable=True,
        clause="S0-04-22",
    )
    service_order = field(
        "工单",
        "Order",
        ENTRY,
        target="service_order",
        required_if=only_if("kind", "after_service"),
    )
    service_finished_at = field(
        "服务结束时间",
        "Service finished",
        INSTANT,
        default=From("service_order.finished_at"),
        filterable=True,
        clause="S0-04-23",
    )
    customer = field(
        "客户",
        "Customer",
        CUSTOMER,
        required=True,
        default=From("service_order.customer"),
        first=True,
        listed=True,
        filterable=True,
        clause="S0-04-25",
    )
    contact_name = field(
        "联系人",
        "Contact",
        max_length=60,
        default=first_of(
            From("service_order.contact_name"), From("customer.contact_name")
        ),
        searchable=True,
    )
    phone = field(
        "电话",
        "Telephone",
        PHONE,
        default=first_of(From("service_order.phone"), From("customer.phone")),
        filterable=True,
    )
    machine = field(
        "设备",
        "Machine",
        MACHINE,
        only_of="customer",
        default=From("service_order.machine"),
    )
    engineer = field(
        "服务工程师",
        "Engineer",
        PERSON,
        default=From("service_order.engineer"),
        filterable=True,
        clause="S0-04-26",
    )
    called_at = field(
        "回访时间",
        "Called",
        INSTANT,
        required=True,
        default=NOW,
        listed=True,
        filterable=True,
        clause="S0-04-22",
    )
    outcome = field(
        "接通情况",
        "Outcome",
        CHOICE,
        choices=OUTCOMES,
        required=True,
        first=True,
        listed=True,
        filterable=True,
        editable=True,
    )
    machine_use = field(
        "机器使用",
        "Use of the machine",
        CHOICE,
        choices=(
            option("daily", "每天使用", "Every day", "good"),
            option("sometimes", "偶尔使用", "Now and then"),
            option("idle", "闲置", "Idle", "warn"),
        ),
        first=True,
        filterable=True,
        clause="S0-04-26",
    )
    machine_state = field(
        "现状",
        "State of the machine",
        CHOICE,
        choices=(
            option("good", "正常", "Good", "good"),
            option("minor", "小毛病", "Small troubles", "warn"),
            option("faulty", "有故障", "Faulty", "bad"),
        ),
        first=True,
        filterable=True,
        clause="S0-04-26",
    )
    satisfaction = field(
        "工程师服务",
        "Engineer's service",
        CHOICE,
        choices=(
            option("5", "非常满意", "Very satisfied", "good"),
            option("4", "满意", "Satisfied", "good"),
            option("3", "一般", "Fair", "warn"),
            option("2", "不满意", "Not satisfied", "bad"),
            option("1", "很不满意", "Very dissatisfied", "bad"),
        ),
        first=True,
        listed=True,
        filterable=True,
        clause="S0-04-26",
    )
    opinion = field(
        "意见建议",
        "Opinions and wishes",
        LONG_TEXT,
        first=True,
        listed=True,
        searchable=True,
        clause="S0-04-23",
    )
    follow_up = field(
        "后续",
        "What follows",
        CHOICE,
        choices=(
            option("none", "无需跟进", "Nothing"),
            option("again", "再次回访", "Call again", "busy"),
            option("order", "转工单", "Made an order", "busy"),
            option("complaint", "转投诉", "Made a complaint", "bad"),
            option("unreachable", "联系不上，结束", "Closed as unreachable"),
        ),
        filterable=True,
        editable=True,
    )
    next_call_at = field("改约时间", "Call again at", INSTANT, filterable=True)
    retries = field(
        "再拨次数",
        "Retries",
        INTEGER,
        minimum=0,
        default=0,
        read_only=True,
    )
    caller = field(
        "回访人",
        "Called by",
        PERSON,
        required=True,
        default=ME,
        owner=True,
        listed=True,
        filterable=True,
    )
    checked_by = field(
        "检查人", "Checked by", PERSON, filterable=True, clause="S0-04-24"
    )
    checked_at = field("检查时间", "Checked", INSTANT, filterable=True, editable=True)
    handling = field(
        "处理意见",
        "What the manager did",
        LONG_TEXT,
        searchable=True,
        clause="S0-04-24",
    )
    call = field("来电", "Call", ENTRY, target="call_log")
    complaint = field("投诉", "Complaint", ENTRY, target="complaint_log")

    checks = (
        not_before(
            "called_after_finished",
            ("called_at", "回访时间", "Called"),
            ("service_finished_at", "服务结束时间", "Service finished"),
        ),
        not_before(
            "checked_after_called",
            ("checked_at", "检查时间", "Checked"),
            ("called_at", "回访时间", "Called"),
        ),
    )
    makes = (
        Makes(
            "service_order",
            Label("转服务工单", "Make a service order"),
            "callback",
            {
                "customer": "customer",
                "machine": "machine",
                "contact_name": "contact_name",
                "phone": "phone",
                "symptom": "opinion",
            },
        ),
        Makes(
            "complaint_log",
            Label("转投诉登记", "Make a complaint"),
            "callback",
            {
                "customer": "customer",
                "machine": "machine",
                "complainant": "contact_name",
                "phone": "phone",
                "content": "opinion",
                "service_order": "service_order",
            },
        ),
        Makes(
            "problem_log",
            Label("登记问题", "Make a problem"),
            "callback",
            {"problem": "opinion"},
        ),
    )
    postings = (
        Posting(
            "machine_file",
            {"id": "machine"},
            when="outcome = 'connected'",
            latest={"last_callback_at": "called_at"},
        ),
        Posting(
            "customer_file",
            {"id": "customer"},
            latest={"last_called_at": "called_at"},
        ),
    )
    call_list = CallList(
        Label("今日回访名单", "Callbacks of today"),
        at="called_at",
        outcome="outcome",
        caller="caller",
        reached=("connected",),
        # An hour or two later the same day; who refused, or agreed on no time, is left
        # alone until the next one.
        again={"no_answer": 120, "busy": 30, "refused": 1440, "postponed": 1440},
        again_at="next_call_at",
        attempts=Attempts(
            "callback_attempt", "attempted_at", "outcome", "caller", "next_call_at"
        ),
        closes={"follow_up": "unreachable"},
        asks=(
            Asks(
                "service_order",
                via="service_order",
                at="finished_at",
                when="order_type in ('installation', 'repair') and status = 'finished'",
                title=Label("服务后回访", "After a service"),
                sets={"kind": "after_service"},
            ),
        ),
        round=Round(
            "customer_file",
            via="customer",
            last="last_called_at",
            when="status = 'active'",
            title=Label("久未回访", "Not called for longest"),
            sets={"kind": "daily"},
        ),
    )


class CallbackAttempt(Register):
    """One more attempt to reach a customer, with its outcome."""

    code = "callback_attempt"
    title = Label("再次拨打", "Further attempts")
    menu = CONTACT
    source = "回访电话记录表"
    icon = "phone-call"
    numbering = "HC{year}{month:02}{serial:04}"
    part_of = "callback"
    in_menu = False
    order = "-attempted_at"

    callback = field(
        "回访", "Callback", ENTRY, target="callback_log", required=True, listed=True
    )
    attempted_at = field(
        "拨打时间",
        "Called",
        INSTANT,
        required=True,
        default=NOW,
        first=True,
        listed=True,
    )
    outcome = field(
        "接通情况",
        "Outcome",
        CHOICE,
        choices=OUTCOMES,
        required=True,
        first=True,
        listed=True,
        filterable=True,
    )
    next_call_at = field(
        "改约时间",
        "Call again at",
        INSTANT,
        required=True,
        only_if=only_if("outcome", "postponed"),
        first=True,
    )
    caller = field(
        "回访人",
        "Called by",
        PERSON,
        required=True,
        default=ME,
        owner=True,
        first=True,
        listed=True,
    )
    remark = field("备注", "Remark", max_length=300, first=True, listed=True)

    checks = (
        Check(
            "postponed_to_later",
            "next_call_at",
            ">",
            "attempted_at",
            Label(
                "改约时间不晚于拨打时间，请核对。",
                "The next call is not later than this one. Check both times.",
            ),
        ),
    )
    postings = (Posting("callback_log", {"id": "callback"}, {"retries": "1"}),)
