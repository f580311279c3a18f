"""服务工单: one job for an engineer, from the request to the customer's signature."""

from models.dispatching import Dispatch
from models.register import (
    ATTACHMENT,
    CHOICE,
    CUSTOMER,
    DATE,
    DECIMAL,
    ENTRY,
    INSTANT,
    LONG_TEXT,
    MACHINE,
    ME,
    MONEY,
    NOW,
    PERSON,
    PHONE,
    SIGNATURE,
    YES_NO,
    From,
    Lookup,
    Makes,
    Posting,
    Register,
    again,
    field,
    first_of,
    only_if,
    option,
)
from models.register_words import (
    DIFFICULTIES,
    ORDER_TYPES,
    SERVICE,
    URGENCIES,
    WARRANTIES,
    not_before,
)
from models.registers.work_hours import figures_of_order
from models.stamping import Stamp, Stamps
from models.words import Label

# Support of another team has neither a customer nor a machine.
FOR_CUSTOMERS = only_if(
    "order_type", "installation", "repair", "board", "inspection", "remote"
)
# Remote help and boards on the bench need no way to the customer.
ON_SITE = "order_type not in ('remote', 'board')"
_SAME_WORK = {"order_type": "order_type", "difficulty": "difficulty"}
STANDARD_HOURS = first_of(
    Lookup("man_hour_standard", _SAME_WORK | {"model": "machine.model"}, "hours"),
    Lookup("man_hour_standard", _SAME_WORK, "hours", empty=("model",)),
)


