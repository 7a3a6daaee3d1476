"""Filters against brute force: what each test says of each photo, read from its row."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.anomalies.findings import Anomalies
from explorer.library.decision_store import decide, withdraw
from explorer.library.filters import Filters, taken_within
from explorer.library.library import Library
from explorer.library.pair_store import PAIRS_VERSION, Pair, put_pairs
from explorer.library.photo_conditions import kilometres_between
from explorer.library.quality_store import refresh_photo
from explorer.library.rows import PhotoRow
from explorer.library.text_folding import fold
from explorer.photos.containers.contents import NOTHING_PACKED, ContentPart, FileContents
from explorer.photos.quality.metrics import QualityMetrics
from explorer.search.language.query_tree import (
    AllTests,
    AnyTest,
    Condition,
    FieldTest,
    FieldValue,
    NotTest,
    WordsTest,
)
from explorer.search.language.syntax_error import QuerySyntaxError
from explorer.search.photo_filter import PhotoFilter, as_condition
from tests.factory import Shelf, decoded, digest_of

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
    return None not in at and kilometres_between(*at, 48.85, 2.35) <= 20  # type: ignore[arg-type]


LEAVES: list[tuple[Condition, Callable[[PhotoRow, list[str]], bool]]] = [
    (WordsTest("été"), said("any", "été")),
    (WordsTest("ca"), said("any", "ca")),
    (is_("name", "IMG"), said("name", "IMG")),
    (is_("folder", "sub"), said("folder", "sub")),
    (is_("camera", "canon", "nikon"), lambda r, p: (r["camera"] or "")[:5] in ("Canon", "NIKON")),
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
    (is_("rating", "3", comparison=">="), number("rating", lambda v: v >= 3)),
    (is_("format", "png", "jpg"), lambda r, p: r["format"] in ("PNG", "JPEG", "MPO")),
    (is_("format", "heic"), lambda r, p: r["format"] == "HEIF"),
    (is_("orientation", "portrait"), lambda r, p: r["height"] > r["width"]),
    (is_("orientation", "square"), lambda r, p: r["height"] == r["width"]),
    (is_("shape", "panorama"), lambda r, p: ratio(r) >= 2 or ratio(r) <= 0.5),
    (is_("shape", "square"), lambda r, p: 1 / 1.05 <= ratio(r) <= 1.05),
    (is_("near", "48.85,2.35,20km"), near_paris),
    (is_("date", "2016-05"),
     lambda r, p: taken_within(r["taken_at"], r["taken_precision"], "2016-05-01", "2016-05-31")),
    (is_("after", "2016-05-04"),
     lambda r, p: taken_within(r["taken_at"], r["taken_precision"], "2016-05-04", None)),
    (is_("before", "2016"),
     lambda r, p: taken_within(r["taken_at"], r["taken_precision"], None, "2016-12-31")),
    (is_("has", "gps"), lambda r, p: r["latitude"] is not None and r["longitude"] is not None),
    (is_("has", "date"), lambda r, p: bool(r["taken_at"]) and r["taken_source"] != "file"),
    (is_("has", "camera"), lambda r, p: r["camera"] is not None),
    (is_("has", "keywords"), lambda r, p: bool(r["keywords"])),
    (is_("has", "title"), lambda r, p: r["title"] is not None),
    (is_("has", "description"), lambda r, p: r["description"] is not None),
    (is_("has", "rating"), lambda r, p: r["rating"] is not None),
    (is_("is", "upright"), lambda r, p: r["height"] > r["width"]),
    (is_("is", "panorama"), lambda r, p: ratio(r) >= 2 or ratio(r) <= 0.5),
    (is_("is", "animated"), lambda r, p: r["frames"] > 1 and r["format"] != "TIFF"),
    (is_("is", "duplicate"), lambda r, p: r["copies"] > 1),
]  # fmt: skip

_maybe = st.none()
FACTS = st.fixed_dictionaries({
    "format": st.sampled_from(["JPEG", "MPO", "PNG", "HEIF", "TIFF", "GIF"]),
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
NAMES = st.sampled_from(["IMG_1.jpg", "sub/IMG_2.jpg", "sub/été.jpg", "car/a.jpg", "b.jpg"])
ACTIONS = st.one_of(
    st.tuples(st.just("put"), NAMES, st.integers(0, 7), FACTS),
    st.tuples(st.just("lose"), NAMES, st.none(), st.none()),
    st.tuples(st.just("change"), st.none(), st.integers(0, 7), FACTS),
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


def act(shelf: Shelf, files: set[str], action: Any) -> None:
    what, name, content, facts = action
    if what == "put":
        shelf.put(name, content, **facts)
        files.add(name)
    elif what == "lose" and name in files:
        shelf.lose(name)
        files.remove(name)
    elif what == "change":
        photo = shelf.library.catalog.photo_id(digest_of(content))
        if photo is not None:
            refresh_photo(shelf.writer, photo, decoded(**facts))


@given(
    st.lists(ACTIONS, min_size=6, max_size=12),
    st.lists(st.lists(ACTIONS, max_size=2), min_size=1, max_size=2),
    st.lists(TREES, max_size=4),
)
@settings(max_examples=12, deadline=None)
def test_filters_are_what_the_rows_say(
    tmp_path_factory: pytest.TempPathFactory,
    first: list[Any],
    later: list[list[Any]],
    trees: list[Any],
) -> None:
    folder = tmp_path_factory.mktemp("filters")
    (folder / "photos").mkdir()
    shelf = Shelf(Library.open(folder / "library"), str(folder / "photos"))
    try:
        following, files = PhotoFilter(shelf.library), set[str]()
        wanted = [*range(len(LEAVES)), *trees]
        for actions in [first, *later]:
            with shelf.writer.transaction():
                for action in actions:
                    act(shelf, files, action)
            catalog = shelf.library.catalog
            rows = catalog.photos(catalog.matching().tolist())
            paths = {
                i: [file["path"] for file in catalog.files_of(i) if file["state"] == "present"]
                for i in rows
            }
            for tree in wanted:
                condition = condition_of(tree)
                found = following.ids(condition).tolist()
                assert found == sorted(i for i in rows if holds(tree, rows[i], paths[i])), condition
                assert found == PhotoFilter(shelf.library).ids(condition).tolist()
            assert following.ids(None).tolist() == sorted(rows)
    finally:
        shelf.close()


def test_a_film_inside_the_file(shelf: Shelf) -> None:
    live = shelf.put("a.jpg", 1, contents=FILM)
    shelf.put("b.jpg", 2)
    shelf.put("c.jpg", 3, contents=json.dumps({"parts": [["frame", "0" * 32, 1]]}))
    assert PhotoFilter(shelf.library).ids(is_("has", "film")).tolist() == [live]


def test_an_absolute_folder_is_that_folder_and_what_is_below(shelf: Shelf) -> None:
    (root,) = shelf.library.catalog.root_paths().values()
    inside = [shelf.put("sub/a.jpg", 1), shelf.put("sub/deep/b.jpg", 2)]
    shelf.put("substitute/c.jpg", 3)
    photos = PhotoFilter(shelf.library)
    for written in ("sub", "sub/", "sub/deep/.."):
        assert photos.ids(is_("folder", str(Path(root) / "sub") + written[3:])).tolist() == inside
    assert len(photos.ids(is_("folder", str(Path(root).parent)))) == 3
    assert len(photos.ids(is_("folder", "/nowhere"))) == 0


@given(
    st.floats(-90, 90), st.floats(-180, 180), st.floats(0.1, 20_000),
    st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), max_size=20),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_the_box_around_a_circle_leaves_nothing_out(
    latitude: float, longitude: float, kilometres: float, places: list[tuple[float, float]]
) -> None:
    import sqlite3

    from explorer.library.photo_conditions import add_functions, near

    db = sqlite3.connect(":memory:")
    add_functions(db)
    db.execute("create table p (id integer primary key, latitude real, longitude real)")
    db.executemany("insert into p (latitude, longitude) values (?, ?)", places)
    condition = near(latitude, longitude, kilometres)
    found = {
        row[0] - 1
        for row in db.execute(f"select id from p where {condition.sql}", condition.values)
    }
    db.close()
    assert found == {
        number
        for number, place in enumerate(places)
        if kilometres_between(*place, latitude, longitude) <= kilometres
    }


def test_a_degree_of_latitude_is_a_sixtieth_of_a_nautical_mile_by_sixty() -> None:
    assert kilometres_between(48, 2, 49, 2) == pytest.approx(111.2, abs=0.1)
    assert kilometres_between(0, 179.5, 0, -179.5) == pytest.approx(111.2, abs=0.1)
    assert kilometres_between(10, 20, -10, -160) == pytest.approx(math.pi * 6371.0088)


class TestFaults:
    @pytest.fixture
    def photos(self, shelf: Shelf) -> list[int]:
        usual = {"blur_radius": 0.4, "min_blur_radius": 0.4, "luma_p99": 230.0, "luma_p2": 20.0,
                 "colorfulness": 40.0, "highlight_gradient": 20.0}  # fmt: skip
        figures = [
            usual, usual | {"blur_radius": 6.0}, usual | {"luma_p99": 40.0},
            usual | {"noise_sigma": 30.0, "noise_whiteness": 1.0},
            usual | {"flat_share": 0.9, "top_colors_share": 0.99, "hard_edge_share": 0.1},
            usual | {"missing_rows_share": 0.4}, usual | {"colorfulness": 0.5},
            usual | {"blown_share": 0.6, "clipped_share": 0.7, "highlight_gradient": 90.0,
                     "luma_p2": 90.0, "luma_p99": 255.0},
        ]  # fmt: skip
        made = [
            shelf.put(f"{n}.jpg", n, quality=QualityMetrics(**each).packed())
            for n, each in enumerate(figures)
        ]
        return [*made, shelf.put("8.jpg", 8), shelf.put("9.jpg", 9, damaged="it ends early")]

    @pytest.mark.parametrize("threshold", [0.0, 0.3, 0.5, 0.9, 1.0])
    def test_they_are_what_the_anomalies_page_finds(
        self, shelf: Shelf, photos: list[int], threshold: float
    ) -> None:
        anomalies, found = Anomalies(shelf.library), dict[str, list[int]]()
        for name, kind in {
            "blurred": "blurred", "dark": "dark", "overexposed": "overexposed", "noisy": "noisy",
            "screenshot": "not-a-photo", "damaged": "damaged",
        }.items():  # fmt: skip
            anomalies.set_threshold(kind, threshold)  # type: ignore[arg-type]
            findings = anomalies.findings([kind])  # type: ignore[list-item]
            anomalies.dismiss(findings[:1])
            found[name] = PhotoFilter(shelf.library).ids(is_("is", name)).tolist()
            assert found[name] == sorted(finding.id or 0 for finding in findings)
        if threshold == 0.5:
            assert found == {
                "blurred": [photos[1]], "dark": [photos[2]], "overexposed": [photos[7]],
                "noisy": [photos[3]], "screenshot": [photos[4]],
                "damaged": [photos[5], photos[9]],
            }  # fmt: skip

    def test_a_changed_threshold_and_changed_photos_count_at_once(
        self, shelf: Shelf, photos: list[int]
    ) -> None:
        filters = PhotoFilter(shelf.library)
        assert filters.ids(is_("is", "blurred")).tolist() == [photos[1]]
        Anomalies(shelf.library).set_threshold("blurred", 0.0)
        assert filters.ids(is_("is", "blurred")).tolist() == []
        Anomalies(shelf.library).set_threshold("blurred", 0.5)
        blur = QualityMetrics(blur_radius=6.0).packed()
        refresh_photo(shelf.writer, photos[0], decoded(quality=blur))
        assert filters.ids(is_("is", "blurred")).tolist() == photos[:2]
        shelf.lose("0.jpg")
        assert filters.ids(is_("is", "blurred")).tolist() == [photos[1]]

    def test_monochrome_is_what_was_measured_without_colour(
        self, shelf: Shelf, photos: list[int]
    ) -> None:
        assert PhotoFilter(shelf.library).ids(is_("is", "bw")).tolist() == [photos[6]]


def test_duplicates_follow_pairs_and_decisions(shelf: Shelf) -> None:
    a, b, c, d = (shelf.put(f"{n}.jpg", n) for n in range(4))
    filters, duplicate = PhotoFilter(shelf.library), is_("is", "duplicate")
    assert filters.ids(duplicate).tolist() == []
    put_pairs(shelf.writer, [Pair(a, b, "picture", 1.0, {}), Pair(c, d, "scene", 1.0, {})],
              PAIRS_VERSION)  # fmt: skip
    assert filters.ids(duplicate).tolist() == [a, b]
    apart = decide(shelf.library.catalog, "apart", [digest_of(0), digest_of(1)], 2)
    assert filters.ids(duplicate).tolist() == []
    withdraw(shelf.library.catalog, apart)
    assert filters.ids(duplicate).tolist() == [a, b]
    shelf.lose("1.jpg")
    assert filters.ids(duplicate).tolist() == []
    shelf.put("again.jpg", 2)
    assert filters.ids(duplicate).tolist() == [c]
    assert filters.ids(NotTest(duplicate)).tolist() == [a, d]


def test_filters_of_other_pages_are_conditions(full: Shelf) -> None:
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
def test_what_is_no_filter_is_an_error(shelf: Shelf, test: FieldTest) -> None:
    with pytest.raises(QuerySyntaxError):
        PhotoFilter(shelf.library).mask(test)
