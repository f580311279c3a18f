"""换件记录: the parts used on an order, and what becomes of the old ones."""

from models.register import (
    CHOICE,
    DATE,
    DECIMAL,
    ENTRY,
    MONEY,
    YES_NO,
    From,
    Lookup,
    Posting,
    Register,
    field,
)
from models.register_words import SERVICE, WARRANTIES
from models.words import Label


class ServicePart(Register):
    """A part used on an order, taken from a place, with what becomes of the old one."""

    code = "service_part"
    title = Label("换件记录", "Parts used")
    menu = SERVICE
    source = "维修服务单"
    icon = "replace"
    numbering = "HJ{year}{month:02}{serial:04}"
    display = ("item_name",)
    part_of = "service_order"
    in_menu = False

    service_order = field(
        "工单",
        "Order",
        ENTRY,
        target="service_order",
        required=True,
        first=True,
        listed=True,
    )
    item = field(
        "备件",
        "Part",
        ENTRY,
        target="inventory",
        required=True,
        first=True,
        listed=True,
        filterable=True,
    )
    item_name = field(
        "名称", "Name", max_length=120, computed="item.name", searchable=True
    )
    place = field(
        "出库地点",
        "Taken from",
        ENTRY,
        target="stock_place",
        required=True,
        first=True,
        listed=True,
        default=Lookup("stock_place", {"person": "service_order.engineer"}, "id"),
    )
    quantity = field(
        "数量",
        "Quantity",
        DECIMAL,
        required=True,
        minimum="0.01",
        default=1,
        first=True,
        listed=True,
    )
    warranty = field(
        "保内/保外",
        "Warranty",
        CHOICE,
        choices=WARRANTIES,
        default=From("service_order.warranty"),
        first=True,
        help=Label("人为损坏选保外。", "Damage by misuse is out of warranty."),
    )
    unit_price = field(
        "单价", "Price", MONEY, minimum=0, default=From("item.price"), listed=True
    )
    warranty_price = field(
        "保内价",
        "Price in warranty",
        MONEY,
        minimum=0,
        default=From("item.warranty_price"),
    )
    amount = field(
        "金额",
        "Amount",
        MONEY,
        computed=(
            "quantity * coalesce(if(warranty = 'in', warranty_price, unit_price), 0)"
        ),
        listed=True,
    )
    old_part_due = field(
        "旧件应还",
        "Old part due back",
        YES_NO,
        default=From("item.old_part_due"),
        first=True,
        listed=True,
        filterable=True,
    )
    old_part_number = field("旧件编号", "Old part no.", max_length=60, searchable=True)
    old_part_returned_on = field(
        "旧件返还日期", "Old part returned", DATE, listed=True, filterable=True
    )
    old_part_open = field(
        "旧件未还",
        "Old part outstanding",
        YES_NO,
        computed="coalesce(old_part_due, no) and is_empty(old_part_returned_on)",
        filterable=True,
    )

    postings = (
        Posting(
            "stock_level",
            {"item": "item", "place": "place"},
            {"quantity": "-quantity"},
            create=True,
        ),
        Posting(
            "inventory",
            {"id": "item"},
            {"main_quantity": "-quantity"},
            when="place.kind = 'main'",
        ),
        Posting(
            "inventory",
            {"id": "item"},
            {"bag_quantity": "-quantity"},
            when="place.kind = 'bag'",
        ),
    )
