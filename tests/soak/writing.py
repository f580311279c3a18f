"""A process that saves calls until it is killed; it says each id it was promised."""

import sys

from models import entries
from models.database import Database
from tests.company import writer

CALL = {
    "phone": "13800138000",
    "category": "repair",
    "content": "机器报警",
    "result": "pending",
    "channel": "phone",
    "urgency": "normal",
}


def main(url: str) -> None:
    """Save one call after the other; say its id once the commit has returned."""
    database = Database(url)
    while True:
        with database.write() as session:
            made = entries.create(session, "call_log", CALL, writer())
        sys.stdout.write(f"{made}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
