"""No page speaks one language only: sources are read, and pages opened in English.

In a template or script Chinese stands as the first wording of `t`, with an English one
beside it. On an English page no Chinese is left but the language switch and what people
themselves have written.
"""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from models.accounts import Account, raise_stamps
from tests.admin.test_every_address import rules
from tests.admin.test_quick_entry import CALL
from tests.company import PEOPLE, Company

ADMIN = Path(__file__).parent.parent.parent / "admin"
TEMPLATES = sorted((ADMIN / "templates").rglob("*.*"))
SCRIPTS = [ADMIN / "static" / "taizhang.js", *sorted((ADMIN / "static/js").glob("*"))]
CHINESE = re.compile(r"[\u3400-\u9fff]+")
COMMENT = re.compile(r"\{#.*?#\}|/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)
# Two wordings in quotes of any kind, those of a script with places in them.
BOTH = re.compile(
    r"""\bt\(\s*(["'`])(?P<zh>(?:(?!\1).)+)\1\s*,\s*(["'`])(?P<en>(?:(?!\3).)*)\3""",
    re.DOTALL,
)
SWITCH = {"中", "中文"}  # the language itself: what leads to it, where it is written
# What scripts read and write that is no wording: units that people type, names that a
# text calls the day and the person by.
DATA = {
    "form.js": {"转", "元"},
    "line_paste.js": {"年", "月", "日", "是", "否"},
    "reply_texts.js": {"今天", "我", "现在"},
}


@pytest.mark.parametrize(
    "file", [*TEMPLATES, *SCRIPTS], ids=lambda one: one.relative_to(ADMIN).as_posix()
)
def test_source_has_every_wording_in_both_languages(file: Path) -> None:
    source = COMMENT.sub("", file.read_text(encoding="utf-8"))

    untranslated = set(CHINESE.findall(BOTH.sub("", source)))
    english = [it["en"] for it in BOTH.finditer(source)]
    mixed = [it for it in english if set(CHINESE.findall(it)) - SWITCH]

    assert untranslated - SWITCH - DATA.get(file.name, set()) == set()
    assert mixed == []


class Words(HTMLParser):
    """The words of a page: its text, and what its attributes tell."""

    TOLD = frozenset({"title", "alt", "placeholder", "aria-label", "data-confirm"})

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self._unread += tag in ("script", "style")
        if told.get("lang") == "zh-Hans-CN":
            return  # said in Chinese on purpose: the way to it
        self.found += [told[it] or "" for it in self.TOLD if it in told]

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.found.append(data)


@pytest.fixture
def english(company: Company) -> FlaskClient:
    """Return a client of an admin who reads English, where nobody wrote Chinese."""
    company.create("call_log", CALL | {"content": "Laser is dim"}, "A02")
    with company.database.write() as session:
        session.execute(update(Account).values(language="en"))
        named = update(Account).where(Account.login == "admin")
        session.execute(named.values(name="Admin"))
        raise_stamps(session)
    return company.client("admin")


# What people wrote: names of departments, the branch, posts and the staff.
WRITTEN = {
    "客服部",
    "销售部",
    "苏州恒越机电",
    "客服",
    *(it[0] for it in PEOPLE.values()),
}


def test_no_page_of_an_admin_is_left_in_chinese(
    company: Company, english: FlaskClient
) -> None:
    left: dict[str, set[str]] = {}
    for _, path in rules(company, "GET"):
        with english.get(path) as answer:
            if answer.mimetype != "text/html" or answer.status_code != 200:
                continue
            page = Words()
            page.feed(answer.get_data(as_text=True))
        words = {it.strip() for it in page.found if CHINESE.search(it)}
        words = {it for it in words if set(CHINESE.findall(it)) - WRITTEN - SWITCH}
        if words:
            left[path] = words

    assert sorted(left.items()) == []
