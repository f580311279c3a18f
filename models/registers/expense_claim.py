"""费用报销: what a trip cost, claimed in time and looked at twice."""

from models.flow import COMMENT, Flow, person, right, state, step, superior
from models.register import (
    ATTACHMENT,
    CHOICE,
    DATE,
    ENTRY,
    INSTANT,
    LONG_TEXT,
    ME,
    MONEY,
    NOW,
    PERSON,
    TODAY,
    YES_NO,
    From,
    Register,
    again,
    field,
    only_if,
)
from models.register_words import TEAM, not_before
from models.words import Label

SPECIAL = only_if("special_approval", "yes")
CLAIMANTS = (person("claimant"), right("change"))
MANAGERS = (right("approve"), superior("claimant"))
# A right of its own: whoever approves the department's claims is not finance.
FINANCE = (right("approve", "expense_claim.finance"),)


class ExpenseClaim(Register):
    """A claim for expenses; a late one needs somebody's special approval."""

    code = "expense_claim"
    title = Label("费用报销", "Expense claims")
    menu = TEAM
    source = "费用报销单"
    icon = "receipt-yuan"
    numbering = "BX{year}{month:02}{serial:03}"
    order = "-claimed_on"
    handed_on = ()  # a person's own affair

    number = again("number", "单号", "No.")
    claimant = field(
        "报销人",
        "Claimant",
        PERSON,
        required=True,
        default=ME,
        owner=True,
        first=True,
        listed=True,
        filterable=True,
    )
    trip = field(
        "出差单",
        "Trip",
        ENTRY,
        target="business_trip",
        first=True,
        listed=True,
        clause="S0-04-29",
    )
    returned_at = field(
        "返回时间",
        "Back from the trip",
        INSTANT,
        default=From("trip.returned_at"),
        filterable=True,
        clause="S0-04-29",
    )
    incurred_on = field(
        "费用日期", "Incurred", DATE, first=True, filterable=True, clause="S0-04-31"
    )
    claimed_on = field(
        "报销日期",
        "Claimed",
        DATE,
        required=True,
        default=TODAY,
        listed=True,
        filterable=True,
        clause="S0-04-29",
    )
    purpose = field("事由", "Purpose", LONG_TEXT, first=True, searchable=True)
    travel_cost = field("交通费", "Travel", MONEY, minimum=0)
    lodging_cost = field("住宿费", "Lodging", MONEY, minimum=0)
    allowance = field("补助", "Allowance", MONEY, minimum=0)
    other_cost = field("其他费用", "Other", MONEY, minimum=0)
    amount = field(
        "报销金额",
        "Amount",
        MONEY,
        required=True,
        minimum="0.01",
        first=True,
        listed=True,
        filterable=True,
    )
    vouchers = field("票据", "Vouchers", ATTACHMENT, first=True)
    special_approval = field(
        "特批",
        "Special approval",
        YES_NO,
        default=False,
        listed=True,
        filterable=True,
        clause="S0-04-31",
        help=Label("跨月报销须特批。", "Needed for a claim of an earlier month."),
    )
    special_approved_by = field(
        "特批人",
        "Specially approved by",
        PERSON,
        required=True,
        only_if=SPECIAL,
        clause="S0-04-31",
    )
    special_reason = field(
        "特批理由",
        "Reason for it",
        required=True,
        max_length=300,
        only_if=SPECIAL,
        clause="S0-04-31",
    )
    special_file = field("特批文件", "Paper of approval", ATTACHMENT, only_if=SPECIAL)
    submitted_at = field(
        "提交时间", "Sent for review", INSTANT, read_only=True, filterable=True
    )
    # What finance made of a claim, before there was a flow: of the two reviews the one
    # that came last, so that no claim counts as passed that finance had not passed.
    review = field(
        "审核状态",
        "Review",
        CHOICE,
        was="finance_review",
        listed=True,
        filterable=True,
        clause="S0-04-28",
    )
    manager_reviewed_by = field("审核经理", "Reviewed by", PERSON, read_only=True)
    manager_reviewed_at = field("经理审核时间", "Reviewed", INSTANT, read_only=True)
    finance_reviewed_by = field(
        "财务审核人", "Finance reviewed by", PERSON, read_only=True
    )
    finance_reviewed_at = field(
        "财务审核时间", "Finance reviewed", INSTANT, read_only=True, clause="S0-04-30"
    )
    review_remark = field("审核意见", "Remark of the review", LONG_TEXT, read_only=True)
    paid_on = field("付款日期", "Paid", DATE, read_only=True, filterable=True)

    checks = (
        not_before(
            "claimed_after_incurred",
            ("claimed_on", "报销日期", "Claimed"),
            ("incurred_on", "费用日期", "Incurred"),
        ),
        not_before(
            "paid_after_claimed",
            ("paid_on", "付款日期", "Paid"),
            ("claimed_on", "报销日期", "Claimed"),
        ),
    )
    flow = Flow(
        "review",
        (
            state("draft", "草稿", "Draft"),
            state("pending", "待经理审核", "With the manager", "warn", locked=True),
            state("at_finance", "待财务审核", "With finance", "busy", locked=True),
            state("passed", "待付款", "To be paid", "good", locked=True),
            state("paid", "已付款", "Paid", "good", final=True, locked=True),
            state("returned", "退回", "Returned", "bad"),
        ),
        (
            step(
                "submit",
                "提交审核",
                "Send for review",
                "draft",
                "pending",
                who=CLAIMANTS,
                sets={"submitted_at": NOW},
                clauses=("S0-04-28",),
            ),
            step(
                "resubmit",
                "再次提交",
                "Send again",
                "returned",
                "pending",
                who=CLAIMANTS,
            ),
            step(
                "withdraw",
                "撤回",
                "Withdraw",
                "pending",
                "returned",
                who=(person("claimant"),),
                sends_back=True,
            ),
            step(
                "manager_passes",
                "经理通过",
                "Manager passes",
                "pending",
                "at_finance",
                who=MANAGERS,
                sets={
                    "manager_reviewed_by": ME,
                    "manager_reviewed_at": NOW,
                    "review_remark": COMMENT,
                },
                approves=True,
                clauses=("S0-04-28",),
            ),
            step(
                "manager_returns",
                "经理退回",
                "Manager sends back",
                "pending",
                "returned",
                who=MANAGERS,
                sets={"manager_reviewed_by": ME, "review_remark": COMMENT},
                comment=True,
                sends_back=True,
                clauses=("S0-04-28",),
            ),
            step(
                "finance_passes",
                "财务通过",
                "Finance passes",
                "at_finance",
                "passed",
                who=FINANCE,
                sets={"finance_reviewed_by": ME, "finance_reviewed_at": NOW},
                approves=True,
                clauses=("S0-04-30",),
            ),
            step(
                "finance_returns",
                "财务退回",
                "Finance sends back",
                "at_finance passed",
                "returned",
                who=FINANCE,
                sets={"finance_reviewed_by": ME, "review_remark": COMMENT},
                comment=True,
                sends_back=True,
                clauses=("S0-04-30",),
            ),
            step(
                "pay",
                "付款",
                "Pay",
                "passed",
                "paid",
                who=FINANCE,
                asks=("paid_on",),
            ),
        ),
    )
