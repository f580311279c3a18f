"""规章制度: the department's own rules as documents, with their dates and versions."""

from models.register import (
    ATTACHMENT,
    CHOICE,
    DATE,
    ENTRY,
    LONG_TEXT,
    PERSON,
    Register,
    again,
    field,
    option,
)
from models.register_words import SETUP, not_before
from models.words import Label


class Regulation(Register):
    """A regulation in force, in draft or out of force."""

    code = "regulation"
    title = Label("规章制度", "Regulations")
    menu = SETUP
    source = "制度目录"
    icon = "book-2"
    numbering = "ZD{year}{serial:03}"
    display = ("name",)
    order = "-effective_on"

    number = again("number", "编号", "No.")
    name = field(
        "制度名称",
        "Name",
        required=True,
        max_length=200,
        first=True,
        listed=True,
        filterable=True,
        searchable=True,
        clause="S0-04-01",
    )
    document_code = field(
        "文件编号", "Document no.", max_length=60, first=True, searchable=True
    )
    edition = field("版次", "Edition", max_length=20, first=True, listed=True)
    department = again("department", "发布部门", "Issued by", listed=True)
    interpreted_by = field("解释部门", "Interpreted by", ENTRY, target="department")
    drafted_by = field("起草人", "Drafted by", PERSON)
    approved_by = field("批准人", "Approved by", PERSON)
    issued_on = field("发布日期", "Issued", DATE, listed=True, filterable=True)
    effective_on = field(
        "生效日期", "In force from", DATE, first=True, listed=True, filterable=True
    )
    expires_on = field("失效日期", "In force until", DATE, filterable=True)
    status = field(
        "状态",
        "State",
        CHOICE,
        choices=(
            option("draft", "草案", "Draft", "busy"),
            option("in_force", "有效", "In force", "good"),
            option("withdrawn", "废止", "Withdrawn"),
        ),
        required=True,
        default="in_force",
        listed=True,
        filterable=True,
        editable=True,
    )
    text = field("正文", "Text", LONG_TEXT, first=True, searchable=True)
    file = field("文件", "File", ATTACHMENT, first=True)
    changes = field("修改说明", "What changed", LONG_TEXT)

    checks = (
        not_before(
            "effective_after_issued",
            ("effective_on", "生效日期", "In force from"),
            ("issued_on", "发布日期", "Issued"),
        ),
        not_before(
            "expires_after_effective",
            ("expires_on", "失效日期", "In force until"),
            ("effective_on", "生效日期", "In force from"),
        ),
    )
