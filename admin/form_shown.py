"""The form as its template sees it, with what is only shown standing among it."""

from typing import Any

from flask import request

from admin import visit
from admin.value_words import words
from models.register import SIGNATURE

PICTURE = "data:image/png;base64,"


class Shown:
    """The WTForms form for the template, with what is only shown standing among it."""

    def __init__(self, page: Any) -> None:
        """Wrap the page's form."""
        self._page = page

    @property
    def errors(self) -> dict[str, Any]:
        """Return the errors by field; those of no field under ""."""
        found = {
            name: errors for name, errors in self._page.form.errors.items() if name
        }
        if self._page.form.form_errors:
            found[""] = list(self._page.form.form_errors)
        return found

    def __getitem__(self, name: str) -> Any:
        """Return a control, or what stands in for a field that nobody types."""
        if name in self._page.form:
            return self._page.form[name]
        return OnlyShown(self._page, name)


class OnlyShown:
    """A field that nobody types: its label and what it shows."""

    def __init__(self, page: Any, name: str) -> None:
        """Show the entry's value as people read it."""
        one = page.declared.field(name)
        value = (page.entry or {}).get(name)
        self.name = self.id = name
        self.label = type("Words", (), {"text": one.label.text(page.language)})
        self.errors: list[str] = []
        session = visit.session()
        if one.type is SIGNATURE:  # drawn again where the save was refused
            drawn = request.form.get(name, "")
            self.data = drawn if drawn.startswith(PICTURE) else ""
            return
        self.data = words(session, one, value, page.language, visit.zone())
