"""区域: the areas into which customers are divided, and who serves them."""

from models.register import ENTRY, PERSON, Register, field
from models.register_words import SETUP
from models.words import Label


class Area(Register):
    """A district that one person looks after."""

    code = "area"
    title = Label("服务区域", "Areas")
    menu = SETUP
    icon = "map-2"
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
    parent = field("上级区域", "Within", ENTRY, target="area", first=True, listed=True)
    in_charge = field("负责人", "In charge", PERSON, first=True, listed=True)
    remark = field("备注", "Remark", max_length=300, listed=True)
