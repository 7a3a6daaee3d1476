"""The files that groups of duplicates are made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.duplicates.group_file import GroupFile
from explorer.library.queries import duplicate_rows
from explorer.photos.containers.contents import NOTHING, ContentPart, FileContents
from tests.factory import LibraryBuilder, digest_of


def test_only_dates_to_the_minute_are_moments(builder: LibraryBuilder) -> None:
    taken = "2015-08-22T10:08:00"
    ids = {
        precision: builder.put(
            f"{precision}.jpg",
            precision,
            taken_at=taken,
            taken_source="exif",
            taken_precision=precision,
        )
        for precision in ("year", "month", "day", "minute", "second", None)
    }
    builder.put("file.jpg", "file", taken_at=taken, taken_source="file", taken_precision="second")
    assert duplicate_rows.taken_times(builder.library.catalog) == {
        ids["minute"]: taken,
        ids["second"]: taken,
        ids[None]: taken,
    }


def test_rows_say_how_much_of_a_date_is_known(builder: LibraryBuilder) -> None:
    photo = builder.put(
        "a.jpg", 1, taken_at="2015-08-01T00:00:00", taken_source="exif", taken_precision="month"
    )
    (row,) = duplicate_rows.duplicate_rows(builder.library.catalog, [photo])
    assert (row.taken_at, row.taken_precision) == ("2015-08-01T00:00:00", "month")
    item = GroupFile(
        1, photo, row.path, 1, 1, 1, "JPEG", row.taken_at, None, taken_precision=row.taken_precision
    )
    assert item.taken == "2015-08"
    assert GroupFile(1, photo, row.path, 1, 1, 1, "JPEG", None, None).taken is None
    assert (
        GroupFile(1, photo, row.path, 1, 1, 1, "JPEG", "2015-08-01T00:00:00", None).taken
        == "2015-08-01T00:00:00"
    )


class TestCopies:
    def test_photos_in_several_files_are_those_with_present_copies(
        self, builder: LibraryBuilder
    ) -> None:
        two, bin_, _ = builder.put("a.jpg", 1), builder.put("b.jpg", 2), builder.put("alone.jpg", 3)
        for path, content in (("sub/a.jpg", 1), ("@Recycle/b.jpg", 2), ("gone.jpg", 3)):
            builder.put(path, content)
        builder.lose("gone.jpg")
        catalog = builder.library.catalog

        def names(rows: list[duplicate_rows.DuplicateRow]) -> list[str]:
            return [Path(row.path).relative_to(row.root).as_posix() for row in rows]

        assert names(duplicate_rows.duplicate_rows(catalog)) == ["a.jpg", "sub/a.jpg"]
        assert names(duplicate_rows.duplicate_rows(catalog, all_folders=True)) == [
            "a.jpg",
            "b.jpg",
            "sub/a.jpg",
            "@Recycle/b.jpg",
        ]
        assert (
            names(duplicate_rows.duplicate_rows(catalog, [bin_])) == ["b.jpg"]
            and names(duplicate_rows.duplicate_rows(catalog, [])) == []
        )
        assert names(
            duplicate_rows.duplicate_rows(catalog, [bin_, two, bin_], all_folders=True)
        ) == ["a.jpg", "b.jpg", "sub/a.jpg", "@Recycle/b.jpg"]

    def test_many_photos_are_requested_in_chunks(
        self, builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(duplicate_rows, "MAX_BOUND_VALUES", 2)
        ids = [builder.put(f"{n}.jpg", n) for n in range(5)]
        assert [
            row.photo_id
            for row in duplicate_rows.duplicate_rows(builder.library.catalog, reversed(ids))
        ] == ids

    def test_a_file_has_the_facts_of_its_row(self, builder: LibraryBuilder, tmp_path: Path) -> None:
        photo = builder.put(
            "sub/a.jpg",
            1,
            taken_source="exif",
            camera="C",
            latitude=1.0,
            longitude=2.0,
            lens="L",
            iso=100,
            f_number=2.0,
        )
        (row,) = duplicate_rows.duplicate_rows(builder.library.catalog, [photo])
        root = str(tmp_path / "photos")
        assert row == duplicate_rows.DuplicateRow(
            row.file_id, photo, digest_of(1).hex(), root,
            str(tmp_path / "photos" / "sub" / "a.jpg"), 1000, 0, 1_000_000_000,
            640, 480, "JPEG", None, "exif", "C", 6, NOTHING,
        )  # fmt: skip
        plain = builder.put("b.jpg", 2, taken_source="file")
        assert [
            row.metadata for row in duplicate_rows.duplicate_rows(builder.library.catalog, [plain])
        ] == [0]

    def test_a_row_has_the_contents_of_its_file(self, builder: LibraryBuilder) -> None:
        held = FileContents((ContentPart("film", "0" * 32),))
        photo = builder.put("a.jpg", 1, contents=held.packed())
        assert duplicate_rows.contents_of(builder.library.catalog, digest_of(1).hex()) == held
        assert [
            row.contents for row in duplicate_rows.duplicate_rows(builder.library.catalog, [photo])
        ] == [held]
        assert duplicate_rows.contents_of(builder.library.catalog, digest_of(2).hex()) is None
        for stored in (None, "no JSON", "{}"):
            builder.writer.connection.execute(
                "update photo set contents = ? where id = ?", (stored, photo)
            )
            assert duplicate_rows.contents_of(builder.library.catalog, digest_of(1).hex()) is None
