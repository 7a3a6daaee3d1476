"""Filters against brute force: what each test says of each photo, read from its row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.analysis.place_stage import PlaceStage
from explorer.library.library import Library
from explorer.library.queries.filters import Filters
from explorer.library.stores.album_store import add_to_album
from explorer.search.language.query_tree import FieldTest, FieldValue, NotTest
from explorer.search.language.syntax_error import QuerySyntaxError
from explorer.search.photo_filter import PhotoFilter, as_condition
from tests.factory import LibraryBuilder
from tests.search.filter_cases import (
    ACTIONS,
    FILM,
    LEAVES,
    TREES,
    act,
    condition_of,
    edit,
    holds,
    is_,
)
from tests.thoroughness import times


@given(
    st.lists(ACTIONS, min_size=6, max_size=12),
    st.lists(st.lists(ACTIONS, max_size=2), min_size=1, max_size=2),
    st.lists(TREES, max_size=4),
)
@settings(max_examples=times(12, 60), deadline=None)
def test_filters_agree_with_the_rows(
    tmp_path_factory: pytest.TempPathFactory,
    first: list[Any],
    later: list[list[Any]],
    trees: list[Any],
) -> None:
    folder = tmp_path_factory.mktemp("filters")
    (folder / "photos").mkdir()
    builder = LibraryBuilder(Library.open(folder / "library"), str(folder / "photos"))
    try:
        following, files = PhotoFilter(builder.library), set[str]()
        # As many photos in the north as the actions may put in the south (`filter_cases.winter`).
        for number in range(8):
            builder.put(f"north/{number}.jpg", 100 + number, latitude=48.5)
        places = PlaceStage(builder.library, builder.writer)
        wanted = [*range(len(LEAVES)), *trees]
        for actions in [first, *later]:
            with builder.writer.transaction():
                for action in actions:
                    act(builder, files, action)
            for action in actions:
                edit(builder, action)
            places.run(lambda done, total: None)
            catalog = builder.library.catalog
            rows = catalog.photos(catalog.matching().tolist())
            paths = {
                i: [file["path"] for file in catalog.files_of(i) if file["state"] == "present"]
                for i in rows
            }
            for tree in wanted:
                condition = condition_of(tree)
                found = following.ids(condition).tolist()
                assert found == sorted(i for i in rows if holds(tree, rows[i], paths[i])), condition
                assert found == PhotoFilter(builder.library).ids(condition).tolist()
            assert following.ids(None).tolist() == sorted(rows)
    finally:
        builder.close()


@pytest.mark.parametrize(("southern", "season"), [(1, "summer"), (2, "winter")])
def test_photos_without_a_place_are_of_the_half_where_most_others_are(
    builder: LibraryBuilder, southern: int, season: str
) -> None:
    for number in range(southern):
        builder.put(f"south {number}.jpg", number, latitude=-33.9, longitude=151.2)
    builder.put("north.jpg", 7, latitude=48.9, longitude=2.4)
    july = builder.put("july.jpg", 8, taken_at="2016-07-15T12:00:00")
    for name in ("summer", "winter"):
        found = PhotoFilter(builder.library).ids(is_("season", name)).tolist()
        assert (july in found) == (name == season)


def test_a_film_inside_the_file(builder: LibraryBuilder) -> None:
    live = builder.put("a.jpg", 1, contents=FILM)
    builder.put("b.jpg", 2)
    builder.put("c.jpg", 3, contents=json.dumps({"parts": [["frame", "0" * 32, 1]]}))
    assert PhotoFilter(builder.library).ids(is_("has", "film")).tolist() == [live]


def test_an_absolute_folder_is_that_folder_and_what_is_below(builder: LibraryBuilder) -> None:
    (root,) = builder.library.catalog.root_paths().values()
    inside = [builder.put("sub/a.jpg", 1), builder.put("sub/deep/b.jpg", 2)]
    builder.put("substitute/c.jpg", 3)
    photos = PhotoFilter(builder.library)
    for written in ("sub", "sub/", "sub/deep/.."):
        assert photos.ids(is_("folder", str(Path(root) / "sub") + written[3:])).tolist() == inside
    assert len(photos.ids(is_("folder", str(Path(root).parent)))) == 3
    assert len(photos.ids(is_("folder", "/nowhere"))) == 0


def test_a_folder_without_its_subfolders(builder: LibraryBuilder) -> None:
    (root,) = builder.library.catalog.root_paths().values()
    at_top = builder.put("a.jpg", 1)
    inside = builder.put("sub/b.jpg", 2)
    deep = builder.put("sub/deep/c.jpg", 3)
    copied = builder.put("sub/d.jpg", 3)
    photos = PhotoFilter(builder.library)
    assert copied == deep

    def found(folder: str) -> list[int]:
        return photos.ids(is_("folder", folder, comparison="==")).tolist()

    assert found(root) == [at_top]
    assert found(f"{root}/sub") == [inside, deep]
    assert found(f"{root}/sub/deep") == [deep]
    # A name instead of a path: of every folder with that name, in any capitals.
    other = builder.put("other/Sub/e.jpg", 4)
    builder.put("subs/f.jpg", 5)
    builder.put("a sub/g.jpg", 6)
    expected = {
        "sub": [inside, deep, other], "SUB/": [inside, deep, other], "other/sub": [other],
        "sub/deep": [deep], Path(root).name: [at_top], "b/deep": [], "/": [],
    }  # fmt: skip
    assert {name: found(name) for name in expected} == expected
    # The same with photos that have changed since.
    late = builder.put("late/sub/h.jpg", 7)
    assert found("sub") == [inside, deep, other, late]
    assert found(str(Path(root).parent)) == []


def test_filters_of_other_pages_are_conditions(full: LibraryBuilder) -> None:
    (root,) = full.library.catalog.root_paths().values()
    photos = PhotoFilter(full.library)
    assert as_condition(None) is None and as_condition(Filters()) is None
    for filters in (
        Filters("2001-01-05"), Filters(until="2001-01-20"), Filters(folder=f"{root}/sub"),
        Filters("2001-01-05", "2001-01-20", f"{root}/sub"), Filters(folder="/nowhere"),
    ):  # fmt: skip
        expected = np.sort(full.library.catalog.matching(filters)).tolist()
        assert photos.ids(as_condition(filters)).tolist() == expected


@pytest.mark.parametrize("test", [is_("nonsense", "1"), is_("iso", "many"), is_("is", "nice")])
def test_an_unknown_filter_is_an_error(builder: LibraryBuilder, test: FieldTest) -> None:
    with pytest.raises(QuerySyntaxError):
        PhotoFilter(builder.library).mask(test)


def test_an_album_is_a_filter(builder: LibraryBuilder) -> None:
    photos = [builder.put(f"{number}.jpg", number) for number in range(3)]
    add_to_album(builder.library.catalog, "Summer 2019", photos[:2])
    found = PhotoFilter(builder.library)
    album = FieldTest("album", (FieldValue("summer 2019"),))
    assert found.ids(album).tolist() == photos[:2]
    assert found.ids(NotTest(album)).tolist() == photos[2:]
    with pytest.raises(QuerySyntaxError, match="Did you mean “Summer 2019”"):
        found.mask(FieldTest("album", (FieldValue("summer"),)))


def test_a_movable_holiday_is_found_in_every_year(tmp_path: Path) -> None:
    builder = LibraryBuilder(Library.open(tmp_path / "library"), str(tmp_path))
    days = {
        day: builder.put(f"{day}.jpg", day, taken_at=f"{day}T12:00:00", taken_source="exif")
        for day in ("2019-04-21", "2020-04-21", "2020-04-10", "2021-11-25")
    }
    filtered = PhotoFilter(builder.library, lambda name: np.zeros(0, np.bool_))
    assert filtered.ids(is_("month", "easter")).tolist() == [
        days["2019-04-21"], days["2020-04-10"],
    ]  # fmt: skip
    assert filtered.ids(is_("month", "Thanksgiving")).tolist() == [days["2021-11-25"]]
