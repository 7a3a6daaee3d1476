"""The decisions and acceptances made on the Duplicates page in this window, for undoing them one by
one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import streamlit as st

from explorer.duplicates.decisions import decide_group
from explorer.duplicates.groups import DuplicateGroup, Tier
from explorer.library.stores.decision_store import DecisionKind, withdraw
from explorer.ui import resources


class UndoStep(NamedTuple):
    """One step that can be undone."""

    keys: tuple[str, ...]
    """The keys of its groups."""
    tier: Tier
    decision: int | None = None
    """The number of the decision; None if the groups were accepted."""

    def is_undoable(self, accepted: Callable[[str], bool]) -> bool:
        """Whether undoing the step changes anything. An acceptance may have been withdrawn or
        carried out since. accepted: whether the group with a key is accepted now."""
        return self.decision is not None or any(map(accepted, self.keys))


def _steps() -> list[UndoStep]:
    """The steps of this window, latest last."""
    steps: list[UndoStep] = st.session_state.setdefault("_undo-steps", [])
    return steps


def record_acceptance(groups: Sequence[DuplicateGroup]) -> None:
    """Remember that these groups were accepted together."""
    if groups:
        _steps().append(UndoStep(tuple(group.key for group in groups), groups[0].tier))


def decide(group: DuplicateGroup, kind: DecisionKind) -> None:
    """Carry out a decision and remember it. Raises LibraryError."""
    decision = decide_group(resources.library().catalog, group, kind)
    _steps().append(UndoStep((group.key,), group.tier, decision))


def can_undo(accepted: Callable[[str], bool]) -> bool:
    """Whether `undo` would change anything. accepted: as in `UndoStep.is_undoable`."""
    return any(step.is_undoable(accepted) for step in _steps())


def undo(
    accepted: Callable[[str], bool], withdraw_acceptance: Callable[[str], None]
) -> tuple[str, Tier] | None:
    """Undo the last step; returns the key and tier of its first group, or None if there was none.

    withdraw_acceptance: withdraws the acceptance of the group with a key. Raises LibraryError, and
    can then be called again.
    """
    steps = _steps()
    while steps:
        step = steps[-1]
        if not step.is_undoable(accepted):
            steps.pop()
            continue
        if step.decision is not None:
            withdraw(resources.library().catalog, step.decision)
        else:
            for key in step.keys:
                withdraw_acceptance(key)
        steps.pop()
        return step.keys[0], step.tier
    return None
