"""人事异动: from which day on somebody has another post, department, grade or base."""

from models.register import DATE, ENTRY, LONG_TEXT, MONEY, PERSON, From, Register, field
from models.register_words import SETUP
from models.words import Label


class StaffChange(Register):
    """A dated change of a staff entry: `new_<field>` holds from the day on.

    What is left empty stays as it was. Pay reckons each stretch by what held in it; the
    staff entry itself is changed by hand, before or after.
    """

    code = "staff_change"
    title = Label("人事异动", "Personnel changes")
    menu = SETUP
    source = "人事异动表"
    icon = "arrows-exchange"
    order = "-effective_on"
    display = ("effective_on",)
    handed_on = ()  # a person's own affair

    person = field(
        "员工",
        "Person",
        PERSON,
        required=True,
        owner=True,
        first=True,
        listed=True,
        filterable=True,
    )
    effective_on = field(
        "生效日期",
        "In force from",
        DATE,
        required=True,
        first=True,
        listed=True,
        filterable=True,
    )
    new_post = field(
        "新岗位", "New post", ENTRY, target="post", first=True, listed=True
    )
    new_department = field(
        "新部门", "New department", ENTRY, target="department", first=True, listed=True
    )
    new_grade = field("新职级", "New grade", max_length=20, first=True, listed=True)
    new_superior = field("新直接上级", "New superior", PERSON)
    new_base_pay = field(
        "新基本工资", "New base pay", MONEY, minimum=0, secret=True, first=True
    )
    new_performance_base = field(
        "新绩效基数", "New performance base", MONEY, minimum=0, secret=True
    )
    old_post = field(
        "原岗位", "Post before", ENTRY, target="post", default=From("person.post")
    )
    old_department = field(
        "原部门",
        "Department before",
        ENTRY,
        target="department",
        default=From("person.department"),
    )
    old_grade = field(
        "原职级", "Grade before", max_length=20, default=From("person.grade")
    )
    old_superior = field(
        "原直接上级", "Superior before", PERSON, default=From("person.superior")
    )
    old_base_pay = field("原基本工资", "Base pay before", MONEY, minimum=0, secret=True)
    old_performance_base = field(
        "原绩效基数", "Performance base before", MONEY, minimum=0, secret=True
    )
    reason = field("事由", "Reason", LONG_TEXT)
