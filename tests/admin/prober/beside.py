"""What is beside a planted entry: a file, a past, a message, an import, a slip."""

from decimal import Decimal
from io import BytesIO
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models.history import ChangeEvent
from models.import_tables import ImportBatch, ImportLine
from models.outbox import Message
from models.pay_tables import PayItemRow, PayRun, PaySlip
from models.register import Declaration
from tests.admin.prober.canaries import past_of, word
from tests.company import NOON

PERIOD = "2026-09"


def file(declared: Declaration, whose: str) -> tuple[BytesIO, str]:
    text = word(declared, whose)
    return BytesIO(f"附件的内容 {text}".encode()), f"{text}.txt"


def past(declared: Declaration, whose: str, entry_id: int) -> ChangeEvent:
    before = {
        one.name: [old, None]
        for one in declared.fields
        if (old := past_of(declared, one, whose)) is not None
    }
    return ChangeEvent(
        at=NOON,
        register=declared.code,
        entry_id=entry_id,
        entry_version=2,
        action="changed",
        by_name="系统",
        origin="form",
        changes=before,
    )


def message(declared: Declaration, entry_id: int, text: str, staff_id: int) -> Message:
    return Message(
        key=f"canary:{declared.code}:{entry_id}",
        kind="clock.breached",
        register=declared.code,
        entry_id=entry_id,
        staff_id=staff_id,
        text_zh=text,
        text_en=text,
        created_at=NOON,
        attempts=0,
    )


def batch(session: Session, declared: Declaration, text: str, staff_id: int) -> None:
    one = ImportBatch(
        register=declared.code,
        file_name=f"{text}.csv",
        file_hash="0" * 64,
        mapping={"fields": {declared.fields[0].name: {"column": text}}},
        state="rehearsed",
        staff_id=staff_id,
        by_name="别人",
        at=NOON,
        rows=1,
        refused=1,
        skipped=[],
    )
    session.add(one)
    session.flush()
    problem = {"field": None, "column": text, "value": text, "zh": text, "en": text}
    line: dict[str, Any] = {"cells": {text: text}, "problems": [problem]}
    session.execute(
        insert(ImportLine).values(
            batch_id=one.id, sheet="表", line=2, state="refused", **line
        )
    )


def slip(session: Session, staff_id: int, text: str, department: int) -> None:
    run = session.scalar(select(PayRun).where(PayRun.period == PERIOD))
    if run is None:
        run = PayRun(period=PERIOD, scope=0, state="locked", calculated_at=NOON)
        session.add(run)
        session.flush()
    item = PayItemRow(
        position=1,
        code="base",
        **dict.fromkeys(("name_zh", "name_en", "shown_zh", "shown_en"), text),
        kind="earning",
        formula="1",
        applies=True,
        inputs={"staff.base_pay": {"zh": text, "en": text}},
        why_zh=[text],
        why_en=[text],
        clause="",
    )
    paid = PaySlip(
        run_id=run.id,
        staff_id=staff_id,
        **dict.fromkeys(("staff_number", "name", "post"), text),
        department_id=department,
        scheme="s",
        scheme_version=1,
        earnings=Decimal(1),
        deductions=Decimal(0),
        total=Decimal(1),
        errors=0,
        items=[item],
    )
    session.add(paid)
