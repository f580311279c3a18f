"""An attacker: one signed-in person, what must stay hidden from them, what they saw.

What may be seen is reckoned here anew, from grants alone, and not asked of the code
that is tried.
"""

import base64
import binascii
import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_plus

from werkzeug.test import TestResponse

from models import catalogue
from models.access import Action, Person, Rows
from tests.admin.prober.canaries import (
    BESIDE,
    COLLEAGUE,
    FOREIGN,
    IMPORTED,
    PAID,
    TOLD,
    Canary,
)
from tests.admin.prober.planting import Garden
from tests.company import Company

WORD = re.compile(r"Q[zp]\d{5}Kx")
FIGURE = re.compile(r"[\dX,]{7,}")
CURSOR = re.compile(r"(?:after|before)=([\w%-]+)")
CHANGING = re.compile(
    r'nonce="[^"]*"|<input[^>]*csrf[^>]*>|<meta name="csrf-token"[^>]*>|\d\d:\d\d:\d\d'
    r"|<!-- [\w-]* -->"  # by chance as long as it is, so that sizes tell nothing
)
# The actions that let a person see a row.
SEEING = (Action.LIST, Action.READ, Action.CHANGE, Action.DELETE, Action.EXPORT)
ROW = re.compile(r'data-pk="(\d+)"')
LEAST = {Rows.ALL: {COLLEAGUE, FOREIGN}}
LEAST[Rows.BRANCH] = LEAST[Rows.DEPARTMENT] = {COLLEAGUE}


@dataclass(frozen=True, slots=True)
class Request:
    """One request, as Flask's test client takes it."""

    method: str
    path: str
    more: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, method: str, path: str, **more: Any) -> "Request":
        """Return a request with a body or headers."""
        return cls(method, path, tuple(more.items()))

    @property
    def said(self) -> str:
        """Everything the request itself says, which an answer may say back."""
        return unquote_plus(self.path) + " " + " ".join(str(it) for _, it in self.more)


