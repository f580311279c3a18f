"""员工档案: who works here, in which post, under whom, on which base pay."""

from models.register import (
    CHOICE,
    DATE,
    ENTRY,
    LONG_TEXT,
    MONEY,
    PERSON,
    PHONE,
    Register,
    again,
    field,
    option,
)
from models.register_words import SETUP, not_before
from models.words import Label


class Staff(Register):
    """A person who works here. Pay is seen only by roles that are given it by name."""

    code = "staff"
    title = Label("员工档案", "Staff")
    menu = SETUP
    source = "员工花名册"
    icon = "users"
    display = ("name",)
    order = "staff_number"
    handed_on = ()  # a person's own affair
    import_key = ("staff_number",)
    of_people = True

    staff_number = field(
        "工号",
        "Staff no.",
        required=True,
        unique=True,
        max_length=20,
        first=True,
        listed=True,
        filterable=True,
        searchable=True,
    )
    name = field(
        "姓名",
        "Name",
        required=True,
        max_length=60,
        first=True,
        listed=True,
        filterable=True,
        searchable=True,
    )
    mobile = field(
        "手机",
        "Mobile",
        PHONE,
        unique=True,
        first=True,
        listed=True,
        filterable=True,
        help=Label("可用来登录。", "One may sign in with it."),
    )
    branch = again("branch", "分公司", "Branch", filterable=True)
    department = again(
        "department", "部门", "Department", required=True, first=True, listed=True
    )
    post = field(
        "岗位",
        "Post",
        ENTRY,
        target="post",
        required=True,
        first=True,
        listed=True,
        filterable=True,
        editable=True,
    )
    superior = field(
        "直接上级",
        "Superior",
        PERSON,
        first=True,
        listed=True,
        filterable=True,
        editable=True,
        clause="S0-04-33",
    )
    deputy = field("代理人", "Deputy", PERSON, editable=True)
    grade = field("职级", "Grade", max_length=20, filterable=True)
    base_pay = field("基本工资", "Base pay", MONEY, minimum=0, secret=True)
    performance_base = field(
        "绩效基数", "Performance base", MONEY, minimum=0, secret=True
    )
    email = field("邮箱", "E-mail", max_length=120, personal=True)
    hired_on = field("入职日期", "Hired", DATE, filterable=True)
    left_on = field("离职日期", "Left", DATE, filterable=True)
    status = field(
        "状态",
        "State",
        CHOICE,
        choices=(
            option("active", "在职", "Active", "good"),
            option("trial", "试用", "On trial", "busy"),
            option("absent", "长期休假", "On long leave", "warn"),
            option("left", "离职", "Left"),
        ),
        required=True,
        default="active",
        listed=True,
        filterable=True,
        editable=True,
    )
    remark = field("备注", "Remark", LONG_TEXT)

    checks = (
        not_before(
            "left_after_hired",
            ("left_on", "离职日期", "Left"),
            ("hired_on", "入职日期", "Hired"),
        ),
    )
