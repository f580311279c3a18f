"""The things a template brings, each read from and written to where it lives.

An item's values are plain JSON, so that what a template said can be kept, compared with
what stands there now, and merged key by key.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import accounts, preferences
from models.access import Action, Role, RoleGrant, Rows
from models.history import Writer, plain
from models.measures import Measure
from models.rulebook import RulebookClause, RulebookRegulation, forget_texts
from models.words import Label
from seed.regulation_files import RegulationText
from seed.stanza_base import Words
from seed.stanza_objects import joined, measure_values
from seed.template_schema import GrantStanza, MeasureStanza, RoleStanza

Values = dict[str, Any]

# What templates said last, by kind, code and scope.
Remembered = Mapping[tuple[str, str, int], Values]


@dataclass(frozen=True)
class Item(ABC):
    """One thing: what kind, by which code, with which values."""

    kind: ClassVar[str]
    kind_label: ClassVar[Label]
    scoped: ClassVar[bool] = False  # one for each department

    code: str
    label: Label
    wanted: Values

    @abstractmethod
    def read(self, session: Session, scope: int) -> Values | None:
        """Return what stands there now; None if it is not there."""

    @abstractmethod
    def write(
        self, session: Session, scope: int, values: Values, writer: Writer
    ) -> None:
        """Make it say these values."""

    def last(self, remembered: Remembered, scope: int) -> Values | None:
        """Return what a template said of it last; None if none ever did."""
        return remembered.get((self.kind, self.code, scope))


def plainly(values: Mapping[str, Any]) -> Values:
    """Return values as JSON keeps them."""
    return {name: plain(value) for name, value in values.items()}


def titles(words: Words) -> Values:
    """Return a title as most tables keep it."""
    return {"name_zh": words.zh, "name_en": words.en}


class RegulationItem(Item):
    """A regulation of the rulebook with its clauses."""

    kind = "regulation"
    kind_label = Label("制度", "regulation")

    def read(self, session: Session, scope: int) -> Values | None:
        """Return its texts, those of each clause under a key of its own."""
        del scope
        found = session.get(RulebookRegulation, self.code)
        if found is None:
            return None
        return {
            "title": [found.title_zh, found.title_en],
            "summary": [found.summary_zh, found.summary_en],
        } | {
            f"clause {one.code}": [
                one.position,
                one.section,
                one.text_zh,
                one.text_en,
            ]
            for one in found.clauses
        }

    def write(
        self, session: Session, scope: int, values: Values, writer: Writer
    ) -> None:
        """Write it anew as a whole."""
        del scope, writer
        forget_texts()
        session.execute(
            delete(RulebookClause).where(RulebookClause.regulation_code == self.code)
        )
        session.execute(
            delete(RulebookRegulation).where(RulebookRegulation.code == self.code)
        )
        session.expire_all()
        title, summary = values["title"], values["summary"]
        session.add(
            RulebookRegulation(
                code=self.code,
                title_zh=title[0],
                title_en=title[1],
                summary_zh=summary[0],
                summary_en=summary[1],
                clauses=[
                    RulebookClause(
                        code=name.removeprefix("clause "),
                        position=said[0],
                        section=said[1],
                        text_zh=said[2],
                        text_en=said[3],
                    )
                    for name, said in values.items()
                    if name.startswith("clause ")
                ],
            )
        )
        session.flush()


def regulation_item(text: RegulationText) -> RegulationItem:
    """Return a file of the rulebook as an item."""
    said = text.stanza
    values: Values = {
        "title": [said.title.zh, said.title.en],
        "summary": [said.summary.zh, said.summary.en],
    }
    for position, one in enumerate(said.clauses):
        values[f"clause {one.code}"] = [position, one.section, one.zh, one.en]
    return RegulationItem(said.code, said.title.label, values)


class CodedItem(Item):
    """A row of the company's, whatever the department, that its code names."""

    table: ClassVar[type[Any]]

    def _found(self, session: Session) -> Any:
        return session.scalar(select(self.table).where(self.table.code == self.code))

    def read(self, session: Session, scope: int) -> Values | None:
        """Return its columns."""
        del scope
        found = self._found(session)
        if found is None:
            return None
        return {name: getattr(found, name) for name in self.wanted}

    def write(
        self, session: Session, scope: int, values: Values, writer: Writer
    ) -> None:
        """Make or change the row."""
        del scope, writer
        found = self._found(session)
        if found is None:
            session.add(self.table(code=self.code, **values))
        else:
            for name, value in values.items():
                setattr(found, name, value)
        session.flush()


