"""岗位: the posts that staff hold, and what each is there for."""

from models.register import ENTRY, INTEGER, LONG_TEXT, YES_NO, Register, field
from models.register_words import SETUP
from models.words import Label


class Post(Register):
    """A post; duties, pay schemes and hand-overs refer to it."""

    code = "post"
    title = Label("岗位", "Posts")
    menu = SETUP
    source = "岗位说明书"
    icon = "id-badge-2"
    display = ("name",)
    order = "name"
    import_key = ("name",)

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
    grade = field("职级", "Grade", max_length=20, first=True, listed=True)
    reports_to = field(
        "直接上级", "Reports to", ENTRY, target="post", first=True, listed=True
    )
    is_leading = field(
        "管理岗",
        "Leads others",
        YES_NO,
        default=False,
        first=True,
        listed=True,
        filterable=True,
    )
    headcount = field(
        "定编人数", "Headcount", INTEGER, minimum=0, first=True, listed=True
    )
    tasks = field("岗位职责", "Duties", LONG_TEXT, first=True, searchable=True)
    requirements = field("任职要求", "Requirements", LONG_TEXT)
