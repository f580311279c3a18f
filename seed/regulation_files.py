"""The rulebook's files: one regulation each, its clauses in our own words."""

from dataclasses import dataclass
from pathlib import Path

from models.words import Label
from seed.template_error import Fault, TemplateError, one_of
from seed.template_schema import RegulationFile, validated
from seed.yaml_source import Source, read_yaml

FOLDER = Path(__file__).parent / "regulations"


@dataclass(frozen=True, slots=True)
class RegulationText:
    """One file of the rulebook."""

    stanza: RegulationFile
    source: Source

    @property
    def codes(self) -> list[str]:
        """The codes of its clauses, in order."""
        return [one.code for one in self.stanza.clauses]


def regulation_codes() -> list[str]:
    """Return the regulations there are files of."""
    return sorted(one.stem for one in FOLDER.glob("*.yaml"))


def read_regulation(code: str) -> RegulationText:
    """Read one regulation.

    Raises:
        TemplateError: There is no such file, or it is written wrongly.
    """
    if code not in regulation_codes():
        problem = one_of(
            code, regulation_codes(), Label("制度库里的制度", "a regulation here")
        )
        raise TemplateError([Fault("regulations", 1, (), problem)])
    source = read_yaml(FOLDER / f"{code}.yaml", f"regulations/{code}.yaml")
    stanza = validated(source, RegulationFile)
    faults = []
    seen: set[str] = set()
    for index, one in enumerate(stanza.clauses):
        if one.code in seen or not one.code.startswith(f"{stanza.code}-"):
            problem = Label(
                f"“{one.code}”重复，或不属于 {stanza.code}。",
                f"“{one.code}” is there twice, or not of {stanza.code}.",
            )
            faults.append(source.fault(("clauses", index, "code"), problem))
        seen.add(one.code)
    if faults:
        raise TemplateError(faults)
    return RegulationText(stanza, source)
