"""What several registers say in the same words: menu groups, options, time checks."""

from models.register import Check, Option, option
from models.words import Label

# Few and calm, in the order in which they stand in the menu.
CONTACT = Label("客户接待", "Customer contact")
SERVICE = Label("现场服务", "Field service")
FILES = Label("客户与设备", "Customers and machines")
PARTS = Label("备件", "Spare parts")
TEAM = Label("团队管理", "Team")
SETUP = Label("基础资料", "Set-up")
# How stanzas name the groups.
MENU_CODES = {
    "contact": CONTACT,
    "service": SERVICE,
    "files": FILES,
    "parts": PARTS,
    "team": TEAM,
    "setup": SETUP,
}
MENUS = tuple(MENU_CODES.values())

CHANNELS: tuple[Option, ...] = (
    option("phone", "电话", "Telephone"),
    option("wechat", "微信", "WeChat"),
    option("remote", "QQ远程", "Remote session"),
    option("visit", "来访", "Visit"),
    option("email", "邮件", "E-mail"),
    option("transferred", "平台转办", "Referred by a hotline"),
    option("other", "其他", "Other"),
)
URGENCIES: tuple[Option, ...] = (
    option("normal", "普通", "Normal"),
    option("urgent", "紧急", "Urgent", "warn"),
    option("critical", "特急", "Critical", "bad"),
)
WARRANTIES: tuple[Option, ...] = (
    option("in", "保内", "In warranty", "good"),
    option("out", "保外", "Out of warranty", "warn"),
)
ORDER_TYPES: tuple[Option, ...] = (
    option("installation", "装机", "Installation"),
    option("repair", "上门维修", "Repair on site"),
    option("board", "修板", "Board repair"),
    option("inspection", "巡检", "Inspection"),
    option("remote", "远程", "Remote"),
    option("support", "支援", "Support of another team"),
)
DIFFICULTIES: tuple[Option, ...] = (
    option("ordinary", "一般", "Ordinary"),
    option("hard", "疑难", "Hard", "warn"),
)
TRAINING_TOPICS: tuple[Option, ...] = (
    option("service_concept", "服务理念", "Service concept"),
    option("installation", "装机产品知识", "Products: installation"),
    option("repair", "修机产品知识", "Products: repair"),
    option("system", "制度与流程", "Rules and procedures"),
    option("safety", "安全", "Safety"),
    option("other", "其他", "Other"),
)


def not_before(
    name: str, later: tuple[str, str, str], earlier: tuple[str, str, str]
) -> Check:
    """Return the check that one moment or day is not before another.

    Each side is (field, Chinese words, English words). Names are made unique within a
    register by `name`.
    """
    return Check(
        name,
        later[0],
        ">=",
        earlier[0],
        Label(
            f"{later[1]}早于{earlier[1]}，请核对这两个时间。",
            f"“{later[2]}” is earlier than “{earlier[2]}”. Check both.",
        ),
    )
