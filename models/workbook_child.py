"""A program of its own that opens one workbook from its input; never imported.

The reader is fast, but a damaged .xls can make it loop or take all memory, and a
failed allocation in it ends the process it runs in. So it runs in this one, with
limits, and the worst file costs its sender a sentence, not everybody the server.

Arguments: most memory in bytes, most seconds, most cells of a sheet. Answers on its
output with one pickle: a list of sheets, or a dictionary of what is wrong.
"""

import io
import pickle
import sys
import zlib
from itertools import islice
from typing import Any

import python_calamine as calamine

try:
    import resource
except ImportError:  # Windows has no such limits; there the process alone must do.
    resource = None  # type: ignore[assignment]  # asked for before use

ROWS_TOGETHER = 1_000


def limit_itself(memory: int, seconds: int) -> None:
    """Let the system end this process when it takes more."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def sheets(data: bytes, most_cells: int) -> list[dict[str, Any]] | dict[str, Any]:
    """Return all sheets with their rows packed, or what is wrong with the file."""
    try:
        book = calamine.load_workbook(io.BytesIO(data))
        found = []
        for about in book.sheets_metadata:
            if about.typ is not calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(about.name)
            if sheet.total_height * sheet.total_width > most_cells:
                return {"too far": sheet.end}
            hidden = about.visible is not calamine.SheetVisibleEnum.Visible
            found.append(
                {
                    "name": about.name,
                    "hidden": hidden,
                    "height": sheet.end[0] + 1 if sheet.end else 0,
                    "merged": sheet.merged_cell_ranges or [],
                    "rows": packed(sheet),
                }
            )
    except calamine.PasswordError:
        return {"password": True}
    except calamine.CalamineError:
        return {"broken": True}
    return found


def packed(sheet: calamine.CalamineSheet) -> list[bytes]:
    """Return the rows in pieces, small enough that one is nothing to hold."""
    rows = iter(sheet.iter_rows()) if sheet.end else iter(())
    pieces = []
    while some := list(islice(rows, ROWS_TOGETHER)):
        pieces.append(zlib.compress(pickle.dumps(some, protocol=5), level=1))
    return pieces


if __name__ == "__main__":
    most_memory, most_seconds, cells = map(int, sys.argv[1:])
    limit_itself(most_memory, most_seconds)
    answer = sheets(sys.stdin.buffer.read(), cells)
    sys.stdout.buffer.write(pickle.dumps(answer, protocol=5))
