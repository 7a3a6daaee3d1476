from __future__ import annotations

import pytest

from explorer.anomalies.dates import FILE_TIME_SCORE, check_date
from explorer.anomalies.file_findings import (
    describe_photos_without_own_date,
    photos_without_own_date,
)
from explorer.library.stores.quality_store import ReviewPhoto
from explorer.photos.decoded_photo import Precision
from explorer.photos.metadata.file_name_dates import parse_unix_time_name


@pytest.mark.parametrize(
    ("path", "taken", "source", "stated", "words"),
    [
        ("/p/a.jpg", None, None, "2093-01-01T10:00:00", "future"),
        ("/p/a.jpg", "2014-05-01T10:00:00", "file", "1970-01-01T00:00:00", "never set"),
        ("/p/a.jpg", "1980-01-01T00:12:00", "exif", None, "reset"),
        ("/p/a.jpg", "2000-01-01T03:00:00", "exif", None, "reset"),
        ("/p/a.jpg", "2007-01-01T00:00:00", "exif", None, "midnight"),
        (
            "/p/IMG_20120304_101010.jpg",
            "2016-03-04T10:10:10",
            "exif",
            None,
            "The file name says 2012-03-04",
        ),
        ("/p/2012 Italy/a.jpg", "2016-03-04T10:10:10", "exif", None, "“2012 Italy”"),
        ("/p/2012/05/a.jpg", "2008-03-04T10:10:10", "exif", None, "“2012”"),
    ],
)
def test_a_date_that_contradicts_its_folder_or_name_is_doubtful(
    path: str, taken: str | None, source: str | None, stated: str | None, words: str
) -> None:
    found = check_date(path, taken, source, stated)
    assert found is not None
    assert 0 <= found[0] < 0.5 and words in found[1]


@pytest.mark.parametrize(
    ("path", "taken", "source"),
    [
        ("/p/a.jpg", None, None),
        ("/p/a.jpg", "2014-05-01T10:00:00", "exif"),
        ("/p/a.jpg", "2019-01-01T00:04:10", "exif"),
        ("/p/IMG_20120304_101010.jpg", "2012-03-05T01:10:10", "exif"),
        ("/p/IMG_20120304_101010.jpg", "2012-03-04T10:10:10", "name"),
        ("/p/2012 Italy/a.jpg", "2012-12-31T10:10:10", "exif"),
        ("/p/2012 Christmas/a.jpg", "2013-01-06T10:10:10", "exif"),
        ("/p/2010-2014/a.jpg", "2020-03-04T10:10:10", "exif"),
        ("/p/DCIM2012345/a.jpg", "2020-03-04T10:10:10", "exif"),
        ("/2001/2012/a.jpg", "2012-03-04T10:10:10", "exif"),
    ],
)
def test_a_date_that_fits_its_folder_and_name_is_not_doubtful(
    path: str, taken: str | None, source: str | None
) -> None:
    assert check_date(path, taken, source, None) is None


def test_a_file_name_with_a_later_day_is_only_slightly_doubtful() -> None:
    found = check_date("/p/IMG-20180304-WA0001.jpg", "2016-03-04T10:10:10", "exif", None)
    assert found is not None and 0.5 <= found[0] < 1


def test_a_file_time_that_contradicts_a_folder_year_is_not_doubtful() -> None:
    """Copying changes it: the user would find nothing to do."""
    found = check_date("/p/Summer 2012/a.jpg", "2020-03-04T10:10:10", "file", None)
    assert found is not None and found[0] == FILE_TIME_SCORE >= 0.5
    assert (
        found[1]
        == "It is in “Summer 2012” but has no date of its own; its file dates from 2020-03-04."
    )
    assert check_date("/p/Summer 2012/a.jpg", "2012-03-04T10:10:10", "file", None) is None


def test_a_name_that_says_when_it_was_saved_is_no_doubtful_date() -> None:
    """Facebook and WeChat name a download by the time at which it was saved."""
    name = parse_unix_time_name("FB_IMG_1609459200123.jpg")
    assert name is not None
    found = check_date("/p/Summer 2012/FB_IMG_1609459200123.jpg", name.text, "name", None)
    assert found is not None and found[0] == FILE_TIME_SCORE and "its name gives 20" in found[1]
    dated = check_date("/p/Summer 2012/IMG_20201231.jpg", "2020-12-31T00:00:00", "name", None)
    assert dated is not None and dated[0] < 0.5


def subject(
    number: int,
    path: str,
    taken: str | None,
    source: str | None,
    precision: Precision | None = None,
) -> ReviewPhoto:
    return ReviewPhoto(
        number,
        b"",
        "/p",
        path.removeprefix("/p/"),
        "JPEG",
        1,
        1,
        taken,
        source,
        precision,
        None,
        None,
    )


def test_file_times_that_contradict_folder_years_are_counted_in_one_line() -> None:
    subjects = [
        subject(1, "/p/2012/a.jpg", "2020-03-04T10:10:10", "file"),
        subject(2, "/p/2012/b.jpg", "2012-03-04T10:10:10", "file"),
        subject(3, "/p/2012/c.jpg", "2020-03-04T10:10:10", "exif"),
        subject(4, "/p/2012/d.jpg", None, None),
        subject(5, "/p/2012/e.jpg", "2021-03-04T10:10:10", "file"),
        subject(6, "/p/e.jpg", "2021-03-04T10:10:10", "file"),
    ]
    assert photos_without_own_date(subjects) == [1, 5]
    assert describe_photos_without_own_date(0) == ""
    assert describe_photos_without_own_date(1).startswith(
        "1 photo has no date of its own, and"
    ) and "\n" not in describe_photos_without_own_date(1)
    assert describe_photos_without_own_date(1220).startswith(
        "1,220 photos have no date of their own, and"
    )