class ServiceOrder(Register):
    """A job: who goes where and when, what was wrong, what it counts and costs."""

    code = "service_order"
    title = Label("服务工单", "Service orders")
    menu = SERVICE
    source = "维修服务单"
    icon = "clipboard-check"
    numbering = "GD{year}{month:02}{serial:03}"
    order = "-reported_at"
    handed_on = ("holder", "engineer")
    dispatch_board = Dispatch(
        person="engineer",
        at="appointed_at",
        settled="not is_empty(finished_at) or not is_empty(cancelled_at)",
        shows=("urgency", "order_type", "customer", "symptom"),
        by="dispatched_by",
    )
    stamps = Stamps(
        by=("engineer", "second_engineer"),
        given=(
            Stamp("departed_at", Label("出发", "Leave"), when=ON_SITE),
            Stamp("arrived_at", Label("到场", "Arrived"), when=ON_SITE),
            Stamp(
                "finished_at", Label("完工", "Finished"), needs=("cause", "measures")
            ),
        ),
        when="is_empty(cancelled_at)",
    )

    number = again("number", "单号", "Order no.")
    reported_at = field(
        "报修时间",
        "Reported",
        INSTANT,
        required=True,
        default=NOW,
        listed=True,
        filterable=True,
    )
    call = field("来电", "Call", ENTRY, target="call_log")
    callback = field("回访", "Callback", ENTRY, target="callback_log")
    customer = field(
        "客户",
        "Customer",
        CUSTOMER,
        required_if=FOR_CUSTOMERS,
        default=first_of(From("machine.customer"), From("call.customer")),
        first=True,
        listed=True,
        filterable=True,
    )
    address = field(
        "地址",
        "Address",
        max_length=300,
        default=first_of(From("machine.place"), From("customer.address")),
        searchable=True,
    )
    contact_name = field(
        "联系人",
        "Contact",
        max_length=60,
        default=first_of(From("call.contact_name"), From("customer.contact_name")),
        searchable=True,
    )
    phone = field(
        "联系电话",
        "Telephone",
        PHONE,
        default=first_of(From("call.phone"), From("customer.phone")),
        filterable=True,
    )
    machine = field(
        "机型机号",
        "Machine",
        MACHINE,
        only_of="customer",
        required_if=FOR_CUSTOMERS,
        first=True,
        listed=True,
        filterable=True,
    )
    warranty = field(
        "保内/保外",
        "Warranty",
        CHOICE,
        choices=WARRANTIES,
        computed=(
            "if(is_empty(machine.warranty_until), 'out',"
            " if(day_of(reported_at) <= machine.warranty_until, 'in', 'out'))"
        ),
        filterable=True,
    )
    order_type = field(
        "类型",
        "Type",
        CHOICE,
        choices=ORDER_TYPES,
        required=True,
        first=True,
        listed=True,
        filterable=True,
        clause="S0-04-03",
    )
    urgency = field(
        "紧急程度",
        "Urgency",
        CHOICE,
        choices=URGENCIES,
        required=True,
        default="normal",
        filterable=True,
        editable=True,
    )
    difficulty = field(
        "难度",
        "Difficulty",
        CHOICE,
        choices=DIFFICULTIES,
        required=True,
        default="ordinary",
    )
    symptom = field(
        "故障现象",
        "What is wrong",
        LONG_TEXT,
        required=True,
        first=True,
        listed=True,
        searchable=True,
    )
    status = field(
        "状态",
        "State",
        CHOICE,
        choices=(
            option("waiting", "待派工", "To be dispatched", "warn"),
            option("dispatched", "已派工", "Dispatched", "busy"),
            option("on_site", "处理中", "On site", "busy"),
            option("finished", "已完工", "Finished", "good"),
            option("cancelled", "已取消", "Cancelled"),
        ),
        computed=(
            "if(not is_empty(cancelled_at), 'cancelled',"
            " if(not is_empty(finished_at), 'finished',"
            " if(not is_empty(arrived_at), 'on_site',"
            " if(not is_empty(engineer), 'dispatched', 'waiting'))))"
        ),
        listed=True,
        filterable=True,
    )
    dispatched_by = field("派工人", "Dispatched by", PERSON, default=ME)
    engineer = field(
        "工程师",
        "Engineer",
        PERSON,
        owner=True,
        first=True,
        listed=True,
        filterable=True,
        editable=True,
        help=Label("空着就是待派工。", "Empty while nobody has been sent."),
    )
    second_engineer = field(
        "协作工程师", "Second engineer", PERSON, owner=True, filterable=True
    )
    appointed_at = field(
        "约定上门", "Appointment", INSTANT, first=True, filterable=True, editable=True
    )
    departed_at = field("出发时间", "Left", INSTANT)
    arrived_at = field("到场时间", "Arrived", INSTANT)
    finished_at = field(
        "完工时间",
        "Finished",
        INSTANT,
        listed=True,
        filterable=True,
        clause="S0-04-22",
    )
    cause = field(
        "故障原因",
        "Cause",
        CHOICE,
        choices=(
            option("part", "零件损坏", "Part failed"),
            option("wear", "正常磨损", "Wear"),
            option("misuse", "操作不当", "Used wrongly"),
            option("environment", "环境因素", "Surroundings"),
            option("software", "软件或参数", "Software or settings"),
            option("quality", "产品质量", "Product quality"),
            option("none", "无故障", "Nothing wrong"),
            option("other", "其他", "Other"),
        ),
        filterable=True,
    )
    measures = field("处理措施", "What was done", LONG_TEXT, searchable=True)
    photos = field("现场照片", "Photographs", ATTACHMENT)
    standard_hours = field(
        "标准工时",
        "Standard hours",
        DECIMAL,
        minimum=0,
        default=STANDARD_HOURS,
        read_only=True,
    )
    claimed_hours = field(
        "申报工时",
        "Claimed hours",
        DECIMAL,
        minimum=0,
        default=STANDARD_HOURS,
        clause="S0-04-34",
    )
    approved_hours = field(
        "核定工时",
        "Approved hours",
        DECIMAL,
        minimum=0,
        filterable=True,
        editable=True,
        clause="S0-04-34",
    )
    second_approved_hours = field(
        "协作核定工时",
        "Approved hours of the second",
        DECIMAL,
        minimum=0,
    )
    approved_by = field("核定人", "Hours approved by", PERSON)
    approved_at = field("核定时间", "Hours approved", INSTANT)
    rework = field(
        "返工",
        "Rework",
        YES_NO,
        default=False,
        filterable=True,
        editable=True,
        help=Label(
            "同一设备同一故障30天内再修，不计工时。",
            "The same fault of the same machine within 30 days counts no hours.",
        ),
    )
    counted_hours = field(
        "计绩工时",
        "Counted hours",
        DECIMAL,
        computed="if(rework, 0, coalesce(approved_hours, 0))",
        clause="S0-04-35",
    )
    second_counted_hours = field(
        "协作计绩工时",
        "Counted hours of the second",
        DECIMAL,
        computed="if(rework, 0, coalesce(second_approved_hours, 0))",
        clause="S0-04-35",
    )
    work_month = field(
        "工时月份",
        "Month of the hours",
        DATE,
        computed="month_start(day_of(finished_at))",
        clause="S0-04-34",
    )
    fee = field("收费", "Fee", MONEY, minimum=0, filterable=True)
    payment = field(
        "收款方式",
        "Paid by",
        CHOICE,
        choices=(
            option("cash", "现金", "Cash"),
            option("wechat", "微信", "WeChat"),
            option("alipay", "支付宝", "Alipay"),
            option("transfer", "对公转账", "Bank transfer"),
            option("account", "挂账", "On account", "warn"),
        ),
        filterable=True,
    )
    handed_in_at = field("缴款时间", "Handed in", INSTANT, filterable=True)
    customer_signature = field("客户签字", "Customer's signature", SIGNATURE)
    cancelled_at = field("取消时间", "Cancelled", INSTANT)
    cancelled_because = field("取消原因", "Cancelled because", max_length=300)
    remark = field("备注", "Remark", LONG_TEXT)

    checks = (
        not_before(
            "arrived_after_reported",
            ("arrived_at", "到场时间", "Arrived"),
            ("reported_at", "报修时间", "Reported"),
        ),
        not_before(
            "arrived_after_departed",
            ("arrived_at", "到场时间", "Arrived"),
            ("departed_at", "出发时间", "Left"),
        ),
        not_before(
            "finished_after_reported",
            ("finished_at", "完工时间", "Finished"),
            ("reported_at", "报修时间", "Reported"),
        ),
        not_before(
            "finished_after_arrived",
            ("finished_at", "完工时间", "Finished"),
            ("arrived_at", "到场时间", "Arrived"),
        ),
    )
    makes = (
        Makes(
            "callback_log",
            Label("登记回访", "Make a callback"),
            "service_order",
            {
                "customer": "customer",
                "machine": "machine",
                "contact_name": "contact_name",
                "phone": "phone",
                "service_finished_at": "finished_at",
            },
        ),
        Makes(
            "business_trip",
            Label("开出差单", "Make a trip"),
            "service_order",
            {"traveller": "engineer", "destination": "address", "purpose": "symptom"},
        ),
        Makes(
            "board_repair",
            Label("转返修件", "Send a board for repair"),
            "service_order",
            {"customer": "customer", "machine": "machine", "symptom": "symptom"},
        ),
        Makes(
            "problem_log",
            Label("登记问题", "Make a problem"),
            "service_order",
            {"problem": "symptom", "corrective": "measures"},
        ),
    )
    postings = (
        Posting(
            "machine_file",
            {"id": "machine"},
            {"repair_count": "1"},
            when="order_type in ('repair', 'board', 'remote') and status = 'finished'",
        ),
        Posting(
            "work_hours",
            {"month_on": "work_month", "engineer": "engineer"},
            figures_of_order("counted_hours", "approved_hours"),
            create=True,
        ),
        Posting(
            "work_hours",
            {"month_on": "work_month", "engineer": "second_engineer"},
            figures_of_order("second_counted_hours", "second_approved_hours"),
            create=True,
        ),
    )
