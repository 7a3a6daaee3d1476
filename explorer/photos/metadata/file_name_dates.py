"""Parse the dates that cameras, phones and messengers write into file names."""

from __future__ import annotations

import datetime as dt
import itertools
import re
import unicodedata

from explorer.photos.metadata.partial_dates import (
    PartialDate,
    from_parts,
    mtime_date,
    plausible,
    to_24_hours,
)

# The year of a date that begins with its day is not followed by a month: 12-05-2019-10-15,
# 12-May-2019-10-15.
_NOT_DAY_FIRST = (
    r"(?!(?:(?<=\d[-_.]\d\d[-_.])|(?<=\d[-_.]\d[-_.])|(?<=\d[-_.][A-Za-z]{3}[-_.]))\d{4}[-_.])"
)
_DATE = (
    rf"(?<!\d){_NOT_DAY_FIRST}(?P<year>(?:19|20)\d\d)(?P<sep>[-_.]?)(?P<month>[01]\d)(?P=sep)"
    r"(?P<day>[0-3]\d)"
)
_PARTS = ("year", "month", "day", "hour", "minute", "second")
_START = re.compile(_DATE)
_DAY = re.compile(rf"{_DATE}(?!\d)")
# “At”, as macOS and WhatsApp write it between the date and the time of screenshots and pictures, in
# their languages.
_AT = (
    "at|um|à|a las?|a les|a la\\(s\\)|às?|à\\(s\\)|ás|om|alle(?: ore)?|ore|kl\\.?|klo|kello|o|v|ve"
    "|u|ob|saat|la|pada|pukul|lúc|в|о|об|у|στις|בשעה|الساعة|เวลา|-"
)
# Between date and time: a separator, a space of any kind (macOS writes U+202F), a comma, “at”.
_BETWEEN = rf"(?:[-_.T]|_at_|,?\s(?:(?:{_AT})\s)?)"
_AM, _PM = "上午|午前|오전", "下午|午後|오후"
# The second date of a range is never mistaken for a time: it has too many digits.
# 20190512_101530 and 20190512101530, with milliseconds or without; 2019-05-12 10.15.30; 2019-05-12
# at 9.15.30 PM; 2019-05-12 下午9.15.30.
_TIMES = (
    re.compile(
        rf"{_DATE}{_BETWEEN}(?P<hour>[0-2]\d)(?P<minute>[0-5]\d)(?P<second>[0-5]\d)(?:\d{{3}})?(?!\d)"
    ),
    re.compile(
        rf"{_DATE}(?P<hour>[0-2]\d)(?P<minute>[0-5]\d)(?P<second>[0-5]\d)(?:\d{{3}})?(?!\d)"
    ),
    re.compile(
        rf"{_DATE}{_BETWEEN}\s?(?P<half>{_AM}|{_PM})?\s?(?P<hour>\d{{1,2}})[-_.:h](?P<minute>[0-5]\d)"
        rf"[-_.:m](?P<second>[0-5]\d)(?!\d)(?P<behind>[\s_]?[ap]\.?\s?m(?![^\W\d_]))?",
        re.IGNORECASE,
    ),
    # 2021-01-01 12 00 00, as Dropbox writes it.
    re.compile(rf"{_DATE},?\s(?P<hour>[0-2]\d) (?P<minute>[0-5]\d) (?P<second>[0-5]\d)(?![^\W_])"),
    # A time without seconds must have AM or PM to be recognized.
    re.compile(
        rf"{_DATE}{_BETWEEN}(?P<hour>\d{{1,2}})[-_.:h](?P<minute>[0-5]\d)(?!\d)(?P<behind>[\s_]?[ap]\.?\s?m(?![^\W\d_]))",
        re.IGNORECASE,
    ),
)
# Telegram's exports: photo_12@31-12-2022_23-59-58.
_TELEGRAM = re.compile(
    r"@(?P<day>[0-3]\d)-(?P<month>[01]\d)-(?P<year>20\d\d)"
    r"_(?P<hour>[0-2]\d)-(?P<minute>[0-5]\d)-(?P<second>[0-5]\d)(?!\d)"
)
# 2021年1月1日 12時34分56秒, also in simplified Chinese and Korean; or only a year and month.
_EAST_ASIAN = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)[年년]\s?(?P<month>\d{1,2})[月월]"
    r"(?:\s?(?P<day>\d{1,2})[日일]"
    r"(?:\s?(?P<hour>\d{1,2})[時时시]\s?(?P<minute>\d{1,2})[分분](?:\s?(?P<second>\d{1,2})[秒초])?)?)?"
)
# “1999-12 Christmas”: a month, unless it may be a season, such as 2011-12.
_MONTH = re.compile(r"(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)\s+(?=[^\W\d_])")
# Unix time in seconds or milliseconds, alone or after a word that programs write: Facebook's
# FB_IMG_1609459200123, WeChat's mmexport1609459200123. Other numbers, as in received_1609459200 and
# Flickr's 1141718391_24164bf1b1, are ids.
_UNIX_TIME = re.compile(
    r"(?:(?:fb_img|img|image|photo|pic|picture|camera|capture|cropped|mmexport|screenshot|wx_camera)"
    r"[-_. ]?)?(?P<seconds>1\d{9})(?P<milliseconds>\d{3})?"
    r"(?![^\W_]|[-_](?=[a-z]*\d)[^\W_]{6})",
    re.IGNORECASE,
)
# Before 2005, no program wrote Unix time into names. This number is anything but a time.
_FIRST_UNIX_TIME, _COUNTING = dt.datetime(2005, 1, 1).timestamp(), 1234567890


