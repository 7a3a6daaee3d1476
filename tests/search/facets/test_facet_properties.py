"""Counts of folders, dates and cameras against brute force: the search that each group stands
for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.library.library import Library
from explorer.library.queries.facet_columns import FacetColumns
from explorer.library.queries.photo_masks import mask_of
from explorer.search.facets.facet_node import FacetNode, FacetTree
from explorer.search.facets.facet_trees import camera_tree, date_tree, lens_list
from explorer.search.facets.folder_tree import FolderTree
from explorer.search.language.parse_query import parse
from explorer.search.photo_filter import PhotoFilter
from tests.factory import LibraryBuilder
from tests.thoroughness import times

FOLDERS = ["", "a", "a/b", "a/b/c", "ab", "A", "2019/06 June", 'x "y"', "two\nlines", "caf\udce9"]
PHOTOS = st.tuples(
    st.sampled_from(FOLDERS),
    st.integers(0, 12),
    st.fixed_dictionaries({
        "camera": st.sampled_from(
            [None, "Canon EOS 5D", "Canon EOS 5D Mark II", "CANON EOS 5D", "Acme", "Acme X"]
        ),
        "lens": st.sampled_from([None, "50mm", '50mm "f/1.8"']),
        "taken_source": st.sampled_from(["exif", "file"]),
    }),
    st.sampled_from([
        (None, None), ("2019-01-01T00:00:00", "year"), ("2019-06-01T00:00:00", "month"),
        ("2018-06-30T23:59:59.5", "second"), ("2019-01-02T00:00:00", "day"),
    ]),
)  # fmt: skip


def _walk(nodes: Iterable[FacetNode], tree: FacetTree | None = None) -> Iterable[FacetNode]:
    for node in nodes:
        inside = tree.inside(node.id) if tree else node.inside
        assert node.folds == bool(inside)
        yield node
        yield from _walk(inside, tree)


@given(
    st.lists(PHOTOS, min_size=1, max_size=12),
    st.lists(st.lists(PHOTOS, max_size=3), max_size=2),
    st.lists(st.integers(0, 11), max_size=4),
)
@settings(max_examples=times(12, 60), deadline=None)
def test_every_group_has_as_many_photos_as_its_search_finds(
    tmp_path_factory: pytest.TempPathFactory,
    first: list[Any],
    later: list[list[Any]],
    lost: list[int],
) -> None:
    folder = tmp_path_factory.mktemp("facets")
    (folder / "photos").mkdir()
    builder = LibraryBuilder(Library.open(folder / "library"), str(folder / "photos"))
    try:
        columns, names = FacetColumns(builder.library.catalog), list[str]()
        for step in [first, *later]:
            for at, content, facts, (taken_at, precision) in step:
                names.append(f"{at}/{len(names)}.jpg".lstrip("/").replace("\udce9", "\U0010dce9"))
                dated = {"taken_at": taken_at, "taken_precision": precision}
                builder.put(names[-1], content, **facts, **dated)
            _check(builder, columns)
        for number in lost:
            if number < len(names):
                builder.lose(names[number])
        _check(builder, columns)
    finally:
        builder.close()


def _check(builder: LibraryBuilder, columns: FacetColumns) -> None:
    found, catalog = PhotoFilter(builder.library), builder.library.catalog
    table, visible = columns.table(), found.mask(None)
    fresh = FacetColumns(catalog).table()
    assert table.dates.tolist() == fresh.dates.tolist()
    half = mask_of(np.flatnonzero(visible)[::2])
    for among in (visible, half):
        wanted = set(np.flatnonzero(among).tolist())
        folders = FolderTree(table, catalog.roots(), among)
        trees = [
            *_walk(folders.top(), folders), *_walk(date_tree(table, among)),
            *_walk(camera_tree(table, among)), *_walk(lens_list(table, among)),
        ]  # fmt: skip
        assert len({node.query for node in trees}) == len(trees)
        for node in trees:
            photos = set(found.ids(parse(node.query).condition).tolist()) & wanted
            assert node.photos == len(photos), node.query
            assert node.cover in photos or not photos, (node, photos)
            if node.own is not None:
                own = parse(node.query.replace("folder:", "folder:=", 1)).condition
                assert node.own == len(set(found.ids(own).tolist()) & wanted)
        # No folder is missing, and none of the photos is in no folder.
        held = {row["path"] for row in catalog.folders()} if among is visible else set()
        assert held <= {each.id for each in _paths(folders)} | _odd(held)


def _paths(folders: FolderTree) -> Iterable[FacetNode]:
    return _walk(folders.top(), folders)


def _odd(paths: Iterable[str]) -> set[str]:
    """Paths that are spelled differently in a query."""
    return {path for path in paths if not path.isprintable()}
