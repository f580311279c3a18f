"""What every stanza of a template is: strict, frozen, its words in two languages."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from models.words import Label


class Stanza(BaseModel):
    """Base of all stanzas: no other keys, no change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Stanza):
    """A wording in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    @property
    def label(self) -> Label:
        """The same as the rest of the program has it."""
        return Label(self.zh, self.en)


def _in_two(said: object) -> object:
    """Read “中文 | English” as the two wordings it is."""
    if isinstance(said, str) and said.count("|") == 1:
        zh, en = (one.strip() for one in said.split("|"))
        return {"zh": zh, "en": en}
    return said


Wording = Annotated[Words, BeforeValidator(_in_two)]
