"""投诉登记: a complaint from receipt to closure, and who is judged responsible."""

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
    NOW,
    PERSON,
    PHONE,
    Check,
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
from models.register_words import CHANNELS, CONTACT, not_before
from models.words import Label

QUALITY = only_if("category", "quality")
# Cases that others refer to us or that nobody signs come without name and number.
BY_CUSTOMER = only_if("origin", "customer", "manufacturer")


class ComplaintLog(Register):
    """A complaint: what was demanded, the first reply, the judgement, the measures."""

    code = "complaint_log"
    title = Label("投诉登记", "Complaints")
    menu = CONTACT
    source = "投诉登记表"
    icon = "mood-angry"
    numbering = "{year}{month:02}{serial:03}"
    order = "-received_at"
    stands_in = "status"
    import_key = ("external_key",)

    number = again("number", "投诉编号", "Complaint no.")
    received_at = field(
        "受理时间",
        "Received",
        INSTANT,
        required=True,
        default=NOW,
        listed=True,
        filterable=True,
        clause="S0-04-32",
    )
    received_by = field(
        "受理人", "Received by", PERSON, default=ME, owner=True, filterable=True
    )
    channel = field(
        "渠道",
        "Channel",
        CHOICE,
        choices=CHANNELS,
        default="phone",
        filterable=True,
    )
    origin = field(
        "投诉来源",
        "Brought by",
        CHOICE,
        choices=(
            option("customer", "客户本人", "The customer"),
            option("manufacturer", "厂家", "The manufacturer"),
            option("referred", "上级或平台转办", "Referred to us"),
            option("anonymous", "匿名", "Anonymous"),
        ),
        required=True,
        default="customer",
        filterable=True,
    )
    complainant = field(
        "投诉人",
        "Complainant",
        required_if=BY_CUSTOMER,
        max_length=60,
        first=True,
        searchable=True,
    )
    phone = field(
        "电话",
        "Telephone",
        PHONE,
        required_if=BY_CUSTOMER,
        first=True,
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
    )
    machine = field("设备", "Machine", MACHINE, only_of="customer")
    service_order = field("相关工单", "About order", ENTRY, target="service_order")
    place = field("地点", "Place", max_length=300, searchable=True)
    category = field(
        "类别",
        "Category",
        CHOICE,
        choices=(
            option("late_visit", "上门不及时", "Came too late"),
            option("repeated_fault", "重复故障", "Fault came back"),
            option("waiting_parts", "等配件", "Waiting for parts"),
            option("charges", "收费争议", "Charges disputed"),
            option("attitude", "服务态度", "Attitude"),
            option("quality", "产品质量", "Product quality"),
            option("training", "培训不足", "Too little training"),
            option("other", "其他", "Other"),
        ),
        required=True,
        first=True,
        listed=True,
        filterable=True,
    )
    category_text = field(
        "投诉细类", "Kind in words", max_length=120, searchable=True, filterable=True
    )
    sales_order = field("订单编号", "Sales order", only_if=QUALITY, max_length=40)
    part_number = field("料号", "Part number", only_if=QUALITY, max_length=60)
    delivered_on = field("交运日期", "Delivered", DATE, only_if=QUALITY)
    delivered_quantity = field("数量", "Quantity", DECIMAL, minimum=0, only_if=QUALITY)
    defective_quantity = field(
        "不良数量", "Defective", DECIMAL, minimum=0, only_if=QUALITY
    )
    against = field("被投诉人", "Against", PERSON, filterable=True, clause="S0-04-19")
    against_text = field(
        "被投诉方", "Against (in words)", max_length=120, searchable=True
    )
    content = field(
        "内容",
        "What happened",
        LONG_TEXT,
        required=True,
        first=True,
        listed=True,
        searchable=True,
    )
    demand = field(
        "客户要求",
        "What is asked for",
        LONG_TEXT,
        required_if=BY_CUSTOMER,
        first=True,
        searchable=True,
    )
    customer_due_at = field(
        "承诺期限",
        "Promised by",
        INSTANT,
        filterable=True,
        help=Label(
            "对客户单独承诺过期限的才填。", "Only where this customer was given a time."
        ),
    )
    first_reply_at = field(
        "首次回复",
        "First reply",
        INSTANT,
        filterable=True,
        editable=True,
        clause="S0-04-32",
    )
    judgement = field(
        "责任判定",
        "Judgement",
        CHOICE,
        choices=(
            option("valid", "有效", "Valid", "bad"),
            option("invalid", "无效", "Not valid", "good"),
            option("pending", "待定", "Undecided", "warn"),
        ),
        required=True,
        default="pending",
        listed=True,
        filterable=True,
        editable=True,
        clause="S0-04-19",
    )
    responsible_department = field(
        "责任部门", "Responsible department", ENTRY, target="department"
    )
    responsible = field(
        "责任人",
        "Responsible",
        PERSON,
        listed=True,
        filterable=True,
        clause="S0-04-19",
    )
    judged_by = field("判定人", "Judged by", PERSON)
    judged_at = field("判定时间", "Judged", INSTANT)
    cause = field("原因", "Cause", LONG_TEXT, searchable=True)
    measures = field("处理措施", "What was done", LONG_TEXT, searchable=True)
    feedback_at = field("反馈客户时间", "Customer told", INSTANT)
    satisfied = field(
        "是否满意",
        "Satisfied",
        CHOICE,
        choices=(
            option("yes", "满意", "Satisfied", "good"),
            option("partly", "基本满意", "Partly", "warn"),
            option("no", "不满意", "Not satisfied", "bad"),
            option("unreachable", "联系不上", "Not reached"),
        ),
        filterable=True,
    )
    prevention = field(
        "纠正预防措施",
        "Correction and prevention",
        LONG_TEXT,
        searchable=True,
        clause="S0-04-38",
    )
    evidence = field("凭据", "Evidence", ATTACHMENT)
    closed_at = field(
        "办结时间", "Closed", INSTANT, listed=True, filterable=True, editable=True
    )
    status = field(
        "状态",
        "State",
        CHOICE,
        choices=(
            option("open", "待回复", "To be answered", "warn"),
            option("in_hand", "处理中", "In hand", "busy"),
            option("closed", "已办结", "Closed", "good"),
        ),
        computed=(
            "if(not is_empty(closed_at), 'closed',"
            " if(is_empty(first_reply_at), 'open', 'in_hand'))"
        ),
        listed=True,
        filterable=True,
    )
    reviewed_by = field("审核经理", "Reviewed by", PERSON)
    reviewed_at = field("审核时间", "Reviewed", INSTANT)
    review = field("审核意见", "Review", LONG_TEXT)
    call = field("来电", "Call", ENTRY, target="call_log")
    callback = field("回访", "Callback", ENTRY, target="callback_log")
    external_key = field(
        "原系统编号", "No. in another system", max_length=60, unique=True
    )

    checks = (
        not_before(
            "first_reply_after_received",
            ("first_reply_at", "首次回复", "First reply"),
            ("received_at", "受理时间", "Received"),
        ),
        not_before(
            "closed_after_received",
            ("closed_at", "办结时间", "Closed"),
            ("received_at", "受理时间", "Received"),
        ),
        not_before(
            "feedback_after_received",
            ("feedback_at", "反馈客户时间", "Customer told"),
            ("received_at", "受理时间", "Received"),
        ),
        Check(
            "defective_within_delivered",
            "defective_quantity",
            "<=",
            "delivered_quantity",
            Label(
                "不良数量大于交运数量，请核对。",
                "More are defective than were delivered. Check both quantities.",
            ),
        ),
    )
    makes = (
        Makes(
            "reward_penalty",
            Label("登记奖惩", "Make a reward or penalty"),
            "complaint",
            {"person": "responsible", "reason": "content"},
            when="judgement = 'valid'",
        ),
        Makes(
            "coordination_log",
            Label("转工作联络单", "Make a contact sheet"),
            "complaint",
            {
                "customer": "customer",
                "to_department": "responsible_department",
                "content": "content",
            },
        ),
        Makes(
            "callback_log",
            Label("登记回访", "Make a callback"),
            "complaint",
            {
                "customer": "customer",
                "machine": "machine",
                "contact_name": "complainant",
                "phone": "phone",
            },
        ),
        Makes(
            "problem_log",
            Label("登记问题", "Make a problem"),
            "complaint",
            {"problem": "content", "cause": "cause", "corrective": "measures"},
        ),
    )
    # What was deducted for it counts as long as it is valid.
    postings = (
        Posting(
            "reward_penalty",
            {"complaint": "id"},
            when="judgement = 'valid'",
            latest={"complaint_valid_at": "received_at"},
        ),
    )
