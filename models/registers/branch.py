"""分公司: the branches of the company."""

from models.register import PERSON, PHONE, YES_NO, Register, field
from models.register_words import SETUP
from models.words import Label


class Branch(Register):
    """A branch; calendars, numbers and rights may differ between branches."""

    code = "branch"
    title = Label("分公司", "Branches")
    menu = SETUP
    icon = "building"
    display = ("name",)
    order = "name"
    import_key = ("name",)

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
    short_code = field(
        "代码",
        "Code",
        unique=True,
        max_length=10,
        pattern="[A-Za-z0-9]{1,10}",
        first=True,
        listed=True,
        help=Label("用在编号里的字母或数字。", "Letters or digits used in numbers."),
    )
    city = field("城市", "Town", max_length=60, first=True, listed=True)
    address = field("地址", "Address", max_length=300, first=True, searchable=True)
    phone = field("电话", "Telephone", PHONE, personal=False, first=True, listed=True)
    manager = field("负责人", "Manager", PERSON, first=True, listed=True)
    retired = field("停用", "Closed", YES_NO, default=False, filterable=True)
