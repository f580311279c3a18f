"""奖惩记录: rewards and penalties, and the notice that the person has signed."""

from models.register import (
    ATTACHMENT,
    CHOICE,
    DATE,
    ENTRY,
    INSTANT,
    LONG_TEXT,
    MONEY,
    PERSON,
    SIGNATURE,
    TODAY,
    Register,
    again,
    field,
    option,
)
from models.register_words import TEAM, not_before
from models.words import Label

PENALTIES = "'criticism', 'warning', 'deduction', 'demerit', 'dismissal'"


class RewardPenalty(Register):
    """A reward or a penalty of one person; pay takes it only when the notice is signed.

    A warning has no amount. What follows for the superior is a pay rule, not an entry.
    """

    code = "reward_penalty"
    title = Label("奖惩记录", "Rewards and penalties")
    menu = TEAM
    source = "奖惩通知单"
    icon = "award"
    numbering = "JC{year}{month:02}{serial:03}"
    order = "-happened_on"

    number = again("number", "编号", "No.")
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
    kind = field(
        "类型",
        "Kind",
        CHOICE,
        choices=(
            option("praise", "表扬", "Praise", "good"),
            option("title", "荣誉称号", "Title", "good"),
            option("bonus", "奖金", "Bonus", "good"),
            option("promotion", "晋升", "Promotion", "good"),
            option("criticism", "批评教育", "Criticism", "warn"),
            option("warning", "警告", "Warning", "warn"),
            option("deduction", "绩效扣减", "Deduction", "bad"),
            option("demerit", "记过", "Demerit", "bad"),
            option("dismissal", "辞退", "Dismissal", "bad"),
        ),
        required=True,
        first=True,
        listed=True,
        filterable=True,
        clause="S0-04-19",
    )
    occasion = field(
        "事由类别",
        "Occasion",
        CHOICE,
        choices=(
            option("complaint", "客户投诉", "Customer's complaint"),
            option("company_warning", "公司警告处分", "Company warning"),
            option("late_report", "迟报", "Late report"),
            option("late_work", "超时限", "Late work"),
            option("rule", "违反制度", "Rule broken"),
            option("performance", "工作表现", "Performance"),
            option("other", "其他", "Other"),
        ),
        required=True,
        first=True,
        filterable=True,
        clause="S0-04-19",
    )
    happened_on = field(
        "发生日期",
        "Happened",
        DATE,
        required=True,
        default=TODAY,
        first=True,
        listed=True,
        filterable=True,
    )
    amount = field(
        "金额",
        "Amount",
        MONEY,
        minimum=0,
        first=True,
        listed=True,
        filterable=True,
        clause="S0-04-20",
        help=Label("填正数；警告不填。", "Above zero; none for a warning."),
    )
    reason = field(
        "原因",
        "Reason",
        LONG_TEXT,
        required=True,
        first=True,
        listed=True,
        searchable=True,
    )
    basis = field(
        "制度依据", "By which clause", ENTRY, target="regulation", filterable=True
    )
    complaint = field(
        "投诉",
        "Complaint",
        ENTRY,
        target="complaint_log",
        filterable=True,
        clause="S0-04-19",
    )
    # Set by the complaint whenever its judgement changes; see there.
    complaint_valid_at = field(
        "投诉成立",
        "Complaint valid",
        INSTANT,
        read_only=True,
        help=Label(
            "所依据的投诉判为有效时的受理时间。",
            "When a complaint that is judged valid was taken in.",
        ),
    )
    trip = field("出差单", "Trip", ENTRY, target="business_trip", filterable=True)
    decided_by = field("决定人", "Decided by", PERSON)
    decided_on = field("决定日期", "Decided", DATE, default=TODAY, filterable=True)
    notice = field("通知单", "Notice", ATTACHMENT)
    statement = field("本人陈述", "The person's account", LONG_TEXT)
    signed_at = field(
        "本人签字时间",
        "Signed by the person",
        INSTANT,
        listed=True,
        filterable=True,
        help=Label("签字后才计入绩效。", "Pay takes it only when it is signed."),
    )
    signature = field("本人签字", "Signature", SIGNATURE)
    deduction = field(
        "计入扣减",
        "Counted as a deduction",
        MONEY,
        # A complaint that is not judged, or not valid, costs nobody anything.
        computed=(
            f"if(kind in ({PENALTIES}) and not is_empty(signed_at)"
            " and (is_empty(complaint) or not is_empty(complaint_valid_at)"
            " or complaint.judgement = 'valid'), or_zero(amount), 0)"
        ),
        clause="S0-04-20",
    )
    bonus = field(
        "计入奖励",
        "Counted as a bonus",
        MONEY,
        computed=(
            f"if(kind not in ({PENALTIES}) and not is_empty(signed_at),"
            " or_zero(amount), 0)"
        ),
    )
    remark = field("备注", "Remark", LONG_TEXT)

    checks = (
        not_before(
            "decided_after_happened",
            ("decided_on", "决定日期", "Decided"),
            ("happened_on", "发生日期", "Happened"),
        ),
    )
