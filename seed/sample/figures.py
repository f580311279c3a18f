"""Rows that nobody entered: figures that came with entries, marked as samples too."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import catalogue, samples
from models.access import marked


def mark_figures(session: Session, sample: str) -> None:
    """Mark the rows of figures that hang on sample entries, such as stock at a place.

    A figure is a sample's if every entry it is kept for is of that sample.
    """
    known = catalogue.current()
    kept_for = {
        (posting.to, tuple(posting.match))
        for declared in known
        for posting in declared.postings
        if posting.create
    }
    for register, names in sorted(kept_for):
        declared, table = known[register], known.table(register)
        query = select(table.c.id)
        for name in names:
            one = declared.field(name)
            if one.refers_to is not None:
                ids = samples.sample_ids(one.refers_to, sample)
                query = query.where(table.c[one.column or ""].in_(ids))
        already = samples.marked_ids(session, register)
        found = set(session.scalars(marked(query, register)))
        samples.mark(session, register, sorted(found - already), sample)
