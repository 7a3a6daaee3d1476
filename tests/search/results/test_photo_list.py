"""Lists of photos as the gallery reads them: windows, headings and open stacks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.library.library import Library
from explorer.library.queries.photo_columns import PhotoColumns
from explorer.library.queries.photo_order import PhotoOrder
from explorer.search.ranking.ranked_photos import RankedIds
from explorer.search.results.photo_list import PhotoList
from explorer.search.results.result_stacks import NO_STACKS, PhotoStacks
from explorer.search.results.result_view import ResultView
from tests.factory import LibraryBuilder

NUMBER = 12


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Twelve photos with ids from 1: two of each day, the last two without a date."""
    folder = tmp_path_factory.mktemp("lists")
    (folder / "photos").mkdir()
    builder = LibraryBuilder(Library.open(folder / "library"), str(folder / "photos"))
    for n in range(NUMBER):
        taken = f"2020-0{1 + n // 4}-{10 + n // 2}T10:00:00" if n < NUMBER - 2 else None
        builder.put(f"{n}.jpg", n, taken_at=taken, width=100 + n, height=100)
    yield builder.library
    builder.close()


def made(library: Library, view: ResultView, opened: list[int] | None = None) -> PhotoList:
    catalog = library.catalog
    return PhotoList(
        "key",
        view,
        PhotoColumns(catalog),
        PhotoOrder(catalog),
        opened=opened or (),
        others="Others",
    )


def array(*ids: int) -> np.ndarray:
    return np.array(ids, np.int64)


def newest(library: Library, stacks: PhotoStacks = NO_STACKS, good: int = NUMBER) -> ResultView:
    ids = library.catalog.matching()
    dates = PhotoColumns(library.catalog).dates
    return ResultView(RankedIds(ids, good), stacks, "newest", dates=dates)


def test_a_list_by_date_has_a_section_for_each_day(library: Library) -> None:
    layout = made(library, newest(library)).layout()
    assert layout.sections.days.tolist() == [20200314, 20200213, 20200212, 20200111, 20200110, 0]
    assert layout.sections.starts.tolist() == [0, 2, 4, 6, 8, 10]
    assert layout.ratios[0] == np.float32((100 + layout.ids[0] - 1) / 100)


def test_photos_that_are_no_good_match_have_no_section(library: Library) -> None:
    layout = made(library, newest(library, good=4)).layout()
    assert (layout.good, len(layout.ids)) == (4, NUMBER)
    assert layout.sections.starts.tolist() == [0, 2]


def test_an_open_stack_stands_behind_its_photo_and_below_its_heading(library: Library) -> None:
    first = int(library.catalog.matching()[0])
    stacks = PhotoStacks.of([(first, 1), (first, 2), (3, 4)])
    shut, opened = (made(library, newest(library, stacks), each) for each in ([], [first]))
    assert opened.total == shut.total + 2 == len(opened.ids)
    layout = opened.layout()
    assert layout.ids[:3].tolist() == [first, 1, 2]
    assert layout.inside.tolist()[:4] == [False, True, True, False]
    assert layout.sections.starts.tolist()[:2] == [0, 4]
    assert opened.stack_sizes(layout.ids) == {first: (3, True), 1: (3, False), 2: (3, False)} | {
        i: (2, False) for i in (3, 4) if i in layout.ids
    }


def test_the_position_of_a_photo_is_known(library: Library) -> None:
    photos = made(library, newest(library))
    assert [photos.index(int(i)) for i in photos.ids] == list(range(NUMBER))
    assert photos.index(999) is None


@pytest.mark.parametrize(
    ("sorting", "heading"),
    [("best", "none"), ("name", "none"), ("added", "day"), ("modified", "day"), ("newest", "day")],
)
def test_headings_follow_the_order(library: Library, sorting: str, heading: str) -> None:
    order = PhotoOrder(library.catalog)
    view = ResultView(
        RankedIds(library.catalog.matching(), NUMBER), NO_STACKS, sorting,  # type: ignore[arg-type]
        dates=PhotoColumns(library.catalog).dates,
        catalog_order=lambda by, ids, down: order.sorted(by, ids, descending=down),
    )  # fmt: skip
    photos = made(library, view)
    assert photos.heading == heading
    layout = photos.layout()
    assert sorted(layout.ids.tolist()) == list(range(1, NUMBER + 1))
    if sorting == "modified":
        # All files are of the same second.
        assert len(layout.sections.starts) == 1 and layout.sections.days[0] in (19691231, 19700101)
    if sorting == "name":
        rows = library.catalog.photos(layout.ids.tolist())
        names = [row["name"] for row in rows.values()]
        assert names == sorted(names)


@given(
    st.lists(st.tuples(st.integers(1, NUMBER), st.integers(1, NUMBER)), max_size=6),
    st.lists(st.integers(1, NUMBER), max_size=3),
    st.sampled_from(["best", "newest", "oldest", "day"]),
    st.integers(0, NUMBER),
    st.integers(1, 5),
)
@settings(max_examples=40, deadline=None)
def test_beginnings_agree_with_the_whole_list(
    library: Library,
    pairs: list[tuple[int, int]],
    opened: list[int],
    sorting: str,
    good: int,
    number: int,
) -> None:
    dates = PhotoColumns(library.catalog).dates
    stacks = PhotoStacks.of(pairs)
    ranked = RankedIds(library.catalog.matching(), good)
    view = ResultView(ranked, stacks, sorting, dates=dates)  # type: ignore[arg-type]
    photos = made(library, view, opened)
    before, whole = photos.beginning(number), photos.layout()
    assert photos.total == len(whole.ids) == len(whole.ratios) == len(whole.inside)
    assert before.ids.tolist() == whole.ids[: len(before.ids)].tolist()
    assert len(before.ids) >= min(number, photos.total)
    assert before.good == min(whole.good, len(before.ids))
    counts = np.diff(np.append(whole.sections.starts, whole.good))
    assert counts.sum() == whole.good and (counts > 0).all()
    starts = before.sections.starts.tolist()
    assert starts == whole.sections.starts[: len(starts)].tolist()
    assert (
        photos.beginning(number).ids.tolist()
        == whole.ids[: len(photos.beginning(number).ids)].tolist()
    )
