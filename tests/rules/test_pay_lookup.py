"""Tables people edit: cells read by their units, mistakes told with their row."""

from decimal import Decimal

import pytest

from models.rules.formula import (
    DATE,
    MONEY,
    NUMBER,
    PERCENT,
    TEXT,
    YES_NO,
    Unit,
    evaluate,
    parse,
)
from models.rules.pay_lookup import TableRowError, read_table


def test_a_table_leads_from_a_grade_to_its_pay() -> None:
    grades = read_table([["一级", "3000.00"], ["二级", "2450.50"]], TEXT, MONEY)

    found = evaluate(parse("lookup(table.grades, '二级')"), {"table.grades": grades})

    assert (found.value, found.unit) == (Decimal("2450.50"), MONEY)


@pytest.mark.parametrize(
    ("rows", "key", "value", "row", "said"),
    [
        ([["1", "2"], ["1.0", "3"]], NUMBER, NUMBER, 1, "已经有了"),
        ([["甲", "十元"]], TEXT, MONEY, 0, "金额"),
        ([["甲", "NaN"]], TEXT, MONEY, 0, "金额"),
        ([["甲", "1e16"]], TEXT, NUMBER, 0, "数值"),
        ([["2026-02-30", "1"]], DATE, NUMBER, 0, "日期"),
        ([["甲", "是"], ["乙", "也许"]], TEXT, YES_NO, 1, "是/否"),
        ([["", "0.03"]], TEXT, PERCENT, 0, "文字"),
    ],
)
def test_a_row_that_cannot_be_read_is_told(
    rows: list[list[str]], key: Unit, value: Unit, row: int, said: str
) -> None:
    with pytest.raises(TableRowError) as caught:
        read_table(rows, key, value)

    assert caught.value.index == row
    assert f"第 {row + 1} 行" in caught.value.label.zh
    assert said in caught.value.label.zh
