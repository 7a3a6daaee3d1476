from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import UsageError
from explorer.library.library import Library
from explorer.library.queries.filters import Filters, parse_day, taken_within
from explorer.photos.metadata.partial_dates import PRECISIONS, known_part
from tests.factory import LibraryBuilder
from tests.thoroughness import times


@pytest.mark.parametrize(
    "text", ["2016-05-04", "20160504", "2016-W18-3", "2016W183", " 2016-05-04\n"]
)
def test_every_format_of_a_day_is_parsed(text: str) -> None:
    assert parse_day(text) == dt.date(2016, 5, 4)
    assert Filters(since=text, until=text) == Filters("2016-05-04", "2016-05-04")


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "2016", "2016-05", "201605", "2016-W18", "2016W18", "2016-13-01", "2016-02-30",
        "2015-02-29", "2016-W54-1",
        "2016-05-04T10:00",
        "4.5.2016", "tomorrow", "0000-01-01", "10000-01-01", "２０１６-05-04", "2016-5-4",
        "-2016-05-04",
    ],
)  # fmt: skip
def test_anything_but_a_day_is_rejected(text: str) -> None:
    with pytest.raises(UsageError, match="is not a date: write it as year-month-day"):
        parse_day(text)
    for since, until in ((text, None), (None, text)):
        with pytest.raises(UsageError) as refused:
            Filters(since, until)
        assert refused.value.exit_code == 2 and f"“{text}”" in str(refused.value)


def test_the_first_and_last_representable_days_are_valid(builder: LibraryBuilder) -> None:
    photo = builder.put("a.jpg", 1, taken_at="2016-05-04T00:00:00")
    catalog = builder.library.catalog
    assert catalog.matching(Filters(until="9999-12-31")).tolist() == [photo]
    assert catalog.matching(Filters(since="9999-12-31")).tolist() == []
    assert catalog.matching(Filters(since="0001-01-01")).tolist() == [photo]
    assert catalog.matching(Filters(until="0001-01-01")).tolist() == []
    assert catalog.matching(Filters(since="20160504", until="2016-W18-3")).tolist() == [photo]


@pytest.mark.parametrize(
    ("taken", "precision", "since", "until", "fits"),
    [
        ("2016-05-01T00:00:00", "month", "2016-05-31", None, True),
        ("2016-05-01T00:00:00", "month", "2016-06-01", None, False),
        ("2016-05-01T00:00:00", "month", None, "2016-05-01", True),
        ("2016-05-01T00:00:00", "month", None, "2016-04-30", False),
        ("2016-01-01T00:00:00", "year", "2016-12-31", None, True),
        ("2016-01-01T00:00:00", "year", "2017-01-01", None, False),
        ("2016-01-01T00:00:00", "year", None, "2015-12-31", False),
        ("2016-05-04T00:00:00", "day", "2016-05-04", "2016-05-04", True),
        ("2016-05-04T00:00:00", "day", "2016-05-05", None, False),
        ("2016-05-04T23:59:59", "second", "2016-05-04", "2016-05-04", True),
        ("2016-05-04T23:59:59", None, "2016-05-05", None, False),
        ("2016-05-05T00:00:00", "minute", None, "2016-05-04", False),
        (None, None, "2016-05-05", None, False),
        (None, None, None, "2016-05-05", False),
        (None, None, None, None, True),
        ("", None, None, "2016-05-05", False),
    ],
)
def test_a_partial_date_matches_if_any_of_its_days_does(
    builder: LibraryBuilder,
    taken: str | None,
    precision: str | None,
    since: str | None,
    until: str | None,
    fits: bool,
) -> None:
    assert taken_within(taken, precision, since, until) == fits
    photo = builder.put("a.jpg", 1, taken_at=taken or None, taken_precision=precision)
    assert builder.library.catalog.matching(Filters(since, until)).tolist() == (
        [photo] if fits else []
    )


_DAYS = st.dates(dt.date(2014, 11, 1), dt.date(2016, 3, 1)).map(dt.date.isoformat)


@given(
    st.lists(st.tuples(_DAYS, st.sampled_from(PRECISIONS)), min_size=1, max_size=8),
    st.none() | _DAYS,
    st.none() | _DAYS,
)
@settings(max_examples=times(20, 100), deadline=None)
def test_pages_and_catalog_use_the_same_filters(
    tmp_path_factory: pytest.TempPathFactory,
    taken: list[tuple[str, str]],
    since: str | None,
    until: str | None,
) -> None:
    folder = tmp_path_factory.mktemp("filters")
    (folder / "photos").mkdir()
    builder = LibraryBuilder(Library.open(folder / "library"), str(folder / "photos"))
    try:
        wanted = set[int]()
        for number, (day, precision) in enumerate(taken):
            known = known_part(f"{day}T12:34:56", precision)
            text = known + "0000-01-01T00:00:00"[len(known) :]
            photo = builder.put(f"{number}.jpg", number, taken_at=text, taken_precision=precision)
            if taken_within(text, precision, since, until):
                wanted.add(photo)
        assert set(builder.library.catalog.matching(Filters(since, until)).tolist()) == wanted
    finally:
        builder.close()