@pytest.mark.parametrize(
    ("path", "taken", "source", "precision", "score"),
    [
        # The whole of a year or a month is meant, not its first moment.
        ("/p/a.jpg", "2007-01-01T00:00:00", "exif", "year", None),
        ("/p/a.jpg", "2007-01-01T00:00:00", "exif", "month", None),
        ("/p/a.jpg", "2007-01-01T00:00:00", "exif", "day", None),
        ("/p/a.jpg", "2007-01-01T00:00:00", "exif", "minute", 0.3),
        ("/p/a.jpg", "2007-01-01T00:00:00", "gps", "second", None),
        ("/p/a.jpg", "2000-01-01T00:00:00", "exif", "year", None),
        ("/p/a.jpg", "2000-01-01T00:00:00", "exif", "day", 0.15),
        ("/p/2012-10-05.jpg", "2012-10-01T00:00:00", "exif", "month", None),
        ("/p/2012-11-02.jpg", "2012-10-01T00:00:00", "exif", "month", None),
        ("/p/2012-11-05.jpg", "2012-10-01T00:00:00", "exif", "month", 0.6),
        ("/p/2012-09-29.jpg", "2012-10-01T00:00:00", "exif", "month", None),
        ("/p/2012-09-25.jpg", "2012-10-01T00:00:00", "exif", "month", 0.35),
        ("/p/2011-09-25.jpg", "2012-10-01T00:00:00", "exif", "month", 0.2),
        ("/p/2012-10-05.jpg", "2012-10-03T00:00:00", "exif", "second", None),
        ("/p/2012-10-05.jpg", "2012-10-02T23:59:59", "exif", "second", 0.6),
        ("/p/2012-10-05.jpg", "2012-10-02T00:00:00", "exif", "day", 0.6),
        ("/p/2012-10-05.jpg", "2012-10-03T00:00:00", "exif", "day", None),
        ("/p/2012-10-05.jpg", "2012-10-07T00:00:00", "exif", "day", None),
        ("/p/2012-10-05.jpg", "2012-10-07T23:59:59", "exif", "second", None),
        ("/p/2012-10-05.jpg", "2012-10-08T00:00:00", "exif", "day", 0.35),
        ("/p/2012-10-05.jpg", "2012-10-08T00:00:01", "exif", "second", 0.35),
        ("/p/2013/a.jpg", "2012-01-01T00:00:00", "exif", "year", None),
        ("/p/2014/a.jpg", "2012-01-01T00:00:00", "exif", "year", 0.35),
        ("/p/2011/a.jpg", "2012-01-01T00:00:00", "exif", "year", None),
        ("/p/2010/a.jpg", "2012-02-01T00:00:00", "exif", "year", 0.35),
        ("/p/2012/a.jpg", "2013-02-14T23:00:00", "exif", "second", None),
        ("/p/2012/a.jpg", "2013-02-16T10:00:00", "exif", "second", 0.35),
        ("/p/2012/a.jpg", "2011-11-17T10:00:00", "exif", "second", None),
        ("/p/2012/a.jpg", "2011-11-15T10:00:00", "exif", "second", 0.35),
        ("/p/2012/a.jpg", "2015-12-28T10:00:00", "gps", "second", 0.35),
        ("/p/2012/a.jpg", "2016-01-02T10:00:00", "gps", "second", 0.25),
        # A backup is named after the year in which it was made: older photos belong there, newer
        # ones do not.
        ("/p/Backup 2018/a.jpg", "2016-05-14T10:00:00", "exif", "second", None),
        ("/p/Backup_2018/a.jpg", "2016-05-14T10:00:00", "exif", "second", None),
        ("/p/Backup 2018/a.jpg", "2019-05-14T10:00:00", "exif", "second", 0.35),
        ("/p/Backupkirche 2018/a.jpg", "2016-05-14T10:00:00", "exif", "second", 0.35),
        ("/p/2012/2011-05-05 x.jpg", "2016-01-02T10:00:00", "exif", "second", 0.2),
    ],
)
def test_an_unknown_date_is_not_doubted(
    path: str, taken: str, source: str, precision: str, score: float | None
) -> None:
    found = check_date(path, taken, source, None, precision)
    assert (found and found[0]) == score


def test_the_text_is_as_precise_as_the_date() -> None:
    found = check_date("/p/2014/a.jpg", "2012-03-01T00:00:00", "exif", None, "month")
    assert found is not None and found[1] == "It is in “2014”, but its date is 2012-03."


def test_the_name_of_a_folder_is_printable() -> None:
    """One that is not UTF-8 could be shown on no page."""
    found = check_date("/p/2014 m\udcfc/a.jpg", "2012-03-01T00:00:00", "exif", None, "month")
    assert found is not None and found[1] == "It is in “2014 m\ufffd”, but its date is 2012-03."


def test_clocks_that_run_in_the_future_or_the_past_are_reported() -> None:
    future, past = (
        check_date("/p/a.jpg", None, None, "2093-01-01T00:00:00"),
        check_date("/p/a.jpg", None, None, "1970-01-01T00:00:00"),
    )
    assert future is not None and future == (
        0.05,
        "The camera's date, 2093-01-01, is in the future.",
    )
    assert past is not None and past == (
        0.05,
        "The camera's date, 1970-01-01, is what a clock shows if it was never set.",
    )
