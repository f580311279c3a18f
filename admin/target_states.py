"""States in a time limit's form: what starts, stops and pauses it, in words."""

import re

from admin import visit
from admin.asked import Asked, Sheet
from models import catalogue
from models.register import Declaration
from models.targets import SlaTarget
from models.words import Label

NAMES = ("start_states", "stop_states", "pause_states")
_BETWEEN = re.compile(r"[\s、，,;；]+")


def asked(declared: Declaration) -> list[Asked]:
    """Return the fields of the states; none for a register that has no flow."""
    t = visit.t
    known = _known(declared)
    stopping = any(
        one.flow is not None
        and (one is declared or any(it.refers_to == declared.code for it in one.fields))
        for one in catalogue.current()
    )
    found = []
    if known:
        listed = t("可用的环节：", "States: ") + "、".join(known.values())
        found = [
            Asked(
                "start_states",
                t("进入哪个环节起算", "Starts on entering"),
                max_length=400,
                help=t(
                    "起算时间选了环节时填写，几个用顿号隔开。",
                    "If a state starts it; several with commas between.",
                )
                + listed,
            ),
            Asked(
                "pause_states",
                t("在哪些环节暂停计时", "Paused in"),
                max_length=400,
                help=t(
                    "例如等客户答复、已退回；按营业时间扣除。",
                    "Such as waiting for the customer; business time is left out.",
                ),
            ),
        ]
    if stopping:
        found.append(
            Asked(
                "stop_states",
                t("进入哪个环节算做完", "Done on entering"),
                max_length=400,
                help=t(
                    "做完的标志选了环节时填写，几个用顿号隔开。",
                    "If a state stops it; several with commas between.",
                ),
            )
        )
    return found


def first(declared: Declaration, target: SlaTarget | None) -> dict[str, str]:
    """Return the first values: the states by their labels."""
    if target is None:
        return {}
    stopping = _stopping(declared, target.stop_register)
    places = {
        "start_states": declared,
        "stop_states": stopping,
        "pause_states": declared,
    }
    return {name: words(where, getattr(target, name)) for name, where in places.items()}


def read(sheet: Sheet, name: str, where: Declaration | None) -> str:
    """Return the codes of the states that were typed; mistakes stand in the sheet."""
    if name not in sheet.meta or where is None:
        return ""
    known = _known(where)
    codes = {label: code for code, label in known.items()}
    found = []
    for word in filter(None, _BETWEEN.split(sheet.text(name))):
        if word not in codes and word not in known:
            there = "、".join(known.values()) or "—"
            said = Label(
                f"{where.title.zh}没有环节“{word}”，可用的是：{there}。",
                f"{where.title.en} has no state “{word}”; there are: {there}.",
            )
            sheet.refuse(name, said)
            continue
        found.append(codes.get(word, word))
    return " ".join(dict.fromkeys(found))


def words(where: Declaration | None, codes: str) -> str:
    """Return states by their labels."""
    known = {} if where is None else _known(where)
    return "、".join(known.get(code, code) for code in codes.split())


def _stopping(declared: Declaration, register: str | None) -> Declaration | None:
    if register is None:
        return declared
    return declared_of(register)


def declared_of(register: str) -> Declaration | None:
    """Return a register; None where it is there no more."""
    return next((one for one in catalogue.current() if one.code == register), None)


def _known(declared: Declaration) -> dict[str, str]:
    if declared.flow is None:
        return {}
    language = visit.language()
    return {one.code: one.label.text(language) for one in declared.flow.states}
