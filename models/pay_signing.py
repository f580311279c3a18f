"""Signing a run from state to state: who may, when, and what is kept of it.

Every move is guarded by the state it starts from, so that two people at once, or a
second start of the same job, change nothing twice.
"""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import pay_hardening, pay_settling, references
from models.access import Action, Person
from models.accounts import ReadEvent
from models.history import Writer
from models.pay_checks import Unmet
from models.pay_inputs import STAFF_REGISTER
from models.pay_retention import is_cleared
from models.pay_run_tables import PayKeptSlip
from models.pay_settings import PaySettings, read
from models.pay_tables import PayItemRow, PayRun, PaySignature, PaySlip
from models.rules import pay_run
from models.rules.pay_run import RunState, RunStateError
from models.rules.periods import parse_period

UNLOCKING = frozenset({"ask_unlock", "unlock"})
UNLOCKED = "pay_unlock"
"""The kind of event under which the log keeps that a period was unlocked."""


def rights_of(person: Person) -> frozenset[str]:
    """Return the words of the rights to move runs that a person has."""
    return frozenset(
        right for right in pay_run.RIGHTS if person.may(right, Action.APPROVE)
    )


def sign(
    session: Session,
    run: PayRun,
    action: str,
    writer: Writer,
    remark: str = "",
    unmet: Sequence[Unmet] = (),
) -> None:
    """Move a run and sign it.

    Args:
        session: The writing session.
        run: The run.
        action: The action of a transition, calculating among them.
        writer: Who signs.
        remark: Their words: why it is unlocked, or locked in spite of a check.
        unmet: The checks before closing that are not empty.

    Raises:
        RunStateError: There is no such move from here, not by this person, not yet, or
            somebody else has just moved the run.
    """
    source = RunState(run.state)
    target = pay_run.move(source, action, rights_of(writer.person), run.errors)
    settings, remark = read(session), remark.strip()
    if action == "review":
        _demand_reviewer(session, settings, writer.person)
    elif action == "approve" and settings.four_eyes:
        _demand_another(session, run, writer.person)
    elif action == "lock":
        _demand_end(run, writer)
        remark = _closing_remark(unmet, remark)
    elif action in UNLOCKING and is_cleared(session, run):
        raise RunStateError(
            "这一期的工资条已过保存期限并清除，不能再反关账。",
            "The slips of this period are past the years they are kept; it stays"
            " locked.",
        )
    elif action == "ask_unlock" and not remark:
        raise RunStateError(
            "请写明反关账的原因。", "Say why the period should be unlocked."
        )
    elif action == "unlock":
        remark = _asked(session, run, writer.person)
    _move(session, run, source, target)
    if action == "lock":
        pay_settling.settle(session, run)
        pay_hardening.close(session, run, writer.zone)
    elif action == "unlock":
        _set_aside(session, run, writer, remark)
        pay_settling.release(session, run)
        pay_hardening.reopen(session, run)
    session.add(
        PaySignature(
            run_id=run.id,
            at=writer.now,
            staff_id=writer.person.staff_id,
            by_name=writer.person.name,
            action=action,
            source=source.value,
            target=target.value,
            remark=remark,
        )
    )


def signatures(session: Session, run: PayRun) -> list[PaySignature]:
    """Return who moved a run, the latest first."""
    query = select(PaySignature).where(PaySignature.run_id == run.id)
    return list(session.scalars(query.order_by(PaySignature.id.desc())))


def pending_unlock(session: Session, run: PayRun) -> PaySignature | None:
    """Return who asked for a run to be unlocked, where nobody has agreed yet."""
    if RunState(run.state) is not RunState.LOCKED:
        return None
    for one in signatures(session, run):
        if one.action == "lock":
            return None
        if one.action == "ask_unlock":
            return one
    return None


def kept_slips(session: Session, run: PayRun) -> list[PayKeptSlip]:
    """Return the slips of a run as they were before it was unlocked, latest first."""
    query = select(PayKeptSlip).where(PayKeptSlip.run_id == run.id)
    order = (PayKeptSlip.unlocked_at.desc(), PayKeptSlip.staff_number)
    return list(session.scalars(query.order_by(*order)))


def _move(session: Session, run: PayRun, source: RunState, target: RunState) -> None:
    guarded = (
        update(PayRun)
        .where(PayRun.id == run.id, PayRun.state == source.value)
        .values(state=target.value)
    )
    if session.execute(guarded).rowcount != 1:  # type: ignore[attr-defined]  # of an UPDATE
        raise RunStateError(
            "这次核算刚被别人处理过，请刷新后再看。",
            "Somebody else has just moved this run. Reload and look again.",
        )
    session.refresh(run)


