"""What a file may have wrong: a sentence with row and column, nothing half saved."""

import pytest

from models.entry_errors import EntryRefusedError
from tests.admin.import_desk import exported, import_file
from tests.company import Company
from tests.sheet_files import csv_bytes

CALLS = {
    "fields": {
        "received_at": "时间",
        "replied_at": "回复",
        "customer": "客户",
        "content": "内容",
        "channel": {"constant": "微信"},
        "category": {"constant": "报修"},
        "result": {"constant": "已解决"},
    }
}
HEADS = ["时间", "回复", "客户", "内容"]


def test_bad_cells_among_five_thousand_are_named(company: Company) -> None:
    rows = [["2026-09-03 08:30", "", "", f"第 {n} 个"] for n in range(5_000)]
    rows[998][0] = "2026-02-31"
    rows[1_998][1] = "2026-09-03 08:00"
    rows[2_998][2] = "没有这家"

    done = import_file(company, "call_log", csv_bytes([HEADS, *rows], "utf-8"), CALLS)

    assert [(row, column) for row, column, _ in done.refused] == [
        (1_000, "时间"),
        (2_000, "回复"),
        (3_000, "客户"),
    ]
    said = [sentence for _, _, sentence in done.refused]
    assert "2026-02-31" in said[0]
    assert "早于" in said[1]
    assert "没有这家" in said[2]
    assert done.imported == 4_997


def test_stock_below_zero_names_the_row_and_saves_nothing(company: Company) -> None:
    company.create("stock_place", {"name": "总仓", "kind": "main"})
    company.create("inventory", {"item_code": "Z1", "name": "振镜"})
    mapping = {
        "fields": {
            "kind": "类型",
            "item": {"column": "备件", "by": "item_code"},
            "from_place": "出自",
            "to_place": "入到",
            "quantity": "数量",
        }
    }
    rows = [
        ["类型", "备件", "出自", "入到", "数量"],
        ["收", "Z1", "", "总仓", "3"],
        ["用", "Z1", "总仓", "", "4"],
    ]

    with pytest.raises(EntryRefusedError) as refused:
        import_file(company, "stock_movement", csv_bytes(rows, "utf-8"), mapping)

    assert "第 3 行" in refused.value.text("zh")
    assert "会变成 -1" in refused.value.text("zh")
    assert exported(company, "stock_movement") == []
    # What comes in with the file is there for what goes out with it.
    rows[2][4] = "2"
    import_file(company, "stock_movement", csv_bytes(rows, "utf-8"), mapping)
    (item,) = exported(company, "inventory")
    assert item["总仓数"] == "1.00"


def test_formula_text_survives_export_and_import(company: Company) -> None:
    texts = ["=1+1", "+86 说明", "@某人", "-5 度"]
    rows = [HEADS, *(["2026-09-03", "", "", text] for text in texts)]
    import_file(company, "call_log", csv_bytes(rows, "utf-8"), CALLS)

    kept = {row["内容"] for row in exported(company, "call_log")}

    assert kept == set(texts)
