"""The form in which a register's flow is made or changed, and the stanza it means.

A state is a row, a step is a row; a step says its states by the rows' numbers, so that
states and steps can be typed on one page. What the form does not ask (rights of one's
own, conditions that set other values) stays as the stanza has it.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from models.flow import Flow, State, Transition
from models.made_names import made_name
from models.register import Declaration, FieldType
from models.stanza_mistakes import Mistake
from models.words import Label

BLANK = 3  # rows offered beside those that are filled
AT_FIRST = 5
MOST_ROWS = 60
ANYBODY = "right:change"  # where nobody is chosen
WAYS = 2  # alternatives of who, offered to each step
NEW_FIELD = "status"
MOMENTS = (FieldType.INSTANT, FieldType.DATE)
TEXTS = (FieldType.TEXT, FieldType.LONG_TEXT)
STATE_FLAGS = ("final", "locked")
STEP_FLAGS = ("comment", "approves", "sends_back")
# What a step can write down by itself: the form's name, the stanza's word, which fields
NOTES = (
    ("at", ("now", "today"), MOMENTS),
    ("by", ("me",), (FieldType.PERSON,)),
    ("words", ("comment",), TEXTS),
)
_PARTS = re.compile(r"[\s,，、;；]+")


@dataclass(slots=True)
class StateRow:
    """One state as it is typed."""

    code: str = ""
    zh: str = ""
    en: str = ""
    tone: str = ""
    flags: frozenset[str] = frozenset()
    wrong: list[str] = field(default_factory=list)


@dataclass(slots=True)
class StepRow:
    """One step as it is typed; `sources` and `to` are numbers of states."""

    code: str = ""
    zh: str = ""
    en: str = ""
    sources: str = ""
    to: str = ""
    who: list[str] = field(default_factory=list)
    asks: frozenset[str] = frozenset()
    notes: dict[str, str] = field(default_factory=dict)
    when: str = ""
    flags: frozenset[str] = frozenset()
    wrong: list[str] = field(default_factory=list)


@dataclass(slots=True)
class FlowSheet:
    """The whole form."""

    kept_in: str = ""  # the choice field; empty: a new one
    basis: str = ""  # what the register was when the form was drawn
    states: list[StateRow] = field(default_factory=list)
    steps: list[StepRow] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        """Whether no mistake was found."""
        rows: list[StateRow | StepRow] = [*self.states, *self.steps]
        return not self.wrong and not any(one.wrong for one in rows)


def sheet_of(stanza: Mapping[str, Any]) -> FlowSheet:
    """Return the form of a register's flow as it is; an empty one where there is none.

    Args:
        stanza: The register's, as `write_register` gives it.
    """
    said = stanza.get("flow")
    if not said:
        return FlowSheet()
    places = {one["code"]: str(at) for at, one in enumerate(said["states"], 1)}
    states = [
        StateRow(
            one["code"],
            one["title"]["zh"],
            one["title"]["en"],
            one.get("tone", ""),
            frozenset(flag for flag in STATE_FLAGS if one.get(flag)),
        )
        for one in said["states"]
    ]
    steps = [_step_row(one, places) for one in said["steps"]]
    return FlowSheet(said["field"], states=states, steps=steps)


def _step_row(said: Mapping[str, Any], places: Mapping[str, str]) -> StepRow:
    sets = said.get("sets", {})
    notes = {
        note: next((name for name, one in sets.items() if one in words), "")
        for note, words, _ in NOTES
    }
    return StepRow(
        said["code"],
        said["title"]["zh"],
        said["title"]["en"],
        ", ".join(places[one] for one in said["from"]),
        places[said["to"]],
        [way_of(one) for one in said.get("who", ())],
        frozenset(said.get("asks", ())),
        notes,
        said.get("when") or "",
        frozenset(flag for flag in STEP_FLAGS if said.get(flag)),
    )


def way_of(said: Mapping[str, str]) -> str:
    """Return one way to say who as an option of the form."""
    [kind] = [key for key in said if key != "on"]
    right = f" {said['on']}" if "on" in said else ""
    return f"{kind}:{said[kind]}{right}"


def _who(way: str) -> dict[str, str]:
    kind, _, of = way.partition(":")
    of, _, on = of.partition(" ") if kind == "right" else (of, "", "")
    return {kind: of} | ({"on": on} if on else {})


def ways(
    declared: Declaration, posts: Sequence[str], used: Sequence[str]
) -> Iterator[tuple[str, Label]]:
    """Yield who may be allowed a step: rights, people of the entry, posts.

    Args:
        declared: The register.
        posts: The names of posts there are.
        used: What the steps say already; offered even where it is no usual one.
    """
    found = {
        ANYBODY: Label("能修改这条记录的人", "whoever may change the entry"),
        "right:approve": Label("有审批权的人", "whoever may approve"),
    }
    people = [one for one in declared.all_fields if one.type is FieldType.PERSON]
    for one in people:
        found[f"person:{one.name}"] = one.label
        found[f"superior:{one.name}"] = Label(
            f"{one.label.zh}的上级", f"superior of: {one.label.en}"
        )
    if declared.has("department"):
        found["manager:department"] = Label("部门负责人", "manager of the department")
    for name in posts:
        found[f"post:{name}"] = Label(f"岗位：{name}", f"post: {name}")
    for way in used:
        found.setdefault(way, Label(way, way))
    yield from found.items()


def posted(form: MultiDict[str, str]) -> FlowSheet:
    """Return the form as it was sent, without the rows that nobody wrote into."""
    states = [
        StateRow(
            form.get(f"s-code-{at}", ""),
            form.get(f"s-zh-{at}", "").strip(),
            form.get(f"s-en-{at}", "").strip(),
            form.get(f"s-tone-{at}", ""),
            frozenset(form.getlist(f"s-flags-{at}")) & set(STATE_FLAGS),
        )
        for at in _rows(form, "states")
    ]
    steps = [
        StepRow(
            form.get(f"t-code-{at}", ""),
            form.get(f"t-zh-{at}", "").strip(),
            form.get(f"t-en-{at}", "").strip(),
            form.get(f"t-from-{at}", "").strip(),
            form.get(f"t-to-{at}", "").strip(),
            [way for way in form.getlist(f"t-who-{at}") if way],
            frozenset(form.getlist(f"t-asks-{at}")),
            {note: form.get(f"t-{note}-{at}", "") for note, _, _ in NOTES},
            form.get(f"t-when-{at}", "").strip(),
            frozenset(form.getlist(f"t-flags-{at}")) & set(STEP_FLAGS),
        )
        for at in _rows(form, "steps")
    ]
    while states and not (states[-1].zh or states[-1].code):
        states.pop()  # a blank one between others is told: the numbers count them
    return FlowSheet(
        form.get("kept_in", ""),
        form.get("basis", ""),
        states,
        [one for one in steps if one.zh or one.code or one.sources or one.to],
    )


def _rows(form: MultiDict[str, str], name: str) -> range:
    said = form.get(name, "")
    return range(min(int(said), MOST_ROWS) if said.isdecimal() else 0)


def look_over(sheet: FlowSheet) -> Iterator[tuple[StateRow | StepRow, Label]]:
    """Yield what is missing, with the row in which it is."""
    for state in sheet.states:
        if not state.zh:
            yield state, Label("请填写状态的名称。", "Give the state a name.")
    last = len(sheet.states)
    numbers = {str(at) for at in range(1, last + 1)}
    for step in sheet.steps:
        if not step.zh:
            yield step, Label("请填写按钮上的字。", "Give the words of its button.")
        said = _numbers(step.sources)
        if not said or not numbers.issuperset(said) or step.to not in numbers:
            yield (
                step,
                Label(
                    f"“从”和“到”填状态的序号，现有 1 到 {last}。",
                    f"From and to are numbers of states, which are 1 to {last}.",
                ),
            )


def tell(sheet: FlowSheet, mistakes: Iterable[Mistake], language: str) -> None:
    """Put the mistakes of the stanza beside the rows they are in."""
    for one in mistakes:
        match one.path:
            case ("flow", "states", int(at), *_) if at < len(sheet.states):
                sheet.states[at].wrong.append(one.label.text(language))
            case ("flow", "steps", int(at), *_) if at < len(sheet.steps):
                sheet.steps[at].wrong.append(one.label.text(language))
            case _:
                sheet.wrong.append(one.text(language))


def tell_place(sheet: FlowSheet, place: str, sentence: str) -> None:
    """Put one mistake beside the state or step that a place of the register names."""
    code = place.partition(".flow.")[2]
    rows: list[StateRow | StepRow] = [*sheet.states, *sheet.steps]
    for row in rows:
        if code and row.code == code:
            row.wrong.append(sentence)
            return
    sheet.wrong.append(sentence)


def flow_of(sheet: FlowSheet) -> Flow | None:
    """Return the flow as far as it is typed, to be drawn; None where it cannot be."""
    if any(True for _ in look_over(sheet)) or not sheet.states:
        return None
    states = tuple(
        State(str(at), Label(one.zh, one.en or one.zh), one.tone)
        for at, one in enumerate(sheet.states, 1)
    )
    steps = tuple(
        Transition(
            str(at),
            Label(one.zh, one.en or one.zh),
            tuple(_numbers(one.sources)),
            one.to,
        )
        for at, one in enumerate(sheet.steps)
    )
    return Flow("", states, steps)


def _numbers(said: str) -> list[str]:
    return [one for one in _PARTS.split(said) if one]


def stanza_of(sheet: FlowSheet, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the register's stanza with the flow that the form means.

    A new choice field is made where none is chosen. No state: no flow any more.

    Args:
        sheet: The form, in which nothing is missing.
        before: The stanza of the register as it is.
    """
    said = dict(before)
    if not sheet.states:
        said.pop("flow", None)
        return said
    old = before.get("flow") or {"states": [], "steps": []}
    _name(sheet, old)
    name = sheet.kept_in
    fields = list(before["fields"])
    if not name:
        names = {one["name"] for one in fields}
        name = made_name("状态", names) if NEW_FIELD in names else NEW_FIELD
        title = {"zh": "状态", "en": "State"}
        made = {"name": name, "title": title, "type": "choice"}
        fields.append(made | {"listed": True, "filterable": True})
    states = [_state(one) for one in sheet.states]
    options = [
        {key: one[key] for key in ("code", "title", "tone") if key in one}
        for one in states
    ]
    said["fields"] = [
        one | {"options": options} if one["name"] == name else one for one in fields
    ]
    codes = [one.code for one in sheet.states]
    known = {one["code"]: one for one in old["steps"]}
    days = {one["name"] for one in fields if one.get("type") == "date"}
    steps = [_step(one, codes, known.get(one.code, {}), days) for one in sheet.steps]
    said["flow"] = {"field": name, "states": states, "steps": steps}
    return said


