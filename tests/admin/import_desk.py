"""Files imported into the company's registers, and what an export brings back."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from admin import exporting
from admin.listing import Desk, Wanted
from models import catalogue, importing
from models.access import SYSTEM
from models.import_mapping import read_mapping
from models.importing import Rehearsal
from models.rules.cell_values import unguard_text
from tests.company import NOON, ZONE, Company, writer

DATA = Path(__file__).parent.parent / "data"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import said before and did."""

    found: Rehearsal
    imported: int

    @property
    def counts(self) -> dict[str, int]:
        """The numbers a person is told."""
        return {
            "rows": len(self.found.lines),
            "imported": self.imported,
            "refused": len(self.found.refused),
            "known": len(self.found.known),
            "repeated": len(self.found.repeated),
        }

    @property
    def refused(self) -> list[tuple[int, str, str]]:
        """Row, column and sentence of every problem."""
        return [
            (line.number, line.columns.get(one.field or "", ""), one.label.zh)
            for line in self.found.refused
            for one in line.problems
        ]


def import_file(
    company: Company,
    register: str,
    data: bytes,
    mapping: Mapping[str, Any],
    name: str = "file.csv",
) -> Outcome:
    """Rehearse a file and apply what is good, as the command does."""
    how = read_mapping(dict(mapping), catalogue.current()[register])
    file_hash, by = importing.file_hash_of(data), writer(origin="import")
    lines, skipped = importing.read_lines(data, name, how)
    with company.database.read() as session:
        found = importing.rehearse(
            session, register, lines, skipped, how, file_hash, by
        )
    with company.database.write() as session:
        batch = importing.stage(session, register, name, file_hash, how, found, by)
        imported = importing.apply_batch(session, batch, by)
    return Outcome(found, imported)


def plain_rows(name: str) -> list[dict[str, str]]:
    """Read a file of tests/data with nothing but Python's csv module."""
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def exported(company: Company, register: str) -> list[dict[str, str]]:
    """Return the whole register's CSV export, in Chinese, by its heads."""
    declared = catalogue.current()[register]
    desk = Desk(SYSTEM, "zh", ZONE, NOON)
    parts = exporting.chunks(
        company.database.reading,
        declared,
        Wanted(sort="id"),
        desk,
        exporting.exported(desk, declared),
        "csv",
    )
    text = b"".join(parts).decode("utf-8-sig")
    return [
        {head: unguard_text(cell) for head, cell in row.items()}
        for row in csv.DictReader(io.StringIO(text, newline=""))
    ]
