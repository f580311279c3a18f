"""返修件(修板): a board from its arrival to its way back."""

from models.register import (
    CHOICE,
    CUSTOMER,
    DATE,
    DECIMAL,
    ENTRY,
    LONG_TEXT,
    MACHINE,
    MONEY,
    PERSON,
    TODAY,
    From,
    Register,
    again,
    field,
    first_of,
    option,
)
from models.register_words import SERVICE, WARRANTIES, not_before
from models.words import Label


class BoardRepair(Register):
    """A board that a customer sent in."""

    code = "board_repair"
    title = Label("返修件（修板）", "Board repairs")
    menu = SERVICE
    source = "返修件登记表"
    icon = "circuit-resistor"
    numbering = "FX{year}{month:02}{serial:03}"
    order = "-received_on"

    number = again("number", "编号", "No.")
    received_on = field(
        "收件日期",
        "Arrived",
        DATE,
        required=True,
        default=TODAY,
        listed=True,
        filterable=True,
    )
    customer = field(
        "客户",
        "Customer",
        CUSTOMER,
        required=True,
        default=first_of(From("machine.customer"), From("service_order.customer")),
        first=True,
        listed=True,
        filterable=True,
    )
    machine = field(
        "机号",
        "Machine",
        MACHINE,
        only_of="customer",
        default=From("service_order.machine"),
        first=True,
    )
    board_name = field(
        "板件名称",
        "Board",
        required=True,
        max_length=120,
        first=True,
        listed=True,
        searchable=True,
    )
    board_number = field(
        "板号",
        "Board no.",
        required=True,
        max_length=60,
        first=True,
        listed=True,
        filterable=True,
        searchable=True,
    )
    parcel_in = field("快递单号", "Parcel in", max_length=60, searchable=True)
    symptom = field(
        "故障描述",
        "What is wrong",
        LONG_TEXT,
        required=True,
        first=True,
        searchable=True,
    )
    warranty = field(
        "保内外",
        "Warranty",
        CHOICE,
        choices=WARRANTIES,
        computed=(
            "if(is_empty(machine.warranty_until), 'out',"
            " if(received_on <= machine.warranty_until, 'in', 'out'))"
        ),
        filterable=True,
    )
    repaired_by = field(
        "维修人",
        "Repaired by",
        PERSON,
        owner=True,
        first=True,
        listed=True,
        filterable=True,
        editable=True,
    )
    findings = field("检测结果", "Findings", LONG_TEXT, searchable=True)
    treatment = field(
        "处理",
        "Treatment",
        CHOICE,
        choices=(
            option("repaired", "修复", "Repaired", "good"),
            option("replaced", "换新", "Replaced", "busy"),
            option("hopeless", "无法修", "Beyond repair", "bad"),
        ),
        listed=True,
        filterable=True,
        editable=True,
    )
    hours = field("工时", "Hours", DECIMAL, minimum=0)
    fee = field("费用", "Fee", MONEY, minimum=0)
    returned_on = field(
        "寄回日期", "Sent back", DATE, listed=True, filterable=True, editable=True
    )
    parcel_out = field("寄回单号", "Parcel out", max_length=60, searchable=True)
    tested_by = field("测试人", "Tested by", PERSON)
    service_order = field("工单", "Order", ENTRY, target="service_order")
    remark = field("备注", "Remark", LONG_TEXT)

    checks = (
        not_before(
            "returned_after_received",
            ("returned_on", "寄回日期", "Sent back"),
            ("received_on", "收件日期", "Arrived"),
        ),
    )
