"""Values as the tables keep them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.dialects import sqlite

from models.column_types import UtcDateTime, utc_texts

NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    "instants",
    [
        [NOON, None, NOON.replace(year=1), NOON + timedelta(minutes=1)],
        [NOON, NOON + timedelta(microseconds=1), None],
        [NOON, NOON.astimezone(SHANGHAI)],
        [NOON.astimezone(timezone(timedelta(seconds=20)))],
        (NOON, None),
        [None],
    ],
)
def test_instants_are_kept_together_as_each_by_itself(
    instants: Sequence[datetime | None],
) -> None:
    keep = UtcDateTime().bind_processor(sqlite.dialect())
    assert utc_texts(instants) == [keep(one) for one in instants]


def test_a_naive_instant_among_others_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        utc_texts([NOON, NOON.replace(tzinfo=None)])
