"""Figures that fall into bands: each band begins at its lower bound, included.

A table's keys are the lower bounds; the last band has no end. What lies below the
first bound is in no band.
"""

from bisect import bisect_right
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple, cast

from models.rules.formula_units import EXACT, Scalar, settle

_NOTHING = Decimal(0)


class Piece(NamedTuple):
    """A part of a figure and the rate of the band it lies in."""

    amount: Decimal
    rate: Decimal


class Band(NamedTuple):
    """One band: where it begins, and what the table says of it."""

    begins: Decimal
    says: Scalar


def bands(rows: Mapping[Scalar, Scalar]) -> tuple[Band, ...]:
    """Return a table's bands in rising order of their bounds."""
    found = (
        Band(bound, says) for bound, says in rows.items() if isinstance(bound, Decimal)
    )
    return tuple(sorted(found, key=lambda band: band.begins))


def band_of(figure: Decimal, all_bands: tuple[Band, ...]) -> Band | None:
    """Return the band a figure lies in; None below the first."""
    place = bisect_right(all_bands, settle(figure), key=lambda band: band.begins)
    return all_bands[place - 1] if place else None


def pieces(figure: Decimal, all_bands: tuple[Band, ...]) -> tuple[Piece, ...]:
    """Cut a figure at the bounds, so that every part meets its own rate.

    What is below the first bound belongs to no piece. What every band says must be a
    rate.
    """
    ends = (*(band.begins for band in all_bands[1:]), None)
    found = []
    for (begins, rate), end in zip(all_bands, ends, strict=True):
        if figure <= begins:
            break
        upto = figure if end is None or figure < end else end
        found.append(Piece(EXACT.subtract(upto, begins), cast("Decimal", rate)))
    return tuple(found)


def worth(all_pieces: tuple[Piece, ...]) -> Decimal:
    """Return what pieces come to at their rates."""
    total = _NOTHING
    for amount, rate in all_pieces:
        total = EXACT.add(total, EXACT.multiply(amount, rate))
    return total
