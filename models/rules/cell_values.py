"""A cell of somebody's sheet -> a typed value, or a sentence saying what is wrong.

One reader for each kind of field. Each takes the cell as `models.sheets` gives it and
returns None for an empty cell or for a word of `nothing` (see `nothing_words`); what it
cannot take raises `CellError`. Nothing is guessed that could mean two things.
"""

from models.rules.cell_basics import (
    NO_WORDS,
    USUAL_NOTHING,
    Cell,
    CellError,
    is_nothing,
    nothing_words,
)
from models.rules.cell_clock import Unit, read_duration, read_time
from models.rules.cell_dates import read_date
from models.rules.cell_instants import RepeatedHour, read_instant
from models.rules.cell_numbers import read_decimal, read_integer, read_money
from models.rules.cell_phones import read_phone
from models.rules.cell_words import (
    Options,
    read_choice,
    read_choices,
    read_identifier,
    read_text,
    read_yes_no,
)
from models.rules.formula_guard import guard_text, unguard_text

__all__ = [
    "NO_WORDS",
    "USUAL_NOTHING",
    "Cell",
    "CellError",
    "Options",
    "RepeatedHour",
    "Unit",
    "guard_text",
    "is_nothing",
    "nothing_words",
    "read_choice",
    "read_choices",
    "read_date",
    "read_decimal",
    "read_duration",
    "read_identifier",
    "read_instant",
    "read_integer",
    "read_money",
    "read_phone",
    "read_text",
    "read_time",
    "read_yes_no",
    "unguard_text",
]
