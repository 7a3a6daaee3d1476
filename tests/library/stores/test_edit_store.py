"""What the user sets for photos, and undoing it."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import UsageError
from explorer.library.edits.edit_fields import COLUMNS, ColumnValues, EditField, FieldValues, unpack
from explorer.library.edits.edit_history import past_edits
from explorer.library.edits.edit_operations import change_keywords, combined, reset_fields
from explorer.library.edits.edit_undo import undo_edit
from explorer.library.library import Library
from explorer.library.missing_files import purge_expired
from explorer.library.queries.duplicate_rows import duplicate_rows, taken_times
from explorer.library.queries.evidence import Evidence, evidence_of
from explorer.library.stores.edit_store import edit_photos, edited_fields
from explorer.library.stores.quality_store import refresh_photo
from tests.factory import LibraryBuilder, decoded
from tests.thoroughness import times

FACTS: dict[str, Any] = {
    "rating": 3.0, "title": "Old", "keywords": ("sea",), "taken_at": "2018-07-06T10:11:12",
    "taken_precision": "second", "taken_source": "exif", "latitude": 48.5, "longitude": 2.25,
}  # fmt: skip
VALUES: dict[EditField, ColumnValues] = {
    "favourite": [1],
    "rating": [5.0],
    "title": ["New"],
    "description": ["Words"],
    "keywords": ['["hills"]'],
    "date": ["1999-01-01T00:00:00", "year", "user"],
    "place": [1.0, 2.0],
}


def set_to(**values: Any) -> Any:
    return lambda current: values


def shown(builder: LibraryBuilder, photo: int) -> dict[str, Any]:
    row = builder.library.catalog.photo(photo)
    assert row is not None
    names = [name for columns in COLUMNS.values() for name in columns]
    return {name: row[name] for name in names}


@pytest.fixture
def photo(builder: LibraryBuilder) -> int:
    return builder.put("a.jpg", 1, **FACTS)


class TestEditing:
    @pytest.mark.parametrize("field", list(VALUES))
    def test_an_edit_is_shown_and_undone(
        self, builder: LibraryBuilder, photo: int, field: EditField
    ) -> None:
        catalog, before = builder.library.catalog, shown(builder, photo)
        change = catalog.change()
        assert edit_photos(catalog, [photo, photo, 999], "Edited", set_to(**{field: VALUES[field]}))
        assert catalog.change() > change
        assert edit_photos(catalog, [photo], "Edited", set_to(**{field: VALUES[field]})) is None
        after, expected = shown(builder, photo), dict(before)
        expected |= dict(zip(COLUMNS[field], VALUES[field], strict=True))
        expected["keywords"] = ["hills"] if field == "keywords" else before["keywords"]
        assert after == expected and edited_fields(catalog, photo) == {field}
        (edit,) = past_edits(catalog)
        assert (edit.summary, edit.photos) == ("Edited", 1)
        undone = undo_edit(catalog, edit.id)
        assert undone is not None and (undone.restored, undone.kept) == (1, 0)
        assert shown(builder, photo) == before and not edited_fields(catalog, photo)
        assert past_edits(catalog) == [] and undo_edit(catalog, edit.id) is None

    def test_an_edit_that_changes_nothing_is_not_recorded(
        self, builder: LibraryBuilder, photo: int
    ) -> None:
        catalog = builder.library.catalog
        assert edit_photos(catalog, [photo], "Rated", set_to(rating=[3.0], title=None)) is None
        assert past_edits(catalog) == [] and not edited_fields(catalog, photo)

    def test_an_edit_is_returned_as_it_is_recorded(
        self, builder: LibraryBuilder, photo: int
    ) -> None:
        catalog, other = builder.library.catalog, builder.put("b.jpg", 2)
        done = edit_photos(catalog, [other, photo], "Rated", set_to(rating=[3.0]))
        assert done is not None and [done] == past_edits(catalog) and done.photos == 1

    def test_combined_edits_see_what_is_in_the_file(
        self, builder: LibraryBuilder, photo: int
    ) -> None:
        catalog = builder.library.catalog
        edit_photos(catalog, [photo], "Edited", set_to(keywords=['["hills"]']))
        both = combined([reset_fields(["keywords"]), change_keywords(["sky"], ["none"])])
        edit_photos(catalog, [photo], *both)
        row = catalog.photo(photo)
        assert row is not None and row["keywords"] == ["sea", "sky"]

    def test_a_field_returns_to_what_the_file_says(
        self, builder: LibraryBuilder, photo: int
    ) -> None:
        catalog = builder.library.catalog
        edit_photos(catalog, [photo], "Rated", set_to(rating=[5.0]))
        edit_photos(catalog, [photo], "Rated", set_to(rating=[1.0]))
        edit_photos(catalog, [photo], "Reset", set_to(rating=None))
        assert shown(builder, photo)["rating"] == 3.0 and not edited_fields(catalog, photo)

    def test_undo_leaves_what_was_changed_again(self, builder: LibraryBuilder, photo: int) -> None:
        catalog, other = builder.library.catalog, builder.put("b.jpg", 2)
        edit_photos(catalog, [photo, other], "Rated", set_to(rating=[5.0]))
        edit_photos(catalog, [photo], "Rated", set_to(rating=[1.0]))
        undone = undo_edit(catalog, past_edits(catalog)[1].id)
        assert undone is not None and (undone.restored, undone.kept) == (1, 1)
        assert shown(builder, photo)["rating"] == 1.0 and shown(builder, other)["rating"] is None
        assert [edit.photos for edit in past_edits(catalog)] == [1, 1]

    def test_the_latest_of_several_edits_is_undone_first(
        self, builder: LibraryBuilder, photo: int
    ) -> None:
        """Also if the later ones lead back to the value of an earlier one."""
        catalog = builder.library.catalog
        edits = [
            edit_photos(catalog, [photo], f"To {stars}", set_to(rating=[stars], title=None))
            for stars in (5.0, 1.0, 5.0)
        ]
        first, second, third = (edit.id for edit in edits if edit is not None)
        for number in (first, second):
            with pytest.raises(UsageError, match=r"cannot be undone now.*undo “To 5\.0” first"):
                undo_edit(catalog, number)
        assert shown(builder, photo)["rating"] == 5.0 and len(past_edits(catalog)) == 3
        for number, rating in ((third, 1.0), (second, 5.0), (first, 3.0)):
            undone = undo_edit(catalog, number)
            assert undone is not None and (undone.restored, undone.kept) == (1, 0)
            assert shown(builder, photo)["rating"] == rating
        assert past_edits(catalog) == [] and not edited_fields(catalog, photo)

    def test_an_edit_is_undone_in_parts(self, builder: LibraryBuilder, photo: int) -> None:
        catalog, other = builder.library.catalog, builder.put("b.jpg", 2)
        before = shown(builder, photo)
        edit_photos(catalog, [photo, other], "First", set_to(rating=[5.0], title=["A"]))
        edit_photos(catalog, [photo], "Second", set_to(rating=[1.0]))
        second, first = past_edits(catalog)
        undone = undo_edit(catalog, first.id)
        assert undone is not None and undone.restored == 2
        assert shown(builder, photo) == before | {"rating": 1.0}
        with pytest.raises(UsageError, match="undo “Second” first"):
            undo_edit(catalog, first.id)
        undo_edit(catalog, second.id)
        undo_edit(catalog, first.id)
        assert shown(builder, photo) == before and past_edits(catalog) == []

    def test_edited_texts_are_searchable(self, builder: LibraryBuilder, photo: int) -> None:
        catalog = builder.library.catalog
        edit_photos(catalog, [photo], "Titled", set_to(title=["Crème"]))
        with catalog.reading() as db:
            (title,) = db.execute("select title from photo_text").fetchone()
        assert title == "creme"


class TestOutliving:
    def test_a_photo_that_is_read_again_keeps_its_edits(
        self, builder: LibraryBuilder, photo: int
    ) -> None:
        catalog = builder.library.catalog
        edit_photos(catalog, [photo], "Edited", set_to(rating=[5.0], favourite=[1]))
        refresh_photo(builder.writer, photo, decoded(**FACTS | {"rating": 2.0, "title": "Newer"}))
        found = shown(builder, photo)
        assert (found["rating"], found["favourite"], found["title"]) == (5.0, 1, "Newer")
        undo_edit(catalog, past_edits(catalog)[0].id)
        assert (shown(builder, photo)["rating"], shown(builder, photo)["favourite"]) == (2.0, 0)

    def test_a_photo_that_was_gone_for_good_has_its_edits_again(
        self, builder: LibraryBuilder, photo: int
    ) -> None:
        catalog = builder.library.catalog
        edit_photos(catalog, [photo], "Edited", set_to(favourite=[1], rating=[5.0]))
        builder.lose("a.jpg")
        assert purge_expired(builder.writer, time.time() + 1e9) == 1
        assert catalog.photo(photo) is None
        again = builder.put("moved/a.jpg", 1, **FACTS)
        assert again != photo
        assert (shown(builder, again)["favourite"], shown(builder, again)["rating"]) == (1, 5.0)
        undo_edit(catalog, past_edits(catalog)[0].id)
        assert (shown(builder, again)["favourite"], shown(builder, again)["rating"]) == (0, 3.0)


class TestOriginals:
    """An edit of the catalog must not decide which file is kept."""

    def test_duplicates_are_judged_by_what_the_files_say(self, builder: LibraryBuilder) -> None:
        catalog = builder.library.catalog
        bare = builder.put("bare.jpg", 2)
        builder.put("copy.jpg", 2)
        before = evidence_of(catalog, [bare]), duplicate_rows(catalog), taken_times(catalog)
        assert before[0][bare] == Evidence() and before[2] == {}
        date = ["1999-01-01T10:20:30", "second", "user"]
        edit_photos(catalog, [bare], "Dated", set_to(date=date, place=VALUES["place"]))
        assert (
            evidence_of(catalog, [bare]),
            duplicate_rows(catalog),
            taken_times(catalog),
        ) == before
        assert shown(builder, bare)["taken_at"] == "1999-01-01T10:20:30"

    def test_a_date_that_the_file_has_still_counts(
        self, builder: LibraryBuilder, photo: int
    ) -> None:
        catalog = builder.library.catalog
        before = (
            evidence_of(catalog, [photo]),
            duplicate_rows(catalog, [photo]),
            taken_times(catalog),
        )
        assert before[2] == {photo: FACTS["taken_at"]}
        edit_photos(catalog, [photo], "Edited", set_to(date=[None, None, None], place=[None, None]))
        after = (
            evidence_of(catalog, [photo]),
            duplicate_rows(catalog, [photo]),
            taken_times(catalog),
        )
        assert after == before


@settings(max_examples=times(25, 125))
@given(
    st.lists(
        st.tuples(
            st.sets(st.integers(1, 3), min_size=1),
            st.sampled_from(sorted(VALUES)),
            st.integers(0, 2),
        ),
        max_size=8,
    )
)
def test_undoing_all_edits_restores_everything(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[set[int], EditField, int]]
) -> None:
    folder = tmp_path_factory.mktemp("edits")
    builder = LibraryBuilder(Library.open(folder / "library"), str(folder))
    try:
        ids = [builder.put(f"{n}.jpg", n, **(FACTS if n == 1 else {})) for n in range(1, 4)]
        catalog, before = builder.library.catalog, {i: shown(builder, i) for i in ids}
        for photos, field, variant in edits:
            other = [None] * len(COLUMNS[field]) if field != "favourite" else [0]
            values = (VALUES[field], other, None)[variant]
            edit_photos(catalog, photos, "Edited", set_to(**{field: values}))
        for edit in past_edits(catalog, 100):
            undone = undo_edit(catalog, edit.id)
            assert undone is not None and undone.kept == 0
        assert {i: shown(builder, i) for i in ids} == before
        with catalog.reading() as db:
            assert db.execute("select count(*) from photo_edit").fetchone()[0] == 0
    finally:
        builder.close()


@pytest.mark.parametrize("text", [None, "", "[]", "{", "7", '{"rating": 4}', '{"rating": [1, 2]}'])
def test_malformed_edits_are_ignored(text: str | None) -> None:
    expected: FieldValues = {}
    assert unpack(text) == expected