def parse_file_name_date(name: str) -> PartialDate | None:
    """The first plausible date in a file's name, with its time if there is one; None without a
    date. For a range of days, it is the first day. A Unix time is not included."""
    if (found := _TELEGRAM.search(name)) is not None:
        return plausible(from_parts(*found.group(*_PARTS)))
    if _START.search(name) is None:
        # Most names end here: every pattern below begins with a date.
        return _in_words(name)
    # macOS decomposes accents.
    name = unicodedata.normalize("NFC", name)
    for found in itertools.chain.from_iterable(each.finditer(name) for each in _TIMES):
        parts = found.groupdict()
        hour, half = (
            parts["hour"],
            parts.get("half") or (parts.get("behind") or "").strip(" \t\u00a0\u202f_"),
        )
        if half:
            hour = str(to_24_hours(int(hour), "p" if re.fullmatch(_PM, half) else half))
        date = plausible(
            from_parts(
                parts["year"],
                parts["month"],
                parts["day"],
                hour,
                parts["minute"],
                parts.get("second"),
            )
        )
        if date is not None:
            return date
    for found in _DAY.finditer(name):
        if date := plausible(from_parts(found["year"], found["month"], found["day"])):
            return date
    return None


def _in_words(name: str) -> PartialDate | None:
    """A date with a word in it or after it: 2021年1月1日, “1999-12 Christmas”."""
    if not name.isascii():
        name = unicodedata.normalize("NFC", name)
        if found := _EAST_ASIAN.search(name):
            return plausible(from_parts(*found.group(*_PARTS)))
    found = _MONTH.match(name)
    if found is None or int(found["month"]) == (int(found["year"]) + 1) % 100:
        return None
    return plausible(from_parts(found["year"], found["month"]))


def parse_unix_time_name(name: str) -> PartialDate | None:
    """The Unix time that a file's name consists of, in local time, as for a file's own time; None
    if it is another number. It is when the photo was taken, saved or sent."""
    found = _UNIX_TIME.match(name)
    if found is None or not _FIRST_UNIX_TIME <= int(found["seconds"]) != _COUNTING:
        return None
    return mtime_date(float(found["seconds"]))
