"""Serve the panel with the jobs beside it, until somebody stops the process."""

import gc

import waitress

from admin.create_app import create_app
from jobs.scheduler import Scheduler
from models.opening import Opened

THREADS = 8


def serve(opened: Opened, where: tuple[str, int]) -> None:
    """Serve at (host, port); the jobs run in whichever process holds the lease."""
    app = create_app(opened.settings, opened.database)
    # What a start leaves stays for good: to look through it for garbage again and again
    # would hold up a page for a tenth of a second now and then.
    gc.collect()
    gc.freeze()
    jobs = Scheduler(opened.database, opened.settings)
    jobs.start()
    try:
        waitress.serve(
            app,
            host=where[0],
            port=where[1],
            threads=THREADS,
            max_request_body_size=int(opened.settings.upload_limit) + 2**20,
            ident=None,
        )
    finally:
        jobs.stop()
        opened.database.dispose()
