"""客户档案: who the customers are, and everybody one may talk to there."""

from models.register import (
    CHOICE,
    CUSTOMER,
    ENTRY,
    INSTANT,
    LONG_TEXT,
    ME,
    PERSON,
    PHONE,
    YES_NO,
    Makes,
    Register,
    again,
    field,
    option,
)
from models.register_words import FILES
from models.words import Label


class CustomerFile(Register):
    """A customer; machines and all dealings are found from here."""

    code = "customer_file"
    title = Label("客户档案", "Customers")
    menu = FILES
    source = "客户档案表"
    icon = "building-store"
    numbering = "KH{serial:05}"
    display = ("name",)
    import_key = ("external_key",)
    alike = ("name", "phone")
    merges = True

    number = again("number", "客户编号", "Customer no.")
    name = field(
        "名称",
        "Name",
        required=True,
        max_length=120,
        first=True,
        listed=True,
        filterable=True,
        searchable=True,
    )
    short_name = field("简称", "Short name", max_length=40, searchable=True)
    area = field(
        "区域", "Area", ENTRY, target="area", listed=True, filterable=True, first=True
    )
    industry = field(
        "行业",
        "Line of business",
        CHOICE,
        choices=(
            option("manufacturing", "制造加工", "Manufacturing"),
            option("advertising", "广告标识", "Signs and advertising"),
            option("trade", "批发零售", "Trade"),
            option("services", "服务业", "Services"),
            option("education", "教育科研", "Education and research"),
            option("public", "机关事业单位", "Public body"),
            option("private", "个人", "Private person"),
            option("other", "其他", "Other"),
        ),
        filterable=True,
    )
    address = field(
        "地址", "Address", required=True, max_length=300, first=True, searchable=True
    )
    contact_name = field(
        "联系人", "Contact", max_length=60, first=True, listed=True, searchable=True
    )
    contact_title = field("职务", "Position", max_length=60)
    phone = field("电话", "Telephone", PHONE, first=True, listed=True, filterable=True)
    wechat = field("微信", "WeChat", max_length=60, personal=True)
    important = field(
        "重要客户",
        "Important",
        YES_NO,
        default=False,
        listed=True,
        filterable=True,
        editable=True,
    )
    account_manager = field(
        "负责人",
        "Looked after by",
        PERSON,
        required=True,
        default=ME,
        owner=True,
        first=True,
        listed=True,
        filterable=True,
        editable=True,
    )
    status = field(
        "状态",
        "State",
        CHOICE,
        choices=(
            option("active", "合作中", "Active", "good"),
            option("prospect", "意向", "Prospect", "busy"),
            option("dormant", "停滞", "Dormant", "warn"),
            option("lost", "流失", "Lost", "bad"),
        ),
        required=True,
        default="active",
        listed=True,
        filterable=True,
        editable=True,
    )
    needs = field("需求", "Needs", LONG_TEXT, searchable=True)
    service_plan = field("服务方案", "Service plan", LONG_TEXT, searchable=True)
    remark = field("备注", "Remark", LONG_TEXT)
    last_called_at = field(
        "最近回访",
        "Last callback",
        INSTANT,
        read_only=True,
        filterable=True,
        help=Label(
            "最后一次拨打回访电话的时间，不论是否接通。",
            "When a callback was last tried, whether or not anybody answered.",
        ),
    )
    external_key = field(
        "原系统编号", "No. in another system", max_length=60, unique=True
    )

    makes = (
        Makes(
            "machine_file",
            Label("登记设备", "Add a machine"),
            "customer",
            {"place": "address"},
        ),
        Makes(
            "call_log",
            Label("登记来电", "Take down a call"),
            "customer",
            {"contact_name": "contact_name", "phone": "phone"},
        ),
        Makes(
            "callback_log",
            Label("登记回访", "Make a callback"),
            "customer",
            {"contact_name": "contact_name", "phone": "phone"},
        ),
    )


class CustomerContact(Register):
    """One more person to talk to at a customer's."""

    code = "customer_contact"
    title = Label("客户联系人", "Contacts")
    menu = FILES
    source = "客户档案表"
    icon = "address-book"
    display = ("name",)
    part_of = "customer"
    in_menu = False

    customer = field(
        "客户", "Customer", CUSTOMER, required=True, first=True, listed=True
    )
    name = field(
        "姓名",
        "Name",
        required=True,
        max_length=60,
        first=True,
        listed=True,
        searchable=True,
    )
    position = field("职务", "Position", max_length=60, first=True, listed=True)
    phone = field(
        "电话",
        "Telephone",
        PHONE,
        required=True,
        first=True,
        listed=True,
        filterable=True,
    )
    wechat = field("微信", "WeChat", max_length=60, personal=True)
    is_main = field("首要联系人", "First to ring", YES_NO, default=False, listed=True)
    remark = field("备注", "Remark", max_length=300)
