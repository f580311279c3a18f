"""备件收发流水: every receipt, issue, use, return and count of parts."""

from models.register import (
    CHOICE,
    CUSTOMER,
    DATE,
    DECIMAL,
    ENTRY,
    INSTANT,
    LONG_TEXT,
    ME,
    MONEY,
    NOW,
    PERSON,
    Check,
    From,
    Lookup,
    Posting,
    Register,
    again,
    field,
    only_if,
    option,
)
from models.register_words import PARTS
from models.words import Label

# A count moves what the shelf has more than the book, anything else its quantity.
MOVED = "if(kind = 'count', difference, quantity)"
TAKEN = f"-{MOVED}"


class StockMovement(Register):
    """A movement of one part: from a place, to a place, or both.

    Quantities may be below zero: a line of a foreign order list that takes something
    back is kept as it came.
    """

    code = "stock_movement"
    title = Label("备件收发流水", "Movements of parts")
    menu = PARTS
    source = "备件收发存登记表"
    icon = "arrows-exchange"
    numbering = "BJ{year}{month:02}{serial:04}"
    order = "-moved_at"

    number = again("number", "单号", "No.")
    moved_at = field(
        "日期",
        "When",
        INSTANT,
        required=True,
        default=NOW,
        listed=True,
        filterable=True,
    )
    kind = field(
        "类型",
        "Kind",
        CHOICE,
        choices=(
            option("receive", "收", "Receipt", "good"),
            option("issue", "领", "Issue", "busy"),
            option("use", "用", "Use"),
            option("return", "退", "Return", "warn"),
            option("count", "盘", "Count"),
        ),
        required=True,
        first=True,
        listed=True,
        filterable=True,
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
    from_place = field(
        "出自",
        "From",
        ENTRY,
        target="stock_place",
        required_if=only_if("kind", "issue", "use"),
        first=True,
        listed=True,
        filterable=True,
        help=Label(
            "领料和使用必填；退料填随身仓。",
            "Needed for issues and uses; a bag for returns.",
        ),
    )
    to_place = field(
        "入到",
        "To",
        ENTRY,
        target="stock_place",
        required_if=only_if("kind", "receive", "issue", "return", "count"),
        first=True,
        listed=True,
        filterable=True,
        help=Label("盘点填被盘的地点。", "For a count, the place that is counted."),
    )
    quantity = field(
        "数量",
        "Quantity",
        DECIMAL,
        required_if=only_if("kind", "receive", "issue", "use", "return"),
        first=True,
        listed=True,
        filterable=True,
        help=Label("冲红或退单填负数。", "Below zero to take a line back."),
    )
    counted = field(
        "实盘数",
        "Counted",
        DECIMAL,
        required=True,
        minimum=0,
        only_if=only_if("kind", "count"),
        first=True,
    )
    book = field(
        "账面数",
        "By the book",
        DECIMAL,
        default=Lookup(
            "stock_level", {"item": "item", "place": "to_place"}, "quantity"
        ),
        read_only=True,
        only_if=only_if("kind", "count"),
    )
    difference = field(
        "盈亏",
        "Difference",
        DECIMAL,
        computed="if(kind = 'count', counted - coalesce(book, 0), 0)",
        filterable=True,
    )
    unit_price = field("单价", "Price", MONEY, minimum=0, default=From("item.price"))
    amount = field(
        "金额",
        "Amount",
        MONEY,
        computed=f"{MOVED} * coalesce(unit_price, 0)",
        listed=True,
    )
    taken_by = field("领用人", "Taken by", PERSON, owner=True, filterable=True)
    service_order = field("工单", "Order", ENTRY, target="service_order")
    customer = field("客户", "Customer", CUSTOMER)
    counterparty = field(
        "往来单位", "Supplier or buyer", max_length=120, searchable=True
    )
    document = field(
        "外部单据号",
        "Document",
        max_length=60,
        filterable=True,
        searchable=True,
    )
    old_part_due = field(
        "旧件应还", "Old parts due", DECIMAL, minimum=0, filterable=True
    )
    old_part_returned = field(
        "旧件已还", "Old parts returned", DECIMAL, minimum=0, editable=True
    )
    old_part_returned_on = field("旧件返还日期", "Old parts returned on", DATE)
    handled_by = field(
        "经手人", "Handled by", PERSON, default=ME, owner=True, filterable=True
    )
    remark = field("备注", "Remark", LONG_TEXT, searchable=True)

    checks = (
        Check(
            "two_places",
            "from_place",
            "!=",
            "to_place",
            Label(
                "出自和入到是同一地点，请核对。",
                "From and to are the same place. Check both.",
            ),
        ),
        Check(
            "returned_within_due",
            "old_part_returned",
            "<=",
            "old_part_due",
            Label(
                "旧件已还数大于应还数，请核对。",
                "More old parts came back than were due. Check both.",
            ),
        ),
    )
    postings = (
        Posting(
            "stock_level",
            {"item": "item", "place": "from_place"},
            {"quantity": TAKEN},
            create=True,
        ),
        Posting(
            "stock_level",
            {"item": "item", "place": "to_place"},
            {"quantity": MOVED},
            create=True,
        ),
        Posting(
            "inventory",
            {"id": "item"},
            {"main_quantity": TAKEN},
            when="from_place.kind = 'main'",
        ),
        Posting(
            "inventory",
            {"id": "item"},
            {"main_quantity": MOVED},
            when="to_place.kind = 'main'",
        ),
        Posting(
            "inventory",
            {"id": "item"},
            {"bag_quantity": TAKEN},
            when="from_place.kind = 'bag'",
        ),
        Posting(
            "inventory",
            {"id": "item"},
            {"bag_quantity": MOVED},
            when="to_place.kind = 'bag'",
        ),
    )
