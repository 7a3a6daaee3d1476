"""The user's choices in each group: the file to keep, the files to remove, and whether the group is
accepted.

Choices live as long as the program runs, so that reloading the page loses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.groups import COPIES, DuplicateGroup, Tier
from explorer.removal.results import RemovalOutcome
from explorer.ui import resources
from explorer.ui.duplicates_page import decision_history

_choices: dict[str, dict[str, GroupChoice]] = {}


@dataclass
class GroupChoice:
    """The user's choices in one group that differ from the suggestion."""

    keeper: int | None = None
    """The id of the file to keep; None for the suggested one."""
    marked: dict[int, bool] = field(default_factory=dict)
    """Whether to remove a file, by file id. Other files follow the suggestion."""
    accepted: bool = False


def _library_choices() -> dict[str, GroupChoice]:
    return _choices.setdefault(str(resources.library().dir), {})


def choice_for(key: str) -> GroupChoice:
    """The choice for the group with that key."""
    return _library_choices().setdefault(key, GroupChoice())


def accepted(groups: Sequence[DuplicateGroup]) -> list[DuplicateGroup]:
    """Those of the groups that are accepted."""
    chosen = _library_choices()
    return [
        group
        for group in groups
        if (choice := chosen.get(group.key)) is not None and choice.accepted
    ]


def forget_removed(groups: Sequence[DuplicateGroup], outcome: RemovalOutcome) -> None:
    """Forget the choices in those of the groups whose files were removed. A group stays accepted
    if some of its files could not be removed."""
    removed = {result.removal.path for result in outcome.removed}
    kept = {result.removal.path for result in outcome.kept}
    for group in groups:
        paths = {item.path for item in group.all}
        if paths & removed and not paths & kept:
            _library_choices().pop(group.key, None)


def withdraw_all_acceptances() -> None:
    """Take all files off the removal list. Keepers and marks stay as they were chosen."""
    # A copy: another window may add a choice in the meantime.
    for choice in list(_library_choices().values()):
        choice.accepted = False


def with_chosen_keepers(groups: Sequence[DuplicateGroup]) -> list[DuplicateGroup]:
    """The groups, each with the keeper that the user chose, if they chose one."""
    # A copy: another window may add a choice in the meantime.
    keepers = {key: choice.keeper for key, choice in list(_library_choices().items())}
    return [
        group if (keeper := keepers.get(group.key)) is None else group.with_keeper(keeper)
        for group in groups
    ]


def suggests_removal(group: DuplicateGroup) -> bool:
    """Whether the group comes with a suggestion to keep one file and remove the others. In groups
    without one, the user marks the files to remove."""
    return group.tier in COPIES and group.suggested


def has_keeper(group: DuplicateGroup) -> bool:
    """Whether one file is the keeper: as suggested, as chosen, or because others are marked."""
    return (
        suggests_removal(group)
        or choice_for(group.key).keeper is not None
        or any(is_marked(group, item) for item in group.others)
    )


def is_marked(group: DuplicateGroup, item: GroupFile) -> bool:
    """Whether a file is removed if the group is accepted."""
    if item is group.keep or item.file_id not in group.removable:
        return False
    return choice_for(group.key).marked.get(item.file_id, suggests_removal(group))


def toggle_mark(group: DuplicateGroup, file_id: int) -> None:
    """Mark a file for removal, or unmark it."""
    for item in group.others:
        if item.file_id == file_id:
            choice_for(group.key).marked[file_id] = not is_marked(group, item)


def toggle_all_marks(group: DuplicateGroup) -> None:
    """Mark every file but the keeper for removal or, if any is already marked, unmark all."""
    any_marked = any(is_marked(group, item) for item in group.others)
    choice_for(group.key).marked = {item.file_id: not any_marked for item in group.others}


def choose_keeper(group: DuplicateGroup, file_id: int) -> None:
    """Keep that file instead of the suggested one. A symbolic link cannot be the keeper."""
    candidates = group.all if not group.suggested else (*group.others, *group.unchecked)
    item = next((item for item in candidates if item.file_id == file_id), None)
    if item is not None and not item.symlink:
        choice_for(group.key).keeper = file_id
        choice_for(group.key).marked.pop(file_id, None)


def accept(groups: Sequence[DuplicateGroup]) -> None:
    """Put the marked files of these groups on the removal list. Nothing is removed yet."""
    for group in groups:
        choice_for(group.key).accepted = True
    decision_history.record_acceptance(groups)


def withdraw_acceptance(group: DuplicateGroup) -> None:
    """Take the files of a group off the removal list."""
    choice_for(group.key).accepted = False


def is_accepted(group: DuplicateGroup) -> bool:
    return choice_for(group.key).accepted


def acceptable(groups: Sequence[DuplicateGroup]) -> list[DuplicateGroup]:
    """The groups that can be accepted all at once: those that are not yet accepted, and have a
    suggestion and a file to remove."""
    chosen = _library_choices()
    return [
        group
        for group in groups
        if suggests_removal(group)
        # Without a choice, every file that may be removed is marked.
        and (group.removable if group.key not in chosen else _acceptable(group))
    ]


def _acceptable(group: DuplicateGroup) -> bool:
    return not is_accepted(group) and any(is_marked(group, item) for item in group.others)


def accept_all(groups: Sequence[DuplicateGroup]) -> None:
    """Accept every group that can be accepted."""
    accept(acceptable(groups))


def can_undo() -> bool:
    """Whether there is a decision or an acceptance to undo."""
    return decision_history.can_undo(_is_accepted_key)


def undo() -> tuple[str, Tier] | None:
    """Undo the last decision or acceptance; returns the key and tier of its group."""
    return decision_history.undo(_is_accepted_key, _withdraw_key)


def _is_accepted_key(key: str) -> bool:
    return choice_for(key).accepted


def _withdraw_key(key: str) -> None:
    choice_for(key).accepted = False
