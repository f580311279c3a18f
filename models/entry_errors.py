"""Why an entry was not saved, told to people; nothing is lost or half done."""

from collections.abc import Sequence
from typing import Any

from models.checking import Problem
from models.words import Label, PersonError

MOST_TOLD = 20
"""Problems that a sentence names; of thousands of rows it would fill the screen."""


class EntryRefusedError(PersonError):
    """What was to be saved breaks the register's rules; nothing was saved."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep every problem; the sentence is of the first, and how many more."""
        self.problems = tuple(problems)
        told = [one.label for one in problems[:MOST_TOLD]]
        if more := len(problems) - len(told):
            told.append(
                Label(
                    f"另有 {more} 处问题，请先改正以上各处再试。",
                    f"There are {more} more problems; mend these and try again.",
                )
            )
        super().__init__(
            " ".join(one.zh for one in told), " ".join(one.en for one in told)
        )


class NotAllowedError(PersonError):
    """The person may not do this to these entries."""

    def __init__(self) -> None:
        """Say so without telling whether the entries exist."""
        super().__init__(
            "您没有这项操作的权限，或记录不存在。需要时请联系管理员。",
            "You may not do this, or there is no such entry. Ask an admin if needed.",
        )


class LostUpdateError(PersonError):
    """Somebody else saved the entry meanwhile; nothing was overwritten."""

    def __init__(self, current: dict[str, Any]) -> None:
        """Keep the entry as it is now, to be shown beside what was typed."""
        self.current = current
        super().__init__(
            "在您填写期间，别人已保存了这条记录。请对照两个版本后再保存。",
            "Somebody saved this entry while you were editing. Compare both versions "
            "and save again.",
        )
