"""What is left of the groups once the person's decisions are taken into account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from explorer.duplicates.groups import DuplicateGroup
from explorer.library.catalog import Catalog
from explorer.library.decision_store import Decision, Decisions, Kind, decide, decisions, hashes_of


class DecidedGroups(NamedTuple):
    """open: to be looked at. later: put off. decided: by their keys, the decision that hides a
    group for good."""

    open: list[DuplicateGroup]
    later: list[DuplicateGroup]
    decided: dict[str, Decision]


def apply_decisions(catalog: Catalog, groups: Iterable[DuplicateGroup]) -> DecidedGroups:
    """Hide what was decided, and from groups the files that were said to be no duplicates of the
    one kept; order stays."""
    made, wanted = decisions(catalog), list(groups)
    if not len(made):
        return DecidedGroups(wanted, [], {})
    hashes = hashes_of(catalog, (item.photo_id for group in wanted for item in group.all))
    found = DecidedGroups([], [], {})
    for group in wanted:
        decision = made.about(_contents(group, hashes), len(group.all))
        if decision is not None and decision.kind == "later":
            found.later.append(group)
            continue
        left = group if decision is None else None
        left = _without(left, made, hashes) if left is not None else None
        if left is None:
            if decision is not None:
                found.decided[group.key] = decision
            continue
        found.open.append(left)
    return found


def decide_group(catalog: Catalog, group: DuplicateGroup, kind: Kind) -> int:
    """Remember what the person said about a group; gives the decision's number, for taking it back."""
    hashes = hashes_of(catalog, (item.photo_id for item in group.all))
    return decide(catalog, kind, hashes.values(), len(group.all))


def _contents(group: DuplicateGroup, hashes: dict[int, bytes]) -> set[bytes]:
    return {hashes[item.photo_id] for item in group.all if item.photo_id in hashes}


def _without(
    group: DuplicateGroup, made: Decisions, hashes: dict[int, bytes]
) -> DuplicateGroup | None:
    """The group without those that were parted from the one kept; None where nobody is left."""
    keep = hashes.get(group.keep.photo_id, b"")
    others = tuple(
        item for item in group.others if not made.apart(keep, hashes.get(item.photo_id, b""))
    )
    if len(others) == len(group.others):
        return group
    return replace(group, others=others) if others else None
