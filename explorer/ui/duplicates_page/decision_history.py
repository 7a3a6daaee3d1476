"""What was decided and accepted on the Duplicates page in this window, so that it can be taken back
step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import streamlit as st

from explorer.duplicates.decisions import decide_group
from explorer.duplicates.groups import DuplicateGroup, Tier
from explorer.library.decision_store import DecisionKind, withdraw
from explorer.ui import resources


class Step(NamedTuple):
    """Something that can be taken back. keys: of the groups. decision: its number; None where the
    groups were accepted."""

    keys: tuple[str, ...]
    tier: Tier
    decision: int | None = None

    def holds(self, accepted: Callable[[str], bool]) -> bool:
        """Whether there is something to be taken back of it: an acceptance may have been taken
        back, or carried out, meanwhile."""
        return self.decision is not None or any(map(accepted, self.keys))


def steps() -> list[Step]:
    """What was done in this window, the latest last."""
    found: list[Step] = st.session_state.setdefault("_decided", [])
    return found


def note(accepted: Sequence[DuplicateGroup]) -> None:
    """Remember that these groups were accepted, together."""
    if accepted:
        steps().append(Step(tuple(group.key for group in accepted), accepted[0].tier))


def decide(group: DuplicateGroup, kind: DecisionKind) -> None:
    """Carry out a decision, and remember it."""
    steps().append(
        Step((group.key,), group.tier, decide_group(resources.library().catalog, group, kind))
    )


def can_undo(accepted: Callable[[str], bool]) -> bool:
    """Whether there is a step that `undo` would take back. accepted: whether a group, by its key,
    is accepted now."""
    return any(step.holds(accepted) for step in steps())


def undo(accepted: Callable[[str], bool], drop: Callable[[str], None]) -> tuple[str, Tier] | None:
    """Take the last step back; gives the key and tier of the first group it was about. drop: takes
    one acceptance back."""
    made = steps()
    while made:
        step = made.pop()
        if not step.holds(accepted):
            continue
        if step.decision is not None:
            withdraw(resources.library().catalog, step.decision)
        else:
            for key in step.keys:
                drop(key)
        return step.keys[0], step.tier
    return None
