"""出差单: guidance before leaving, the way back, and the report within a day."""

from models.handing import Absence
from models.register import (
    ATTACHMENT,
    DATE,
    ENTRY,
    INSTANT,
    LONG_TEXT,
    ME,
    NOW,
    PERSON,
    TODAY,
    Makes,
    Register,
    again,
    field,
)
from models.register_words import SERVICE, not_before
from models.words import Label


class BusinessTrip(Register):
    """A trip of one person, from the plan to the report and the claim."""

    code = "business_trip"
    title = Label("出差单", "Business trips")
    menu = SERVICE
    source = "出差单"
    icon = "car"
    numbering = "CC{year}{month:02}{serial:03}"
    order = "-planned_from"
    handed_on = ()  # a person's own affair
    # At work elsewhere; what one owes at the desk is not owed meanwhile.
    absence = Absence("traveller", "departed_at", "returned_at", on_duty=True)

    number = again("number", "单号", "No.")
    traveller = field(
        "出差人",
        "Traveller",
        PERSON,
        required=True,
        default=ME,
        owner=True,
        first=True,
        listed=True,
        filterable=True,
    )
    destination = field(
        "目的地",
        "Destination",
        required=True,
        max_length=300,
        first=True,
        listed=True,
        searchable=True,
        clause="S0-04-12",
    )
    service_order = field("工单", "Order", ENTRY, target="service_order")
    purpose = field(
        "事由",
        "Purpose",
        LONG_TEXT,
        required=True,
        first=True,
        searchable=True,
    )
    planned_from = field(
        "计划开始",
        "Planned from",
        DATE,
        required=True,
        default=TODAY,
        first=True,
        listed=True,
        filterable=True,
    )
    planned_until = field(
        "计划结束",
        "Planned until",
        DATE,
        required=True,
        default=TODAY,
        first=True,
    )
    guidance = field(
        "经理指导",
        "Manager's guidance",
        LONG_TEXT,
        required=True,
        first=True,
        searchable=True,
        clause="S0-04-12",
        help=Label("出发前写明当地情况和工作要点。", "Written before the departure."),
    )
    guided_by = field("指导人", "Guided by", PERSON, filterable=True)
    guided_at = field("指导时间", "Guided", INSTANT, default=NOW, clause="S0-04-12")
    departed_at = field("出发时间", "Left", INSTANT, listed=True, filterable=True)
    returned_at = field(
        "返回时间",
        "Back",
        INSTANT,
        listed=True,
        filterable=True,
        clause="S0-04-13",
    )
    report = field("出差报告", "Report", LONG_TEXT, searchable=True, clause="S0-04-13")
    report_file = field("报告附件", "Report file", ATTACHMENT)
    reported_at = field(
        "报告时间",
        "Reported",
        INSTANT,
        listed=True,
        filterable=True,
        clause="S0-04-13",
    )
    problems = field(
        "发现问题", "Problems found", LONG_TEXT, searchable=True, clause="S0-04-14"
    )
    handling = field(
        "经理处理",
        "What the manager did",
        LONG_TEXT,
        listed=True,
        searchable=True,
        clause="S0-04-14",
    )

    checks = (
        not_before(
            "planned_in_order",
            ("planned_until", "计划结束", "Planned until"),
            ("planned_from", "计划开始", "Planned from"),
        ),
        not_before(
            "guided_before_leaving",
            ("departed_at", "出发时间", "Left"),
            ("guided_at", "指导时间", "Guided"),
        ),
        not_before(
            "returned_after_leaving",
            ("returned_at", "返回时间", "Back"),
            ("departed_at", "出发时间", "Left"),
        ),
        not_before(
            "reported_after_return",
            ("reported_at", "报告时间", "Reported"),
            ("returned_at", "返回时间", "Back"),
        ),
    )
    makes = (
        Makes(
            "expense_claim",
            Label("报销费用", "Claim expenses"),
            "trip",
            {"claimant": "traveller", "purpose": "purpose"},
        ),
        Makes(
            "problem_log",
            Label("登记问题", "Make a problem"),
            "trip",
            {"problem": "problems", "corrective": "handling"},
        ),
        Makes(
            "reward_penalty",
            Label("登记奖惩", "Make a reward or penalty"),
            "trip",
            {"person": "traveller"},
        ),
    )
