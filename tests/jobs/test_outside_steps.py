"""A state that another program wrote is taken over as a step, by nobody of the desk."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from models import entries, flow_steps
from tests.clock_desk import Desk, at
from tests.jobs.outside_desk import Program, by_form

CLAIM = "expense_claim"
MOVED = "UPDATE expense_claim SET review = 'pending' WHERE id = :id"


def test_outside_step_is_noted_once(
    desk: Desk, program: Program, take_over: Callable[..., int]
) -> None:
    with desk.database.write() as session:
        values = {
            "claimant": 1,
            "amount": Decimal(30),
            "claimed_on": date(2026, 10, 14),
        }
        writer = by_form(at("2026-10-14 12:00"))
        claim = entries.create(session, CLAIM, values, writer)

    program.run(MOVED, id=claim)
    take_over()
    take_over()

    with desk.database.read() as session:
        (step,) = flow_steps.steps_of(session, CLAIM, claim)
    assert (step.transition, step.from_state, step.to_state) == (
        None,
        "draft",
        "pending",
    )
    assert (step.staff_id, step.by_name) == (None, "外部程序")
