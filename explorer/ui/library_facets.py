"""The folders, dates and cameras of the library, counted once for each change of the catalog and
shared by all sessions."""

from __future__ import annotations

import threading
from typing import Literal, NamedTuple

import numpy as np

from explorer.library.facet_columns import FacetColumns, FacetTable
from explorer.library.library import Library
from explorer.search.facet_node import FacetTree, NestedTree
from explorer.search.facet_trees import camera_tree, date_tree
from explorer.search.folder_tree import FolderTree
from explorer.ui import resources

TreeName = Literal["folders", "dates", "cameras"]


class LibraryFacets(NamedTuple):
    """The trees of all visible photos."""

    change: int
    """The catalog's change number."""
    folders: FolderTree
    dates: NestedTree
    cameras: NestedTree

    def tree(self, name: TreeName) -> FacetTree:
        """The tree of that name."""
        found: dict[TreeName, FacetTree] = {
            "folders": self.folders,
            "dates": self.dates,
            "cameras": self.cameras,
        }
        return found[name]


_lock = threading.Lock()
_columns: tuple[Library, FacetColumns] | None = None
_facets: tuple[Library, LibraryFacets] | None = None


def facet_table() -> FacetTable:
    """What the photos can be grouped by, as of now."""
    global _columns  # noqa: PLW0603
    library = resources.library()
    with _lock:
        if _columns is None or _columns[0] is not library:
            _columns = (library, FacetColumns(library.catalog))
        columns = _columns[1]
    return columns.table()


def library_facets() -> LibraryFacets:
    """The trees of all visible photos."""
    global _facets  # noqa: PLW0603
    library, table = resources.library(), facet_table()
    with _lock:
        if _facets is None or _facets[0] is not library or _facets[1].change != table.change:
            catalog = library.catalog
            # Hidden photos are in no folder.
            photos = np.zeros(len(table.dates), np.bool_)
            photos[table.file_photos] = True
            _facets = (
                library,
                LibraryFacets(
                    table.change,
                    FolderTree(table, catalog.roots(), photos),
                    NestedTree(date_tree(table, photos)),
                    NestedTree(camera_tree(table, photos)),
                ),
            )
        return _facets[1]
