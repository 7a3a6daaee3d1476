"""Which photos are duplicates of which: what the indexing found about pairs → groups, each around
the one to keep.

Nothing is compared here: on a library of any size this is reading rows.
"""

from __future__ import annotations

import functools
import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from explorer.analysis.duplicates.copy_components import CLOSED
from explorer.duplicates import keeper
from explorer.duplicates.describe_difference import Edge
from explorer.duplicates.groups import COPIES, TIERS, DuplicateGroup, GroupFile, Tier
from explorer.duplicates.suggestion import (
    A_SET,
    ALL_STAY,
    UNKNOWN_GROUP,
    ChooseKeeper,
    KeeperSuggester,
    KeeperSuggestion,
)
from explorer.duplicates.tiers import TierEdges
from explorer.duplicates.versions import Version
from explorer.library import pair_store as store
from explorer.library.decision_store import Protection, protected_folders
from explorer.library.evidence import Evidence, evidence_of
from explorer.library.library import Library
from explorer.library.pair_store import CopyRow
from explorer.library.paths import printable
from explorer.photos.metadata.exif_header import read_header
from explorer.removal.companions import CompanionFinder, never_duplicates
from explorer.removal.stacks import normalized_name, original_in_folder

Protected = Callable[[str], bool]


def find_groups(
    library: Library,
    tiers: Collection[Tier] = TIERS,
    *,
    choose: ChooseKeeper | None = None,
    protected: Protected | None = None,
) -> list[DuplicateGroup]:
    """The groups of these tiers, tightest first and within a tier the one first that would free
    most.

    choose: says which of several files is kept, and why, in words, where nothing is lost whichever
    it is; without it, the person's rules do. protected: whether nothing is ever removed at a path;
    without it, the person's protected folders. A file is offered once, in the tightest tier that it
    belongs to; the one kept of a tier stands for its copies in looser ones.
    """
    finder = _Finder(
        library, choose, protected or Protection(protected_folders(library.catalog)).covers
    )
    groups = list[DuplicateGroup]()
    for tier in TIERS:
        # Looser tiers depend on what tighter ones have taken, asked for or not.
        if any(TIERS.index(wanted) >= TIERS.index(tier) for wanted in tiers):
            found = finder.identical() if tier == "identical" else finder.tier(tier)
            groups += (
                sorted(found, key=lambda group: (-group.reclaimable, group.keep.path))
                if tier in tiers
                else []
            )
    return groups


class _Member(NamedTuple):
    row: CopyRow
    relation: str
    score: float


