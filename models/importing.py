"""Imports: rehearse with the checks of a save, apply at once, undo as a whole.

A rehearsal writes nothing; a batch keeps it with its lines until it is applied. This is
the one name for the steps; each has its own module.
"""

from models.import_batches import (
    ImportStateError,
    apply,
    apply_batch,
    lines_of,
    skipped_of,
    stage,
    undo_batch,
)
from models.import_reading import (
    NothingToImportError,
    file_hash_of,
    header_of,
    lines_on,
    read_lines,
)
from models.import_rehearsal import Progress, Rehearsal, rehearse

__all__ = [
    "ImportStateError",
    "NothingToImportError",
    "Progress",
    "Rehearsal",
    "apply",
    "apply_batch",
    "file_hash_of",
    "header_of",
    "lines_of",
    "lines_on",
    "read_lines",
    "rehearse",
    "skipped_of",
    "stage",
    "undo_batch",
]
