"""What is measured, and the marks that Taizhang is held to."""

from dataclasses import dataclass
from enum import StrEnum

from models.words import Label


class Against(StrEnum):
    """What an operation of ours is measured by."""

    STOCK = "flask_admin"
    DJANGO = "django"
    LIMIT = "bare"
    OWN_FIRST_PAGE = "first_page"


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that people do, and how long it may take.

    `most` is the largest allowed ratio of our time to that of `against`; `None` where
    the figures are only told. `memory` is the largest allowed peak in MiB.
    """

    code: str
    label: Label
    against: Against | None = None
    most: float | None = None
    memory: int | None = None
    alone: bool = False  # in a process of its own, seldom: it takes long
    peers_alone: bool = True  # whether those that are slow at it are asked, too


OPERATIONS = (
    Operation("first_page", Label("首页", "first page"), Against.STOCK, 1 / 5),
    Operation(
        "deep_page",
        Label("中间一页", "a page in the middle"),
        Against.OWN_FIRST_PAGE,
        1.5,
    ),
    Operation("typed_page", Label("按页码跳转", "the same by its number")),
    Operation(
        "filter", Label("按状态、负责人、月份筛选", "filter"), Against.STOCK, 1 / 2
    ),
    Operation("edit_form", Label("修改表单", "edit form"), Against.STOCK, 4 / 5),
    Operation(
        "search_common", Label("搜两个字", "two characters"), Against.STOCK, 1 / 50
    ),
    Operation("search_rare", Label("搜少见的词", "rare words"), Against.STOCK, 1 / 50),
    Operation("search_nothing", Label("搜不到", "no hit"), Against.STOCK, 1 / 50),
    Operation(
        "xlsx",
        Label("导出 XLSX", "XLSX export"),
        Against.LIMIT,
        1.5,
        alone=True,
    ),
    Operation(
        "import",
        Label("导入 XLSX：先试后导", "XLSX rehearsed and imported"),
        Against.DJANGO,
        1 / 10,
        alone=True,
    ),
    Operation(
        "csv",
        Label("导出全部 CSV", "CSV of everything"),
        Against.LIMIT,
        1.5,
        memory=150,
        alone=True,
        peers_alone=False,
    ),
)
BY_CODE = {one.code: one for one in OPERATIONS}
LISTS = (
    "first_page",
    "deep_page",
    "filter",
    *(f"search_{it}" for it in ("common", "rare", "nothing")),
)
GROWTH = 1.2
"""How much longer a list may take on everything than on a hundredth of it."""
START, START_PAGE = 1.5, 1.1
"""How much longer a start, and a list page, may take with 300 registers."""
DUE_WALK, DUE_BISECT = 0.6, 1.5
"""How long a million due times may take, of a walk over the spans and of bisecting."""
DUE_MEMORY = 1.5
"""How much more memory they may hold meanwhile than bisecting does."""
BATCH_MEMORY = 1.1
"""How much more memory a long batch of questions may hold than a short one."""
