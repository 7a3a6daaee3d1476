"""Folders as classes: if each folder holds photos of one kind, the share of a photo's nearest
photos that are in its own folder shows how well a model distinguishes these kinds."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Catalog, Ids
from explorer.library.queries.folder_photos import photos_by_folder
from explorer.library.queries.photo_masks import ids_in, mask_of
from explorer.library.vectors import VectorIndex

Labels = npt.NDArray[np.int64]

# The most and the fewest photos that are searched by, and how many vectors these searches may scan
# in total: half a second's work for each model.
_MAX_SAMPLED, _MIN_SAMPLED, _MAX_SCANNED = 200, 20, 5_000_000
_NONE = -1


class FolderClasses(NamedTuple):
    """The classes of a library."""

    folders: tuple[str, ...]
    """The absolute path of each class's folder."""
    ids: Ids
    """The photos that have a class, ascending."""
    labels: Labels
    """The number of each one's class."""

    def of(self, ids: Ids) -> Labels:
        """The class of each of these photos, -1 for those without one."""
        if not len(self.ids):
            return np.full(len(ids), _NONE, np.int64)
        at = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[at] == ids, self.labels[at], _NONE)


class FolderPrecision(NamedTuple):
    """Mean precision@k of searches by photos of the library, each compared with all others."""

    k: int
    sampled: int
    """Number of photos that were searched by."""
    chance: float
    """What it would be if photos were ranked at random, 0 to 1."""
    best: float
    """What it could be at most, because small folders have fewer than k photos, 0 to 1."""
    by_model: dict[str, float]
    """What it is, by the name of the model, 0 to 1."""


def folder_classes(catalog: Catalog) -> FolderClasses | None:
    """The classes of a library; None if there are fewer than two."""
    return classes_of(photos_by_folder(catalog))


def classes_of(folders: Mapping[str, Sequence[int]]) -> FolderClasses | None:
    """The classes among folders, given with the ids of their photos: those without subfolders that
    hold at least two photos. None if there are fewer than two. A photo in two of them has no class.
    """
    above = {parent for folder in folders for parent in _parents(folder)}
    leaves = {folder: ids for folder, ids in folders.items() if folder not in above}
    seen, twice = set[int](), set[int]()
    for ids in leaves.values():
        twice |= seen.intersection(ids)
        seen.update(ids)
    kept = {folder: [i for i in ids if i not in twice] for folder, ids in leaves.items()}
    names = sorted(folder for folder, ids in kept.items() if len(ids) >= 2)
    if len(names) < 2:
        return None
    photos = np.array([i for name in names for i in kept[name]], np.int64)
    labels = np.repeat(np.arange(len(names)), [len(kept[name]) for name in names])
    order = np.argsort(photos)
    return FolderClasses(tuple(names), photos[order], labels[order].astype(np.int64))


def _parents(folder: str) -> list[str]:
    found, parent = list[str](), os.path.dirname(folder)
    while parent != folder:
        found.append(parent)
        folder, parent = parent, os.path.dirname(parent)
    return found


def precision_at(labels: Labels, own: int, k: int) -> float:
    """The share of the first k results that are of the class `own`, 0 to 1. labels: of the results,
    best first; if there are fewer than k, their number takes the place of k."""
    head = labels[:k]
    return float((head == own).mean()) if len(head) else 0.0


def query_precision(
    classes: FolderClasses, searched_by: Sequence[int], ids: Ids, k: int
) -> float | None:
    """The precision@k of one search by photos of the library, 0 to 1; None unless these photos are
    of one class. ids: the results, best first."""
    own = set(classes.of(np.array(searched_by, np.int64)).tolist())
    if len(own) != 1 or _NONE in own:
        return None
    return precision_at(classes.of(ids), own.pop(), k)


def folder_precision(
    indexes: Mapping[str, VectorIndex], classes: FolderClasses, k: int
) -> FolderPrecision | None:
    """Precision@k of each model, by leave-one-out: each photo in a sample of those with a class is
    searched by, among all other photos that every model has encoded. None without such photos.

    indexes: of each model, by its name.
    """
    common = common_photos(list(indexes.values()))
    labels = classes.of(common)
    sizes = np.bincount(labels[labels >= 0], minlength=len(classes.folders))
    usable = (labels >= 0) & (sizes[labels] >= 2)
    if not usable.any() or np.count_nonzero(sizes >= 2) < 2:
        return None
    # By class, so that an even sample has each class in proportion.
    order = np.lexsort((common[usable], labels[usable]))
    chosen, own = common[usable][order], labels[usable][order]
    wanted = min(_MAX_SAMPLED, max(_MIN_SAMPLED, _MAX_SCANNED // len(common)))
    at = np.unique(np.linspace(0, len(chosen) - 1, min(wanted, len(chosen))).round().astype(int))
    chosen, own = chosen[at], own[at]
    others = len(common) - 1
    depth = min(k, others)
    return FolderPrecision(
        k,
        len(chosen),
        float(((sizes[own] - 1) / others).mean()),
        float((np.minimum(sizes[own] - 1, depth) / depth).mean()),
        {
            name: _mean_precision(index, chosen, own, common, classes=classes, k=k)
            for name, index in indexes.items()
        },
    )


def _mean_precision(
    index: VectorIndex, chosen: Ids, own: Labels, common: Ids, *, classes: FolderClasses, k: int
) -> float:
    among = None if len(common) == len(index) else mask_of(common)
    found = list[float]()
    for photo, label, vector in zip(chosen.tolist(), own.tolist(), index.rows(chosen), strict=True):
        _, ids = index.search(vector, k + 1, among)
        found.append(precision_at(classes.of(ids[ids != photo]), label, k))
    return float(np.mean(found))


def common_photos(indexes: Sequence[VectorIndex]) -> Ids:
    """The ids of the photos in every one of these indexes, ascending."""
    if not indexes:
        return np.zeros(0, np.int64)
    first, *rest = sorted(indexes, key=len)
    common = np.sort(first.ids())
    for index in rest:
        common = common[ids_in(mask_of(index.ids()), common)]
    return common
