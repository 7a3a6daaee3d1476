"""The trees of the library's folders, dates and cameras, shared by all sessions. Each is counted on
first use, and again once the catalog has changed."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Generic, Literal, NamedTuple, TypeVar

import numpy as np

from explorer.library.library import Library
from explorer.library.queries.facet_columns import FacetColumns, FacetTable
from explorer.library.queries.photo_masks import PhotoMask
from explorer.search.facets.facet_node import FacetTree, NestedTree
from explorer.search.facets.facet_trees import camera_tree, date_tree
from explorer.search.facets.folder_tree import FolderTree
from explorer.ui import resources
from explorer.ui.library_cache import LibraryCache

TreeName = Literal["folders", "dates", "cameras"]
_TreeT_co = TypeVar("_TreeT_co", bound=FacetTree, covariant=True)


class LibraryTree(NamedTuple, Generic[_TreeT_co]):
    """A tree of all visible photos."""

    version: str
    """Changes whenever the tree does."""
    tree: _TreeT_co


_lock = threading.Lock()
_current_folders: tuple[FolderTree, LibraryTree[FolderTree]] | None = None
"""The counted folders, and these with the watched folders as they were last."""
_columns: tuple[Library, FacetColumns] | None = None


def facet_table() -> FacetTable:
    """The current values that photos can be grouped by."""
    global _columns  # noqa: PLW0603
    library = resources.library()
    with _lock:
        if _columns is None or _columns[0] is not library:
            _columns = (library, FacetColumns(library.catalog))
        columns = _columns[1]
    return columns.table()


def _visible(table: FacetTable) -> PhotoMask:
    # Hidden photos are in no folder.
    photos = np.zeros(len(table.dates), np.bool_)
    photos[table.file_photos] = True
    return photos


def _folders(library: Library) -> LibraryTree[FolderTree]:
    table = facet_table()
    tree = FolderTree(table, library.catalog.roots(), _visible(table))
    return LibraryTree(str(table.change), tree)


def _dates(_: Library) -> LibraryTree[NestedTree]:
    table = facet_table()
    return LibraryTree(str(table.change), NestedTree(date_tree(table, _visible(table))))


def _cameras(_: Library) -> LibraryTree[NestedTree]:
    table = facet_table()
    return LibraryTree(str(table.change), NestedTree(camera_tree(table, _visible(table))))


# Counting a large library takes seconds, and the library changes continually while it is indexed.
_FOLDERS = LibraryCache(_folders, may_lag=True)
_OTHERS: Mapping[TreeName, LibraryCache[LibraryTree[NestedTree]]] = {
    "dates": LibraryCache(_dates, may_lag=True),
    "cameras": LibraryCache(_cameras, may_lag=True),
}


def library_tree(name: TreeName) -> LibraryTree[FacetTree]:
    """The tree of that name."""
    return folder_tree() if name == "folders" else _OTHERS[name].get()


def folder_tree() -> LibraryTree[FolderTree]:
    """The tree of folders. The state of the watched folders is always current, because a drive can
    be connected, or a folder removed, without a change to the catalog's photos."""
    global _current_folders  # noqa: PLW0603
    version, tree = _FOLDERS.get()
    catalog, known = resources.library().catalog, _current_folders
    states = hash((tuple(catalog.root_paths().items()), tuple(catalog.root_paths(offline=True))))
    current = f"{version} {states}"
    if known is None or known[0] is not tree or known[1].version != current:
        # Counting the files of the watched folders takes longer than reading their states.
        known = tree, LibraryTree(current, tree.with_roots(catalog.roots()))
        _current_folders = known
    return known[1]