class _Finder:
    """Goes through the tiers. taken: photos that are offered already. standing: the file that is
    kept of a photo with several files."""

    def __init__(self, library: Library, choose: ChooseKeeper | None, protected: Protected) -> None:
        rules = keeper.keeper_rules(library.catalog)
        self._library, self._protected = library, protected
        self._choose = choose or (lambda items: keeper.choose_keeper(items, rules))
        # What is never suggested for removal need not have its files opened to say which is kept.
        self._glance = choose or (
            lambda items: keeper.choose_keeper(items, rules, quality=lambda path: None)
        )
        self._closeness = TierEdges(library.catalog)
        self._header = functools.cache(read_header)
        self._taken, self._standing, self._beside = (
            set[int](),
            dict[int, CopyRow](),
            CompanionFinder(),
        )

    def identical(self) -> list[DuplicateGroup]:
        by_photo = defaultdict[int, list[CopyRow]](list)
        for row in store.copies(self._library.catalog):
            by_photo[row.photo_id].append(row)
        groups = list[DuplicateGroup]()
        for photo_id, rows in by_photo.items():
            items = self._items(_Member(row, "the same file, byte for byte", 1.0) for row in rows)
            keep, why = self._choose(items)
            # Once more with the one kept first: whether another is only a further name of its bytes
            # is seen from there.
            rows.sort(key=lambda row: row.file_id != keep.file_id)
            keep, *others = self._items(
                _Member(row, "the same file, byte for byte", 1.0) for row in rows
            )
            groups.append(_group("identical", keep, why, others, {rows[0].hash}))
            self._standing[photo_id] = rows[0]
        return groups

    def tier(self, tier: Tier) -> list[DuplicateGroup]:
        edges = self._closeness.edges(tier)
        rows = self._rows({i for edge in edges for i in edge.photos})
        near = defaultdict[int, dict[int, Edge]](dict)
        for edge in edges:
            a, b = edge.photos
            if (
                a in rows
                and b in rows
                and not self._taken & {a, b}
                and not never_duplicates(rows[a].path, rows[b].path)
            ):
                near[a][b] = near[b][a] = edge
        groups = list[DuplicateGroup]()
        for members in _components(near):
            groups += self._stars(tier, members, near, rows)
        return groups

    def _stars(
        self,
        tier: Tier,
        members: set[int],
        near: dict[int, dict[int, Edge]],
        rows: dict[int, CopyRow],
    ) -> list[DuplicateGroup]:
        """Groups of one connected component: one photo is kept, with those that were compared with
        it; then again with the rest."""
        groups, left = list[DuplicateGroup](), set(members)
        items = self._members(tier, members, near, rows)
        suggest, choose = (
            self._suggest(tier, items, near),
            self._choose if tier in COPIES else self._glance,
        )
        while len(left) > 1:
            # One that was verified against few of many would leave the others without the one that
            # is kept. Of very many, only some were compared with all.
            verified = {i: len(near[i].keys() & left) for i in left}
            least = max(verified.values()) * (1.0 if len(left) > CLOSED and tier in COPIES else 0.5)
            able = [i for i in sorted(left) if verified[i] >= least]
            able = [i for i in able if not items[i].original] or able
            first, why = choose([items[i] for i in able])
            others = sorted(near[first.photo_id].keys() & left)
            left.discard(first.photo_id)
            if not others:
                continue
            inside = {first.photo_id, *others}
            found = (
                suggest(inside, first)
                if suggest
                else KeeperSuggestion(first, self._because(choose, first, why, items, inside))
            )
            keep = found.keep
            others = sorted(inside - {keep.photo_id})
            described = [
                _Member(
                    rows[i],
                    near[keep.photo_id][i].words(rows[keep.photo_id], rows[i]),
                    near[keep.photo_id][i].score,
                )
                for i in others
            ]
            edges = tuple(
                edge
                for i in others
                for j, edge in near[i].items()
                if j in inside and (j > i or j == keep.photo_id)
            )
            shown = [
                replace(item, original=items[item.photo_id].original)
                for item in self._items(described)
            ]
            group = _group(tier, keep, found.why, shown, {rows[i].hash for i in inside})
            groups.append(replace(group, edges=edges, doubt=found.doubt))
            left -= inside
            self._taken |= set(others)
            # The one that is kept may stand in a looser tier, where it may meet a better one; in
            # this tier it is done.
        # They are copies of one picture, of which the original is among those of which it is not
        # known.
        unknown = tier == "picture" and any(
            group.doubt not in ("", A_SET, ALL_STAY) for group in groups
        )
        return (
            [
                replace(group, doubt=group.doubt or UNKNOWN_GROUP, keep_because="")
                for group in groups
            ]
            if unknown
            else groups
        )

    def _members(
        self,
        tier: Tier,
        members: set[int],
        near: dict[int, dict[int, Edge]],
        rows: dict[int, CopyRow],
    ) -> dict[int, GroupFile]:
        """The photos of a component, each with what the others make of it: whether it is bordered,
        and of which it is a version."""
        bordered = {edge.bordered for i in members for edge in near[i].values()}
        paths = [os.path.split(rows[i].path) for i in members]
        names = {
            (folder, os.path.splitext(normalized_name(name))[0]): name for folder, name in paths
        }

        def original(path: str) -> str:
            stem = original_in_folder(path, names) if tier == "picture" else None
            return "" if stem is None else printable(names[os.path.dirname(path), stem])

        return {
            i: replace(
                self._items([_Member(rows[i], "", 1.0)])[0],
                bordered=i in bordered,
                original=original(rows[i].path),
            )
            for i in members
        }

    def _suggest(
        self, tier: Tier, items: Mapping[int, GroupFile], near: dict[int, dict[int, Edge]]
    ) -> Callable[[Collection[int], GroupFile], KeeperSuggestion] | None:
        """What suggests one of a group of copies; None for other shots, of which none is suggested
        for removal."""
        if tier not in COPIES:
            return None
        known = evidence_of(self._library.catalog, items)
        suggester = KeeperSuggester(
            tier,
            {i: Version(item, known.get(i, Evidence())) for i, item in items.items()},
            near,
            self._header,
        )
        return lambda group, first: suggester.suggest(group, first, self._choose)

    def _because(
        self,
        choose: ChooseKeeper,
        keep: GroupFile,
        why: str,
        items: Mapping[int, GroupFile],
        inside: Collection[int],
    ) -> str:
        """Why that one is kept: where it was chosen among more than these, the reason that is shown
        is the one against these."""
        return (
            why
            if len(inside) == len(items)
            else choose([keep, *(items[i] for i in sorted(inside) if i != keep.photo_id)])[1]
        )

    def _rows(self, photo_ids: set[int]) -> dict[int, CopyRow]:
        """The file that stands for each photo: the one kept of several, or the only one."""
        alone = store.copies(self._library.catalog, photo_ids - self._standing.keys())
        return {row.photo_id: row for row in alone} | {
            i: row for i, row in self._standing.items() if i in photo_ids
        }

    def _items(self, members: Iterable[_Member]) -> list[GroupFile]:
        seen, items = set[tuple[str, int]](), list[GroupFile]()
        for row, relation, score in members:
            place = (row.root, row.inode)
            linked = row.inode != 0 and place in seen
            seen.add(place)
            link = os.path.islink(row.path)
            facts = (
                row.file_id,
                row.photo_id,
                row.path,
                row.bytes,
                row.width,
                row.height,
                row.format,
                row.taken_at,
                row.camera,
            )
            safe = self._protected(row.path)
            where = f"{row.inode} {row.root}" if row.inode else ""
            modified, company = row.mtime_ns / 1e9, self._beside.of(row.path)
            told = (relation, score, safe, linked or link, row.metadata, modified, link, company)
            items.append(
                GroupFile(
                    *facts,
                    *told,
                    place=where,
                    contents=row.contents,
                    taken_precision=row.taken_precision,
                )
            )
        return items


def _group(
    tier: Tier, keep: GroupFile, why: str, others: Sequence[GroupFile], hashes: set[str]
) -> DuplicateGroup:
    key = hashlib.blake2b(" ".join(sorted(hashes)).encode(), digest_size=12).hexdigest()
    kept = replace(keep, relation="", score=1.0)
    return DuplicateGroup(
        f"{tier}-{key}",
        tier,
        kept,
        why,
        tuple(sorted(others, key=lambda item: (-item.score, item.path))),
    )


def _components(near: dict[int, dict[int, Edge]]) -> list[set[int]]:
    """Photos that hang together by any way of pairs."""
    found, seen = list[set[int]](), set[int]()
    for start in near:
        if start in seen:
            continue
        members, open_ends = {start}, [start]
        while open_ends:
            for i in near[open_ends.pop()].keys() - members:
                members.add(i)
                open_ends.append(i)
        seen |= members
        found.append(members)
    return found
