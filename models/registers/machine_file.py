"""设备档案: which machine stands where, since when, and how long it is in warranty."""

from models.register import (
    CHOICE,
    CUSTOMER,
    DATE,
    ENTRY,
    INSTANT,
    INTEGER,
    LONG_TEXT,
    PERSON,
    From,
    Makes,
    Register,
    again,
    field,
    option,
)
from models.register_words import FILES, SETUP, not_before
from models.words import Label


class MachineModel(Register):
    """A model of machine that the department looks after."""

    code = "machine_model"
    title = Label("机型", "Machine models")
    menu = SETUP
    source = "设备档案表"
    icon = "cpu"
    display = ("name",)
    order = "name"

    name = field(
        "机型",
        "Model",
        required=True,
        unique=True,
        max_length=60,
        first=True,
        listed=True,
        filterable=True,
        searchable=True,
    )
    series = field(
        "系列",
        "Series",
        max_length=60,
        first=True,
        listed=True,
        filterable=True,
        searchable=True,
    )
    maker = field("厂家", "Maker", max_length=120, first=True, listed=True)
    warranty_months = field(
        "保修月数",
        "Months of warranty",
        INTEGER,
        minimum=0,
        maximum=600,
        default=12,
        first=True,
        listed=True,
    )
    remark = field("备注", "Remark", max_length=300)


class MachineFile(Register):
    """One machine at a customer's."""

    code = "machine_file"
    title = Label("设备档案", "Machines")
    menu = FILES
    source = "设备档案表"
    icon = "tool"
    numbering = "SB{serial:05}"
    display = ("serial_number", "model_name")
    import_key = ("serial_number",)

    number = again("number", "档案编号", "File no.", listed=False)
    serial_number = field(
        "机号",
        "Serial no.",
        required=True,
        unique=True,
        max_length=60,
        first=True,
        listed=True,
        filterable=True,
        searchable=True,
    )
    model = field(
        "机型",
        "Model",
        ENTRY,
        target="machine_model",
        required=True,
        first=True,
        listed=True,
        filterable=True,
    )
    model_name = field(
        "机型名称",
        "Model in words",
        max_length=60,
        computed="model.name",
        searchable=True,
    )
    customer = field(
        "客户",
        "Customer",
        CUSTOMER,
        required=True,
        first=True,
        listed=True,
        filterable=True,
    )
    place = field(
        "安装地点",
        "Stands at",
        max_length=300,
        default=From("customer.address"),
        first=True,
        searchable=True,
    )
    bought_on = field("购买日期", "Bought", DATE)
    installed_on = field(
        "装机日期",
        "Installed",
        DATE,
        required=True,
        first=True,
        listed=True,
        filterable=True,
    )
    installed_by = field("装机工程师", "Installed by", PERSON, filterable=True)
    warranty_until = field(
        "保修到期",
        "Warranty until",
        DATE,
        computed="add_months(installed_on, coalesce(model.warranty_months, 0))",
        listed=True,
        filterable=True,
    )
    configuration = field("配置", "Configuration", LONG_TEXT, searchable=True)
    software = field("软件版本", "Software version", max_length=120)
    repair_count = field(
        "维修次数",
        "Repairs",
        INTEGER,
        minimum=0,
        default=0,
        read_only=True,
        listed=True,
        filterable=True,
    )
    last_callback_at = field(
        "最近回访",
        "Last callback",
        INSTANT,
        read_only=True,
        listed=True,
        filterable=True,
    )
    status = field(
        "状态",
        "State",
        CHOICE,
        choices=(
            option("running", "正常使用", "Running", "good"),
            option("faulty", "带病运行", "Faulty", "warn"),
            option("stopped", "停机", "Stopped", "bad"),
            option("retired", "已报废", "Retired"),
        ),
        required=True,
        default="running",
        listed=True,
        filterable=True,
        editable=True,
    )
    remark = field("备注", "Remark", LONG_TEXT)

    checks = (
        not_before(
            "installed_after_bought",
            ("installed_on", "装机日期", "Installed"),
            ("bought_on", "购买日期", "Bought"),
        ),
    )
    makes = (
        Makes(
            "service_order",
            Label("开服务工单", "Make a service order"),
            "machine",
            {"customer": "customer", "address": "place"},
        ),
    )
