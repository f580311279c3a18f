"""检查表: what is looked at in an inspection, item by item, with its points."""

from models.register import (
    DATE,
    DECIMAL,
    ENTRY,
    INTEGER,
    LONG_TEXT,
    YES_NO,
    Posting,
    Register,
    field,
)
from models.register_words import TEAM
from models.words import Label


class CheckSheet(Register):
    """A list of items to look at; its points are those of its items together."""

    code = "check_sheet"
    title = Label("检查表", "Checklists")
    menu = TEAM
    source = "服务质量检查表"
    icon = "list-check"
    display = ("name",)
    order = "name"

    name = field(
        "名称",
        "Name",
        required=True,
        unique=True,
        max_length=120,
        first=True,
        listed=True,
        searchable=True,
    )
    about = field("适用范围", "Used for", max_length=200, first=True, listed=True)
    valid_from = field("启用日期", "Used from", DATE, first=True, listed=True)
    in_use = field(
        "使用中", "In use", YES_NO, default=True, listed=True, filterable=True
    )
    points = field(
        "总分", "Points", DECIMAL, places=1, read_only=True, first=True, listed=True
    )
    remark = field("说明", "Remark", LONG_TEXT)


class CheckSheetItem(Register):
    """One item of a checklist."""

    code = "check_sheet_item"
    title = Label("检查项目", "Items to check")
    menu = TEAM
    source = "服务质量检查表"
    icon = "list-details"
    display = ("item",)
    order = "place"
    part_of = "check_sheet"
    in_menu = False

    check_sheet = field(
        "检查表", "Checklist", ENTRY, target="check_sheet", required=True, listed=True
    )
    place = field("次序", "Place", INTEGER, minimum=1, listed=True)
    item = field(
        "检查项目",
        "Item",
        required=True,
        max_length=300,
        first=True,
        listed=True,
        searchable=True,
    )
    points = field(
        "分值",
        "Points",
        DECIMAL,
        required=True,
        minimum=0,
        places=1,
        first=True,
        listed=True,
    )
    clause = field("依据条款", "Clause", max_length=60, first=True, listed=True)

    postings = (Posting("check_sheet", {"id": "check_sheet"}, {"points": "points"}),)
