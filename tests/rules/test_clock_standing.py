"""Where a clock stands by the facts alone."""

from datetime import UTC, datetime, timedelta

import pytest

from models.rules.clock_standing import Standing, standing

DUE = datetime(2026, 10, 8, 9, 30, tzinfo=UTC)
WARN = DUE - timedelta(hours=2)
A_MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("facts", "stands"),
    [
        pytest.param({}, Standing(None, WARN), id="warned first"),
        pytest.param({"warned_at": WARN}, Standing(None, DUE), id="warned, then due"),
        pytest.param({"warn_at": None}, Standing(None, DUE), id="without a warning"),
        pytest.param(
            {"met_at": DUE}, Standing(None, None), id="met at the very moment"
        ),
        pytest.param(
            {"met_at": DUE + A_MOMENT}, Standing(DUE, None), id="met a moment too late"
        ),
        pytest.param({"breached_at": DUE}, Standing(DUE, None), id="a verdict stays"),
        pytest.param(
            {"breached_at": DUE, "met_at": WARN},
            Standing(None, None),
            id="done in time, entered late",
        ),
        pytest.param(
            {"settled_before": DUE + A_MOMENT}, Standing(DUE, None), id="history"
        ),
        pytest.param(
            {"settled_before": DUE}, Standing(None, WARN), id="not yet history"
        ),
    ],
)
def test_standing_follows_from_the_facts(
    facts: dict[str, datetime | None], stands: Standing
) -> None:
    usual: dict[str, datetime | None] = {
        "warn_at": WARN,
        "met_at": None,
        "breached_at": None,
        "warned_at": None,
        "settled_before": None,
    }

    assert standing(DUE, **(usual | facts)) == stands
