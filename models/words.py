"""Words in two languages: labels on screens and sentences for people's mistakes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Label:
    """One wording in the interface's two languages; Chinese comes first."""

    zh: str
    en: str

    def text(self, language: str = "zh") -> str:
        """Return the wording for a language code such as "zh_Hans_CN" or "en"."""
        return self.en if language.startswith("en") else self.zh

    def format(self, **values: object) -> "Label":
        """Fill the named places of both wordings."""
        return Label(self.zh.format(**values), self.en.format(**values))

    @property
    def every(self) -> tuple[str, ...]:
        """All the words by which a file may call it."""
        return (self.zh, self.en)

    @property
    def house(self) -> "Label":
        """The words of everybody, whatever a department says."""
        return self


@dataclass(frozen=True, slots=True)
class Reworded(Label):
    """What a department calls by its own word; files may say either."""

    before: Label

    @property
    def every(self) -> tuple[str, ...]:
        """Its own words first, then everybody's."""
        return (self.zh, self.en, *self.before.every)

    @property
    def house(self) -> Label:
        """The words of everybody, whatever a department says."""
        return self.before.house


class PersonError(Exception):
    """A person's mistake, told in both languages; never a programming error.

    The sentence says what was found, what was expected and what to do next. `str()`
    gives the Chinese one, since logs and terminals of a desk are read in Chinese.
    """

    def __init__(self, zh: str, en: str, /, **values: object) -> None:
        """Keep both sentences, with the named places filled."""
        self.label = Label(zh, en).format(**values) if values else Label(zh, en)
        super().__init__(self.label.zh)

    def text(self, language: str = "zh") -> str:
        """Return the sentence for a language code."""
        return self.label.text(language)
