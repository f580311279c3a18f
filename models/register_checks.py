"""Mistakes in declarations, found at start-up and before a template is applied.

All of them at once, each with an id and a sentence:
`R003 complaint_log.due_at: required but read-only; the form could never save a row.`
"""

from dataclasses import dataclass

from models import register_checks_calling as calling
from models import register_checks_entering as entering
from models import register_checks_flow as flows
from models import register_checks_formulas as formulas
from models import register_checks_handing as handing
from models import register_checks_hardening as hardening
from models import register_checks_limits as limits
from models import register_checks_links as links
from models import register_checks_names as names
from models import register_checks_parts as parts
from models import register_checks_postings as postings
from models import register_checks_stamping as stamping
from models import register_checks_values as values
from models.catalogue import Catalogue
from models.register_findings import RULES
from models.words import Label

GROUPS = (
    names,
    values,
    links,
    parts,
    postings,
    formulas,
    flows,
    handing,
    limits,
    stamping,
    calling,
    hardening,
    entering,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: the check's id, the register and field, and what is wrong."""

    id: str
    place: str
    label: Label

    def __str__(self) -> str:
        """Return the line for the operator, in English like the declarations."""
        return self.text("en")

    def text(self, language: str = "zh") -> str:
        """Return the line for a language code."""
        return f"{self.id} {self.place}: {self.label.text(language)}"


class DeclarationError(Exception):
    """The declarations contradict themselves; `problems` has every mistake."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems; the message is one line for each."""
        self.problems = tuple(problems)
        super().__init__("\n".join(str(one) for one in problems))


def check(catalogue: Catalogue) -> list[Problem]:
    """Return every mistake of every declaration, in the order of registers and ids."""
    return [
        Problem(number, ".".join(filter(None, (code, found.place))), found.label)
        for code, declared in catalogue.codes.items()
        for number, rule in sorted(RULES.items())
        for found in rule(catalogue.codes, declared)
    ]


def assert_sound(catalogue: Catalogue) -> None:
    """Raise DeclarationError with every mistake, if there is one."""
    problems = check(catalogue)
    if problems:
        raise DeclarationError(problems)
