"""Answers compressed on their way, since a branch may hang on a slow line.

Of a list page an eighth is sent. Exports do not go through here: their types are not
listed, and XLSX is compressed already.
"""

from http import HTTPStatus
from secrets import randbelow, token_urlsafe

from flask import Flask, Response, request
from flask_compress import Compress
from markupsafe import Markup

# Over plain http, as in many an intranet, browsers offer gzip only.
METHODS = ["zstd", "br", "gzip"]
GZIP_LEVEL = 4  # two thirds of the time of the usual 6
MOST_PADDING = 64  # bytes


def add_compressing(app: Flask) -> None:
    """Compress what a browser loads with a page, by what it says it can read."""
    app.config["COMPRESS_ALGORITHM"] = METHODS
    app.config["COMPRESS_LEVEL"] = GZIP_LEVEL
    app.config["COMPRESS_STREAMS"] = False
    app.add_template_global(padding)
    Compress(app)
    app.after_request(_whole)  # handlers run from the last to the first


def _whole(answer: Response) -> Response:
    """Read a static file at once: as a stream it would be sent as it is."""
    if request.endpoint == "static" and answer.status_code == HTTPStatus.OK:
        answer.direct_passthrough = False
        answer.make_sequence()
    return answer


def padding() -> Markup:
    """Return a comment of random length, so that a page's size gives nothing away.

    Who can make a browser ask for pages and count bytes on the line could else guess
    what stands in a page piece by piece: a right guess compresses better.
    """
    length = randbelow(MOST_PADDING)
    return Markup(f"<!-- {token_urlsafe(MOST_PADDING)[:length]} -->")  # noqa: S704 - made here
