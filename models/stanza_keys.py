"""A stanza as a table of keys: which attribute each is, how it is read and written."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from models.stanza_mistakes import Place, one_of
from models.stanza_values import Reader, Writer, same
from models.words import Label

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a stanza."""

    name: str
    read: Reader
    write: Writer = same
    attribute: str = ""  # of the declaration, where its name is another
    needed: bool = False
    may_be_empty: bool = False  # an empty value takes away what there usually is

    @property
    def meant(self) -> str:
        """The attribute it stands for."""
        return self.attribute or self.name


class AsWritten:
    """A stanza to remember what it means by: equal to one with the same words.

    Reading one costs milliseconds, and a process meets the same ones again whenever a
    catalogue is made of what is stored.
    """

    __slots__ = ("stanza", "words")

    def __init__(self, stanza: Any) -> None:
        """Take the words as they are now."""
        self.stanza = stanza
        self.words = repr(stanza)  # tells 1 from "1", as JSON's keys do not

    def __eq__(self, other: object) -> bool:
        """Whether the other was written with the same words."""
        return isinstance(other, AsWritten) and other.words == self.words

    def __hash__(self) -> int:
        """Return a number that follows from the words."""
        return hash(self.words)


def read_keys(value: Any, place: Place, keys: Sequence[Key]) -> dict[str, Any] | None:
    """Return the attributes that a stanza gives; None if it is no stanza at all."""
    if not isinstance(value, Mapping):
        place.expected(value, "一组项目", "some keys with values")
        return None
    known = {one.name: one for one in keys}
    found: dict[str, Any] = {}
    for name, said in value.items():
        key = known.get(name)
        if key is None:
            what = Label("这里可用的项目", "a key of this place")
            place.at(name).wrong(one_of(name, list(known), what))
        elif said is not None:
            found[key.meant] = key.read(said, place.at(name))
        elif key.may_be_empty:
            found[key.meant] = None
        else:
            place.at(name).wrong(
                Label(
                    f"“{name}”是空的，请填写或删去。",
                    f"“{name}” is empty. Fill it in or leave it out.",
                )
            )
    for one in keys:
        if one.needed and one.name not in value:
            place.at(one.name).wrong(
                Label(
                    f"缺少“{one.name}”，请补上。", f"“{one.name}” is missing. Add it."
                )
            )
    return found


def read_one(
    value: Any, place: Place, keys: Sequence[Key], kind: Callable[..., T]
) -> T | None:
    """Read one stanza of a kind; None, with the mistakes noted, if it has some."""
    before = len(place.mistakes)
    said = read_keys(value, place, keys)
    if said is None or len(place.mistakes) > before:
        return None
    return kind(**said)


def read_items(
    value: Any, place: Place, keys: Sequence[Key], kind: Callable[..., T]
) -> tuple[T, ...]:
    """Read a list of stanzas of a kind; those with mistakes are left out."""
    if not isinstance(value, list):
        place.expected(value, "一个列表", "a list")
        return ()
    found = (
        read_one(one, place.at(index), keys, kind) for index, one in enumerate(value)
    )
    return tuple(one for one in found if one is not None)


def write_keys(item: Any, usual: Any, keys: Iterable[Key]) -> dict[str, Any]:
    """Return the stanza of an item: what is needed, and what is not as usual.

    Args:
        item: What is written.
        usual: The same as it is when only what is needed is said.
        keys: Its keys, in the order in which they are to stand.
    """
    said: dict[str, Any] = {}
    for key in keys:
        value = getattr(item, key.meant)
        if key.needed or not _alike(value, getattr(usual, key.meant)):
            said[key.name] = None if value is None else key.write(value)
    return said


def _alike(value: Any, usual: Any) -> bool:
    """Whether two values are one; 0 is not "no", though Python takes them for equal."""
    return type(value) is type(usual) and bool(value == usual)
