"""Find groups of duplicates, from the pairs that indexing stored.

No pictures are compared here, only rows are read, so this is fast on a library of any size.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Collection, Mapping

from explorer.analysis.duplicates.connected_components import connected_components
from explorer.duplicates import keeper
from explorer.duplicates.group_file import GroupFileBuilder, RelatedRow
from explorer.duplicates.groups import COPIES, SAME_BYTES, TIERS, DuplicateGroup, Tier, make_group
from explorer.duplicates.pair_edge import Edge
from explorer.duplicates.star_clusters import StarClusters
from explorer.duplicates.tiers import TierEdges
from explorer.library.catalog import Catalog
from explorer.library.library import Library
from explorer.library.queries import duplicate_rows
from explorer.library.queries.duplicate_rows import DuplicateRow
from explorer.library.stores.protected_folder_store import ProtectedFolders, protected_folders
from explorer.photos.metadata.exif_header import read_header
from explorer.photos.readers.raw_format import RAW_FORMATS
from explorer.photos.stacks import never_duplicates


def find_groups(library: Library, tiers: Collection[Tier] = TIERS) -> list[DuplicateGroup]:
    """The groups of these tiers: the tightest tier first, and within a tier, the group that would
    free the most space first.

    A file is offered once, in its tightest tier; the file kept there stands for its copies in
    looser tiers.
    """
    finder = _GroupFinder(library.catalog)
    # A looser tier depends on what the tighter ones have offered, requested or not.
    loosest = max(map(TIERS.index, tiers), default=-1)
    groups = list[DuplicateGroup]()
    for tier in TIERS[: loosest + 1]:
        found = finder.identical() if tier == "identical" else finder.similar(tier)
        if tier in tiers:
            groups += sorted(found, key=lambda group: (-group.reclaimable, group.keep.path))
    return groups


class _GroupFinder:
    """Finds the groups of one tier after another, from the tightest to the loosest."""

    def __init__(self, catalog: Catalog) -> None:
        rules = keeper.keep_rules(catalog)
        self._catalog = catalog
        self._choose = functools.partial(keeper.choose_keeper, rules=rules)
        # Different shots are never suggested for removal, so no file is opened for its quality.
        self._choose_unopened = functools.partial(self._choose, quality=lambda path: None)
        self._tier_edges = TierEdges(catalog)
        self._builder = GroupFileBuilder(ProtectedFolders(protected_folders(catalog)).covers)
        self._header = functools.cache(read_header)
        self._offered = set[int]()
        """Photos that a tighter tier offers for removal."""
        self._kept_rows = dict[int, DuplicateRow]()
        """Photo id → the file to keep, for photos that have several files."""

    def identical(self) -> list[DuplicateGroup]:
        by_photo = defaultdict[int, list[DuplicateRow]](list)
        for row in duplicate_rows.duplicate_rows(self._catalog):
            by_photo[row.photo_id].append(row)
        return [self._identical(photo_id, rows) for photo_id, rows in by_photo.items()]

    def _identical(self, photo_id: int, rows: list[DuplicateRow]) -> DuplicateGroup:
        related = [RelatedRow(row, SAME_BYTES) for row in rows]
        keep, why = self._choose(self._builder.build(related))
        # Build them again with the keeper first, because the others may be links to it.
        related.sort(key=lambda each: each.row.file_id != keep.file_id)
        keep, *others = self._builder.build(related)
        self._kept_rows[photo_id] = related[0].row
        return make_group("identical", keep, why, others, {related[0].row.hash})

    def similar(self, tier: Tier) -> list[DuplicateGroup]:
        """The groups of a tier other than `identical`."""
        edges = self._tier_edges.edges(tier)
        rows = self._rows({i for edge in edges for i in edge.photos})
        graph = defaultdict[int, dict[int, Edge]](dict)
        for edge in edges:
            a, b = edge.photos
            if self._may_meet(a, b, rows):
                graph[a][b] = graph[b][a] = edge
        clusters = StarClusters(
            self._catalog,
            tier,
            graph,
            rows,
            self._builder,
            self._choose if tier in COPIES else self._choose_unopened,
            self._header,
        )
        groups = list[DuplicateGroup]()
        for component in connected_components(graph):
            groups += clusters.groups(component)
        self._offered |= {file.photo_id for group in groups for file in group.others}
        return groups

    def _may_meet(self, a: int, b: int, rows: Mapping[int, DuplicateRow]) -> bool:
        """Whether two photos may be in one group: neither is offered for removal in a tighter tier,
        neither is a RAW file, and they are not versions that are never shown as duplicates."""
        return (
            a in rows
            and b in rows
            and not RAW_FORMATS & {rows[a].format, rows[b].format}
            and not self._offered & {a, b}
            and not never_duplicates(rows[a].path, rows[b].path)
        )

    def _rows(self, photo_ids: set[int]) -> dict[int, DuplicateRow]:
        """The file that represents each photo: the one to keep of several, or the only one."""
        single = duplicate_rows.duplicate_rows(self._catalog, photo_ids - self._kept_rows.keys())
        kept = {i: row for i, row in self._kept_rows.items() if i in photo_ids}
        return {row.photo_id: row for row in single} | kept
