"""备件收发存: the parts that are kept, their prices, warning levels and totals."""

from models.register import (
    CHOICE,
    DECIMAL,
    LONG_TEXT,
    MONEY,
    YES_NO,
    Register,
    field,
    option,
)
from models.register_words import PARTS
from models.words import Label


class Inventory(Register):
    """A part that is kept; its totals follow from movements and from parts used."""

    code = "inventory"
    title = Label("备件目录", "Parts")
    menu = PARTS
    source = "备件收发存登记表"
    icon = "packages"
    display = ("item_code", "name")
    order = "item_code"
    import_key = ("item_code",)

    item_code = field(
        "编码",
        "Code",
        required=True,
        unique=True,
        max_length=60,
        first=True,
        listed=True,
        filterable=True,
        searchable=True,
    )
    name = field(
        "名称",
        "Name",
        required=True,
        max_length=120,
        first=True,
        listed=True,
        filterable=True,
        searchable=True,
    )
    specification = field(
        "规格", "Specification", max_length=120, first=True, searchable=True
    )
    fits = field("适用机型", "Fits models", max_length=300, searchable=True)
    unit = field(
        "单位",
        "Unit",
        CHOICE,
        choices=(
            option("piece", "件", "piece"),
            option("unit", "个", "unit"),
            option("set", "套", "set"),
            option("board", "块", "board"),
            option("machine", "台", "machine"),
            option("stick", "支", "stick"),
            option("metre", "米", "metre"),
            option("box", "盒", "box"),
            option("litre", "升", "litre"),
        ),
        required=True,
        default="piece",
        first=True,
    )
    main_quantity = field(
        "总仓数",
        "In the main store",
        DECIMAL,
        default=0,
        read_only=True,
        listed=True,
        filterable=True,
    )
    bag_quantity = field(
        "随身数",
        "In engineers' bags",
        DECIMAL,
        default=0,
        read_only=True,
        listed=True,
        filterable=True,
    )
    warning_quantity = field(
        "预警数",
        "Warning level",
        DECIMAL,
        minimum=0,
        default=0,
        first=True,
        listed=True,
        editable=True,
    )
    price = field(
        "单价", "Price", MONEY, minimum=0, first=True, listed=True, editable=True
    )
    warranty_price = field(
        "保内价", "Price in warranty", MONEY, minimum=0, default=0, editable=True
    )
    old_part_due = field(
        "旧件返还",
        "Old part due back",
        YES_NO,
        default=False,
        listed=True,
        filterable=True,
        editable=True,
    )
    retired = field("停用", "No longer kept", YES_NO, default=False, filterable=True)
    remark = field("备注", "Remark", LONG_TEXT)
