"""Which sidecars are planned, and with which values."""

from __future__ import annotations

import os

import pytest

from explorer.library.edits.edit_fields import FieldValues
from explorer.library.edits.edit_operations import change_keywords, set_rating
from explorer.library.missing_files import put_vanished
from explorer.library.stores.edit_store import StoredEdits
from explorer.library.stores.file_store import files_below, put_missing
from explorer.library.writer import Writer
from explorer.photos.metadata.sidecar_values import SidecarValues
from explorer.sidecars import sidecar_plan
from explorer.sidecars.sidecar_plan import plan_sidecars, sidecar_values
from tests.fixtures.small_library import SmallLibrary
from tests.sidecars.test_write_sidecars import edit


@pytest.mark.parametrize(
    ("edited", "values"),
    [
        ({"favourite": [1]}, SidecarValues(favourite=True)),
        ({"favourite": [0]}, SidecarValues(favourite=False)),
        ({"rating": [4.0]}, SidecarValues(rating=4.0)),
        ({"rating": [-1]}, SidecarValues(rating=-1.0)),
        # A rating that was removed is 0 stars.
        ({"rating": [None]}, SidecarValues(rating=0.0)),
        ({"title": ["T"]}, SidecarValues(title="T")),
        ({"title": [None]}, SidecarValues()),
        ({"description": ["D"]}, SidecarValues(description="D")),
        ({"description": [None]}, SidecarValues()),
        ({"date": ["1985-07-01T00:00:00", "month", None]}, SidecarValues(date="1985-07")),
        ({"date": ["1985-07-01T10:11:12", None, None]}, SidecarValues(date="1985-07-01T10:11:12")),
        ({"date": [None, None, None]}, SidecarValues()),
        ({"place": [1, -2.5]}, SidecarValues(place=(1.0, -2.5))),
        ({"place": [None, None]}, SidecarValues()),
        ({}, SidecarValues()),
    ],
)
def test_each_edit_becomes_a_value(edited: FieldValues, values: SidecarValues) -> None:
    assert sidecar_values(StoredEdits(edited, {}, {}, frozenset())) == values


def test_keywords_that_were_removed_are_named() -> None:
    def planned(
        stored: str | None, in_file: str | None, *past: str, beside: str | None = None
    ) -> SidecarValues:
        edited, others, file = ({"keywords": [each]} for each in (stored, beside, in_file))
        return sidecar_values(StoredEdits(edited, others, file, frozenset(past)))  # type: ignore[arg-type]

    assert planned('["b", "a"]', None) == SidecarValues(keywords=("b", "a"))
    # Of the file, of its sidecar, or of an earlier edit.
    assert planned('["a"]', '["c"]', beside='["c", "d"]') == SidecarValues(
        keywords=("a",), removed_keywords=("c", "d")
    )
    assert planned('["a"]', '["c", "a"]', "b", "a") == SidecarValues(
        keywords=("a",), removed_keywords=("b", "c")
    )
    assert planned(None, '["c"]') == SidecarValues(keywords=(), removed_keywords=("c",))


def test_keywords_of_the_file_are_left_alone_unless_keywords_were_edited() -> None:
    edits = StoredEdits({"rating": [2]}, {}, {"keywords": ['["c"]']}, frozenset({"b"}))
    assert sidecar_values(edits) == SidecarValues(rating=2.0)


def test_only_files_that_are_here_get_a_sidecar(small_library: SmallLibrary) -> None:
    for path in ("a.jpg", "copy.jpg", "gone.jpg", "away.jpg"):
        small_library.add_photo(path, "one")
    small_library.add_photo("other.jpg", "other")
    small_library.add_photo("plain.jpg", "plain")
    number = edit(small_library, "a.jpg", set_rating(3))
    edit(small_library, "other.jpg", change_keywords(["sea"]))
    writer = Writer(small_library.library.catalog)
    files = files_below(writer, small_library.root)
    put_missing(writer, [files["gone.jpg"]])
    put_vanished(writer, [files["away.jpg"]])
    # Rows of earlier releases do not say when a file went.
    writer.connection.execute("update file set gone_at = null where path = 'gone.jpg'")
    writer.close()

    def names(photos: list[int] | None) -> list[str]:
        return sorted(
            os.path.basename(each.photo) for each in plan_sidecars(small_library.library, photos)
        )

    assert names(None) == ["a.jpg", "copy.jpg", "other.jpg"]
    assert names([number]) == ["a.jpg", "copy.jpg"] and names([]) == []


def test_an_edit_that_no_sidecar_can_hold_writes_none(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_library.add_photo("a.jpg", "one")
    number = edit(small_library, "a.jpg", set_rating(3))
    removed = StoredEdits({"title": [None]}, {}, {"title": ["T"]}, frozenset())
    monkeypatch.setattr(sidecar_plan, "edits_of", lambda *_: {number: removed})
    assert plan_sidecars(small_library.library) == []
