"""Split the connected components of a tier into groups. Each is a star cluster: a file to keep, and
the photos that were compared with it."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from explorer.analysis.duplicates.copy_components import MAX_FULLY_COMPARED
from explorer.duplicates.group_file import GroupFile, GroupFileBuilder, RelatedRow
from explorer.duplicates.groups import COPIES, DuplicateGroup, Tier, make_group
from explorer.duplicates.keeper_suggestion import (
    NONE_REMOVABLE,
    NOT_CLEAR_FOR_OTHERS,
    VERSIONS,
    ChooseKeeper,
    Edges,
    KeeperSuggester,
    KeeperSuggestion,
)
from explorer.duplicates.originals import HeaderReader
from explorer.duplicates.pair_edge import Edge
from explorer.duplicates.versions import Version
from explorer.library.catalog import Catalog
from explorer.library.paths import printable
from explorer.library.queries.duplicate_rows import DuplicateRow
from explorer.library.queries.evidence import Evidence, evidence_of
from explorer.photos.stacks import normalized_name, original_in_folder

COMPARED_WITH_ALL = "it was compared with all the others"


@dataclass(frozen=True)
class StarClusters:
    """Greedy star clustering of the connected components of one tier."""

    catalog: Catalog
    tier: Tier
    edges: Edges
    """By photo id, in both directions."""
    rows: Mapping[int, DuplicateRow]
    """The file that represents each photo."""
    builder: GroupFileBuilder
    choose: ChooseKeeper
    """Chooses the file to keep if none would lose anything."""
    header: HeaderReader
    """Reads a file's EXIF header."""

    def groups(self, component: Collection[int]) -> list[DuplicateGroup]:
        """Groups of one connected component (photo ids). A center is chosen and grouped with the
        photos that were compared with it; this is repeated among the rest."""
        files = self._files(component)
        versions = self._versions(files) if self.tier in COPIES else {}
        suggester = KeeperSuggester(self.tier, versions, self.edges, self.header)
        groups, left = list[DuplicateGroup](), set(component)
        while len(left) > 1:
            center, _ = self.choose(self._possible_centers(left, files))
            cluster = {center.photo_id, *(self.edges[center.photo_id].keys() & left)}
            if len(cluster) == 1:
                # The center has as many neighbors as any, so no two of the rest were compared.
                break
            if versions:
                suggestion = suggester.suggest(cluster, center, self.choose)
            else:
                suggestion = KeeperSuggestion(center, self._why(center, files, cluster))
            group = self._group(cluster, suggestion, files)
            # Metrics, which take most of the memory, are not used any more.
            known = {i: versions[i].known._replace(figures=None) for i in cluster if i in versions}
            groups.append(replace(group, known=known))
            # The keeper may reappear in a looser tier and meet a better photo there.
            left -= cluster
        return _withhold_unclear(groups) if self.tier == "picture" else groups

    def _possible_centers(
        self, left: Collection[int], files: Mapping[int, GroupFile]
    ) -> list[GroupFile]:
        """The photos that were compared with at least half as many of the others as the most
        connected one. With another center, too few photos would have been compared with the keeper.
        In large components of copies, only some photos were compared with all, so only the most
        connected ones qualify."""
        degree = {i: len(self.edges[i].keys() & left) for i in left}
        share = 1.0 if self.tier in COPIES and len(left) > MAX_FULLY_COMPARED else 0.5
        least = max(degree.values()) * share
        central = [files[i] for i in sorted(left) if degree[i] >= least]
        return [file for file in central if not file.original] or central

    def _versions(self, files: Mapping[int, GroupFile]) -> dict[int, Version]:
        evidence = evidence_of(self.catalog, files)
        return {i: Version(file, evidence.get(i, Evidence())) for i, file in files.items()}

    def _why(
        self, center: GroupFile, files: Mapping[int, GroupFile], cluster: Collection[int]
    ) -> str:
        """Why the center is kept rather than the others of its cluster. Another one may be better
        by the rules, but was not compared with enough of them."""
        best, why = self.choose([files[i] for i in sorted(cluster)])
        return why if best is center else COMPARED_WITH_ALL

    def _group(
        self, cluster: Collection[int], suggestion: KeeperSuggestion, files: Mapping[int, GroupFile]
    ) -> DuplicateGroup:
        keep = suggestion.keep
        others = sorted(i for i in cluster if i != keep.photo_id)
        compared = self.edges[keep.photo_id]
        built = self.builder.build(
            RelatedRow(
                self.rows[i],
                compared[i].describe(self.rows[keep.photo_id], self.rows[i]),
                compared[i].score,
            )
            for i in others
        )
        members = [replace(file, original=files[file.photo_id].original) for file in built]
        hashes = {self.rows[i].hash for i in cluster}
        group = make_group(self.tier, keep, suggestion.why, members, hashes)
        return replace(group, edges=self._edges_within(cluster), doubt=suggestion.doubt)

    def _edges_within(self, cluster: Collection[int]) -> tuple[Edge, ...]:
        return tuple(
            edge
            for i in sorted(cluster)
            for j, edge in self.edges[i].items()
            if j > i and j in cluster
        )

    def _files(self, component: Collection[int]) -> dict[int, GroupFile]:
        """The files of a component, each with what the others show about it: whether it has a
        border added, and which file it is a version of by name."""
        edges = chain.from_iterable(self.edges[i].values() for i in component)
        bordered = {edge.bordered for edge in edges}
        originals = self._originals_by_name(component) if self.tier == "picture" else {}
        built = self.builder.build
        return {
            i: replace(
                built([RelatedRow(self.rows[i])])[0],
                bordered=i in bordered,
                original=originals.get(i, ""),
            )
            for i in component
        }

    def _originals_by_name(self, component: Collection[int]) -> dict[int, str]:
        """For files named as versions of another file: the name of that file."""
        names = dict[tuple[str, str], str]()
        for i in component:
            folder, name = os.path.split(self.rows[i].path)
            names[folder, os.path.splitext(normalized_name(name))[0]] = name
        found = dict[int, str]()
        for i in component:
            path = self.rows[i].path
            stem = original_in_folder(path, names)
            if stem is not None:
                found[i] = printable(names[os.path.dirname(path), stem])
        return found


def _withhold_unclear(groups: list[DuplicateGroup]) -> list[DuplicateGroup]:
    """All groups of one component show one picture: if the original of one group is not clear,
    nothing is suggested in the others either."""
    if all(group.doubt in ("", VERSIONS, NONE_REMOVABLE) for group in groups):
        return groups
    return [
        replace(group, doubt=group.doubt or NOT_CLEAR_FOR_OTHERS, keep_because="")
        for group in groups
    ]
