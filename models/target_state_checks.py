"""What is wrong with the states that start, stop and pause a target's clock."""

from collections.abc import Iterator
from typing import Any

from models.register import Declaration
from models.words import Label


def wrong(
    declared: Declaration, stopping: Declaration, target: Any
) -> Iterator[tuple[str, Label]]:
    """Yield what is wrong with a target's states, each with the column it is about.

    Args:
        declared: The register whose entries the clock runs on.
        stopping: The register that stops it, which may be the same.
        target: An SlaTarget, saved or not.
    """
    asked = (
        ("start_states", declared, target.start_field),
        ("stop_states", stopping, target.stop_field),
        ("pause_states", declared, None),
    )
    for column, register, field in asked:
        codes = getattr(target, column).split()
        flow = register.flow
        if not codes and flow is not None and field == flow.field:
            yield (
                column,
                Label(
                    f"请写明{register.title.zh}的哪些环节。",
                    f"Say which states of {register.title.en}.",
                ),
            )
        if not codes:
            continue
        known = [one.code for one in flow.states] if flow else []
        for code in codes:
            if code not in known:
                all_of = "、".join(known) or "—"
                yield (
                    column,
                    Label(
                        f"{register.title.zh}没有环节“{code}”，可用的是：{all_of}。",
                        f"{register.title.en} has no state '{code}'; there are: "
                        f"{', '.join(known) or 'none'}.",
                    ),
                )
        if flow is not None and field is not None and field != flow.field:
            yield (
                column.replace("states", "field"),
                Label(
                    f"按环节计时，字段应是“{flow.field}”。",
                    f"With states the field must be '{flow.field}'.",
                ),
            )
    both = set(target.start_states.split()) & set(target.stop_states.split())
    if both and target.stop_register is None:
        yield (
            "stop_states",
            Label(
                f"环节“{'、'.join(sorted(both))}”不能既是起算又是完成。",
                f"State '{', '.join(sorted(both))}' cannot both start and stop it.",
            ),
        )
