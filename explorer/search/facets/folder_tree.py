"""The folders of some photos as a tree, with counts."""

from __future__ import annotations

import copy
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Ids
from explorer.library.paths import from_line, from_text, inside, join, printable, to_line, to_text
from explorer.library.queries.facet_columns import FacetTable, FolderKey
from explorer.library.queries.photo_masks import PhotoMask, ids_in
from explorer.library.rows import RootRow
from explorer.search.facets.facet_node import FacetNode, MatchingNodes, folded_line, natural_key
from explorer.search.language.query_tree import FieldTest, FieldValue

MAX_LEVELS = 100
"""How many levels below a watched folder a filter looks for folders. Deeper ones can still be
reached level by level."""


def folder_test(path: str, *, subfolders: bool = True) -> FieldTest:
    """The test for the photos of a folder. path: absolute, as the file system has it."""
    return FieldTest("folder", (FieldValue(to_line(path), "=" if subfolders else "=="),))


def tested_folder(test: object) -> tuple[str, bool] | None:
    """The absolute path that a test is for, and whether its subfolders are included; None if it is
    not a test for one folder by its full path."""
    if not isinstance(test, FieldTest) or test.field != "folder" or len(test.values) != 1:
        return None
    path = os.path.expanduser(from_line(test.values[0].text))
    return (
        (os.path.normpath(path), test.values[0].comparison != "==") if os.path.isabs(path) else None
    )


class FolderTree:
    """The watched folders and all folders in them that hold some of the photos."""

    def __init__(self, table: FacetTable, roots: Sequence[RootRow], photos: PhotoMask) -> None:
        """photos: which to count."""
        self._names = table.folders
        # Other threads may add folders in the meantime.
        number = len(self._names.parents)
        self._parents = np.array(self._names.parents[:number], np.int64)
        self._root_ids = np.array([key.root_id for key in self._names.keys[:number]], np.int64)
        levels = _levels(self._parents)
        self._depths = _depths(levels, number)
        among = ids_in(photos, table.file_photos)
        in_photo, in_folder = table.file_photos[among], table.file_folders[among].astype(np.int64)
        self._own = np.bincount(in_folder, minlength=number)
        self._counted = _totals(in_photo, in_folder, self._parents, levels)
        self._covers = _covers(in_photo, in_folder, table.dates, self._parents, levels)
        self._set_roots(roots)

    def with_roots(self, roots: Sequence[RootRow]) -> FolderTree:
        """The same counts with the watched folders as they are now: their states change, and
        folders are removed, without any change to the photos."""
        tree = copy.copy(self)
        tree._set_roots(roots)
        return tree

    def _set_roots(self, roots: Sequence[RootRow]) -> None:
        self._roots = {root["id"]: root for root in roots}
        names = Counter(os.path.basename(root["path"]) for root in roots)
        self._root_names = dict[int, str]()
        for root in roots:
            # A drive has no name, and folders with the same name are told apart by their paths.
            name = os.path.basename(root["path"])
            shown = name if name and names[name] == 1 else root["path"]
            self._root_names[root["id"]] = printable(shown)
        # The table may still have folders of a watched folder that was removed since.
        known = np.isin(self._root_ids, np.array(list(self._roots), np.int64))
        self._total = np.where(known, self._counted, 0)
        above = self._parents[self._total > 0]
        self._folds = np.bincount(above[above >= 0], minlength=len(known)) > 0

    def top(self) -> list[FacetNode]:
        """The watched folders, including those without photos."""
        nodes = list[FacetNode]()
        for root in self._roots.values():
            number = self._names.find(FolderKey(root["id"], ""))
            known = number is not None and number < len(self._own)
            nodes.append(self._node(number) if known and number is not None else self._empty(root))
        return nodes

    def inside(self, node_id: str) -> list[FacetNode]:
        """As `FacetTree.inside`."""
        number = self._number(from_line(node_id))
        if number is None:
            return []
        children = np.flatnonzero((self._parents == number) & (self._total > 0))
        nodes = [self._node(child) for child in children.tolist()]
        return sorted(nodes, key=lambda node: natural_key(node.name))

    def matching(self, text: str, limit: int) -> MatchingNodes:
        """As `FacetTree.matching`; a text with a slash is looked for in the whole path below the
        watched folder. The folders with the most photos come first."""
        wanted = folded_line(text).replace("\\", "/")
        whole = "/" in wanted.strip("/")
        found = [
            number
            for number in np.flatnonzero(self._total > 0).tolist()
            if wanted.strip("/") in folded_line(self._shown(number, whole=whole))
        ]
        found.sort(key=lambda number: -int(self._total[number]))
        near = [number for number in found if self._depths[number] <= MAX_LEVELS]
        shown, above = set[int](), np.array(near[:limit], np.int64)
        while len(above):
            shown.update(above.tolist())
            above = np.unique(self._parents[above])
            above = above[above >= 0]
        nodes, inside_of = dict[int, FacetNode](), dict[int, list[FacetNode]]()
        # A folder has a smaller number than its subfolders.
        for number in sorted(shown, reverse=True):
            below = sorted(inside_of.get(number, ()), key=lambda each: natural_key(each.name))
            nodes[number] = replace(self._node(number), inside=below)
            inside_of.setdefault(int(self._parents[number]), []).append(nodes[number])
        roots = [self._names.find(FolderKey(root_id, "")) for root_id in self._roots]
        top = [nodes[root] for root in roots if root is not None and root in nodes]
        return MatchingNodes(top, len(found))

    def trail(self, path: str) -> list[FacetNode]:
        """The folders from a watched folder down to this one; empty if it is in none, or has no
        photos."""
        number, nodes = self._number(path), list[FacetNode]()
        while number is not None and number >= 0:
            nodes.append(self._node(number))
            number = int(self._parents[number])
        return nodes[::-1]

    def _number(self, path: str) -> int | None:
        for root in self._roots.values():
            if inside(path, root["path"]):
                relative = to_text(os.path.relpath(path, root["path"]).replace(os.sep, "/"))
                key = FolderKey(root["id"], "" if relative == "." else relative)
                number = self._names.find(key)
                return number if number is not None and number < len(self._own) else None
        return None

    def _shown(self, number: int, *, whole: bool = False) -> str:
        key = self._names.keys[number]
        if not key.folder:
            return self._root_names[key.root_id]
        text = key.folder if whole else key.folder.rpartition("/")[2]
        return printable(from_text(text))

    def _node(self, number: int) -> FacetNode:
        key = self._names.keys[number]
        root = self._roots[key.root_id]
        path = join(to_text(root["path"]), key.folder)
        return FacetNode(
            id=to_line(path),
            name=self._shown(number),
            tests=(folder_test(path),),
            photos=int(self._total[number]),
            cover=int(self._covers[number]),
            folds=bool(self._folds[number]),
            own=int(self._own[number]),
            path=printable(path),
            away=root["state"] == "offline",
        )

    def _empty(self, root: RootRow) -> FacetNode:
        path = root["path"]
        return FacetNode(
            to_line(path), self._root_names[root["id"]], (folder_test(path),), 0, 0, own=0,
            path=printable(path), away=root["state"] == "offline",
        )  # fmt: skip


