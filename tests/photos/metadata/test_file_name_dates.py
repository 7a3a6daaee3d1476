from __future__ import annotations

import datetime as dt

import pytest

from explorer.photos.metadata.file_name_dates import parse_file_name_date, parse_unix_time_name


@pytest.mark.parametrize(
    ("name", "iso"),
    [
        ("WhatsApp Image 2019-05-12 at 10.15.30 PM.jpeg", "2019-05-12T22:15:30"),
        ("WhatsApp Image 2019-05-12 at 1.15.30 PM (2).jpeg", "2019-05-12T13:15:30"),
        ("WhatsApp Image 2019-05-12 at 12.15.30 AM.jpeg", "2019-05-12T00:15:30"),
        ("WhatsApp Image 2019-05-12 at 12.15.30 PM.jpeg", "2019-05-12T12:15:30"),
        ("WhatsApp Image 2019-05-12 at 9.15.30.jpeg", "2019-05-12T09:15:30"),
        ("Screenshot 2024-01-05 at 3.04.05\u202fPM.jpg", "2024-01-05T15:04:05"),
        ("Screen Shot 2014-01-05 at 3.04.05 am 2.png", "2014-01-05T03:04:05"),
        ("Captura de pantalla 2024-01-05 a la(s) 3.04.05.png", "2024-01-05T03:04:05"),
        ("Captura 2024-01-05 3.04.05 p. m..png", "2024-01-05T15:04:05"),
        ("截屏2024-01-05 下午3.04.05.png", "2024-01-05T15:04:05"),
        ("截屏2024-01-05 上午3.04.05.png", "2024-01-05T03:04:05"),
        ("スクリーンショット 2024-01-05 3.04.05.png", "2024-01-05T03:04:05"),
        ("2019-05-12 3-04 PM.jpg", "2019-05-12T15:04"),
        ("2019-05-12 10.15.30 Pamplona.jpg", "2019-05-12T10:15:30"),
        ("2019-05-12, 10.15.30.jpg", "2019-05-12T10:15:30"),
        ("2019-05-12 13.15.30 PM.jpg", "2019-05-12T13:15:30"),
        # Ranges of days have no time.
        ("Trip 20201105-20211231.jpg", "2020-11-05"),
        ("Trip 20201105_20211231.jpg", "2020-11-05"),
        ("Trip 2020-11-05-2021-12-31.jpg", "2020-11-05"),
        ("Trip 2020-11-05_2021-12-31.jpg", "2020-11-05"),
        ("Trip 2020-11-05 - 2021-12-31.jpg", "2020-11-05"),
        ("Trip 2020.11.05-2020.11.12.jpg", "2020-11-05"),
        ("Trip 2020-11-05 to 2020-11-12 10.15.30.jpg", "2020-11-12T10:15:30"),
        ("PXL_20201225_101112345.MP.jpg", "2020-12-25T10:11:12"),
        ("20201105_2021123.jpg", "2020-11-05"),
        ("20201105202112311.jpg", "2020-11-05T20:21:12"),
        ("2020110520211231.jpg", None),
        ("VID_20190712_243000.jpg", "2019-07-12T00:30:00"),
        ("3020190712_143000.jpg", None),
        ("IMG_20191345 2018-02-03.jpg", "2018-02-03"),
        ("2019-07.12 2018.jpg", None),
    ],
)
def test_names(name: str, iso: str | None) -> None:
    found = parse_file_name_date(name)
    assert (found and found.iso) == iso


WORDS = (
    "at", "um", "à", "a\u0300", "a las", "a la(s)", "às", "à(s)", "om", "alle", "ore", "kl.",
    "kello", "o", "v", "u", "saat", "в", "о", "στις", "בשעה", "-",
)  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "12-05-2019-10-15-30.jpg",
        "IMG_12_05_2019_10_15_30.jpg",
        "photo 5.12.2019.08.15.jpg",
        "Collage Maker-12-May-2019-10-15-AM-1234.jpg",
    ],
)
def test_the_year_of_a_date_that_begins_with_its_day_is_not_followed_by_a_month(name: str) -> None:
    """It is followed by the hour. Which of the first two numbers is the day, is not known."""
    assert parse_file_name_date(name) is None
    assert parse_file_name_date("IMG_1_12_20190512_101530.jpg") is not None
    assert parse_file_name_date("Rome 12-2019-05-12.jpg") is not None


@pytest.mark.parametrize("between", [*(f" {word} " for word in WORDS), ", às ", "_at_"])
def test_the_word_between_date_and_time_in_any_language(between: str) -> None:
    found = parse_file_name_date(f"Screenshot 2024-01-05{between}13.04.05.png")
    assert found is not None and found.iso == "2024-01-05T13:04:05"


