"""The import's four pages: file, columns, rehearsal with repair, result and undo."""

import io
import re
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from models.accounts import Account
from models.import_tables import ImportBatch, ImportLine
from tests.admin.import_desk import exported
from tests.company import Company
from tests.sheet_files import csv_bytes, one_sheet

ROOT = "/register/call_log/import/"
HEADS = ["来电时间", "来电号码", "类别", "内容", "处理结果"]
FIELDS = ["received_at", "phone", "category", "content", "result"]
GOOD = ["2026-09-03 08:30", "13800138000", "报修", "激光不出光", "已解决"]
BAD = ["2026-02-31", "13800138001", "报修", "打标偏移", "已解决"]


def _upload(client: FlaskClient, data: bytes, name: str = "来电.csv") -> TestResponse:
    return client.post(ROOT, data={"file": (io.BytesIO(data), name)})


def _rehearse(
    client: FlaskClient, rows: list[list[str]], name: str = "来电.csv"
) -> str:
    """Upload, map by the own names, and return the rehearsal's address."""
    page = _upload(client, csv_bytes([HEADS, *rows], "utf-8"), name)
    form = {f"column.{index}": field for index, field in enumerate(FIELDS)}
    answer = client.post(
        page.location,
        data={"head": HEADS, "header_row": "1", "found_row": "1", **form},
    )
    return urlsplit(answer.location).path


def _count(company: Company) -> int:
    return len(exported(company, "call_log"))


def test_file_goes_from_upload_to_undo(company: Company) -> None:
    client = company.client("admin")
    kept = _upload(client, csv_bytes([HEADS, GOOD, BAD], "gbk"))
    columns = client.get(kept.location).text
    assert '<option value="received_at" selected>' in columns
    assert "按列名对应" in columns

    batch = _rehearse(client, [GOOD, BAD])
    page = client.get(batch).text
    assert "2026-02-31" in page
    assert "导入 1 行" in page
    assert _count(company) == 0

    # The second time the columns are known, not guessed.
    assert "按列名对应" not in client.get(kept.location).text

    name = re.search(r'name="(cell\.3\.\d+\.来电时间)"', page)
    assert name is not None
    mended = client.post(f"{batch}/repair", data={name[1]: "2026-02-28"})
    batch = urlsplit(mended.location).path
    assert "导入 2 行" in client.get(batch).text

    client.post(f"{batch}/apply")
    assert _count(company) == 2
    twice = client.post(f"{batch}/apply", follow_redirects=True).text
    assert "没有重复导入" in twice
    assert _count(company) == 2

    undone = client.post(f"{batch}/undo", follow_redirects=True).text
    assert "整批撤销" in undone
    assert _count(company) == 0


def test_what_the_file_does_not_say_begins_as_in_the_form_and_is_told(
    company: Company,
) -> None:
    client = company.client("admin")
    heads, rows = [*HEADS, "渠道"], [[*GOOD, ""], [*GOOD, "微信"]]
    page = _upload(client, csv_bytes([heads, *rows], "utf-8"))
    form = {f"column.{at}": name for at, name in enumerate([*FIELDS, "channel"])}
    more = {"head": heads, "header_row": "1", "found_row": "1"}
    answer = client.post(page.location, data=form | more)
    batch = urlsplit(answer.location).path

    told = client.get(batch).text
    client.post(f"{batch}/apply")

    assert "渠道：1 行，填“电话”" in told
    assert "紧急程度：2 行，填“普通”" in told
    kept = exported(company, "call_log")
    assert [one["渠道"] for one in kept] == ["微信", "电话"]
    assert {one["紧急程度"] for one in kept} == {"普通"}


def test_import_is_for_those_who_may(company: Company) -> None:
    batch = _rehearse(company.client("admin"), [GOOD])
    assert company.client("A02").get(ROOT).status_code == 403
    assert company.client("A02").post(f"{batch}/apply").status_code == 403
    assert company.client().get(ROOT).status_code == 302
    elsewhere = batch.replace("call_log", "complaint_log")
    assert company.client("admin").get(elsewhere).status_code == 404
    assert _count(company) == 0


def test_another_persons_batch_is_not_there(company: Company) -> None:
    batch = _rehearse(company.client("admin"), [GOOD])
    with company.database.write() as session:
        other = session.scalars(select(Account).filter_by(login="A02")).one()
        other.roles[0].grants[0].actions += " import"

    assert company.client("A02").get(ROOT).status_code == 200
    assert company.client("A02").get(batch).status_code == 404
    assert company.client("A02").post(f"{batch}/apply").status_code == 404


def test_masked_number_does_not_come_in_again(company: Company) -> None:
    masked = [GOOD[0], "138****8000", *GOOD[2:]]
    client = company.client("admin")
    batch = _rehearse(client, [masked])

    assert "脱敏后的内容" in client.get(batch).text
    client.post(f"{batch}/apply")
    assert _count(company) == 0


def test_file_that_cannot_be_read_gets_a_sentence(company: Company) -> None:
    client = company.client("admin")
    empty = _upload(client, b"", "空.xlsx")
    assert (empty.status_code, "文件是空的" in empty.text) == (422, True)

    broken = _upload(client, one_sheet([[1, 2]])[:900], "坏.xlsx")
    assert broken.status_code == 422
    assert "损坏" in broken.text

    company.app.config["MAX_CONTENT_LENGTH"] = 1_000
    large = _upload(client, b"x" * 5_000)
    assert (large.status_code, "文件太大" in large.text) == (413, True)


def test_dropped_rehearsals_leave_no_lines_behind(company: Company) -> None:
    client = company.client("admin")
    batch = _rehearse(client, [BAD])
    client.post(f"{batch}/repair", data={})
    with company.database.read() as session:
        assert session.scalar(select(func.count(ImportBatch.id))) == 1
        assert session.scalar(select(func.count(ImportLine.id))) == 1
