"""Django's admin with django-import-export, signed in as a superuser of its own."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import django

from admin.bench.django_settings import APP, STORE, configure
from admin.bench.questions import STATUS, Questions
from admin.bench.side import (
    Answer,
    RefusedError,
    Side,
    csv_lines,
    streamed,
    without_head,
    workbook,
)
from seed import bench_rows as made

HERE = f"/admin/{APP}/complaintlog"
_ROW = re.compile(r'name="_selected_action" value="(\d+)"')


def open_side(asked: Questions) -> Side:
    """Start Django over the store, with its own tables in a file beside."""
    configure(asked)
    django.setup()
    from django.contrib.auth.models import User  # noqa: PLC0415 - after Django's set-up
    from django.core.management import call_command  # noqa: PLC0415 - the same
    from django.test import Client  # noqa: PLC0415 - the same

    call_command("migrate", verbosity=0)
    user, _ = User.objects.get_or_create(
        username="manager", is_staff=True, is_superuser=True
    )
    client = Client()
    client.force_login(user)
    return Django(client, asked).operations()


class Django:
    """The admin site, through a client without a network."""

    def __init__(self, client: Any, asked: Questions) -> None:
        """Keep whom to ask."""
        self.client, self.asked = client, asked

    def operations(self) -> Side:
        """Return everything that is measured."""
        first, last = self.asked.month_in_utc()
        mine = {
            "status__exact": STATUS,
            "received_by__id__exact": self.asked.owner,
            "received_at__gte": first.isoformat(" "),
            "received_at__lte": last.isoformat(" "),
        }
        recent = {"received_at__gte": self.asked.since_in_utc().isoformat(" ")}
        return {
            "first_page": self.page,
            "deep_page": lambda: self.page(p=self.asked.page),
            "filter": lambda: self.page(**mine),
            "search_common": lambda: self.page(q=made.COMMON_WORD),
            "search_rare": lambda: self.page(q=made.RARE_WORDS),
            "search_nothing": lambda: self.page(q=made.NOWHERE),
            "edit_form": self.form,
            "csv": lambda: without_head(streamed(self._download("csv"), csv_lines)),
            "xlsx": lambda: workbook(self._download("xlsx", **recent)),
            "import": self.import_,
        }

    def page(self, **arguments: Any) -> Answer:
        """Show one page of the list."""
        data = self._get(f"{HERE}/?{urlencode(arguments)}")
        return Answer(len(data), [int(one) for one in _ROW.findall(data.decode())])

    def form(self) -> Answer:
        """Open the form of an entry."""
        data = self._get(f"{HERE}/{self.asked.entry}/change/")
        return Answer(len(data), data.count(b'name="content"'))

    def _get(self, address: str) -> bytes:
        answer = self.client.get(address)
        if answer.status_code != 200:  # noqa: PLR2004 - the page itself
            raise RefusedError(f"{address}: {answer.status_code}")
        content: bytes = answer.content
        return content

    def _download(self, kind: str, **arguments: Any) -> Callable[[], Iterable[bytes]]:
        from import_export.formats import base_formats  # noqa: PLC0415 - after Django's set-up

        kinds = [one().get_title() for one in base_formats.DEFAULT_FORMATS]
        from admin.bench.django_admin import ExportedComplaint  # noqa: PLC0415 - the same

        form = {"format": str(kinds.index(kind)), "resource": ""}
        form |= {
            f"{ExportedComplaint.__name__.lower()}_{name}": "on"
            for name in ExportedComplaint().get_export_order()
        }

        def parts() -> Iterable[bytes]:
            address = f"{HERE}/export/?{urlencode(arguments)}"
            answer = self.client.post(address, form)
            if answer.status_code != 200 or "attachment" not in answer.headers.get(  # noqa: PLR2004 - the file
                "Content-Disposition", ""
            ):
                raise RefusedError(f"{address}: {answer.status_code}")
            return [answer.content]

        return parts

    def import_(self) -> Answer:
        """Import a file on trial and then in earnest, in a transaction taken back."""
        from django.db import transaction  # noqa: PLC0415 - after Django's set-up
        from tablib import Dataset  # noqa: PLC0415 - the same

        from admin.bench.django_admin import ImportedComplaint  # noqa: PLC0415 - the same

        data = Path(self.asked.import_file).read_bytes()
        with transaction.atomic(using=STORE):
            for dry_run in (True, False):
                sheet = Dataset().load(data, format="xlsx")
                found = ImportedComplaint().import_data(
                    sheet, dry_run=dry_run, raise_errors=True, using=STORE
                )
            transaction.set_rollback(True, using=STORE)
        return Answer(len(data), found.totals["new"])
