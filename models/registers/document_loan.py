"""文件借阅: which document was lent to whom, when it is due back, when it came back."""

from models.register import (
    ATTACHMENT,
    CHOICE,
    DATE,
    LONG_TEXT,
    ME,
    PERSON,
    TODAY,
    Register,
    again,
    field,
    option,
)
from models.register_words import FILES, not_before
from models.words import Label


class DocumentLoan(Register):
    """A document that somebody has taken; how secret it is decides who sees that."""

    code = "document_loan"
    title = Label("文件借阅", "Documents lent")
    menu = FILES
    source = "文件资料借阅登记表"
    icon = "folder-open"
    numbering = "JY{year}{month:02}{serial:03}"
    display = ("number", "document")
    order = "-lent_on"
    secrecy = "secrecy_level"

    number = again("number", "编号", "No.")
    document = field(
        "文件名称",
        "Document",
        required=True,
        max_length=200,
        first=True,
        listed=True,
        searchable=True,
    )
    document_code = field(
        "文件编号", "Document no.", max_length=60, first=True, searchable=True
    )
    secrecy_level = field(
        "密级",
        "Secrecy",
        CHOICE,
        choices=(
            option("public", "公开", "Public"),
            option("internal", "内部", "Internal"),
            option("secret", "秘密", "Secret", "warn"),
            option("top_secret", "机密", "Top secret", "bad"),
        ),
        required=True,
        default="internal",
        first=True,
        listed=True,
        filterable=True,
    )
    borrower = field(
        "借阅人",
        "Borrower",
        PERSON,
        required=True,
        default=ME,
        owner=True,
        first=True,
        listed=True,
        filterable=True,
    )
    lent_on = field(
        "借出日期",
        "Lent",
        DATE,
        required=True,
        default=TODAY,
        first=True,
        listed=True,
        filterable=True,
    )
    due_on = field(
        "应还日期",
        "Due back",
        DATE,
        required=True,
        first=True,
        listed=True,
        filterable=True,
    )
    returned_on = field(
        "归还日期", "Returned", DATE, listed=True, filterable=True, editable=True
    )
    purpose = field("用途", "Purpose", max_length=200)
    approved_by = field("批准人", "Approved by", PERSON)
    file = field("文件", "File", ATTACHMENT)
    remark = field("备注", "Remark", LONG_TEXT)

    checks = (
        not_before(
            "due_after_lent",
            ("due_on", "应还日期", "Due back"),
            ("lent_on", "借出日期", "Lent"),
        ),
        not_before(
            "returned_after_lent",
            ("returned_on", "归还日期", "Returned"),
            ("lent_on", "借出日期", "Lent"),
        ),
    )
