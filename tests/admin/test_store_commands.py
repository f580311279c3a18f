"""Backups while others write, and their way back into an empty installation."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url, text

from admin.command_line import main
from models.database import Database
from tests.company import build_company
from tests.databases import Builder

pytestmark = pytest.mark.databases("sqlite")  # pg_dump is not on every test machine


def run(folder: Path, url: str, *words: str) -> tuple[int, str]:
    settings = {"TAIZHANG_DATA_FOLDER": str(folder), "DATABASE_URL": url}
    done = CliRunner().invoke(main, list(words), env=settings)
    return done.exit_code, done.output


def test_backup_taken_under_an_open_write_comes_back_equal(
    prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> None:
    url = prepared_database("company", build_company)
    (tmp_path / "a" / "attachments").mkdir(parents=True)
    (tmp_path / "a" / "attachments" / "photo").write_bytes(b"picture")
    database = Database(url)
    with database.write() as session:
        session.execute(text("UPDATE account SET name = 'unsaved'"))
        saved = run(tmp_path / "a", url, "backup", str(tmp_path / "b.tar.gz"))
    database.dispose()

    back = run(
        tmp_path / "c",
        f"sqlite:///{tmp_path}/c/t.db",
        "restore",
        f"{tmp_path}/b.tar.gz",
    )

    assert (saved[0], back[0]) == (0, 0), (saved, back)
    restored = Database(f"sqlite:///{tmp_path}/c/t.db")
    with restored.read() as session:
        names = set(session.scalars(text("SELECT name FROM account")))
    restored.dispose()
    assert "林主管" in names
    assert "unsaved" not in names
    assert (tmp_path / "c" / "attachments" / "photo").read_bytes() == b"picture"


def test_restore_never_overwrites_a_database(
    prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> None:
    url = prepared_database("company", build_company)
    run(tmp_path, url, "backup", str(tmp_path / "b.tar.gz"))

    code, said = run(tmp_path, url, "restore", str(tmp_path / "b.tar.gz"))

    assert code == 2
    assert str(make_url(url).database) in said


def test_broken_backup_is_said_to_be_broken(tmp_path: Path) -> None:
    (tmp_path / "b.tar.gz").write_bytes(b"no archive")

    code, said = run(
        tmp_path, f"sqlite:///{tmp_path}/t.db", "restore", str(tmp_path / "b.tar.gz")
    )

    assert code == 2
    assert "不是完整的备份文件" in said


def test_doctor_finds_nothing_wrong_with_a_fresh_company(
    prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> None:
    url = prepared_database("company", build_company)

    code, said = run(tmp_path, url, "doctor")

    assert (code, "一切正常" in said) == (0, True), said
