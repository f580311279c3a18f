"""Taizhang itself, signed in as the department's manager, whose rights are in force."""

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy.orm import Session

from admin.bench.questions import EXPORTED, STATUS, Questions
from admin.bench.side import (
    Answer,
    RefusedError,
    Side,
    csv_lines,
    streamed,
    without_head,
    workbook,
)
from admin.bench.store import MANAGER, PASSWORD
from admin.create_app import create_app
from admin.seeking import Cursor
from models import accounts, catalogue, importing, stored
from models.access import Person
from models.database import Database
from models.history import Writer
from models.import_mapping import FileMapping, guess, importable
from models.import_tables import ImportBatch
from models.prepare import prepare
from models.settings import Settings
from models.sheets import Sheet, find_header, read_workbook
from seed import bench_rows as made
from seed.bench_rows import REGISTER

HERE = f"/register/{REGISTER}"
ROW = re.compile(r'<tr data-pk="(\d+)"')
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def open_side(asked: Questions) -> Side:
    """Start the panel over the store and sign in."""
    return Taizhang(asked).operations()


class Panel:
    """The panel over a store, through a client without a network, signed in."""

    def __init__(self, url: str, folder: Path) -> None:
        """Start as `taizhang run` does, without the jobs."""
        self.settings = Settings(
            data_folder=folder / "panel",
            database_url=url,
            secret_key=SecretStr("for-trials-only-" + "x" * 32),
        )
        self.database = Database(url)
        stored.know(self.database)
        prepare(self.database, catalogue.current())
        app = create_app(self.settings, self.database)
        self.client: FlaskClient = app.test_client()
        self._sign_in()

    def _sign_in(self) -> None:
        page = self.client.get("/account/sign-in").get_data(as_text=True)
        token = _TOKEN.search(page)
        form = {"identity": MANAGER, "password": PASSWORD}
        form["csrf_token"] = token.group(1) if token else ""
        answer = self.client.post("/account/sign-in", data=form)
        if answer.status_code != 302:  # noqa: PLR2004 - sent on to the desk
            raise RefusedError(f"sign-in: {answer.status}")
        # Whoever signs in sees the desk next, and the process knows its registers.
        self.client.get("/")

    def shown(self, address: str, what: re.Pattern[str]) -> Answer:
        """Show a page; see what is found on it: ids, or how often it is there."""
        answer = self.client.get(address)
        if answer.status_code != 200:  # noqa: PLR2004 - the page itself
            raise RefusedError(f"{answer.request.path}: {answer.status}")
        data: bytes = answer.get_data()
        found = what.findall(data.decode())
        ids = [int(one) for one in found if one.isdecimal()]
        return Answer(len(data), ids or len(found))


class Taizhang:
    """The panel, through a client without a network."""

    def __init__(self, asked: Questions) -> None:
        """Start as `taizhang run` does, without the jobs."""
        self.asked = asked
        self.panel = Panel(asked.url, Path(asked.folder))
        self.client = self.panel.client
        self.database, self.settings = self.panel.database, self.panel.settings

    def operations(self) -> Side:
        """Return everything that is measured."""
        at, entry_id = self.asked.edge
        edge = Cursor(datetime.fromisoformat(at), entry_id).encode()
        mine = [
            ("w", f"status~in~{STATUS}"),
            ("w", f"received_by~is~{self.asked.owner}"),
            ("w", f"received_at~period~{self.asked.month}"),
        ]
        return {
            "first_page": self.page,
            "deep_page": lambda: self.page(("after", edge), ("from", "1")),
            "typed_page": lambda: self.page(("page", str(self.asked.page))),
            "filter": lambda: self.page(*mine),
            "search_common": lambda: self.page(("q", made.COMMON_WORD)),
            "search_rare": lambda: self.page(("q", made.RARE_WORDS)),
            "search_nothing": lambda: self.page(("q", made.NOWHERE)),
            "edit_form": self.form,
            "csv": lambda: self.export("csv"),
            "xlsx": lambda: self.export(
                "xlsx", ("w", f"received_at~from~{self.asked.since}")
            ),
            "import": self.import_,
        }

    def page(self, *arguments: tuple[str, str]) -> Answer:
        """Show one page of the list."""
        return self.panel.shown(f"{HERE}/?{urlencode(arguments)}", ROW)

    def form(self) -> Answer:
        """Open the form of an entry."""
        address = f"{HERE}/edit/?id={self.asked.entry}"
        return self.panel.shown(address, re.compile(r'name="(content)"'))

    def export(self, kind: str, *conditions: tuple[str, str]) -> Answer:
        """Take a download, piece by piece."""
        arguments = [*conditions, *(("column", name) for name in EXPORTED)]
        address = f"{HERE}/export/{kind}/?{urlencode(arguments)}"
        if kind == "csv":
            return without_head(streamed(lambda: self._parts(address), csv_lines))
        return workbook(lambda: self._parts(address))

    def _parts(self, address: str) -> Iterable[bytes]:
        return self.client.get(address).iter_encoded()

    def import_(self) -> Answer:
        """Rehearse a file and import it, all in one transaction that is taken back."""
        file = Path(self.asked.import_file)
        data = file.read_bytes()
        sheets = read_workbook(data, file.name)
        how = _mapping(sheets, made.ZONE)
        writer = Writer(self._manager(), made.NOW, made.ZONE, "import")
        lines, skipped = importing.lines_on(sheets, how)
        digest = importing.file_hash_of(data)
        with self.database.read() as session:
            found = importing.rehearse(
                session, REGISTER, lines, skipped, how, digest, writer
            )
        # Taken back at the end, so that the next time has the same to do.
        with Session(self.database.writing, expire_on_commit=False) as session:
            batch = importing.stage(
                session, REGISTER, file.name, digest, how, found, writer
            )
            kept = session.get_one(ImportBatch, batch.id)
            # As the command does, which has the rehearsal still at hand.
            imported = importing.apply_batch(session, kept, writer, found)
            session.rollback()
        return Answer(len(data), imported)

    def _manager(self) -> Person:
        with self.database.read() as session:
            account = accounts.find(session, MANAGER)
            if account is None:
                raise RefusedError(f"no account {MANAGER}")
            return accounts.person_of(session, account)


def _mapping(sheets: Iterable[Sheet], zone: ZoneInfo) -> FileMapping:
    """Let the heads of the file say which column is which field."""
    declared = catalogue.current()[REGISTER]
    words = [
        word
        for one in importable(declared)
        for word in (one.label.zh, one.label.en, one.name)
    ]
    sheet = next(one for one in sheets if one.height)
    heads = [column.label for column in find_header(sheet, words).columns]
    return guess(declared, heads, str(zone))
