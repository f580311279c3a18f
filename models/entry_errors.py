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


class RetiredRegisterError(PersonError):
    """The register was retired: what it holds stays, nobody begins an entry."""

    def __init__(self, title: Label) -> None:
        """Name the register, and who can bring it back."""
        super().__init__(
            "{zh}已停用，不能再新建记录；需要时请管理员在“台账与字段”里恢复。",
            "{en} is retired and takes no new entries. An admin can bring it back "
            "under “Registers and fields”.",
            zh=title.zh,
            en=title.en,
        )


class EntryLockedError(PersonError):
    """The entry stands where its flow lets nobody edit it; nothing was changed."""

    def __init__(self, state: Label) -> None:
        """Name the state, and the way out of it."""
        super().__init__(
            "这条记录在“{zh}”环节，内容已锁定。需要修改时，请先办理退回或撤回。",
            "This entry stands at “{en}” and is locked. Send it back or withdraw it "
            "first.",
            zh=state.zh,
            en=state.en,
        )


class StateByStepsError(PersonError):
    """A state was to be written like any other field; nothing was changed."""

    def __init__(self, field: Label) -> None:
        """Say by which way it is changed instead."""
        super().__init__(
            "“{zh}”由流程决定，不能直接填写或修改。请打开记录，办理相应的步骤。",
            "“{en}” follows the flow and is never written directly. Open the entry and "
            "take a step.",
            zh=field.zh,
            en=field.en,
        )


class StepRefusedError(PersonError):
    """A step is not open to this person where the entry stands by now."""
