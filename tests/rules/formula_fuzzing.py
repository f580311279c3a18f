"""What a formula may do with any text: answer, or be refused at a place, and soon."""

import time

from models.rules.formula import FormulaError, check, evaluate, parse
from models.rules.formula_names import Known, Names
from models.words import Label
from tests.rules.formula_texts import TEAM, VALUES

MOST_SECONDS = 0.05
UNITS = {name: value.unit for name, value in VALUES.items()}
UNITS |= {name: TEAM.unit(name) for name in TEAM.figures if name not in UNITS}
CALLED = Names(
    Known(name, Label(name.replace(".", "之"), name), unit)
    for name, unit in UNITS.items()
)


def answered_or_refused(text: str) -> bool:
    """Say whether a text gets an answer of the unit foretold, or a place inside it.

    Whatever else comes out of the language falls through and fails the test.
    """
    try:
        formula = parse(text)
        # What is kept instead of the words is a formula again.
        parse(CALLED.canonical(text))
        found = evaluate(formula, VALUES, world=TEAM)
    except FormulaError as refusal:
        end = refusal.position + refusal.length
        return 0 <= refusal.position <= end <= len(text) and bool(refusal.text("en"))
    told = [*found.why("zh"), *found.why("en"), found.unit.label.zh]
    found.result.text("zh")  # an empty text is a text as well
    return all(told) and found.unit == check(formula, UNITS, has_world=True)


def seconds(text: str) -> float:
    """Return the processor's time for a text, the best of three.

    A text in which nothing was read yet is given each time, as when it is typed; the
    machine that runs the tests is busy with others, so clocks on the wall say nothing.
    """
    parse("1")  # the parser is made once in a process
    taken = []
    for round_ in range(3):
        fresh = text + " " * round_ if len(text) < 1_990 else text[round_:]
        parse.cache_clear()
        started = time.thread_time()
        answered_or_refused(fresh)
        taken.append(time.thread_time() - started)
    return min(taken)


def is_soon(text: str) -> bool:
    """Say whether a text is answered within the bound; asked once if it is quick."""
    parse("1")
    started = time.thread_time()
    answered_or_refused(text)
    quick = time.thread_time() - started < MOST_SECONDS
    return quick or seconds(text) < MOST_SECONDS