_Numbers = npt.NDArray[np.int64]


def _levels(parents: _Numbers) -> list[_Numbers]:
    """The folders at each depth, watched folders first."""
    depth, above = np.zeros(len(parents), np.int64), parents
    while (above >= 0).any():
        depth += above >= 0
        above = np.where(above >= 0, parents[above], -1)
    return [np.flatnonzero(depth == each) for each in range(int(depth.max(initial=-1)) + 1)]


def _depths(levels: list[_Numbers], number: int) -> _Numbers:
    """How far each folder is below its watched folder."""
    depths = np.zeros(number, np.int64)
    for depth, level in enumerate(levels):
        depths[level] = depth
    return depths


def _totals(photos: Ids, folders: _Numbers, parents: _Numbers, levels: list[_Numbers]) -> _Numbers:
    """The number of photos in and below each folder. A photo counts once, however many copies of it
    there are."""
    alone = np.bincount(photos, minlength=1)[photos] == 1
    totals = np.bincount(folders[alone], minlength=len(parents))
    for level in levels[:0:-1]:
        np.add.at(totals, parents[level], totals[level])
    # Photos in several folders, of which there are few: level by level, each once.
    several, size = ~alone, int(photos.max(initial=0)) + 1
    keys = folders[several] * size + photos[several]
    depth = _depths(levels, len(parents))
    for number in range(len(levels) - 1, -1, -1):
        at = depth[keys // size] == number
        here = np.unique(keys[at])
        totals += np.bincount(here // size, minlength=len(parents))
        above = parents[here // size]
        keys = np.concatenate([keys[~at], (above * size + here % size)[above >= 0]])
    return totals


def _covers(
    photos: Ids, folders: _Numbers, dates: Ids, parents: _Numbers, levels: list[_Numbers]
) -> _Numbers:
    """The latest photo in and below each folder; 0 where there is none."""
    order = np.lexsort((photos, dates[photos]))
    latest = np.full(len(parents), -1, np.int64)
    # Where a folder occurs several times, the last assignment counts.
    latest[folders[order]] = np.arange(len(order))
    for level in levels[:0:-1]:
        np.maximum.at(latest, parents[level], latest[level])
    return np.where(latest >= 0, photos[order][latest], 0) if len(order) else latest * 0
