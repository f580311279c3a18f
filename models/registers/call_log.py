"""来电登记: every contact of a customer, taken down by whoever is asked first."""

from models.register import (
    CHOICE,
    CUSTOMER,
    ENTRY,
    INSTANT,
    LONG_TEXT,
    MACHINE,
    ME,
    NOW,
    PERSON,
    PHONE,
    Anyone,
    From,
    Lookup,
    Makes,
    Register,
    again,
    field,
    first_of,
    only_if,
    option,
)
from models.register_words import CHANNELS, CONTACT, URGENCIES, not_before
from models.words import Label


class CallLog(Register):
    """A call, message or visit, how it was answered and what was made of it."""

    code = "call_log"
    title = Label("来电登记", "Calls")
    menu = CONTACT
    source = "来电登记表"
    icon = "phone-incoming"
    numbering = "LD{year}{month:02}{serial:04}"
    order = "-received_at"
    import_key = ("external_key",)
    stands_in = "result"
    open_in = ("pending",)  # what was made of a call is done there
    takes_calls = "phone"

    number = again("number", "编号", "No.")
    received_at = field(
        "来电时间",
        "Received",
        INSTANT,
        required=True,
        default=NOW,
        listed=True,
        filterable=True,
        clause="S0-04-32",
    )
    phone = field(
        "来电号码",
        "Caller's number",
        PHONE,
        required_if=only_if("channel", "phone"),
        first=True,
        listed=True,
        filterable=True,
    )
    customer = field(
        "客户",
        "Customer",
        CUSTOMER,
        default=first_of(
            From("machine.customer"),
            Lookup("customer_file", {"phone": "phone"}, "id"),
            Lookup("customer_contact", {"phone": "phone"}, "customer"),
        ),
        first=True,
        listed=True,
        filterable=True,
        help=Label("按来电号码自动带出。", "Found by the caller's number."),
    )
    contact_name = field(
        "联系人",
        "Contact",
        default=first_of(
            Lookup("customer_contact", {"phone": "phone"}, "name"),
            Lookup("customer_file", {"phone": "phone"}, "contact_name"),
        ),
        max_length=60,
        searchable=True,
    )
    customer_kind = field(
        "新/老客户",
        "New or known",
        CHOICE,
        choices=(
            option("new", "新客户", "New customer", "busy"),
            option("known", "老客户", "Known customer"),
        ),
        computed="if(is_empty(customer), 'new', 'known')",
        filterable=True,
    )
    machine = field("设备", "Machine", MACHINE, only_of="customer", first=True)
    channel = field(
        "渠道",
        "Channel",
        CHOICE,
        choices=CHANNELS,
        required=True,
        default="phone",
        filterable=True,
    )
    category = field(
        "类别",
        "Category",
        CHOICE,
        choices=(
            option("repair", "报修", "Repair request"),
            option("enquiry", "操作咨询", "How to use"),
            option("parts", "备件询价", "Price of parts"),
            option("progress", "进度催办", "Asking for progress"),
            option("sales", "销售转接", "For sales"),
            option("complaint", "投诉", "Complaint", "bad"),
            option("other", "其他", "Other"),
        ),
        required=True,
        first=True,
        listed=True,
        filterable=True,
        clause="S0-04-32",
    )
    content = field(
        "内容",
        "What it was about",
        LONG_TEXT,
        required=True,
        first=True,
        listed=True,
        searchable=True,
    )
    place = field("地点", "Place", max_length=300, searchable=True)
    urgency = field(
        "紧急程度",
        "Urgency",
        CHOICE,
        choices=URGENCIES,
        required=True,
        default="normal",
        filterable=True,
    )
    answer = field("当场答复", "Answered at once", LONG_TEXT, searchable=True)
    result = field(
        "处理结果",
        "Result",
        CHOICE,
        choices=(
            option("solved", "已解决", "Solved", "good"),
            option("pending", "待回复", "To be answered", "warn"),
            option("to_order", "转工单", "Made an order", "busy"),
            option("to_complaint", "转投诉", "Made a complaint", "bad"),
            option("to_coordination", "转联络单", "Sent to another team", "busy"),
        ),
        required=True,
        first=True,
        listed=True,
        filterable=True,
        editable=True,
    )
    replied_at = field(
        "回复时间",
        "Answered",
        INSTANT,
        listed=True,
        filterable=True,
        editable=True,
        clause="S0-04-32",
    )
    escalated_to = field("上报给", "Passed up to", PERSON, clause="S0-04-33")
    first_asked = field(
        "首问责任人",
        "First asked",
        PERSON,
        default=ME,
        owner=True,
        listed=True,
        filterable=True,
    )
    taken_down_by = field(
        "代记人",
        "Taken down by",
        PERSON,
        read_only=True,
        owner=True,
    )
    accepted_by = field("认领人", "Accepted by", PERSON, read_only=True)
    accepted_at = field("认领时间", "Accepted", INSTANT, read_only=True)
    remark = field("备注", "Remark", LONG_TEXT)
    earlier_call = field("上次来电", "Earlier call", ENTRY, target="call_log")
    external_key = field(
        "原系统编号", "No. in another system", max_length=60, unique=True
    )

    # Whoever was asked first stays on record; the holder is who answers for the call.
    anyone = Anyone(
        title=Label("代记来电", "Take a call down"),
        fields=("phone", "contact_name", "content", "urgency"),
        taken_by="taken_down_by",
        accepted_by="accepted_by",
        accepted_at="accepted_at",
        sets={"channel": "phone", "category": "other", "result": "pending"},
    )
    checks = (
        not_before(
            "replied_after_received",
            ("replied_at", "回复时间", "Answered"),
            ("received_at", "来电时间", "Received"),
        ),
    )
    makes = (
        Makes(
            "service_order",
            Label("转服务工单", "Make a service order"),
            "call",
            {
                "customer": "customer",
                "machine": "machine",
                "contact_name": "contact_name",
                "phone": "phone",
                "symptom": "content",
                "urgency": "urgency",
            },
        ),
        Makes(
            "complaint_log",
            Label("转投诉登记", "Make a complaint"),
            "call",
            {
                "customer": "customer",
                "machine": "machine",
                "complainant": "contact_name",
                "phone": "phone",
                "content": "content",
                "channel": "channel",
            },
        ),
        Makes(
            "coordination_log",
            Label("转工作联络单", "Make a contact sheet"),
            "call",
            {"customer": "customer", "content": "content"},
        ),
        Makes(
            "callback_log",
            Label("登记回访", "Make a callback"),
            "call",
            {
                "customer": "customer",
                "machine": "machine",
                "contact_name": "contact_name",
                "phone": "phone",
            },
        ),
    )
