"""What a breach proposes, in a time limit's form: a register, and a line a field."""

from typing import Any

from admin import rule_choices, visit
from admin.asked import Asked, Sheet
from admin.target_states import declared_of
from models.proposal_checks import ENTRY
from models.register import PERSON, STANDARD_NAMES, Declaration
from models.targets import SlaTarget
from models.words import Label

NAMES = ("proposes_register", "proposes")
FROM = "@"  # before a field of the entry whose promise was broken


def asked() -> list[Asked]:
    """Return the two fields."""
    t = visit.t
    offered = [
        one
        for one in rule_choices.registers()
        if (found := declared_of(one[0])) is not None and _person(found)
    ]
    return [
        Asked(
            "proposes_register",
            t("逾期后建议登记到", "A breach proposes an entry of"),
            "choice",
            choices=[("", t("不建议", "nothing")), *offered],
            help=t(
                "只是建议：由上级审核后才登记，不会自动扣减。",
                "A proposal only: somebody above decides; nothing is automatic.",
            ),
        ),
        Asked(
            "proposes",
            t("登记的内容", "What it holds"),
            "long",
            wide=True,
            max_length=2_000,
            help=t(
                "每行一项，如 金额 = 20；原因 = {target}逾期：{number}；出差单 = @id。",
                "A line each: amount = 20, reason = {target} late: {number}, "
                "trip = @id.",
            ),
        ),
    ]


def first(target: SlaTarget) -> dict[str, str]:
    """Return the first values of the fields."""
    said = target.proposes
    if said is None:
        return {}
    register = declared_of(said["register"])
    lines = [
        f"{_word(register, key)} = {_text(register, key, it)}"
        for key, it in said.get("values", {}).items()
    ]
    for key, ours in said.get("carry", {}).items():
        lines.append(f"{_word(register, key)} = {FROM}{ours}")
    return {"proposes_register": said["register"], "proposes": "\n".join(lines)}


def read(
    sheet: Sheet, declared: Declaration, found: SlaTarget | None
) -> dict[str, Any] | None:
    """Return what the form means; mistakes stand in the sheet."""
    register = declared_of(sheet.text("proposes_register"))
    if register is None:
        return None
    before = found.proposes if found is not None else None
    person = _person(register)
    if before is not None and before["register"] == register.code:
        person = before["person"]
    values: dict[str, Any] = {}
    carry: dict[str, str] = {}
    for line in filter(None, map(str.strip, sheet.text("proposes").splitlines())):
        name, between, value = (part.strip() for part in line.partition("="))
        key = _name(register, name)
        if not between or key is None:
            said = Label(
                f"“{line[:40]}”应写成 字段 = 内容，字段是{register.title.zh}的。",
                f"Write “{line[:40]}” as field = value, of {register.title.en}.",
            )
            sheet.refuse("proposes", said)
        elif value.startswith(FROM):
            ours = value.removeprefix(FROM)
            carry[key] = ours if ours == ENTRY else _name(declared, ours) or ours
        else:
            values[key] = _code(register, key, value)
    return {
        "register": register.code,
        "person": person,
        "values": values,
        "carry": carry,
    }


def _text(register: Declaration | None, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return visit.t("是", "yes") if value else visit.t("否", "no")
    if register is not None and register.has(name):
        for one in register.field(name).options:
            if one.value == value:
                return one.label.text(visit.language())
    return str(value)


def _person(register: Declaration) -> str:
    """Return the field that names whom an entry is about; "" where none does."""
    people = [
        one
        for one, _ in register.columns
        if one.type is PERSON and one.name not in STANDARD_NAMES
    ]
    people.sort(key=lambda one: not one.owner)
    return people[0].name if people else ""


def _word(register: Declaration | None, name: str) -> str:
    if register is None or not register.has(name):
        return name
    return register.field(name).label.text(visit.language())


def _name(register: Declaration, word: str) -> str | None:
    for one, _ in register.columns:
        if word in (one.name, *one.label.every):
            return one.name
    return None


def _code(register: Declaration, name: str, text: str) -> str:
    """Return an option's code for its word; other text as it is."""
    for one in register.field(name).options:
        if text in one.label.every:
            return one.value
    return text
