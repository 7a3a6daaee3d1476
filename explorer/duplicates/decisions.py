"""Apply the user's decisions to groups of duplicates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from explorer.duplicates.groups import DuplicateGroup
from explorer.library.catalog import Catalog
from explorer.library.stores.decision_store import (
    Decision,
    DecisionKind,
    Decisions,
    decide,
    decisions,
    hashes_of,
)


class DecidedGroups(NamedTuple):
    """Groups, sorted by the user's decisions about them."""

    open: list[DuplicateGroup]
    """Not decided yet."""
    later: list[DuplicateGroup]
    """Postponed."""
    decided: dict[str, Decision]
    """Hidden for good: group key → decision."""


def apply_decisions(catalog: Catalog, groups: Iterable[DuplicateGroup]) -> DecidedGroups:
    """Sort groups by the decisions about them, keeping their order. Files that the user marked as
    different from the one to keep are dropped from the groups that stay open."""
    made, listed = decisions(catalog), list(groups)
    if not len(made):
        return DecidedGroups(listed, [], {})
    hashes = hashes_of(catalog, (item.photo_id for group in listed for item in group.all))
    found = DecidedGroups([], [], {})
    for group in listed:
        contents = {hashes[item.photo_id] for item in group.all if item.photo_id in hashes}
        decision = made.about(contents, len(group.all))
        if decision is None:
            if (remaining := _without_different(group, made, hashes)) is not None:
                found.open.append(remaining)
        elif decision.kind == "later":
            found.later.append(group)
        else:
            found.decided[group.key] = decision
    return found


def decide_group(catalog: Catalog, group: DuplicateGroup, kind: DecisionKind) -> int:
    """Store a decision about a group. Returns its number, by which it can be undone."""
    hashes = hashes_of(catalog, (item.photo_id for item in group.all))
    return decide(catalog, kind, hashes.values(), len(group.all))


def _without_different(
    group: DuplicateGroup, made: Decisions, hashes: dict[int, bytes]
) -> DuplicateGroup | None:
    """The group without the files that were marked as different from the one to keep; None if no
    other file is left."""
    keep = hashes.get(group.keep.photo_id, b"")
    others = tuple(
        item for item in group.others if not made.apart(keep, hashes.get(item.photo_id, b""))
    )
    if len(others) == len(group.others):
        return group
    return replace(group, others=others) if others else None
