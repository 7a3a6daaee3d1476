"""The tree of folders: odd depths, names and watched folders."""

from __future__ import annotations

import numpy as np

from explorer.library.queries.facet_columns import FacetColumns
from explorer.library.rows import RootRow
from explorer.library.stores.root_store import remove_root, update_root
from explorer.search.facets.folder_tree import MAX_LEVELS, FolderTree, folder_test
from explorer.search.language.parse_query import parse
from explorer.search.language.print_query import print_query
from explorer.search.language.query_tree import QueryTree
from explorer.search.photo_filter import PhotoFilter
from tests.factory import LibraryBuilder


def _tree(builder: LibraryBuilder) -> FolderTree:
    catalog = builder.library.catalog
    table = FacetColumns(catalog).table()
    return FolderTree(table, catalog.roots(), np.ones(len(table.dates), np.bool_))


def test_folders_may_be_nested_more_deeply_than_calls(builder: LibraryBuilder) -> None:
    photo = builder.put("/".join("a" * 1100) + "/a.jpg", 1)
    tree = _tree(builder)
    (node,), levels = tree.top(), 0
    while below := tree.inside(node.id):
        (node,), levels = below, levels + 1
    assert (node.photos, levels, len(tree.trail(node.path))) == (1, 1100, 1101)
    # Its search is longer than others may be.
    assert PhotoFilter(builder.library).ids(parse(node.query).condition).tolist() == [photo]
    (root,), found = tree.matching("a", 2000)
    assert found >= 1100
    shown = 0
    while root.inside:
        (root,), shown = root.inside, shown + 1
    assert shown == MAX_LEVELS


def test_a_long_path_with_any_characters_can_be_searched_for() -> None:
    path = "/" + "/".join(['a "b" (c) “d” e:f'] * 200)
    query = print_query(QueryTree(condition=folder_test(path)))
    assert len(query) > 2000
    assert parse(query).condition == folder_test(path)


def test_watched_folders_change_without_a_change_of_the_photos(builder: LibraryBuilder) -> None:
    builder.put("trip/a.jpg", 1)
    catalog, tree = builder.library.catalog, _tree(builder)
    (root,) = catalog.roots()
    update_root(builder.writer, root["id"], state="offline")
    assert [node.away for node in tree.with_roots(catalog.roots()).top()] == [True]
    assert [node.away for node in tree.top()] == [False]
    remove_root(builder.writer, root["path"])
    gone = tree.with_roots(catalog.roots())
    assert gone.top() == gone.trail(f"{root['path']}/trip") == []
    assert gone.matching("trip", 10) == ([], 0)


def test_watched_folders_have_names_wherever_they_are_shown(builder: LibraryBuilder) -> None:
    builder.put("trip/a.jpg", 1)
    catalog, tree = builder.library.catalog, _tree(builder)
    (root,) = catalog.roots()
    other: RootRow = {**root, "id": root["id"] + 1, "path": f"/elsewhere{root['path']}"}
    drive: RootRow = {**root, "path": "/"}
    for roots, name in (([root, other], root["path"]), ([drive], "/")):
        changed = tree.with_roots(roots)
        (found,) = changed.matching("trip", 10).nodes
        assert changed.top()[0].name == found.name == name
        assert changed.trail(found.inside[0].path)[0].name == name
