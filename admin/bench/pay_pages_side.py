"""Why a line of a slip is so, on the screen, beside a page of what it counts."""

import re
from pathlib import Path

from sqlalchemy import select

from admin.bench.pay_bare_side import MEASURES
from admin.bench.questions import Questions
from admin.bench.side import Answer, Side
from admin.bench.taizhang_side import ROW, Panel
from models.pay_tables import PaySlip
from seed.bench_pay_rows import PERIOD

MEASURE = "calls"
_LINE = re.compile(r"<details")
_BEHIND = re.compile(
    rf'href="/register/{MEASURES[MEASURE].register}/details/\?id=(\d+)'
)


def open_side(asked: Questions) -> Side:
    """Start the panel over the store and sign in."""
    panel = Panel(asked.url, Path(asked.folder))
    register = MEASURES[MEASURE].register

    def slip(rest: str = "") -> str:
        with panel.database.read() as session:
            staff_id = session.scalars(select(PaySlip.staff_id).limit(1)).one()
        return f"/slips/{PERIOD}/{staff_id}{rest}"

    def shown(address: str, what: re.Pattern[str]) -> Answer:
        answer = panel.shown(address, what)
        if not answer.seen:
            raise RuntimeError(f"{address}: nothing to see")
        return answer

    return {
        "list": lambda: shown(f"/register/{register}/", ROW),
        "slip": lambda: shown(slip(), _LINE),
        "rows": lambda: shown(slip(f"/rows/{MEASURE}"), _BEHIND),
    }
