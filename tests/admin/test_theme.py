"""What can be said of the theme without a browser: nothing inline, nothing missing."""

import re
from pathlib import Path

import pytest
from flask import Flask

from admin import theme
from models import catalogue
from seed.template import COMMON, read_template, template_names

TEMPLATES = Path(theme.__file__).parent / "templates"
PAGES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
SCRIPTS = sorted(theme.STATIC.glob("*.js")) + sorted(theme.STATIC.glob("js/*.js"))
INLINE = re.compile(
    r"""\son[a-z]+\s*=|\sstyle\s*=|javascript:|<style|<script(?![^>]*\bsrc=)"""
)
DATA_BLOCK = '<script type="application/json"'
ICON = re.compile(r"""icon\("([a-z0-9-]+)\"""")


@pytest.fixture
def app() -> Flask:
    app = Flask("admin", static_folder="static", template_folder="templates")
    theme.add_theme(app)
    app.add_template_global(lambda zh, _en: zh, "t")
    app.add_template_global(lambda: "token", "csrf_token")
    return app


def icons() -> set[str]:
    sprite = (theme.STATIC / "vendor/tabler-icons/sprite.svg").read_text("utf-8")
    return set(re.findall(r'<symbol id="([^"]+)"', sprite))


@pytest.mark.parametrize("page", PAGES)
def test_template_compiles(app: Flask, page: str) -> None:
    assert app.jinja_env.get_template(page).name == page


@pytest.mark.parametrize("page", PAGES)
def test_template_has_nothing_that_the_policy_would_block(page: str) -> None:
    text = (TEMPLATES / page).read_text("utf-8")

    found = INLINE.findall(text.replace(DATA_BLOCK, ""))

    assert found == []


@pytest.mark.parametrize("page", PAGES)
def test_files_that_a_template_names_are_there(page: str) -> None:
    text = (TEMPLATES / page).read_text("utf-8")

    names = re.findall(r"""(?:asset|script)\(['"]([^'"]+)['"]""", text)

    assert [name for name in names if not (theme.STATIC / name).is_file()] == []


def test_icons_that_templates_name_are_in_the_sprite() -> None:
    named = {
        name
        for page in PAGES
        for name in ICON.findall((TEMPLATES / page).read_text("utf-8"))
    }

    assert len(named) > 50
    assert named - icons() == set()


def test_icons_that_views_name_are_in_the_sprite() -> None:
    named = {
        name
        for module in TEMPLATES.parent.glob("*.py")
        for name in re.findall(r'"icon": "([a-z0-9-]+)"', module.read_text("utf-8"))
    }

    assert named
    assert named - icons() == set()


def test_icons_that_registers_name_are_in_the_sprite() -> None:
    named = {declared.icon for declared in catalogue.current()}
    for name in [COMMON, *template_names()]:
        declared = (one.stanza for one in read_template(name).registers)
        named |= {one["icon"] for one in declared if "icon" in one}

    assert "beach" in named
    assert named - icons() == set()


CLASSES = re.compile(
    r"""class=\\?"([^"]*)"|(?:css|className)\s*[=:]\s*["'`]([^"'`]*)"""
    r"""|classList\.\w+\(([^)]*)\)"""
)


def test_style_sheet_has_the_classes_of_tabler_that_pages_use() -> None:
    left_out = theme.STATIC / "vendor/tabler/left_out.txt"
    sources = [*TEMPLATES.rglob("*.html"), *TEMPLATES.parent.glob("*.py"), *SCRIPTS]
    used = {
        word: source.name
        for source in sources
        for found in CLASSES.findall(source.read_text("utf-8"))
        for word in re.findall(r"[\w-]+", " ".join(found))
    }

    assert len(used) > 400
    missing = used.keys() & set(left_out.read_text("utf-8").split())
    assert {it: used[it] for it in missing} == {}, "run static/vendor/refresh.sh"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_script_never_writes_what_it_did_not_get_from_the_server(script: Path) -> None:
    """A person's text goes in by textContent; side.html is the one page part."""
    writes = re.findall(
        r"\.innerHTML\s*=\s*(\w+)|insertAdjacentHTML|document\.write|\beval\(",
        script.read_text("utf-8"),
    )

    assert writes == (["html"] if script.name == "form.js" else [])


def test_address_of_a_file_changes_with_its_content(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theme, "STATIC", tmp_path)
    addresses = []
    for content in ("one", "two"):
        (tmp_path / "some.css").write_text(content)
        theme.version.cache_clear()
        with app.test_request_context():
            addresses.append(theme.asset("some.css"))
    theme.version.cache_clear()

    assert addresses[0] != addresses[1]
    assert addresses[0].startswith("/static/some.css?v=")


def test_browsers_keep_static_files(app: Flask) -> None:
    with app.test_client().get("/static/css/tokens.css?v=1") as answer:
        assert answer.cache_control.max_age == theme.YEAR
