"""Why an entry was not saved, told to people; nothing is lost or half done."""

from collections.abc import Sequence
from typing import Any

from models.checking import Problem
from models.words import PersonError


class EntryRefusedError(PersonError):
    """What was to be saved breaks the register's rules; nothing was saved."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep every problem; the sentence is all of them."""
        self.problems = tuple(problems)
        super().__init__(
            " ".join(one.label.zh for one in problems),
            " ".join(one.label.en for one in problems),
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
