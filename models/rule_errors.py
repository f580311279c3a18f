"""Mistakes of whoever changes a time limit or a measure in the panel."""

from models.words import PersonError


class RuleGoneError(PersonError):
    """There is no such rule any more."""

    def __init__(self) -> None:
        """Say where the others are."""
        super().__init__(
            "这一条已经不在了，请回到列表。", "This one is gone. Go back to the list."
        )


class RuleChangedError(PersonError):
    """Somebody changed the rule since the form was opened."""

    def __init__(self) -> None:
        """Say that nothing is lost."""
        super().__init__(
            "这一条刚被别人改过，还没有保存。填写的内容都还在，请核对最近改动后再保存。",
            "Somebody has just changed this one; nothing is saved. What was typed is "
            "still here: compare with the last changes and save again.",
        )


class RuleThereError(PersonError):
    """A department has its own of this rule already."""

    def __init__(self) -> None:
        """Say where it is changed."""
        super().__init__(
            "这个部门已经有自己的一份，请在列表里打开它来改。",
            "This department has its own already. Open it in the list to change it.",
        )