@pytest.mark.parametrize(
    ("name", "iso"),
    [
        ("photo_1@12-05-2023_10-15-30.jpg", "2023-05-12T10:15:30"),
        ("photo_12@31-12-2022_23-59-58_thumb.jpg", "2022-12-31T23:59:58"),
        ("photo_12@31-13-2022_23-59-58.jpg", None),
        ("photo_2023-05-12_10-15-30.jpg", "2023-05-12T10:15:30"),
        ("signal-2023-05-12-10-15-30-123.jpg", "2023-05-12T10:15:30"),
        ("Imagem do WhatsApp de 2023-05-12 à(s) 10.15.30_ab12.jpg", "2023-05-12T10:15:30"),
        ("00000IMG_00000_BURST20230512101530123_COVER.jpg", "2023-05-12T10:15:30"),
        # An unknown word may stand before anything.
        ("2020-11-05 bis 11.12.20.jpg", "2020-11-05"),
    ],
)
def test_names_by_messengers_and_phones(name: str, iso: str | None) -> None:
    found = parse_file_name_date(name)
    assert (found and found.iso) == iso


@pytest.mark.parametrize(
    ("name", "iso"),
    [
        # A time that is no time is left out, and the date stays.
        ("IMG_20191345_101112.jpg", None),
        ("IMG_20190512_251112.jpg", "2019-05-12"),
        ("IMG_20190512101112.jpg", "2019-05-12T10:11:12"),
        ("IMG_20190512_101112123.jpg", "2019-05-12T10:11:12"),
        # The first plausible one counts: neither an impossible day nor the clock's first.
        ("20190231_101112 20180203_040506.jpg", "2018-02-03T04:05:06"),
        ("19700101_000000 20180203_040506.jpg", "2018-02-03T04:05:06"),
        ("20990101_101112 20180203.jpg", "2018-02-03"),
        ("2099-01-01 2018-02-03.jpg", "2018-02-03"),
        # A day in the name of a range that does not exist ends no range.
        ("20190512-20211331.jpg", "2019-05-12"),
        ("20190512_202112 20180203.jpg", "2019-05-12T20:21:12"),
        # Only a second day that is one ends a range, and then the next date has its time.
        ("20201105_20211231 20180203_101112.jpg", "2018-02-03T10:11:12"),
        ("2020-11-05_2021-12-31 2018-02-03_10-11-12.jpg", "2018-02-03T10:11:12"),
        ("2020-11-05_20.21.12-31.jpg", "2020-11-05T20:21:12"),
        ("2020-11-05_20-21-30.jpg", "2020-11-05T20:21:30"),
        ("截屏2024-01-05 午後12.04.05.png", "2024-01-05T12:04:05"),
        ("截屏2024-01-05 오전12.04.05.png", "2024-01-05T00:04:05"),
        ("2024-01-05 11.04.05_am.png", "2024-01-05T11:04:05"),
        ("2024-01-05 13.04.png", "2024-01-05"),
        ("2019-05-12 12.15.30.jpg", "2019-05-12T12:15:30"),
    ],
)
def test_times_ranges_and_impossible_days(name: str, iso: str | None) -> None:
    found = parse_file_name_date(name)
    assert (found and found.iso) == iso


@pytest.mark.parametrize(
    ("name", "iso"),
    [
        ("2021年1月1日.jpg", "2021-01-01"),
        ("写真 2021年01月12日 12時34分56秒.jpg", "2021-01-12T12:34:56"),
        ("2021年1月1日 下午3時20分.jpg", "2021-01-01"),
        ("2021년 1월 12일 3시 20분.jpg", "2021-01-12T03:20"),
        ("2021年5月 旅行.jpg", "2021-05"),
        ("2021年13月1日.jpg", None),
        ("1999-12 Christmas.jpg", "1999-12"),
        ("1999-12-24 Christmas.jpg", "1999-12-24"),
        # A season, a number of a series.
        ("2011-12 season.jpg", None),
        ("2012-13 season.jpg", None),
        ("2021-01.jpg", None),
        ("2021-01 (2).jpg", None),
        ("Photo 2021-01-01 12 00 05.jpg", "2021-01-01T12:00:05"),
        ("Photo 2021-01-01 12 00 05th.jpg", "2021-01-01"),
    ],
)
def test_dates_with_words(name: str, iso: str | None) -> None:
    found = parse_file_name_date(name)
    assert (found and found.iso) == iso


@pytest.mark.parametrize(
    "name",
    [
        "1609459200123.jpg",
        "1609459200.jpg",
        "FB_IMG_1609459200123.jpg",
        "mmexport1609459200123.jpg",
        "IMG_1609459200123-edited(1).jpg",
        "1609459200123_1.jpg",
    ],
)
def test_unix_time_is_local_time_as_that_of_the_file(name: str) -> None:
    found = parse_unix_time_name(name)
    assert found is not None and found.precision == "second"
    assert dt.datetime.fromisoformat(found.text).timestamp() == 1609459200


@pytest.mark.parametrize(
    "name",
    [
        "received_1609459200.jpeg",
        "Snapchat-1609459200.jpg",
        "16094592001.jpg",
        "160945920012.jpg",
        "1609459200a.jpg",
        "1234567890.jpg",
        "1000000000.jpg",
        "1999999999.jpg",
        "0123456789.jpg",
        "4915112345678.jpg",
        "118391234_1609459200123_n.jpg",
        "1141718391_24164bf1b1.jpg",
        "1141718391_a4164bf1b1_o.jpg",
        "IMG_1234.jpg",
    ],
)
def test_other_numbers_are_no_unix_time(name: str) -> None:
    assert parse_unix_time_name(name) is None and parse_file_name_date(name) is None
