"""Mistakes of what is added to registers: nothing to add to, nothing to say otherwise.

The checks of whole declarations (`register_checks.py`) come after these.
"""

from collections.abc import Iterable, Iterator

from models.register import Declaration
from models.register_checks import Problem
from models.stanza import read_register
from models.stanza_added import Added, default_mistakes, read_added, with_added
from models.stanza_mistakes import one_of
from models.stored import Stored
from models.words import Label

FIELD = Label("这个台账的字段", "a field of this register")
REGISTER = Label("台账代号", "a register")


def addition_problems(there: Stored, classes: Iterable[Declaration]) -> list[Problem]:
    """Return every mistake of what is added, in the order in which it is added."""
    known = {one.code: one for one in classes}
    known |= {
        code: read_register(kept.stanza)
        for code, kept in there.registers.items()
        if code not in known
    }
    problems: list[Problem] = []
    for (code, _), stanzas in there.in_order():
        for stanza in stanzas:
            added = read_added(stanza)
            if code not in known:
                label = one_of(code, list(known), REGISTER)
                problems.append(Problem("A001", f"{code}.register", label))
                continue
            problems += _problems(known[code], added)
            known[code] = with_added(known[code], added)
    return problems


def _problems(declared: Declaration, added: Added) -> Iterator[Problem]:
    names = [one.name for one in (*declared.all_fields, *declared.retired_fields)]
    new = [one.name for one in added.fields]
    wanted = [("after", added.after)] if added.after else []
    wanted += [("options", name) for name in added.options]
    wanted += [("reword", name) for name in added.reword]
    wanted += [("hide", name) for name in added.hide]
    wanted += [("sequence", name) for name in added.sequence]
    for key, name in wanted:
        if name not in (*names, *new):
            label = one_of(name, names, FIELD)
            yield Problem("A002", f"{declared.code}.{key}.{name}", label)
    for name, said in added.reword.items():
        if declared.has(name):
            for label in default_mistakes(declared.field(name), said):
                yield Problem("A004", f"{declared.code}.{name}.default", label)
    for one in added.fields:
        if declared.has(one.name):
            there = declared.field(one.name)
            if one.standard or (there.id, there.type, there.refers_to) != (
                one.id,
                one.type,
                one.refers_to,
            ):
                yield Problem("A003", f"{declared.code}.{one.name}", _TAKEN)


_TAKEN = Label(
    "这个台账已有同名但类型不同的字段，请换一个名称。",
    "the register has a field of that name and another type; choose another name.",
)
