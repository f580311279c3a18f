"""The key that signs sessions: made once, kept in the data folder for its owner."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

KEY_BYTES = 48


def kept_secret_key(folder: Path) -> str:
    """Return the key kept in `folder`; the first start makes both.

    The file is written aside and linked into place: two processes that start together
    get the same key, and neither reads half of it.

    Raises:
        OSError: The folder or the file cannot be made or read.
    """
    kept = folder / "secret_key"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _place(kept, secrets.token_urlsafe(KEY_BYTES))
    return kept.read_text(encoding="ascii").strip()


def _place(kept: Path, key: str) -> None:
    """Put `key` into the file `kept`, mode 600, unless another process was first."""
    handle, aside = tempfile.mkstemp(dir=kept.parent, prefix=".secret_key")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key)
        with suppress(FileExistsError):
            kept.hardlink_to(aside)
    finally:
        Path(aside).unlink()
