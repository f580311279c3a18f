"""工时统计: each engineer's man-hours of a month, as the office clerk counts them."""

from models.register import (
    CHOICE,
    DATE,
    DECIMAL,
    INSTANT,
    LONG_TEXT,
    ME,
    MONEY,
    PERSON,
    Register,
    again,
    field,
)
from models.register_words import REVIEWS, SERVICE
from models.words import Label


class WorkHours(Register):
    """A month of one engineer; the hours follow from the approved orders."""

    code = "work_hours"
    title = Label("工时统计", "Man-hours")
    menu = SERVICE
    source = "工时统计表"
    icon = "clock-hour-4"
    numbering = "GS{year}{month:02}{serial:03}"
    order = "-month_on"
    unique_together = (("month_on", "engineer"),)
    import_key = ("month_on", "engineer")

    number = again("number", "编号", "No.", listed=False)
    month_on = field(
        "月份",
        "Month",
        DATE,
        required=True,
        first=True,
        listed=True,
        filterable=True,
        clause="S0-04-34",
        help=Label("填当月第一天。", "The first day of the month."),
    )
    engineer = field(
        "工程师",
        "Engineer",
        PERSON,
        required=True,
        owner=True,
        first=True,
        listed=True,
        filterable=True,
        clause="S0-04-34",
    )
    installation_hours = field(
        "装机工时", "Installation", DECIMAL, minimum=0, default=0, listed=True
    )
    repair_hours = field(
        "上门工时", "Repair on site", DECIMAL, minimum=0, default=0, listed=True
    )
    board_hours = field("修板工时", "Board repair", DECIMAL, minimum=0, default=0)
    inspection_hours = field("巡检工时", "Inspection", DECIMAL, minimum=0, default=0)
    remote_hours = field("远程工时", "Remote", DECIMAL, minimum=0, default=0)
    support_hours = field("支援工时", "Support", DECIMAL, minimum=0, default=0)
    total_hours = field(
        "合计工时",
        "Total",
        DECIMAL,
        computed=(
            "or_zero(installation_hours) + or_zero(repair_hours)"
            " + or_zero(board_hours) + or_zero(inspection_hours)"
            " + or_zero(remote_hours) + or_zero(support_hours)"
        ),
        listed=True,
        filterable=True,
        clause="S0-04-34",
    )
    rework_hours = field(
        "返工剔除",
        "Left out as rework",
        DECIMAL,
        minimum=0,
        default=0,
        listed=True,
        help=Label(
            "返工的核定工时，不在合计之内。",
            "Approved hours of rework; the total is without them.",
        ),
    )
    rate = field(
        "单价", "Yuan an hour", MONEY, minimum=0, secret=True, clause="S0-04-35"
    )
    amount = field(
        "绩效额",
        "Performance pay",
        MONEY,
        computed="round(total_hours * or_zero(rate), 2)",
        secret=True,
        clause="S0-04-35",
    )
    counted_by = field("统计人", "Counted by", PERSON, default=ME, clause="S0-04-34")
    review = field(
        "经理审核",
        "Review",
        CHOICE,
        choices=REVIEWS,
        required=True,
        default="pending",
        listed=True,
        filterable=True,
        editable=True,
        clause="S0-04-36",
    )
    reviewed_by = field("审核人", "Reviewed by", PERSON, clause="S0-04-36")
    reviewed_at = field("审核时间", "Reviewed", INSTANT)
    remark = field("备注", "Remark", LONG_TEXT)
