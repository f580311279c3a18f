"""存放地点: the main store, and each engineer's bag; what lies at each."""

from models.register import (
    CHOICE,
    DECIMAL,
    ENTRY,
    PERSON,
    YES_NO,
    Register,
    field,
    only_if,
    option,
)
from models.register_words import PARTS
from models.words import Label


class StockPlace(Register):
    """A place where parts lie."""

    code = "stock_place"
    title = Label("存放地点", "Places")
    menu = PARTS
    source = "备件收发存登记表"
    icon = "building-warehouse"
    display = ("name",)
    order = "name"

    name = field(
        "名称",
        "Name",
        required=True,
        unique=True,
        max_length=60,
        first=True,
        listed=True,
        searchable=True,
    )
    kind = field(
        "种类",
        "Kind",
        CHOICE,
        choices=(
            option("main", "总仓", "Main store"),
            option("bag", "随身", "Engineer's bag", "busy"),
        ),
        required=True,
        default="bag",
        first=True,
        listed=True,
        filterable=True,
    )
    person = field(
        "保管人",
        "Kept by",
        PERSON,
        required_if=only_if("kind", "bag"),
        owner=True,
        first=True,
        listed=True,
        filterable=True,
    )
    retired = field(
        "停用", "No longer used", YES_NO, default=False, listed=True, filterable=True
    )
    remark = field("备注", "Remark", max_length=300)


class StockLevel(Register):
    """How much of a part lies at a place; only movements and parts used change it."""

    code = "stock_level"
    title = Label("库存余额", "Stock at each place")
    menu = PARTS
    source = "备件收发存登记表"
    icon = "stack-2"
    display = ("quantity",)
    order = "-quantity"
    unique_together = (("item", "place"),)

    item = field(
        "备件",
        "Part",
        ENTRY,
        target="inventory",
        read_only=True,
        listed=True,
        filterable=True,
    )
    place = field(
        "存放地点",
        "Place",
        ENTRY,
        target="stock_place",
        read_only=True,
        listed=True,
        filterable=True,
    )
    quantity = field(
        "数量",
        "Quantity",
        DECIMAL,
        minimum=0,
        default=0,
        read_only=True,
        listed=True,
        filterable=True,
    )
