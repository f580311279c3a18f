"""工时统计: each engineer's man-hours of a month, as the office clerk counts them."""

from typing import Any

from models.flow import Flow, person, right, state, step
from models.register import (
    CHOICE,
    DATE,
    DECIMAL,
    INSTANT,
    LONG_TEXT,
    ME,
    MONEY,
    NOW,
    PERSON,
    Register,
    field,
)
from models.register_words import ORDER_TYPES, SERVICE
from models.words import Label

JUDGED = {"reviewed_by": ME, "reviewed_at": NOW}


def _figure(zh: str, en: str, **options: Any) -> Any:
    """Declare hours that finished orders with approved hours add up to."""
    return field(
        zh,
        en,
        DECIMAL,
        default=0,
        read_only=True,
        clause="S0-04-34",
        **options,
    )


def figures_of_order(counted: str, approved: str) -> dict[str, str]:
    """Return what an order adds to a month's hours: by type, in all, and as rework."""
    by_type = {
        f"{one.value}_hours": f"if(order_type = '{one.value}', {counted}, 0)"
        for one in ORDER_TYPES
    }
    rework = f"if(rework, or_zero({approved}), 0)"
    return by_type | {"total_hours": counted, "rework_hours": rework}


class WorkHours(Register):
    """A month of one engineer; the row comes with the first approved order of it."""

    code = "work_hours"
    title = Label("工时统计", "Man-hours")
    menu = SERVICE
    source = "工时统计表"
    icon = "clock-hour-4"
    display = ("month_on",)
    order = "-month_on"
    handed_on = ()  # a person's own affair
    unique_together = (("month_on", "engineer"),)

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
    installation_hours = _figure("装机工时", "Installation", listed=True)
    repair_hours = _figure("上门工时", "Repair on site", listed=True)
    board_hours = _figure("修板工时", "Board repair")
    inspection_hours = _figure("巡检工时", "Inspection")
    remote_hours = _figure("远程工时", "Remote")
    support_hours = _figure("支援工时", "Support")
    total_hours = _figure("合计工时", "Total", listed=True, filterable=True)
    rework_hours = _figure(
        "返工剔除",
        "Left out as rework",
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
        "经理审核", "Review", CHOICE, listed=True, filterable=True, clause="S0-04-36"
    )
    reviewed_by = field(
        "审核人", "Reviewed by", PERSON, read_only=True, clause="S0-04-36"
    )
    reviewed_at = field("审核时间", "Reviewed", INSTANT, read_only=True)
    remark = field("备注", "Remark", LONG_TEXT)

    flow = Flow(
        "review",
        (
            state("pending", "待审核", "To be reviewed", "warn"),
            state("passed", "通过", "Passed", "good", final=True, locked=True),
            state("returned", "退回", "Returned", "bad"),
        ),
        (
            step(
                "approve",
                "审核通过",
                "Pass",
                "pending",
                "passed",
                sets=JUDGED,
                approves=True,
                clauses=("S0-04-36",),
            ),
            step(
                "send_back",
                "退回",
                "Send back",
                "pending passed",
                "returned",
                who=(right("approve"),),
                sets=JUDGED,
                comment=True,
                sends_back=True,
            ),
            step(
                "resubmit",
                "再次提交",
                "Send again",
                "returned",
                "pending",
                who=(person("counted_by"), right("change")),
            ),
        ),
    )