def _name(sheet: FlowSheet, old: Mapping[str, Any]) -> None:
    """Give each new row a code, made of its words; an old one keeps its own."""
    for rows, kept in ((sheet.states, old["states"]), (sheet.steps, old["steps"])):
        known = {one["code"] for one in kept}
        taken = {one.code for one in rows if one.code in known}
        for row in rows:
            if row.code not in known:
                row.code = made_name(row.zh, taken, before="")
                taken.add(row.code)


def _state(row: StateRow) -> dict[str, Any]:
    said: dict[str, Any] = {"code": row.code, "title": _words(row)}
    if row.tone:
        said["tone"] = row.tone
    return said | {flag: True for flag in STATE_FLAGS if flag in row.flags}


def _step(
    row: StepRow, codes: Sequence[str], before: Mapping[str, Any], days: Container[str]
) -> dict[str, Any]:
    said = {
        key: one
        for key, one in before.items()
        if key in ("clauses", "own_too")  # not asked here
    }
    said |= {
        "code": row.code,
        "title": _words(row),
        "from": [codes[int(one) - 1] for one in _numbers(row.sources)],
        "to": codes[int(row.to) - 1],
    }
    # An approval without anybody is for those with the right to approve.
    chosen = row.who or ([] if "approves" in row.flags else [ANYBODY])
    if chosen:
        said["who"] = [_who(one) for one in dict.fromkeys(chosen)]
    if row.when:
        said["when"] = row.when
    if row.asks:
        said["asks"] = sorted(row.asks)
    sets = dict(before.get("sets", {}))
    for note, words, _ in NOTES:
        name = row.notes.get(note, "")
        sets = {key: one for key, one in sets.items() if one not in words}
        if name:
            sets[name] = "today" if name in days else words[0]
    if sets:
        said["sets"] = sets
    return said | {flag: True for flag in STEP_FLAGS if flag in row.flags}


def _words(row: StateRow | StepRow) -> dict[str, str]:
    return {"zh": row.zh, "en": row.en or row.zh}
