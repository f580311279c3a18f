"""工时定额: how many hours a kind of job counts, for a model or for all."""

from models.register import CHOICE, DECIMAL, ENTRY, Register, again, field
from models.register_words import DIFFICULTIES, ORDER_TYPES, SERVICE
from models.words import Label


class ManHourStandard(Register):
    """The standard hours of a type of order; without a model, of all other models."""

    code = "man_hour_standard"
    title = Label("工时定额", "Standard hours")
    menu = SERVICE
    source = "工时定额表"
    icon = "hourglass"
    numbering = "DE{serial:03}"
    order = "order_type"
    unique_together = (("order_type", "difficulty", "model"),)

    number = again("number", "编号", "No.", listed=False)
    order_type = field(
        "类型",
        "Type",
        CHOICE,
        choices=ORDER_TYPES,
        required=True,
        first=True,
        listed=True,
        filterable=True,
    )
    difficulty = field(
        "难度",
        "Difficulty",
        CHOICE,
        choices=DIFFICULTIES,
        required=True,
        default="ordinary",
        first=True,
        listed=True,
        filterable=True,
    )
    model = field(
        "机型",
        "Model",
        ENTRY,
        target="machine_model",
        first=True,
        listed=True,
        filterable=True,
        help=Label("空着则适用其余机型。", "Left empty, it is for all other models."),
    )
    hours = field(
        "定额工时",
        "Hours",
        DECIMAL,
        required=True,
        minimum=0,
        first=True,
        listed=True,
        editable=True,
        clause="S0-04-35",
    )
    remark = field("备注", "Remark", max_length=300, first=True, listed=True)
