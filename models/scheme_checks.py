"""What keeps a version of a pay scheme from being taken, each mistake at its place.

Every line is looked at, so that all mistakes are told at once; names, units and circles
over all schemes that are paid together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import pay_names
from models.pay_people import counting
from models.pay_tables import PayRuleRow, PayScheme
from models.rules.formula import FormulaError, Unit
from models.rules.formula_error import Fault
from models.rules.formula_names import Words
from models.rules.pay import LINE, LineKind, Part, Scheme, SchemeError
from models.rules.pay_rules import problems_of
from models.words import Label

_Texts = dict[tuple[str, Part], str]
"""The texts of lines as they were typed."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong: at a column of the scheme, at a line, or with the whole ("").

    `mistake` has the place in a line's text as it was typed.
    """

    place: str
    label: Label
    part: Part | None = None
    mistake: FormulaError | None = None


def checked(
    session: Session, wanted: PayScheme, base: PayScheme | None = None
) -> list[Problem]:
    """Put codes in the place of words in a version, and say all that is wrong with it.

    Args:
        session: Any session; reading is enough.
        wanted: The version, which need not be kept.
        base: The one before it; its lines may still be called by their old names.
    """
    found = list(_of_the_head(wanted))
    typed = {
        (rule.code, part): text
        for rule in wanted.rules
        for part, text in rule.rule().parts
    }
    unread = list(_put_codes(session, wanted, base))
    # What cannot be read cannot be checked together with the rest.
    return [*found, *(unread or _together(session, wanted, base, typed))]


def _of_the_head(wanted: PayScheme) -> Iterator[Problem]:
    if not wanted.rules:
        yield Problem("", Label("至少要有一个计薪项目。", "There must be a line."))
    deductions = {
        one.code
        for one in wanted.rules
        if one.kind == LineKind.DEDUCTION.value and one.limits is None
    }
    for one in wanted.rules:
        if one.limits is None:
            continue
        for code in set(one.limits) - deductions:
            said = Label(
                f"“{code}”不是本方案的扣减项目。",
                f"“{code}” is no deduction of this scheme.",
            )
            yield Problem(one.code, said)
        if not one.formula and not one.leaves:
            said = Label(
                "请填写最多扣多少，或至少保留多少。",
                "Say the most that is deducted, or the least that is left.",
            )
            yield Problem(one.code, said)


def _put_codes(
    session: Session, wanted: PayScheme, base: PayScheme | None
) -> Iterator[Problem]:
    """Put codes in the place of words; yield what cannot be read."""
    labels = {
        name: one.label for name, one in pay_names.names_of(session).known.items()
    }
    earlier = _lines(base) if base is not None else {}
    lines = _lines(wanted)
    for rule in wanted.rules:
        own = LINE + rule.code
        others = {name: label for name, label in lines.items() if name != own}
        # By what it is called now, else by its own name, else by what it was called.
        words = [Words(labels | others), Words({own: lines[own]}), Words(earlier)]
        for part, text in rule.rule().parts:
            try:
                for some in words:
                    text = some.canonical(text)  # noqa: PLW2901 - what was put stays put
                setattr(rule, part.value, text)
            except FormulaError as error:
                yield _in_part(rule, part, error)


def _lines(scheme: PayScheme) -> dict[str, Label]:
    return {LINE + one.code: Label(one.name_zh, one.name_en) for one in scheme.rules}


def _in_part(rule: PayRuleRow, part: Part, error: FormulaError) -> Problem:
    said = Label(
        f"{part.label.zh}：{error.problem.zh}。",
        f"{part.label.en}: {error.problem.en}.",
    )
    return Problem(rule.code, said, part, error)


def _together(
    session: Session, wanted: PayScheme, base: PayScheme | None, typed: _Texts
) -> Iterator[Problem]:
    """Yield what is wrong with names and units, and circles over all schemes."""
    units = {name: one.unit for name, one in pay_names.names_of(session).known.items()}
    beside = _beside(session, wanted)
    others = [one.scheme() for one in beside]
    try:
        wrong = problems_of([wanted.scheme(), *others], units)
    except SchemeError as error:
        yield _placed(session, wanted, error, typed)
        return
    known = _known_before(base, others, units)
    for at, one in wrong:
        if at == 0:
            yield _placed(session, wanted, one, typed)
        elif (others[at - 1].code, one.rule) not in known:
            title = beside[at - 1].label
            said = Label(
                f"方案“{title.zh}”会因此算不出来：{one.text('zh')}",
                f"“{title.en}” could no longer be reckoned: {one.text('en')}",
            )
            yield Problem("", said)


def _known_before(
    base: PayScheme | None, others: list[Scheme], units: Mapping[str, Unit]
) -> set[tuple[str, str]]:
    """Return what is wrong with other schemes without this change."""
    before = [base.scheme(), *others] if base is not None else others
    try:
        found = problems_of(before, units)
    except SchemeError:
        return set()
    return {(before[at].code, error.rule) for at, error in found}


def _placed(
    session: Session, wanted: PayScheme, error: SchemeError, typed: _Texts
) -> Problem:
    """Return a mistake at its line, marked in the text as it was typed."""
    said = Label(error.text("zh"), error.text("en"))
    rule = next((one for one in wanted.rules if one.code == error.rule), None)
    if error.mistake is None or error.part is None:
        place = "ends_on" if not error.rule else error.rule if rule else ""
        return Problem(place, said)
    text = typed.get((error.rule, error.part))
    if rule is None or text is None:
        return Problem("", said)
    mistake = error.mistake
    if text != getattr(rule, error.part.value):
        mistake = _as_typed(session, wanted, rule, mistake, text)
    return _in_part(rule, error.part, mistake)


def _as_typed(
    session: Session,
    wanted: PayScheme,
    rule: PayRuleRow,
    mistake: FormulaError,
    text: str,
) -> FormulaError:
    """Return a mistake with its place in the text before codes stood in it."""
    try:
        pay_names.names_of(session, wanted, rule.code).check(text)
    except FormulaError as found:
        if found.problem == mistake.problem:
            return found
    return FormulaError(text, Fault(0, len(text), mistake.problem, mistake.hint))


def _beside(session: Session, wanted: PayScheme) -> list[PayScheme]:
    """Return the versions of other series that count on some day of the version's."""
    series = (wanted.code, wanted.department_id)
    every = session.scalars(select(PayScheme).where(PayScheme.every == wanted.every))
    others = [one for one in every if (one.code, one.department_id) != series]
    return counting(others, wanted.starts_on)
