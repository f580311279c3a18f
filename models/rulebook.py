"""制度库, the rulebook: regulations with their clauses in the project's own words.

Rules, targets, measures and fields cite clauses by code; screens ask here what a clause
says. The texts come from `seed/regulations/` and are written anew when those change.
"""

import time
from collections.abc import Collection, Sequence

from sqlalchemy import ForeignKey, Index, Integer, String, Text, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from models.amid import among_those
from models.database import Base, address_of
from models.words import Label


class RulebookRegulation(Base):
    """One regulation: what it is called and what it is about."""

    __tablename__ = "rulebook_regulation"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)  # S0-04
    title_zh: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(160))
    summary_zh: Mapped[str] = mapped_column(Text)
    summary_en: Mapped[str] = mapped_column(Text)
    clauses: Mapped[list["RulebookClause"]] = relationship(
        cascade="all, delete-orphan",
        order_by="RulebookClause.position",
        back_populates="regulation",
    )

    @property
    def title(self) -> Label:
        """What it is called."""
        return Label(self.title_zh, self.title_en)

    @property
    def summary(self) -> Label:
        """What it is about, in a sentence."""
        return Label(self.summary_zh, self.summary_en)


class RulebookClause(Base):
    """One clause: where it stands and what it says."""

    __tablename__ = "rulebook_clause"
    __table_args__ = (Index("ix_rulebook_clause_regulation_code", "regulation_code"),)

    code: Mapped[str] = mapped_column(String(24), primary_key=True)  # S0-04-22
    regulation_code: Mapped[str] = mapped_column(
        ForeignKey("rulebook_regulation.code", ondelete="CASCADE")
    )
    position: Mapped[int] = mapped_column(Integer)
    section: Mapped[str] = mapped_column(String(40))  # as the regulation counts: 8
    text_zh: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    regulation: Mapped[RulebookRegulation] = relationship(back_populates="clauses")

    @property
    def text(self) -> Label:
        """What it says, in our own words."""
        return Label(self.text_zh, self.text_en)

    @property
    def place(self) -> Label:
        """Where it is found, as one says it."""
        title = self.regulation.title
        return Label(
            f"{title.zh}第 {self.section} 条（{self.code}）",
            f"{title.en}, section {self.section} ({self.code})",
        )


_CLAUSE = RulebookClause.__table__


def clause(session: Session, code: str) -> RulebookClause | None:
    """Return a clause by its code; None if no loaded regulation has it."""
    return session.get(RulebookClause, code.strip())


_TEXTS = select(_CLAUSE.c.code, _CLAUSE.c.text_zh, _CLAUSE.c.text_en).where(
    among_those(_CLAUSE.c.code, "codes")
)


_KEPT_SECONDS = 5.0
_kept: dict[str, tuple[float, dict[str, Label | None]]] = {}


def texts(session: Session, codes: Collection[str]) -> dict[str, Label]:
    """Return what clauses say, by their codes; unknown codes are left out.

    At most five seconds old, since every form asks.
    """
    key = address_of(session)
    since, known = _kept.get(key, (0.0, {}))
    if time.monotonic() - since > _KEPT_SECONDS:
        known = {}
        _kept[key] = (time.monotonic(), known)
    missing = [code for code in codes if code not in known]
    if missing:
        found: dict[str, Label | None] = dict.fromkeys(missing)
        for code, zh, en in session.execute(_TEXTS, {"codes": missing}):
            found[code] = Label(zh, en)
        known.update(found)
    return {code: text for code in codes if (text := known[code]) is not None}


def forget_texts() -> None:
    """Let this process read the clauses again, since it writes them."""
    _kept.clear()


def search(session: Session, text: str, limit: int) -> Sequence[RulebookClause]:
    """Return clauses in which every word of a text stands, in either language.

    A word is what stands between blanks: two Chinese characters, an English word in
    any case, or a part of a clause's code. With their regulations, in their order.
    """
    query = (
        select(RulebookClause)
        .options(selectinload(RulebookClause.regulation))
        .order_by(RulebookClause.regulation_code, RulebookClause.position)
        .limit(limit)
    )
    columns = (RulebookClause.text_zh, RulebookClause.text_en, RulebookClause.code)
    for word in text.split():
        query = query.where(
            or_(*(one.icontains(word, autoescape=True) for one in columns))
        )
    return session.scalars(query).all()


def regulations(session: Session) -> Sequence[RulebookRegulation]:
    """Return every loaded regulation by code."""
    return session.scalars(
        select(RulebookRegulation).order_by(RulebookRegulation.code)
    ).all()
