"""Sidecars read into a library, also one that knows nothing of the edits yet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.decoding.pool import DecodePool
from explorer.library.catalog import Catalog
from explorer.library.edits.edit_fields import ColumnValues, EditField, PhotoValues
from explorer.library.edits.edit_history import past_edits
from explorer.library.edits.edit_operations import (
    change_keywords,
    set_date,
    set_favourite,
    set_place,
    set_rating,
    set_text,
)
from explorer.library.edits.edit_undo import undo_edit
from explorer.library.library import Library
from explorer.library.rows import PhotoRow
from explorer.photos.metadata.field_values import xml_text
from explorer.photos.metadata.sidecar_values import SidecarValues
from explorer.sidecars import read_sidecars as module
from explorer.sidecars.read_sidecars import read_sidecars
from explorer.sidecars.write_sidecars import write_sidecars
from tests.fixtures.small_library import SmallLibrary
from tests.photos.metadata.packets import xmp
from tests.sidecars.test_write_sidecars import edit

pytestmark = pytest.mark.usefixtures("in_process")

_FIELDS = (
    "favourite", "rating", "title", "description", "keywords", "taken_at", "taken_precision",
)  # fmt: skip
_TEXTS = st.text(max_size=30)


def row_of(library: Library) -> PhotoRow:
    (row,) = library.catalog.photos(library.catalog.matching().tolist()).values()
    return row


def shown(row: PhotoRow) -> list[object]:
    """The edited values, without characters that XML does not allow."""
    values = [dict(row)[field] for field in _FIELDS]
    return [
        xml_text(each) or None if isinstance(each, str)
        else [word for word in map(xml_text, each) if word] if isinstance(each, list)
        else each
        for each in values
    ]  # fmt: skip


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_TEXTS, _TEXTS, st.lists(_TEXTS, max_size=4), st.integers(1, 9000))
def test_a_new_library_gets_back_all_that_was_written(
    tmp_path_factory: pytest.TempPathFactory, title: str, text: str, words: list[str], at: int
) -> None:
    # Not at (0, 0), which cameras write without a fix, so that no reader takes it for a place.
    base = tmp_path_factory.mktemp("round")
    first, second = SmallLibrary(base), None
    try:
        first.add_photo("a.jpg", "one")
        edit(
            first, "a.jpg", set_favourite(True), set_rating(at % 5 + 1),
            set_text("title", title), set_text("description", text), change_keywords(words),
            set_date(f"{1900 + at % 100}-0{at % 9 + 1}"), set_place(-at / 100, at / 70),
        )  # fmt: skip
        write_sidecars(first.library)
        wanted = row_of(first.library)
        # A library that was made anew finds the same folder.
        (first.photos).rename(base / "kept")
        second = SmallLibrary(base / "new")
        (base / "kept" / "a.jpg.xmp").rename(second.photos / "a.jpg.xmp")
        second.add_photo("a.jpg", "one")
        outcome = read_sidecars(second.library)
        found = row_of(second.library)
        assert outcome.found == 1 and not outcome.failures
        assert shown(found) == shown(wanted)
        place = found["latitude"], found["longitude"]
        assert place == pytest.approx((wanted["latitude"], wanted["longitude"]), abs=1e-6)
        # Nothing is new the second time.
        assert read_sidecars(second.library).edit is None
    finally:
        first.close()
        if second is not None:
            second.close()


def test_what_was_read_is_one_edit_that_can_be_undone(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "two")
    small_library.add_file("a.xmp", xmp("xmp:Rating='4'"))
    small_library.add_file("b.jpg.xmp", xmp("xmp:Rating='2'"))
    outcome = read_sidecars(small_library.library)
    assert outcome.found == 2 and outcome.edit is not None and outcome.edit.photos == 2
    catalog = small_library.library.catalog
    rows = catalog.photos(catalog.matching().tolist()).values()
    assert {row["name"]: row["rating"] for row in rows} == {"a.jpg": 4, "b.jpg": 2}
    undo_edit(catalog, outcome.edit.id)
    assert past_edits(catalog) == []


def test_a_sidecar_that_cannot_be_read_is_named(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_file("a.jpg.xmp", "<x>")
    outcome = read_sidecars(small_library.library)
    ((path, reason),) = outcome.failures
    assert Path(path).name == "a.jpg.xmp" and "not valid XMP" in reason and outcome.edit is None


def test_values_that_the_library_does_not_accept_are_left_out(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_file(
        "a.jpg.xmp", xmp("exif:DateTimeOriginal='0001-01-01' xmp:Rating='3' xmp:Label='Red'")
    )
    assert read_sidecars(small_library.library).edit is not None
    row = row_of(small_library.library)
    assert (row["rating"], row["taken_at"]) == (3, None)


def test_only_the_chosen_photos_are_read(small_library: SmallLibrary) -> None:
    for name in ("a", "b", "c"):
        small_library.add_photo(f"{name}.jpg", name)
        small_library.add_file(f"{name}.jpg.xmp", xmp("xmp:Rating='4'"))
    catalog = small_library.library.catalog
    first, second, third = catalog.matching().tolist()
    assert read_sidecars(small_library.library, []).edit is None
    assert read_sidecars(small_library.library, [first, third]).found == 2
    rows = catalog.photos([first, second, third])
    assert [rows[each]["rating"] for each in (first, second, third)] == [4, None, 4]


def test_many_photos_are_read_a_part_at_a_time(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        small_library.add_photo(f"{number}.jpg", str(number))
        small_library.add_file(f"{number}.jpg.xmp", xmp(f"xmp:Rating='{number % 3 + 1}'"))
    asked, real = list[int](), Catalog.photos
    monkeypatch.setattr(module, "_AT_ONCE", 2)
    monkeypatch.setattr(
        Catalog, "photos", lambda self, ids: asked.append(len(ids)) or real(self, ids)
    )
    ticks = list[tuple[int, int]]()
    outcome = read_sidecars(
        small_library.library, tick=lambda done, number: ticks.append((done, number))
    )
    assert outcome.found == 5 and outcome.edit is not None and outcome.edit.photos == 5
    assert (asked[:3], ticks) == ([2, 2, 1], [(0, 5), (2, 5), (4, 5)])
    # A folder by that name is no sidecar.
    small_library.add_photo("more.jpg", "more")
    (small_library.photos / "more.jpg.xmp").mkdir()
    assert read_sidecars(small_library.library).found == 5


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        ("the decoder crashed", "the decoder crashed"),
        (({"refused": "it is not valid XMP", "after": True}, b"{}"), "it is not valid XMP"),
        (({"refused": "", "after": False}, b"no JSON"), SidecarValues()),
        (({"refused": "", "after": True}, b'{"rating": 4.0}'), SidecarValues(rating=4.0)),
        (({"refused": "", "after": True}, b"no JSON"), "it could not be read"),
        (({"refused": "", "after": True}, b'{"rating": "x"}'), "it could not be read"),
        (({"refused": "", "after": True}, b"[1]"), "it could not be read"),
    ],
)
def test_what_a_decode_process_answers_is_not_trusted(
    monkeypatch: pytest.MonkeyPatch, answer: object, read: object
) -> None:
    asked = list[dict[str, Any]]()
    monkeypatch.setattr(DecodePool, "sidecar", lambda _, task: asked.append(task) or answer)
    pool = DecodePool.__new__(DecodePool)
    assert module._read(pool, "/a\udcff.xmp") == read
    assert asked == [{"sidecar": {"path": b"/a\xff.xmp".hex(), "values": None}}]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (SidecarValues(favourite=True), "favourite"),
        (SidecarValues(favourite=False), "favourite"),
        (SidecarValues(rating=2.0), "rating"),
        (SidecarValues(rating=0.0), "rating"),
        (SidecarValues(title="T"), "title"),
        (SidecarValues(description="D"), "description"),
        (SidecarValues(keywords=("a",)), "keywords"),
        (SidecarValues(date="1985-07"), "date"),
        (SidecarValues(place=(1.0, 2.0)), "place"),
        (SidecarValues(title=""), None),
        (SidecarValues(description=""), None),
        (SidecarValues(keywords=()), None),
        (SidecarValues(), None),
        (SidecarValues(date="0001-01-01"), None),
        (SidecarValues(place=(91.0, 2.0)), None),
    ],
)
def test_each_value_changes_its_own_field(values: SidecarValues, field: EditField | None) -> None:
    change = module._change(values)
    shown: dict[EditField, ColumnValues] = {
        "favourite": [int(not values.favourite)], "rating": [5.0], "title": ["old"],
        "description": ["old"], "keywords": [None], "date": [None, None, None],
        "place": [None, None],
    }  # fmt: skip
    if field is None:
        assert change is None
    else:
        assert change is not None and set(change(PhotoValues(shown, shown))) == {field}


@pytest.mark.parametrize(
    ("field", "new", "shown", "same"),
    [
        ("rating", [3.0], [3.0], True),
        ("rating", [3.0], [4.0], False),
        ("title", None, ["T"], False),
        ("date", ["1985-07-01", "month", None], ["1985-07-01", "month", "exif"], True),
        ("date", ["1985-07-01", "second", None], ["1985-07-01", None, "exif"], True),
        ("date", ["1985-07-01", "month", None], ["1985-07-01", None, "exif"], False),
        ("date", ["1985-07-02", "month", None], ["1985-07-01", "month", "exif"], False),
        ("date", None, ["1985-07-01", "month", "exif"], False),
        ("place", [1.0, 2.0], [1.0 + 9e-7, 2.0 - 9e-7], True),
        ("place", [1.0, 2.0], [1.0 + 1.2e-6, 2.0], False),
        ("place", [1.0, 2.0], [1.0, 2.0 - 1.2e-6], False),
        ("place", [1.0, 2.0], [None, None], False),
        ("place", [1, 2], [1, 2], True),
    ],
)
def test_a_value_that_the_photo_has_is_no_edit(
    field: EditField, new: ColumnValues | None, shown: ColumnValues, same: bool
) -> None:
    assert module._is_same(field, new, shown) is same
