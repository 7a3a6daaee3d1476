"""Tests of photos, and what they say of each photo by its row: brute force for `PhotoFilter`."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from explorer.analysis.place_stage import located
from explorer.library.edits.edit_operations import set_favourite, set_place, set_rating
from explorer.library.queries.filters import taken_within
from explorer.library.queries.photo_conditions import kilometers_between
from explorer.library.rows import PhotoRow
from explorer.library.stores.edit_store import edit_photos
from explorer.library.stores.location_store import PhotoCoordinates
from explorer.library.stores.quality_store import refresh_photo
from explorer.library.text.text_folding import fold
from explorer.photos.containers.contents import NOTHING_PACKED, ContentPart, FileContents
from explorer.search.language.query_tree import (
    AllTests,
    AnyTest,
    Condition,
    FieldTest,
    FieldValue,
    NotTest,
    WordsTest,
)
from tests.factory import LibraryBuilder, decoded, digest_of

FILM = FileContents((ContentPart("film", "0" * 32),)).packed()


def is_(field: str, *values: str, comparison: Any = "=") -> FieldTest:
    return FieldTest(field, tuple(FieldValue(value, comparison) for value in values))


def texts(row: PhotoRow, paths: list[str], column: str) -> str:
    """What a text field is searched in."""
    found: dict[str, list[str | None]] = {
        "name": [os.path.basename(path) for path in paths],
        "folder": [
            os.path.relpath(os.path.dirname(p), os.path.dirname(row["root"])) for p in paths
        ],
        "camera": [row["camera"]],
        "lens": [row["lens"]],
        "keyword": list(row["keywords"]),
        "title": [row["title"]],
        "description": [row["description"]],
    }
    chosen = found if column == "any" else {column: found[column]}
    return "\n".join(fold(text) for each in chosen.values() for text in each if text)


def said(column: str, text: str) -> Callable[[PhotoRow, list[str]], bool]:
    return lambda row, paths: fold(text) in texts(row, paths, column)


def number(column: str, holds: Callable[[float], bool]) -> Callable[[PhotoRow, list[str]], bool]:
    def check(row: PhotoRow, paths: list[str]) -> bool:
        value = row[column]
        return value is not None and holds(value)

    return check


def ratio(row: PhotoRow) -> float:
    return row["width"] / row["height"]


def near_paris(row: PhotoRow, paths: list[str]) -> bool:
    at = row["latitude"], row["longitude"]
    return None not in at and kilometers_between(*at, 48.85, 2.35) <= 20  # type: ignore[arg-type]


def taken_in(code: str) -> Callable[[PhotoRow, list[str]], bool]:
    """In a country or region, by its code."""

    def check(row: PhotoRow, paths: list[str]) -> bool:
        if row["latitude"] is None or row["longitude"] is None:
            return False
        (found,) = located([PhotoCoordinates(row["id"], row["latitude"], row["longitude"])])
        return found is not None and code in (found.region_code, found.country_code)

    return check


def in_the_south_sea(row: PhotoRow, paths: list[str]) -> bool:
    return row["latitude"] == -48.9 and row["longitude"] == -177.6


_PRECISIONS = ("year", "month", "day", "second")


def known(row: PhotoRow, part: str) -> bool:
    """Whether this part of the date is known."""
    precision = row["taken_precision"] or "second"
    return row["taken_at"] is not None and precision in _PRECISIONS[_PRECISIONS.index(part) :]


def date_of(row: PhotoRow) -> dt.datetime:
    return dt.datetime.fromisoformat(row["taken_at"] or "")


def in_months(months: set[str]) -> Callable[[PhotoRow, list[str]], bool]:
    return lambda row, paths: known(row, "month") and (row["taken_at"] or "")[5:7] in months


def between_days(row: PhotoRow, first: str, last: str) -> bool:
    if not known(row, "day"):
        return known(row, "month") and first[:2] <= (row["taken_at"] or "")[5:7] <= last[:2]
    return first <= (row["taken_at"] or "")[5:10] <= last


def winter(row: PhotoRow) -> bool:
    """In the north, where the photos of unknown places are taken to be: the test has no fewer
    northern photos than southern ones."""
    south = (row["latitude"] or 0) < 0
    return in_months({"06", "07", "08"} if south else {"12", "01", "02"})(row, [])


LEAVES: list[tuple[Condition, Callable[[PhotoRow, list[str]], bool]]] = [
    (WordsTest("été"), said("any", "été")),
    (WordsTest("ca"), said("any", "ca")),
    (is_("name", "IMG"), said("name", "IMG")),
    (is_("folder", "sub"), said("folder", "sub")),
    (is_("camera", "canon", "nikon"), lambda r, p: (r["camera"] or "")[:5] in ("Canon", "NIKON")),
    (is_("camera", "CANON EOS", comparison="=="), lambda r, p: r["camera"] == "Canon EOS"),
    (is_("keyword", "ete", comparison="=="), lambda r, p: "ete" in map(fold, r["keywords"])),
    (is_("lens", "50MM"), said("lens", "50mm")),
    (is_("keyword", "ete"), said("keyword", "ete")),
    (is_("title", "harb"), said("title", "harb")),
    (is_("description", "Oma"), said("description", "Oma")),
    (is_("iso", "800", comparison=">"), number("iso", lambda v: v > 800)),
    (is_("iso", "100..800"), number("iso", lambda v: 100 <= v <= 800)),
    (is_("f", "1.8"), number("f_number", lambda v: abs(v / 1.8 - 1) <= 0.015)),
    (is_("f", "2.8", comparison="<="), number("f_number", lambda v: v <= 2.8)),
    (is_("focal", "85", comparison=">="), number("focal_length", lambda v: v >= 85)),
    (is_("exposure", "1/250", comparison="<"), number("exposure_time", lambda v: v < 1 / 250)),
    (is_("width", "640"), number("width", lambda v: v == 640)),
    (is_("height", "600", comparison="<"), number("height", lambda v: v < 600)),
    (is_("megapixels", "2", comparison=">="), lambda r, p: r["width"] * r["height"] >= 2e6),
    (is_("size", "1KB"), number("bytes", lambda v: 500 <= v < 1500)),
    (is_("is", "favorite"), lambda r, p: bool(r["favourite"])),
    (is_("rating", "3", comparison=">="), number("rating", lambda v: v >= 3)),
    (is_("format", "png", "jpg"), lambda r, p: r["format"] in ("PNG", "JPEG", "MPO")),
    (is_("format", "heic"), lambda r, p: r["format"] == "HEIF"),
    (is_("orientation", "portrait"), lambda r, p: r["height"] > r["width"]),
    (is_("orientation", "square"), lambda r, p: r["height"] == r["width"]),
    (is_("shape", "panorama"), lambda r, p: ratio(r) >= 2 or ratio(r) <= 0.5),
    (is_("shape", "square"), lambda r, p: 1 / 1.05 <= ratio(r) <= 1.05),
    (is_("near", "48.85,2.35,20km"), near_paris),
    (is_("place", "Frankreich"), taken_in("FR")),
    (is_("place", "Portugal", "Ile de France"), taken_in("FR.11")),
    (is_("area", "-60,170,-40,-170"), in_the_south_sea),
    (is_("area", "48.6,2,48.9,2.4"), lambda r, p: (r["latitude"], r["longitude"]) == (48.9, 2.4)),
    (is_("date", "2016-05"),
     lambda r, p: taken_within(r["taken_at"], r["taken_precision"], "2016-05-01", "2016-05-31")),
    (is_("after", "2016-05-04"),
     lambda r, p: taken_within(r["taken_at"], r["taken_precision"], "2016-05-04", None)),
    (is_("before", "2016"),
     lambda r, p: taken_within(r["taken_at"], r["taken_precision"], None, "2016-12-31")),
    (is_("month", "june", "12..1"), in_months({"06", "12", "01"})),
    (is_("month", "05-04..06-01"), lambda r, p: between_days(r, "05-04", "06-01")),
    (is_("month", "12-24..01-03"), lambda r, p: (
        between_days(r, "12-24", "12-31") or between_days(r, "01-01", "01-03"))),
    (is_("season", "winter 2016-01..2016-12"), lambda r, p: winter(r) and taken_within(
        r["taken_at"], r["taken_precision"], "2016-01-01", "2016-12-31")),
    (is_("weekday", "weekend", "wed"), lambda r, p: (
        known(r, "day") and date_of(r).weekday() in (2, 5, 6))),
    (is_("hour", "22..4"), lambda r, p: known(r, "second") and not 4 < date_of(r).hour < 22),
    (is_("hour", "23"), lambda r, p: known(r, "second") and date_of(r).hour == 23),
    (is_("has", "gps"), lambda r, p: r["latitude"] is not None and r["longitude"] is not None),
    (is_("has", "date"), lambda r, p: bool(r["taken_at"]) and r["taken_source"] != "file"),
    (is_("has", "camera"), lambda r, p: r["camera"] is not None),
    (is_("has", "keywords"), lambda r, p: bool(r["keywords"])),
    (is_("has", "title"), lambda r, p: r["title"] is not None),
    (is_("has", "description"), lambda r, p: r["description"] is not None),
    (is_("has", "rating"), lambda r, p: r["rating"] is not None),
    (is_("is", "upright"), lambda r, p: r["height"] > r["width"]),
    (is_("is", "panorama"), lambda r, p: ratio(r) >= 2 or ratio(r) <= 0.5),
    (is_("is", "raw"), lambda r, p: r["format"] in {"NEF", "DNG"}),
    (is_("format", "nef", "dng"), lambda r, p: r["format"] in {"NEF", "DNG"}),
    (is_("format", "jxl"), lambda r, p: r["format"] == "JXL"),
    (is_("is", "animated"), lambda r, p: r["frames"] > 1 and r["format"] != "TIFF"),
    (is_("is", "duplicate"), lambda r, p: r["copies"] > 1),
]  # fmt: skip

_maybe = st.none()
FACTS = st.fixed_dictionaries({
    "format": st.sampled_from(["JPEG", "MPO", "PNG", "HEIF", "TIFF", "GIF", "NEF", "DNG", "JXL"]),
    "width": st.sampled_from([640, 600, 1500, 2000, 1501]),
    "height": st.sampled_from([480, 600, 1500, 3001]),
    "frames": st.sampled_from([1, 3]),
    "taken_at": _maybe | st.sampled_from(
        ["2016-05-01T00:00:00", "2016-05-04T23:59:59", "2016-01-01T00:00:00", "2017-01-01T00:00:00"]
    ),
    "taken_precision": _maybe | st.sampled_from(["year", "month", "day", "second"]),
    "taken_source": st.sampled_from(["exif", "file"]),
    "latitude": _maybe | st.sampled_from([48.9, 48.5, -48.9]),
    "longitude": _maybe | st.sampled_from([2.4, -177.6]),
    "camera": _maybe | st.sampled_from(["Canon EOS", "NIKON D1", "Acme"]),
    "lens": _maybe | st.sampled_from(["Prime 50mm", "Zoom"]),
    "iso": _maybe | st.sampled_from([100.0, 800.0, 3200.0]),
    "f_number": _maybe | st.sampled_from([1.78, 2.8, 4.0]),
    "focal_length": _maybe | st.sampled_from([50.0, 85.0]),
    "exposure_time": _maybe | st.sampled_from([0.004, 0.001]),
    "title": _maybe | st.sampled_from(["Harbour", "Été à la mer"]),
    "description": _maybe | st.sampled_from(["grandma, oma", "car"]),
    "keywords": st.sampled_from([(), ("été", "car"), ("Ete",)]),
    "rating": _maybe | st.sampled_from([0.0, 3.0, 5.0]),
    "contents": st.sampled_from([NOTHING_PACKED, FILM]),
})  # fmt: skip
EDITS = [set_favourite(True), set_favourite(False), set_rating(4), set_place(48.9, 2.4)]
NAMES = st.sampled_from(["IMG_1.jpg", "sub/IMG_2.jpg", "sub/été.jpg", "car/a.jpg", "b.jpg"])
ACTIONS = st.one_of(
    st.tuples(st.just("put"), NAMES, st.integers(0, 7), FACTS),
    st.tuples(st.just("lose"), NAMES, st.none(), st.none()),
    st.tuples(st.just("change"), st.none(), st.integers(0, 7), FACTS),
    st.tuples(st.just("edit"), st.none(), st.integers(0, 7), st.sampled_from(EDITS)),
)
TREES = st.recursive(
    st.integers(0, len(LEAVES) - 1),
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.just("and"), inner, inner),
        st.tuples(st.just("or"), inner, inner),
    ),
    max_leaves=4,
)


def condition_of(tree: Any) -> Condition:
    match tree:
        case ("not", inner):
            return NotTest(condition_of(inner))
        case ("and", one, other):
            return AllTests((condition_of(one), condition_of(other)))
        case ("or", one, other):
            return AnyTest((condition_of(one), condition_of(other)))
        case _:
            return LEAVES[tree][0]


def holds(tree: Any, row: PhotoRow, paths: list[str]) -> bool:
    match tree:
        case ("not", inner):
            return not holds(inner, row, paths)
        case ("and", one, other):
            return holds(one, row, paths) and holds(other, row, paths)
        case ("or", one, other):
            return holds(one, row, paths) or holds(other, row, paths)
        case _:
            return LEAVES[tree][1](row, paths)


def act(builder: LibraryBuilder, files: set[str], action: Any) -> None:
    what, name, content, facts = action
    if what == "put":
        builder.put(name, content, **facts)
        files.add(name)
    elif what == "lose" and name in files:
        builder.lose(name)
        files.remove(name)
    elif what == "change":
        photo = builder.library.catalog.photo_id(digest_of(content))
        if photo is not None:
            refresh_photo(builder.writer, photo, decoded(**facts))


def edit(builder: LibraryBuilder, action: Any) -> None:
    """Carry out an edit; it is a transaction of its own."""
    what, _, content, operation = action
    photo = builder.library.catalog.photo_id(digest_of(content))
    if what == "edit" and photo is not None:
        edit_photos(builder.library.catalog, [photo], *operation)
