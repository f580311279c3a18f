"""部门: the departments and what is below them."""

from models.register import ENTRY, PERSON, PHONE, YES_NO, Register, again, field
from models.register_words import SETUP
from models.words import Label


class Department(Register):
    """A department or a group within one."""

    code = "department"
    title = Label("部门", "Departments")
    menu = SETUP
    icon = "sitemap"
    display = ("name",)
    order = "name"
    import_key = ("name",)
    unique_together = (("branch", "name"),)

    name = field(
        "名称",
        "Name",
        required=True,
        max_length=60,
        first=True,
        listed=True,
        filterable=True,
        searchable=True,
    )
    parent = field(
        "上级部门",
        "Within",
        ENTRY,
        target="department",
        first=True,
        listed=True,
        filterable=True,
    )
    branch = again("branch", "分公司", "Branch", first=True, listed=True)
    manager = field("负责人", "Manager", PERSON, first=True, listed=True, editable=True)
    deputy = field("副职", "Deputy", PERSON, first=True, listed=True, editable=True)
    phone = field("电话", "Telephone", PHONE, personal=False, first=True, listed=True)
    retired = field("停用", "Closed", YES_NO, default=False, filterable=True)
