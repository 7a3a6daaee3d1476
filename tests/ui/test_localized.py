"""Numbers, sizes and dates in the reader's locale. The browser's own, `Intl`, writes them the same
way."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.ui import localized, reader_locale
from explorer.ui.reader_locale import RequestLocale

WHEN = dt.datetime(2016, 5, 4, 13, 5, 9)
# The spaces that do not break, which French and English have between parts of a number or time.
THIN, FIXED = "\u202f", "\u00a0"
# Tag: a count, a small one, a size, a percentage, a day, a month, and a moment.
WRITTEN = {
    "de-DE": ("12.345 photos", "1.234", "3,4 MB", f"12{FIXED}%",
              "4. Mai 2016", "Mai 2016", "4. Mai 2016, 13:05"),
    "en-US": ("12,345 photos", "1,234", "3.4 MB", "12%",
              "May 4, 2016", "May 2016", f"May 4, 2016, 1:05{THIN}PM"),
    "en-GB": ("12,345 photos", "1,234", "3.4 MB", "12%",
              "4 May 2016", "May 2016", "4 May 2016, 13:05"),
    "fr": (f"12{THIN}345 photos", f"1{THIN}234", "3,4 MB", f"12{FIXED}%",
           "4 mai 2016", "mai 2016", "4 mai 2016, 13:05"),
    "ja": ("12,345 photos", "1,234", "3.4 MB", "12%",
           "2016年5月4日", "2016年5月", "2016年5月4日 13:05"),
    "es-ES": ("12.345 photos", "1234", "3,4 MB", f"12{FIXED}%",
              "4 de mayo de 2016", "mayo de 2016", "4 de mayo de 2016, 13:05"),
    # Years are Gregorian and digits Latin, as `date_labels.js` has them.
    "th": ("12,345 photos", "1,234", "3.4 MB", "12%",
           "4 พฤษภาคม 2016", "พฤษภาคม 2016", "4 พฤษภาคม 2016 13:05 น."),
    "fa": ("12,345 photos", "1,234", "3.4 MB", "12%",
           "4 مه 2016", "مه 2016", "4 مه 2016،\u200f 13:05"),
}  # fmt: skip


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets the locale of the reader by its tag."""
    known: list[str] = [reader_locale.FALLBACK]
    monkeypatch.setattr(
        localized, "reader_locale", lambda: reader_locale._locale(known[-1]), raising=True
    )
    return known.append


@pytest.mark.parametrize("tag", WRITTEN)
def test_each_locale_is_written_its_own_way(tag: str, read: Callable[[str], None]) -> None:
    read(tag)
    assert WRITTEN[tag] == (
        localized.count(12345, "photo"), localized.count(1234), localized.size(3_400_000),
        localized.percent(0.123), localized.day(WHEN.date()), localized.month(WHEN),
        localized.moment(WHEN),
    )  # fmt: skip


@pytest.mark.parametrize("tag", ["xx-YY", "tlh", "", "../../etc", "de DE", "a" * 99, "*"])
def test_an_unknown_locale_is_written_as_english(tag: str, read: Callable[[str], None]) -> None:
    read(tag)
    assert localized.day(WHEN.date()) == "May 4, 2016" and localized.count(12345) == "12,345"


@pytest.mark.parametrize(("tag", "day"), [("fr-JP", "4 mai 2016"), ("de-AT-1996", "4. Mai 2016")])
def test_an_unknown_region_keeps_the_language(
    tag: str, day: str, read: Callable[[str], None]
) -> None:
    read(tag)
    assert localized.day(WHEN.date()) == day


def test_what_is_counted_and_measured_has_its_word(read: Callable[[str], None]) -> None:
    assert localized.count(1, "photo") == "1 photo"
    assert localized.count(0, "photo") == "0 photos"
    assert localized.ordinal(1013) == "1,013th" and localized.ordinal(2) == "2nd"
    assert localized.size(999) == "999 bytes" and localized.size(2.5e12) == "2.5 TB"
    assert localized.milliseconds(0.0041) == "4.1 ms" and localized.milliseconds(1.5) == "1,500 ms"
    read("de-DE")
    assert localized.short_number(2.8) == "2,8" and localized.short_number(35.0) == "35"
    assert localized.number(0.5, 2) == "0,50" and localized.ordinal(1013) == "1.013th"


def test_dates_as_text_are_read_and_other_texts_kept(read: Callable[[str], None]) -> None:
    read("en-GB")
    assert localized.iso_day("2016-05-04") == "4 May 2016"
    assert localized.iso_moment("2016-05-04T13:05:09") == "4 May 2016, 13:05:09"
    assert localized.iso_day("May") == "May" and localized.iso_moment("") == ""


def answered(language: str | None) -> str:
    """The day as it is written in the answer to a request with this header."""
    said = list[str]()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        # As routes read, in a thread of its own.
        said.append(await asyncio.to_thread(localized.day, WHEN.date()))

    async def unused(*_: Any) -> Any:
        raise AssertionError

    headers = [] if language is None else [(b"accept-language", language.encode())]
    asyncio.run(RequestLocale(app)({"type": "http", "headers": headers}, unused, unused))
    return said[0]


def test_an_answer_is_written_for_the_browser_that_asked() -> None:
    assert answered("de-DE,de;q=0.9,en;q=0.8") == "4. Mai 2016"
    assert answered("en-GB") == "4 May 2016"
    assert answered(None) == answered("*") == "May 4, 2016"


def test_a_page_is_written_for_its_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    def page() -> None:
        import streamlit as st

        from explorer.ui.localized import count

        st.caption(count(12345, "photo"))

    import streamlit as st

    monkeypatch.setattr(type(st.context), "locale", property(lambda _: "de-DE"))
    assert AppTest.from_function(page).run().caption[0].value == "12.345 photos"
