"""Decide which files to remove if each group of duplicates keeps one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.groups import COPIES, TIERS, DuplicateGroup
from explorer.library.catalog import Catalog
from explorer.library.stores.decision_store import hashes_of
from explorer.library.stores.pair_store import PAIRS_VERSION, compared_kind
from explorer.removal.results import Removal

Wanted = Callable[[DuplicateGroup, GroupFile], bool]
"""Whether a file of a group is to be removed."""


def _suggested(group: DuplicateGroup, _: GroupFile) -> bool:
    """Only copies: different shots, and look-alikes, are what the user marks one by one."""
    return group.tier in COPIES


def removals_of_groups(
    catalog: Catalog, groups: Iterable[DuplicateGroup], wanted: Wanted = _suggested
) -> list[Removal]:
    """A removal for each file of the groups, other than the one to keep, that is wanted and may be
    removed. A file that is kept for another is never removed.

    By default, only copies of one picture are wanted. If the keeper of a tighter
    group is itself a copy of a better photo, and the whole group was compared with the better one,
    the whole group is removed in favor of it.
    """
    chosen = [group for group in groups if any(wanted(group, item) for item in group.others)]
    photos = (item.photo_id for group in chosen for item in group.all)
    hashes = {i: digest.hex() for i, digest in hashes_of(catalog, photos).items()}
    removable = [
        (group, item)
        for group in chosen
        for item in group.others
        if wanted(group, item) and not group.reason_to_keep(item)
    ]
    keepers = defaultdict[str, list[DuplicateGroup]](list)
    for group in chosen:
        keepers[group.keep.path].append(group)
    # Keepers of tighter groups that may be removed, and the group with the better photo.
    better = {
        item.path: group
        for group, item in removable
        if group.tier in COPIES
        and item.path in keepers
        and _gives_way(catalog, hashes, keepers[item.path], item, group.keep)
    }
    found = dict[str, Removal]()
    for group, item in removable:
        best = _best_group(group, better)
        is_kept = item.path in keepers and item.path not in better
        if item.path in found or is_kept or best.reason_to_keep(item):
            continue
        if item.photo_id in hashes and best.keep.photo_id in hashes:
            found[item.path] = Removal(
                path=item.path,
                hash=hashes[item.photo_id],
                keeper=best.keep.path,
                keeper_hash=hashes[best.keep.photo_id],
                bytes=item.bytes,
                tier=best.tier,
                why="; ".join(filter(None, [best.keep_because, best.metadata_loss(item)])),
                companions=item.companions.own,
                holds=item.holds,
            )
    # Even if groups contradict each other, a file that is kept for another is not removed.
    return [removal for removal in found.values() if removal.keeper not in found]


def _gives_way(
    catalog: Catalog,
    hashes: Mapping[int, str],
    groups: Sequence[DuplicateGroup],
    item: GroupFile,
    keep: GroupFile,
) -> bool:
    """Whether the keeper of these groups, `item`, can be removed in favor of a better file, `keep`:
    all files of the groups are copies that were compared with the better one."""
    known = {hashes.get(each.photo_id, "") for each in (item, keep)}
    others = {hashes.get(each.photo_id, "") for group in groups for each in group.others} - known
    better = hashes.get(keep.photo_id, "")
    return all(group.tier in COPIES for group in groups) and all(
        compared_kind(catalog, other, better, PAIRS_VERSION) in ("pixels", "picture")
        for other in others
    )


def _best_group(group: DuplicateGroup, better: Mapping[str, DuplicateGroup]) -> DuplicateGroup:
    """The group whose keeper is the best photo, followed through looser tiers."""
    for _ in TIERS:
        group = better.get(group.keep.path, group)
    return group
