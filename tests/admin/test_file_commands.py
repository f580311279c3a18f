"""`taizhang import` and `taizhang export`: files without a browser."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from admin.command_line import main
from tests.company import Company, build_company
from tests.databases import Builder

MAPPING = {
    "fields": {
        "received_at": "时间",
        "content": "事项",
        "channel": {"constant": "微信"},
        "category": {"constant": "报修"},
        "result": {"constant": "已解决"},
    }
}
CALL = {
    "phone": "13911112222",
    "category": "repair",
    "content": "不出光",
    "result": "pending",
}
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(prepared_database: Callable[[str, Builder], str], tmp_path: Path) -> Run:
    url = prepared_database("company", build_company)
    settings = {"TAIZHANG_DATA_FOLDER": str(tmp_path), "DATABASE_URL": url}

    def command(*words: str | Path) -> tuple[int, str]:
        done = CliRunner().invoke(main, [str(one) for one in words], env=settings)
        return done.exit_code, done.output

    return command


def test_file_is_rehearsed_imported_once_and_exported(run: Run, tmp_path: Path) -> None:
    file, mapping = tmp_path / "calls.csv", tmp_path / "calls.yaml"
    file.write_text("时间,事项\n2026-09-03 08:30,不出光\n2026-02-31,偏移\n", "utf-8")
    mapping.write_text(yaml.safe_dump(MAPPING, allow_unicode=True), "utf-8")
    words = ("import", "call_log", file, "--map", mapping, "--json")

    tried = json.loads(run(*words, "--dry-run")[1])
    done = json.loads(run(*words)[1])
    again = json.loads(run(*words)[1])

    assert (tried["good"], tried["imported"]) == (1, 0)
    assert (done["imported"], again["imported"], again["known"]) == (1, 0, 1)
    (refused,) = done["refused"]
    assert (refused["row"], refused["column"]) == (3, "时间")
    assert refused["value"] == "2026-02-31"

    out = tmp_path / "calls.jsonl"
    assert run("export", "call_log", "--format", "jsonl", "--out", out)[0] == 0
    (row,) = map(json.loads, out.read_text("utf-8").splitlines())
    assert (row["content"], row["received_at"][:16]) == ("不出光", "2026-09-03T00:30")


def test_export_of_a_command_line_is_written_down_like_any(
    company: Company, tmp_path: Path
) -> None:
    company.create("call_log", CALL, "A02")
    settings = {
        "TAIZHANG_DATA_FOLDER": str(tmp_path),
        "DATABASE_URL": company.database.url,
    }
    words = ["export", "call_log", "--where", "category=repair", "--out"]
    CliRunner().invoke(main, [*words, str(tmp_path / "out.csv")], env=settings)

    page = company.client("admin").get("/settings/logs/").text

    assert "CSV · 1 行 · 类别：报修" in page
    assert ">系统</td>" in page


def test_mapping_that_names_no_field_says_which_there_are(
    run: Run, tmp_path: Path
) -> None:
    file, mapping = tmp_path / "calls.csv", tmp_path / "calls.yaml"
    file.write_text("时间\n2026-09-03\n", "utf-8")
    mapping.write_text("fields: {recieved_at: 时间}\n", "utf-8")

    code, said = run("import", "call_log", file, "--map", mapping)

    assert code == 2
    assert "recieved_at" in said
    assert "received_at" in said
