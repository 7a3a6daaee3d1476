"""What the person chose in each group: the file to keep, the files to remove, and whether the group is accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.groups import COPIES, DuplicateGroup, Tier
from explorer.ui import resources
from explorer.ui.duplicates_page import decision_history


@dataclass
class Choice:
    """What a person chose in a group that differs from what was suggested. keep: a file's id.
    marked: files to go."""

    keep: int | None = None
    marked: dict[int, bool] = field(default_factory=dict)
    accepted: bool = False


_choices: dict[str, dict[str, Choice]] = {}


def _made() -> dict[str, Choice]:
    return _choices.setdefault(str(resources.library().dir), {})


def choice(key: str) -> Choice:
    return _made().setdefault(key, Choice())


def apply(group: DuplicateGroup) -> DuplicateGroup:
    """The group with the file kept that the person chose."""
    wanted = choice(group.key).keep
    return group if wanted is None else group.with_keeper(wanted)


def suggests(group: DuplicateGroup) -> bool:
    """Whether it is suggested which file of the group to keep, and that the others go. Elsewhere a
    person marks what is to go."""
    return group.tier in COPIES and group.suggested


def keeps(group: DuplicateGroup) -> bool:
    """Whether one file of the group is the one to keep: by suggestion, or because the person chose
    it or marked others."""
    chosen = choice(group.key)
    return (
        suggests(group)
        or chosen.keep is not None
        or any(marked(group, item) for item in group.others)
    )


def marked(group: DuplicateGroup, item: GroupFile) -> bool:
    """Whether this file goes when the group is accepted: all others of one picture where one to
    keep is known, and elsewhere what the person marked."""
    if item is group.keep or group.reason_to_keep(item):
        return False
    return choice(group.key).marked.get(item.file_id, suggests(group))


def mark(group: DuplicateGroup, file_id: int) -> None:
    for item in group.others:
        if item.file_id == file_id:
            choice(group.key).marked[file_id] = not marked(group, item)


def mark_all(group: DuplicateGroup) -> None:
    """Mark every file but the one kept; none, where some are marked."""
    some = any(marked(group, item) for item in group.others)
    choice(group.key).marked = {item.file_id: not some for item in group.others}


def keep(group: DuplicateGroup, file_id: int) -> None:
    """Keep that file, because the person says so; a link cannot be kept."""
    able = group.all if not group.suggested else (*group.others, *group.unchecked)
    item = next((item for item in able if item.file_id == file_id), None)
    if item is not None and not item.symlink:
        choice(group.key).keep = file_id
        choice(group.key).marked.pop(file_id, None)


def accept(many: Sequence[DuplicateGroup], *, yes: bool = True) -> None:
    """Have what is marked in the groups among what is to be removed, or not any more; nothing
    happens to it yet."""
    for group in many:
        choice(group.key).accepted = yes
    if yes:
        decision_history.note(many)


def accepted(group: DuplicateGroup) -> bool:
    return choice(group.key).accepted


def acceptable(many: Sequence[DuplicateGroup]) -> list[DuplicateGroup]:
    """Those that can be accepted all at once: of a tier that is suggested for removal, and
    something of them would go."""
    return [
        group
        for group in many
        if suggests(group)
        and not accepted(group)
        and any(marked(group, item) for item in group.others)
    ]


def accept_all(many: Sequence[DuplicateGroup]) -> None:
    accept(acceptable(many))


def forget_choices() -> None:
    _made().clear()


def can_undecide() -> bool:
    """Whether a decision or an acceptance can be taken back."""
    return decision_history.can_undo(_is_accepted)


def undecide() -> tuple[str, Tier] | None:
    """Take the last decision or acceptance back; gives the key and tier of the group it was about."""
    return decision_history.undo(_is_accepted, _drop)


def _is_accepted(key: str) -> bool:
    return choice(key).accepted


def _drop(key: str) -> None:
    choice(key).accepted = False
