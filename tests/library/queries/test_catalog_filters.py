"""Photos that filters by date and folder match."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.errors import UsageError
from explorer.library.queries.filters import Filters
from tests.factory import LibraryBuilder
from tests.library.two_folders import put


class TestFilters:
    def test_a_folder_filter_selects_the_files_now_in_and_below_it(
        self, builder: LibraryBuilder, other: int, tmp_path: Path
    ) -> None:
        inside = {builder.put("a/1.jpg", 1), builder.put("a/b/2.jpg", 2)}
        for number, path in enumerate(["a0/3.jpg", "a-/4.jpg", "A/5.jpg", "6.jpg", "b/a/7.jpg"], 3):
            builder.put(path, number)
        put(builder, other, "a/8.jpg", 8)
        # Its file in the folder is gone, another is elsewhere.
        builder.put("a/gone.jpg", 9)
        builder.put("b/stays.jpg", 9)
        builder.lose("a/gone.jpg")

        def found(folder: str) -> set[int]:
            return set(
                builder.library.catalog.matching(Filters(folder=str(tmp_path / folder))).tolist()
            )

        assert found("photos/a") == inside
        assert len(found("photos")) == 8 and len(found("other")) == 1 and len(found(".")) == 9
        assert found("photos/none") == set() == found("phot")

    def test_date_filters_cover_whole_days_and_exclude_undated_photos(
        self, builder: LibraryBuilder
    ) -> None:
        times = [
            "2024-02-28T23:59:59",
            "2024-02-29T00:00:00",
            "2024-02-29T23:59:59.9",
            "2024-03-01T00:00:00",
            None,
        ]
        one, two, three, four, _ = (
            builder.put(f"{n}.jpg", n, taken_at=at) for n, at in enumerate(times)
        )

        def found(since: str | None, until: str | None = None) -> set[int]:
            return set(builder.library.catalog.matching(Filters(since, until)).tolist())

        assert found("2024-02-29", "2024-02-29") == {two, three}
        assert found("2024-02-29") == {two, three, four} and found(None, "2024-02-29") == {
            one,
            two,
            three,
        }

    def test_an_empty_filter_is_recognized(self) -> None:
        assert (
            not Filters()
            and Filters(since="2024-01-01")
            and Filters(until="2024-01-01")
            and Filters(folder="/a")
        )


def test_date_filters_include_both_days(builder: LibraryBuilder) -> None:
    days = {
        day: builder.put(f"{day}.jpg", day, taken_at=f"2024-05-{day}T23:59:59")
        for day in ("01", "02", "03")
    }
    undated = builder.put("u.jpg", "u")
    catalog = builder.library.catalog
    assert catalog.matching(Filters(since="2024-05-02")).tolist() == [days["03"], days["02"]]
    assert catalog.matching(Filters(until="2024-05-02")).tolist() == [days["02"], days["01"]]
    assert catalog.matching().tolist() == [days["03"], days["02"], days["01"], undated]


def test_a_folder_filter_selects_files_below_it_and_not_beside_it(builder: LibraryBuilder) -> None:
    inside = {builder.put("100%/a.jpg", 1), builder.put("100%/deep/b.jpg", 2)}
    builder.put("100x/c.jpg", 3)
    builder.put("d.jpg", 4)
    root = builder.library.catalog.roots()[0]["path"]
    assert set(builder.library.catalog.matching(Filters(folder=f"{root}/100%")).tolist()) == inside
    assert len(builder.library.catalog.matching(Filters(folder=root))) == 4
    assert len(builder.library.catalog.matching(Filters(folder=str(Path(root).parent)))) == 4
    assert len(builder.library.catalog.matching(Filters(folder="/nowhere"))) == 0


def test_an_invalid_date_is_rejected() -> None:
    with pytest.raises(UsageError, match="2024-02-30"):
        Filters(since="2024-02-30")
