"""What a stanza adds to a register that is declared elsewhere, also to a class.

New fields, more options, checks, makes and postings; and what an admin changes of such
a register in the panel: other words, another order, fields hidden.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from models.call_list import Asks, CallList
from models.flow import Flow
from models.hardens import Hardens
from models.limit import Limit
from models.register import Check, Declaration, Field, Makes, Option, Posting
from models.stanza import (
    read_checks,
    read_makes,
    read_menu,
    read_postings,
    write_checks,
    write_makes,
    write_menu,
    write_postings,
)
from models.stanza_calling import (
    read_asks,
    read_call_list,
    write_asks,
    write_call_list,
)
from models.stanza_defaults import read_default, write_default
from models.stanza_fields import (
    FIELD_KEYS,
    read_fields,
    read_options,
    write_fields,
    write_options,
)
from models.stanza_flow import read_flow, write_flow
from models.stanza_hardening import read_hardens, write_hardens
from models.stanza_keys import AsWritten, Key, read_keys, write_keys
from models.stanza_limits import read_limits, write_limits
from models.stanza_mistakes import Place, StanzaError
from models.stanza_values import flag, names, text, words, write_names, write_words
from models.words import Label

STEP = "flow."  # before the code of a step, where fields are named as well
# What of a register and of its fields may be said otherwise: nothing that values or
# other declarations hang on.
ITSELF_KEYS = (
    Key("title", words, write_words),
    Key("menu", read_menu, write_menu),
    Key("icon", text),
    Key("numbering", text, may_be_empty=True),
    Key("display", names, write_names),
    Key("order", text),
    Key("in_menu", flag),
    Key("flow", read_flow, write_flow, may_be_empty=True),
)
_FIXED = frozenset({"name", "id", "type", "register", "computed", "was", "owner"})
REWORD_KEYS = tuple(
    replace(key, needed=False) for key in FIELD_KEYS if key.name not in _FIXED
)


@dataclass(frozen=True, slots=True)
class Added:
    """What is added to a register, and said of it otherwise."""

    register: str
    after: str | None = None  # the field that the new ones follow; None: the last
    fields: tuple[Field, ...] = ()
    options: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    makes: tuple[Makes, ...] = ()
    postings: tuple[Posting, ...] = ()
    limits: tuple[Limit, ...] = ()  # one of a name that is there takes its place
    call_list: CallList | None = None  # in the place of the register's own
    hardens: Hardens | None = None  # in the place of the register's own
    asks: tuple[Asks, ...] = ()  # more that ask for calls of the register's list
    clauses: tuple[str, ...] = ()
    # What a field, or a step of the flow as flow.<code>, carries beside its own.
    cites: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    itself: Mapping[str, Any] = field(default_factory=dict)  # by attribute
    reword: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # by field
    hide: tuple[str, ...] = ()
    sequence: tuple[str, ...] = ()  # the fields in another order; others stay put


def _more_options(value: Any, place: Place) -> dict[str, tuple[Option, ...]]:
    if not isinstance(value, Mapping):
        place.expected(value, "“{字段: 选项}”", "“{field: options}”")
        return {}
    return {name: read_options(one, place.at(name)) for name, one in value.items()}


def _write_more_options(value: Mapping[str, tuple[Option, ...]]) -> dict[str, Any]:
    return {name: write_options(one) for name, one in value.items()}


def _cites(value: Any, place: Place) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        place.expected(value, "“{字段: [条款]}”", "“{field: [clauses]}”")
        return {}
    return {
        name: tuple(code for code in names(one, place.at(name)) if code is not None)
        for name, one in value.items()
    }


def _write_cites(value: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    return {name: write_names(one) for name, one in value.items()}


def _itself(value: Any, place: Place) -> dict[str, Any]:
    return read_keys(value, place, ITSELF_KEYS) or {}


def _write_said(said: Mapping[str, Any], keys: Sequence[Key]) -> dict[str, Any]:
    """Write those attributes that are given."""
    return {
        key.name: None if said[key.meant] is None else key.write(said[key.meant])
        for key in keys
        if key.meant in said
    }


def _write_itself(value: Mapping[str, Any]) -> dict[str, Any]:
    return _write_said(value, ITSELF_KEYS)


def _reword(value: Any, place: Place) -> dict[str, dict[str, Any]]:
    if not isinstance(value, Mapping):
        place.expected(value, "“{字段: {…}}”", "“{field: {...}}”")
        return {}
    return {
        name: read_keys(one, place.at(name), REWORD_KEYS) or {}
        for name, one in value.items()
    }


def _write_reword(value: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {name: _write_said(said, REWORD_KEYS) for name, said in value.items()}


ADDED_KEYS = (
    Key("register", text, needed=True),
    Key("after", text, may_be_empty=True),
    Key("fields", read_fields, write_fields),
    Key("options", _more_options, _write_more_options),
    Key("checks", read_checks, write_checks),
    Key("makes", read_makes, write_makes),
    Key("postings", read_postings, write_postings),
    Key("limits", read_limits, write_limits),
    Key("call_list", read_call_list, write_call_list, may_be_empty=True),
    Key("asks", read_asks, write_asks),
    Key("hardens", read_hardens, write_hardens, may_be_empty=True),
    Key("clauses", names, write_names),
    Key("cites", _cites, _write_cites),
    Key("itself", _itself, _write_itself),
    Key("reword", _reword, _write_reword),
    Key("hide", names, write_names),
    Key("sequence", names, write_names),
)


def read_added(stanza: Any) -> Added:
    """Return what a stanza adds to a register.

    Raises:
        StanzaError: With every mistake of the notation.
    """
    return _read_added(AsWritten(stanza))


@lru_cache(maxsize=1024)
def _read_added(written: AsWritten) -> Added:
    mistakes: list[Any] = []
    said = read_keys(written.stanza, Place((), mistakes), ADDED_KEYS)
    if said is None or mistakes:
        raise StanzaError(mistakes)
    return Added(**said)


def write_added(added: Added) -> dict[str, Any]:
    """Return the stanza of what is added; JSON can keep it."""
    return write_keys(added, Added(""), ADDED_KEYS)


def with_added(declared: Declaration, added: Added) -> Declaration:
    """Return a register with what is added to it, and said of it otherwise.

    Two origins may add one and the same field; it is there once. A field that is not
    there to be followed is followed nowhere: the new ones come last, except after the
    number, which stands before all that a register declares.
    """
    own = list(declared.fields)
    known = {one.name for one in own}
    place = next(
        (index + 1 for index, one in enumerate(own) if one.name == added.after),
        0 if added.after == "number" else len(own),
    )
    own[place:place] = [one for one in added.fields if one.name not in known]
    own = [
        _citing(
            _reworded(_with_options(one, added), added.reword.get(one.name, {})), added
        )
        for one in own
    ]
    hidden = tuple(one for one in own if one.name in added.hide)
    # A flow that is said otherwise is the one whose steps carry more clauses.
    flow = _steps_citing(added.itself.get("flow", declared.flow), added)
    return replace(
        declared,
        **{name: said for name, said in added.itself.items() if name != "flow"},
        fields=tuple(_sorted([one for one in own if one not in hidden], added)),
        retired_fields=(*declared.retired_fields, *hidden),
        checks=(*declared.checks, *added.checks),
        makes=(*declared.makes, *added.makes),
        postings=(*declared.postings, *added.postings),
        limits=_limits(declared, added),
        flow=flow,
        call_list=_call_list(declared, added),
        hardens=added.hardens or declared.hardens,
        clauses=tuple(dict.fromkeys((*declared.clauses, *added.clauses))),
    )


def _call_list(declared: Declaration, added: Added) -> CallList | None:
    """Return the call list with what asks besides; each register asks once."""
    found = added.call_list or declared.call_list
    if found is None:
        return None
    known = {(one.register, one.via) for one in found.asks}
    more = (one for one in added.asks if (one.register, one.via) not in known)
    return replace(found, asks=(*found.asks, *more))


def _limits(declared: Declaration, added: Added) -> tuple[Limit, ...]:
    """Return the limits, where one of a trade is in the place of the usual one."""
    named = {one.name: one for one in declared.limits}
    return tuple((named | {one.name: one for one in added.limits}).values())


def _with_options(one: Field, added: Added) -> Field:
    known = {each.value for each in one.options}
    more = added.options.get(one.name, ())
    new = tuple(each for each in more if each.value not in known)
    return replace(one, options=(*one.options, *new)) if new else one


def _reworded(one: Field, said: Mapping[str, Any]) -> Field:
    """Return a field said otherwise; its type tells what a default means."""
    if not said:
        return one
    found = replace(one, **said)
    if said.get("default") is None:
        return found
    return replace(found, default=_default(found, Place((), [])))


def _default(one: Field, place: Place) -> Any:
    """Return the default that a stanza gives to a field, as it stands there."""
    return read_default(one.default, place, one.type)


def default_mistakes(one: Field, said: Mapping[str, Any]) -> list[Label]:
    """Return what is wrong with the default that a field is to begin with."""
    if said.get("default") is None:
        return []
    mistakes: list[Any] = []
    _default(replace(one, default=said["default"]), Place((), mistakes))
    return [each.label for each in mistakes]


def _citing(one: Field, added: Added) -> Field:
    more = added.cites.get(one.name)
    if not more:
        return one
    return replace(one, clause=" ".join(_each_once((one.clause or "").split(), more)))


def _steps_citing(flow: Flow | None, added: Added) -> Flow | None:
    if flow is None or not any(name.startswith(STEP) for name in added.cites):
        return flow
    steps = (
        replace(
            one,
            clauses=_each_once(one.clauses, added.cites.get(f"{STEP}{one.code}", ())),
        )
        for one in flow.transitions
    )
    return replace(flow, transitions=tuple(steps))


def _each_once(said: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*said, *more)))


def _sorted(own: list[Field], added: Added) -> list[Field]:
    """Return the fields in the order said; others follow whom they followed."""
    places = {name: index for index, name in enumerate(added.sequence)}
    keyed = []
    last = -1
    for one in own:
        last = places.get(one.name, last)
        keyed.append((last, one))
    return [one for _, one in sorted(keyed, key=lambda pair: pair[0])]


def said_otherwise(base: Declaration, wanted: Declaration, name: str) -> Added:
    """Return what has to be said of one register so that it becomes another.

    Args:
        base: The register as it is declared elsewhere.
        wanted: The same as it shall be: fields added, reworded, hidden, in an order.
        name: Its code.
    """
    before = {one.name: one for one in base.fields}
    after = {one.name: one for one in wanted.fields}
    reword = {
        key: said | _said_default(one, said)
        for key, one in after.items()
        if key in before and (said := _differing(before[key], one, REWORD_KEYS))
    }
    known = before.keys() | {one.name for one in base.retired_fields}
    # One that was added and is now hidden stays added, so that it can come back.
    own = (*wanted.fields, *wanted.retired_fields)
    new = tuple(one for one in own if one.name not in known)
    hide = tuple(one.name for one in (*base.fields, *new) if one.name not in after)
    plain = with_added(base, Added(name, fields=new, hide=hide))
    order = tuple(after)
    is_same = order == tuple(one.name for one in plain.fields)
    return Added(
        name,
        fields=new,
        itself=_differing(base, wanted, ITSELF_KEYS),
        reword=reword,
        hide=hide,
        sequence=() if is_same else order,
    )


def _said_default(one: Field, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return a changed default as the stanza says it."""
    if said.get("default") is None:
        return {}
    return {"default": write_default(one.default, one.type)}


def _differing(before: Any, after: Any, keys: Sequence[Key]) -> dict[str, Any]:
    found = {}
    for key in keys:
        old, new = getattr(before, key.meant), getattr(after, key.meant)
        if old != new:
            found[key.meant] = new
    return found
