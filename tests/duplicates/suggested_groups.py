"""Pairs of photos as the tests of suggestions put them, and what is suggested for their groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.group_removals import removals_of_groups
from explorer.duplicates.groups import DuplicateGroup
from explorer.library.stores import pair_store as store
from explorer.library.stores.pair_store import PAIRS_VERSION, Pair
from tests.factory import LibraryBuilder

LARGE, SMALL = {"width": 1000, "height": 800}, {"width": 500, "height": 400}


def pair(
    builder: LibraryBuilder, one: int, other: int, kind: store.PairKind = "picture", **relation: Any
) -> None:
    """Store that two photos were compared, and are of that kind."""
    laid = {"matrix": [1, 0, 0, 0, 1, 0], "plain": 3} if kind == "picture" else {}
    a, b = sorted((one, other))
    store.put_pairs(builder.writer, [Pair(a, b, kind, 0.99, laid | relation)], PAIRS_VERSION)


def going(builder: LibraryBuilder, groups: Sequence[DuplicateGroup]) -> set[str]:
    """The files that are suggested for removal, by their paths in the root."""
    return {
        removal.path.rpartition("/photos/")[2]
        for removal in removals_of_groups(builder.library.catalog, groups)
    }


def name(item: GroupFile) -> str:
    """A file's path in the root."""
    return item.path.rpartition("/photos/")[2]