@dataclass(slots=True)
class Attacker:
    """One person's browser, turned against the panel."""

    company: Company
    garden: Garden
    login: str | None
    seen_as: str | None = None  # as whom the attacker looks at everything
    person: Person = field(init=False)
    hidden: dict[str, Canary] = field(init=False)
    findings: list[str] = field(default_factory=list)
    sent: int = 0
    _echo: str = ""  # what was said since a page last showed its messages
    _client: Any = None
    _reading: Any = None

    def __post_init__(self) -> None:
        """Sign in; reckon what must stay hidden."""
        company = self.company
        self.person = company.person(self.login) if self.login else Person("")
        self._client = company.client(self.login)
        # No message of a change stands on the pages that this one compares.
        self._reading = company.client(self.login)
        hidden = [*self._hidden()]
        if self.seen_as is not None:
            self.look_as(self.seen_as)
            hidden += self._hidden()
        self.hidden = {one.text: one for one in hidden}

    def look_as(self, login: str) -> None:
        """Look as somebody else, of whom no more may be seen than of oneself."""
        self.person = self.company.person(login)
        for client in (self._client, self._reading):
            answer = client.post(f"/seeing-as/{self.person.account_id}/")
            assert answer.status_code == HTTPStatus.FOUND, answer.text[:300]

    # What may be seen -----------------------------------------------------------------

    def rows(self, register: str, *actions: Action) -> Rows:
        """Return the widest rows of some actions, by the grants alone."""
        grants = self.person.grants
        own = [one for one in grants if one.register == register]
        if not own and "." not in register:
            own = [one for one in grants if one.register == "*"]
        asked = set(actions or Action)
        return max((one.rows for one in own if one.actions & asked), default=Rows.NONE)

    def reaches(self, register: str, whose: str, *actions: Action) -> bool:
        """Whether some action is granted on a colleague's or a foreign entry."""
        rows = self.rows(register, *actions)
        placed = self.person.department_id is not None or rows is Rows.ALL
        return placed and whose in LEAST.get(rows, set())

    def sees(self, one: Canary, named: set[tuple[str, str]]) -> bool:
        """Whether a canary may stand in an answer, by the design's own words."""
        reached = self.reaches(one.register, one.whose, *SEEING)
        if one.field.startswith("*"):
            own = {
                BESIDE: reached,
                # A file may hold what is nobody else's to read.
                IMPORTED: self.rows(one.register, Action.IMPORT) is Rows.ALL
                and self.rows(one.register, Action.DELETE) is Rows.ALL,
                TOLD: False,
                PAID: self.reaches("pay.slip", one.whose),
            }
            return own[one.field]
        declared = catalogue.current()[one.register]
        said = declared.field(one.field)
        grants = self.person.grants_on(one.register)
        if said.secret:
            given = any({said.name, "*"} & grant.secrets for grant in grants)
            return given and reached
        if said.personal:
            return reached and any(grant.unmasked for grant in grants)
        calls = {*declared.display, "number"}
        place = (one.register, one.whose)
        return reached or (said.name in calls and place in named)

    def _hidden(self) -> Iterable[Canary]:
        # An entry that may be seen shows what those are called that it refers to.
        named = {
            (target, one.whose)
            for one in self.garden.plants.values()
            if self.reaches(one.register, one.whose, *SEEING)
            for target in one.refers
        }
        return (one for one in self.garden.canaries if not self.sees(one, named))

    # What is tried --------------------------------------------------------------------

    def send(self, request: Request) -> TestResponse | None:
        """Send a request and look through its answer; None where it raised."""
        self.sent += 1
        self._echo += request.said
        try:
            answer: TestResponse = self._client.open(
                request.path, method=request.method, **dict(request.more)
            )
            body = answer.get_data()
        except Exception as error:  # noqa: BLE001 - whatever is raised is the finding
            self._found(request, f"raised {type(error).__name__}: {error}"[:300])
            return None
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self._found(request, f"answered {answer.status_code}")
        for leaked in self._leaks(answer, body):
            self._found(
                request,
                f"shows {leaked.whose} {leaked.register}.{leaked.field}: {leaked.text}",
            )
        if answer.status_code == HTTPStatus.OK and answer.mimetype == "text/html":
            self._echo = ""
        answer.close()
        return answer

    def compare(self, about: str, there: Request, nowhere: Request) -> None:
        """Ask for what is there and for what is not; the answers must not differ."""
        self._client, posting = self._reading, self._client
        seen = [
            self._plain(self.send(one), typed)
            for one, typed in zip((there, nowhere), about.split("|"), strict=True)
        ]
        self._client = posting
        if seen[0] != seen[1]:
            self._found(there, f"answers otherwise than {nowhere.path}")

    @staticmethod
    def _plain(answer: TestResponse | None, typed: str) -> Any:
        if answer is None:
            return None
        body = answer.get_data(as_text=True).replace(typed, "?")
        return answer.status_code, CHANGING.sub("", body)

    def compare_order(self, requests: Iterable[Request]) -> None:
        """Ask for lists up and down by what is hidden; the order must be the same."""
        seen = []
        for request in requests:
            answer = self.send(request)
            if answer is None or answer.status_code != HTTPStatus.OK:
                return
            body = answer.get_data(as_text=True)
            seen.append(str(ROW.findall(body) or body))
        if len(set(seen)) > 1:
            self._found(request, "is in the order of what is hidden")

    def _leaks(self, answer: TestResponse, body: bytes) -> list[Canary]:
        text = _text(body) + " " + unquote_plus(str(answer.headers))
        text += " ".join(map(_decoded, CURSOR.findall(text)))
        found = set(WORD.findall(text))
        for figure in FIGURE.findall(text):
            for part in (figure, figure.replace(",", "")):
                found |= {part, part[3:], part[-8:], part[-11:], part.strip(",")}
        return [
            self.hidden[one]
            for one in sorted(found & self.hidden.keys())
            if one not in self._echo
        ]

    def _found(self, request: Request, what: str) -> None:
        said = f"{self.login}: {request.method} {request.path[:200]}"
        self.findings.append(f"{said} {str(request.more)[:160]} {what}")


def _text(body: bytes) -> str:
    """Return everything an answer says; a workbook is unpacked."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b" ".join(packed.read(name) for name in packed.namelist())
    return body.decode("utf-8", "replace")


def _decoded(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (ValueError, binascii.Error):
        return ""