class MeasureItem(CodedItem):
    """A measure."""

    kind = "measure"
    kind_label = Label("考核指标", "measure")
    table = Measure


def measure_item(stanza: MeasureStanza) -> MeasureItem:
    """Return a stanza as an item."""
    values = plainly(measure_values(stanza))
    return MeasureItem(stanza.code, stanza.title.label, values)


class RoleItem(Item):
    """A preset of rights; each of its grants under a key of its own."""

    kind = "role"
    kind_label = Label("角色", "role")

    def _found(self, session: Session) -> Role | None:
        return session.scalar(select(Role).where(Role.code == self.code))

    def read(self, session: Session, scope: int) -> Values | None:
        """Return its names and grants."""
        del scope
        found = self._found(session)
        if found is None:
            return None
        grants: Values = {}
        for one in found.grants:
            _join(
                grants,
                one.register,
                Rows(one.rows),
                one.actions.split(),
                one.secrets.split(),
                unmasked=one.unmasked,
                secrecy=one.secrecy,
            )
        said = {"name_zh": found.name_zh, "name_en": found.name_en}
        return said | _clauses(found.clauses) | grants

    def write(
        self, session: Session, scope: int, values: Values, writer: Writer
    ) -> None:
        """Write its grants anew; who has the role gets the new rights at once."""
        del scope, writer
        self.save(session, values)

    def save(self, session: Session, values: Values) -> Role:
        """Write the role; nothing of it has a date."""
        found = self._found(session)
        if found is None:
            found = Role(code=self.code)
            session.add(found)
        found.name_zh, found.name_en = values["name_zh"], values["name_en"]
        found.clauses = values.get("clauses", "")
        found.grants = [
            RoleGrant(
                register=name.split()[1],
                rows=Rows[name.split()[2].upper()].value,
                actions=" ".join(said["actions"]),
                secrets=" ".join(said["secrets"]),
                unmasked=said["unmasked"],
                secrecy=said.get("secrecy", 0),
            )
            for name, said in values.items()
            if name.startswith("grant ")
        ]
        session.flush()
        accounts.raise_stamps(session, [found.id])
        return found


def _clauses(codes: str) -> Values:
    """Return what a role rests on; nothing where it names none."""
    return {"clauses": codes} if codes else {}


_ORDER = [one.value for one in Action]


def _join(
    grants: Values,
    register: str,
    rows: Rows,
    actions: list[str],
    secrets: list[str],
    *,
    unmasked: bool,
    secrecy: int,
) -> None:
    """Add a grant to those there are; one of the same rows grows.

    The lowest level of secrecy is not said: what was remembered before there were any
    stays the same.
    """
    name = f"grant {register} {rows.name.lower()}"
    before = grants.get(name, {"actions": [], "secrets": [], "unmasked": False})
    grants[name] = {
        "actions": sorted({*before["actions"], *actions}, key=_ORDER.index),
        "secrets": sorted({*before["secrets"], *secrets}),
        "unmasked": before["unmasked"] or unmasked,
    }
    highest = max(before.get("secrecy", 0), secrecy)
    if highest:
        grants[name]["secrecy"] = highest


def role_item(stanza: RoleStanza, bundles: Mapping[str, Any]) -> RoleItem:
    """Return a stanza as an item, with the grants of its bundles."""
    given: list[GrantStanza] = [
        grant for code in stanza.bundles for grant in bundles[code].grants
    ]
    values = titles(stanza.title) | _clauses(joined(stanza.clauses))
    for grant in (*given, *stanza.grants):
        for register in grant.registers:
            _join(
                values,
                register,
                Rows[grant.rows.upper()],
                list(grant.actions),
                list(grant.secrets),
                unmasked=grant.unmasked,
                secrecy=grant.secrecy,
            )
    return RoleItem(stanza.code, stanza.title.label, values)


class PreferenceItem(Item):
    """A word of the installation, such as which registers are on."""

    kind = "preference"
    kind_label = Label("设置", "setting")

    def read(self, session: Session, scope: int) -> Values | None:
        """Return the word's value."""
        del scope
        found = preferences.get(session, self.code)
        return None if found is None else {"value": found}

    def write(
        self, session: Session, scope: int, values: Values, writer: Writer
    ) -> None:
        """Set the word."""
        del scope, writer
        preferences.put(session, self.code, values["value"])
