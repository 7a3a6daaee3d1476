from __future__ import annotations

import pytest

from explorer.review.dates import doubt


@pytest.mark.parametrize(
    ("path", "taken", "source", "stated", "words"),
    [
        ("/p/a.jpg", None, None, "2093-01-01T10:00:00", "future"),
        ("/p/a.jpg", "2014-05-01T10:00:00", "file", "1970-01-01T00:00:00", "never set"),
        ("/p/a.jpg", "1980-01-01T00:12:00", "exif", None, "reset"),
        ("/p/a.jpg", "2000-01-01T03:00:00", "exif", None, "reset"),
        ("/p/a.jpg", "2007-01-01T00:00:00", "exif", None, "midnight"),
        ("/p/IMG_20120304_101010.jpg", "2016-03-04T10:10:10", "exif", None, "Its name says 2012-03-04"),
        ("/p/2012 Italy/a.jpg", "2016-03-04T10:10:10", "exif", None, "“2012 Italy”"),
        ("/p/2012/05/a.jpg", "2008-03-04T10:10:10", "exif", None, "“2012”"),
        ("/p/Summer 2012/a.jpg", "2020-03-04T10:10:10", "file", None, "no date of its own"),
    ],
)
def test_doubtful(path: str, taken: str | None, source: str | None, stated: str | None, words: str) -> None:
    found = doubt(path, taken, source, stated)
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
def test_not_doubtful(path: str, taken: str | None, source: str | None) -> None:
    assert doubt(path, taken, source, None) is None


def test_a_name_of_a_later_day_is_only_a_little_doubtful() -> None:
    found = doubt("/p/IMG-20180304-WA0001.jpg", "2016-03-04T10:10:10", "exif", None)
    assert found is not None and 0.5 <= found[0] < 1