def _demand_reviewer(session: Session, settings: PaySettings, person: Person) -> None:
    """Refuse whoever does not hold one of the posts that must review."""
    if not settings.reviewers:
        return
    staff_id = person.staff_id or 0
    found = references.fetch(session, STAFF_REGISTER, [staff_id], ["post"])
    if found.get(staff_id, {}).get("post") in settings.reviewers:
        return
    posts = references.labels(session, "post", settings.reviewers)
    names = "、".join(posts.values())
    raise RunStateError(
        f"按设置，绩效由下列岗位复核：{names}。请由其中一位复核。",
        f"By the settings these posts review pay: {names}. Let one of them review it.",
    )


def _demand_another(session: Session, run: PayRun, person: Person) -> None:
    """Refuse whoever calculated the run: four eyes see more than two."""
    for one in signatures(session, run):
        if one.action == "calculate":
            if is_by(one, person):
                raise RunStateError(
                    "按设置，核算人不能审批自己核算的绩效。请由另一位有权限的人审批。",
                    "By the settings nobody approves what they calculated. Let somebody"
                    " else who has the right approve it.",
                )
            return


def is_by(signature: PaySignature, person: Person) -> bool:
    """Whether a person signed it; without a staff file the name decides."""
    if signature.staff_id is None or person.staff_id is None:
        return (signature.staff_id, signature.by_name) == (person.staff_id, person.name)
    return signature.staff_id == person.staff_id


def _demand_end(run: PayRun, writer: Writer) -> None:
    period = parse_period(run.period)
    if writer.now.astimezone(writer.zone).date() < period.end:
        raise RunStateError(
            f"{period.label.zh}还没有结束，{period.end.isoformat()} 起才能关账。",
            f"{period.label.en} is not over; it can be locked from"
            f" {period.end.isoformat()} on.",
        )


def _closing_remark(unmet: Sequence[Unmet], remark: str) -> str:
    """Return the remark with what was still missing; refuse what may not be missing."""
    blocking = [one for one in unmet if one.blocks]
    if blocking:
        raise RunStateError(
            f"关账前必须先完成：{_told(blocking, 'zh')}。",
            f"Before closing this must be done: {_told(blocking, 'en')}.",
        )
    if unmet and not remark:
        raise RunStateError(
            f"还有未完成的检查：{_told(unmet, 'zh')}。仍要关账，请写明原因。",
            f"Checks are not done: {_told(unmet, 'en')}. Say why it is locked all the"
            " same.",
        )
    return f"{remark}（{_told(unmet, 'zh')}）" if unmet else remark


def _told(unmet: Sequence[Unmet], language: str) -> str:
    separator = ", " if language == "en" else "、"
    return separator.join(f"{one.label.text(language)} {one.count}" for one in unmet)


def _asked(session: Session, run: PayRun, person: Person) -> str:
    """Return why somebody else asked for a run to be unlocked."""
    asked = pending_unlock(session, run)
    if asked is None:
        raise RunStateError(
            "反关账须先由一人写明原因提出申请，再由另一人同意。",
            "To unlock a period one person asks, with a reason, and another agrees.",
        )
    if is_by(asked, person):
        raise RunStateError(
            "反关账须由另一位有“绩效反关账”权限的人同意。",
            "Somebody else with the right to unlock pay has to agree.",
        )
    return asked.remark


def _set_aside(session: Session, run: PayRun, writer: Writer, reason: str) -> None:
    """Keep the slips as they were locked, and write the unlocking into the log."""
    query = select(PaySlip).where(PaySlip.run_id == run.id)
    for slip in session.scalars(query):
        session.add(
            PayKeptSlip(
                run_id=run.id,
                unlocked_at=writer.now,
                staff_id=slip.staff_id,
                staff_number=slip.staff_number,
                name=slip.name,
                department_id=slip.department_id,
                earnings=slip.earnings,
                deductions=slip.deductions,
                total=slip.total,
                lines=[_line(item) for item in slip.items],
            )
        )
    session.add(
        ReadEvent(
            at=writer.now,
            staff_id=writer.person.staff_id,
            by_name=writer.person.name,
            kind=UNLOCKED,
            register="",
            entry_id=None,
            detail=f"{run.period}：{reason}",
            address=None,
        )
    )


def _line(item: PayItemRow) -> dict[str, str | list[str] | None]:
    return {
        "code": item.code,
        "kind": item.kind,
        "zh": item.name_zh,
        "en": item.name_en,
        "shown_zh": item.shown_zh,
        "shown_en": item.shown_en,
        "amount": None if item.amount is None else str(item.amount),
        "why_zh": item.why_zh,
        "why_en": item.why_en,
        "clause": item.clause,
    }
