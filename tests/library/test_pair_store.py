from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.duplicates.group_file import GroupFile
from explorer.library import copy_rows, keypoint_store, pair_store, pixel_hash_store
from explorer.library.library import Library
from explorer.library.pair_store import Pair
from explorer.photos.containers.contents import NOTHING, ContentPart, FileContents
from tests.factory import Shelf, digest_of


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    (tmp_path / "photos").mkdir()
    shelf = Shelf(Library.open(tmp_path / "library"), str(tmp_path / "photos"))
    yield shelf
    shelf.close()


def test_only_dates_to_the_minute_are_moments(shelf: Shelf) -> None:
    taken = "2015-08-22T10:08:00"
    ids = {
        precision: shelf.put(
            f"{precision}.jpg",
            precision,
            taken_at=taken,
            taken_source="exif",
            taken_precision=precision,
        )
        for precision in ("year", "month", "day", "minute", "second", None)
    }
    shelf.put("file.jpg", "file", taken_at=taken, taken_source="file", taken_precision="second")
    assert copy_rows.taken_times(shelf.library.catalog) == {
        ids["minute"]: taken,
        ids["second"]: taken,
        ids[None]: taken,
    }


def test_rows_say_how_much_of_a_date_is_known(shelf: Shelf) -> None:
    photo = shelf.put(
        "a.jpg", 1, taken_at="2015-08-01T00:00:00", taken_source="exif", taken_precision="month"
    )
    (row,) = copy_rows.copy_rows(shelf.library.catalog, [photo])
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


def everything(shelf: Shelf, version: int = 1, **options: Any) -> list[tuple[int, int, str]]:
    kinds: Any = ("pixels", "picture", "scene", "different")
    return [
        (pair.a, pair.b, pair.kind)
        for pair in pair_store.pairs(shelf.library.catalog, version, kinds, **options)
    ]


class TestPairs:
    def test_they_come_back_as_they_were_kept(self, shelf: Shelf) -> None:
        a, b, c = (shelf.put(f"{n}.jpg", n) for n in range(3))
        found = [
            Pair(b, c, "scene", 0.5, {}),
            Pair(a, c, "different", 0.1, {}),
            Pair(a, b, "picture", 0.75, {"matrix": [1.5], "mirrored": True}),
        ]
        pair_store.put_pairs(shelf.writer, found, 1)
        # Those that only looked alike are asked for by name.
        assert pair_store.pairs(shelf.library.catalog, 1) == [found[2], found[0]]
        assert (
            pair_store.pairs(shelf.library.catalog, 1, ("different",)) == [found[1]]
            and pair_store.pairs(shelf.library.catalog, 2) == []
        )
        pair_store.put_pairs(shelf.writer, [Pair(a, b, "pixels", 1.0, {})], 2)
        assert everything(shelf) == [(a, c, "different"), (b, c, "scene")] and everything(
            shelf, 2
        ) == [(a, b, "pixels")]

    def test_photos_that_were_dropped_or_are_hidden_have_none(self, shelf: Shelf) -> None:
        a, b, c = (shelf.put(f"{n}.jpg", n) for n in range(3))
        pair_store.put_pairs(
            shelf.writer,
            [
                Pair(a, 999, "picture", 1.0, {}),
                Pair(0, a, "picture", 1.0, {}),
                Pair(a, b, "picture", 1.0, {}),
            ],
            1,
        )
        pair_store.put_pairs(shelf.writer, [Pair(b, c, "picture", 1.0, {})], 1)
        assert everything(shelf) == [(a, b, "picture"), (b, c, "picture")]
        shelf.lose("0.jpg")
        assert everything(shelf) == [(b, c, "picture")]
        shelf.lose("2.jpg")
        assert everything(shelf) == [] and len(everything(shelf, hidden=True)) == 2

    def test_what_two_contents_are_to_each_other(self, shelf: Shelf) -> None:
        a, b, c = (shelf.put(f"{n}.jpg", n) for n in "abc")
        pair_store.put_pairs(
            shelf.writer, [Pair(a, b, "scene", 1.0, {}), Pair(a, c, "different", 1.0, {})], 3
        )
        of = {n: digest_of(n).hex() for n in "abcd"}

        def found(one: str, other: str, version: int = 3) -> str | None:
            return pair_store.compared_kind(shelf.library.catalog, of[one], of[other], version)

        assert found("a", "b") == found("b", "a") == "scene" and found("c", "a") == "different"
        assert found("b", "c") is None and found("a", "d") is None and found("a", "b", 2) is None

    def test_what_another_version_has_found_is_forgotten(self, shelf: Shelf) -> None:
        ids = a, b, c = tuple(shelf.put(f"{n}.jpg", n) for n in range(3))
        for part in ("pair", "sketch"):
            pair_store.put_pairs(shelf.writer, [Pair(a, b, "scene", 1.0, {})], 2)
            keypoint_store.put_compared(shelf.writer, [(a, None)], 2)
            pixel_hash_store.put_pixel_hash(shelf.writer, c, b"x")
            pair_store.drop_old_pairs(shelf.writer, 2)
            # Nothing here is older.
            assert len(everything(shelf, 2)) == 1 and pixel_hash_store.pixel_hashes(
                shelf.library.catalog, ids
            ) == {c: b"x"}
            if part == "pair":
                pair_store.put_pairs(shelf.writer, [Pair(b, c, "scene", 1.0, {})], 1)
            else:
                keypoint_store.put_compared(shelf.writer, [(b, None)], 1)
            pair_store.drop_old_pairs(shelf.writer, 2)
            assert everything(shelf, 1) == [] and everything(shelf, 2) == [(a, b, "scene")]
            assert (
                keypoint_store.photo_fingerprints(shelf.library.catalog, 1).compared.tolist()
                == [False] * 3
            )
            assert keypoint_store.photo_fingerprints(
                shelf.library.catalog, 2
            ).compared.tolist() == [True, False, False]
            assert pixel_hash_store.pixel_hashes(shelf.library.catalog, ids) == {}


class TestCopies:
    def test_photos_in_several_files_are_those_that_a_person_may_choose_among(
        self, shelf: Shelf
    ) -> None:
        two, bin_, _ = shelf.put("a.jpg", 1), shelf.put("b.jpg", 2), shelf.put("alone.jpg", 3)
        for path, content in (("sub/a.jpg", 1), ("@Recycle/b.jpg", 2), ("gone.jpg", 3)):
            shelf.put(path, content)
        shelf.lose("gone.jpg")
        catalog = shelf.library.catalog

        def names(rows: list[copy_rows.CopyRow]) -> list[str]:
            return [Path(row.path).relative_to(row.root).as_posix() for row in rows]

        assert names(copy_rows.copy_rows(catalog)) == ["a.jpg", "sub/a.jpg"]
        assert names(copy_rows.copy_rows(catalog, all_folders=True)) == [
            "a.jpg",
            "b.jpg",
            "sub/a.jpg",
            "@Recycle/b.jpg",
        ]
        assert (
            names(copy_rows.copy_rows(catalog, [bin_])) == ["b.jpg"]
            and names(copy_rows.copy_rows(catalog, [])) == []
        )
        assert names(copy_rows.copy_rows(catalog, [bin_, two, bin_], all_folders=True)) == [
            "a.jpg",
            "b.jpg",
            "sub/a.jpg",
            "@Recycle/b.jpg",
        ]

    def test_many_are_asked_for_in_parts(
        self, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pair_store, "MAX_BOUND_VALUES", 2)
        ids = [shelf.put(f"{n}.jpg", n) for n in range(5)]
        assert [
            row.photo_id for row in copy_rows.copy_rows(shelf.library.catalog, reversed(ids))
        ] == ids

    def test_what_is_told_of_a_file(self, shelf: Shelf, tmp_path: Path) -> None:
        photo = shelf.put(
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
        (row,) = copy_rows.copy_rows(shelf.library.catalog, [photo])
        root = str(tmp_path / "photos")
        assert row == copy_rows.CopyRow(
            row.file_id, photo, digest_of(1).hex(), root,
            str(tmp_path / "photos" / "sub" / "a.jpg"), 1000, 0, 1_000_000_000,
            640, 480, "JPEG", None, "exif", "C", 6, NOTHING,
        )  # fmt: skip
        plain = shelf.put("b.jpg", 2, taken_source="file")
        assert [row.metadata for row in copy_rows.copy_rows(shelf.library.catalog, [plain])] == [0]

    def test_what_a_file_holds_besides_its_picture(self, shelf: Shelf) -> None:
        held = FileContents((ContentPart("film", "0" * 32),))
        photo = shelf.put("a.jpg", 1, contents=held.packed())
        assert copy_rows.contents_of(shelf.library.catalog, digest_of(1).hex()) == held
        assert [row.contents for row in copy_rows.copy_rows(shelf.library.catalog, [photo])] == [
            held
        ]
        assert copy_rows.contents_of(shelf.library.catalog, digest_of(2).hex()) is None
        for stored in (None, "no JSON", "{}"):
            shelf.writer.connection.execute(
                "update photo set contents = ? where id = ?", (stored, photo)
            )
            assert copy_rows.contents_of(shelf.library.catalog, digest_of(1).hex()) is None


class TestLooks:
    def test_of_every_photo(self, shelf: Shelf) -> None:
        a, b, c = (
            shelf.put(f"{n}.jpg", n, phash=bytes([n] * 32), width=10 * (n + 1)) for n in range(3)
        )
        shelf.lose("1.jpg")
        keypoint_store.put_compared(shelf.writer, [(a, bytes([7] * 32)), (b, None), (999, None)], 1)
        found = keypoint_store.photo_fingerprints(shelf.library.catalog, 1)
        assert found.ids.tolist() == [a, b, c] and found.hashes.tolist() == [
            [n] * 32 for n in range(3)
        ]
        assert found.sizes.tolist() == [[4800, 1000], [9600, 1000], [14_400, 1000]]
        assert found.digests == [digest_of(n).hex() for n in range(3)]
        assert found.compared.tolist() == [True, True, False] and found.visible.tolist() == [
            True,
            False,
            True,
        ]
        assert found.inner == {a: bytes([7] * 32)}
        other = keypoint_store.photo_fingerprints(shelf.library.catalog, 2)
        assert other.compared.tolist() == [False] * 3 and other.inner == {}

    def test_only_what_changed_since(self, shelf: Shelf) -> None:
        shelf.put("a.jpg", 1)
        change = shelf.library.catalog.change()
        assert (
            keypoint_store.photo_fingerprints(shelf.library.catalog, 1, after=change).ids.tolist()
            == []
        )
        later = shelf.put("b.jpg", 2)
        assert keypoint_store.photo_fingerprints(
            shelf.library.catalog, 1, after=change
        ).ids.tolist() == [later]

    def test_hashes_of_another_size_count_as_none(self, shelf: Shelf) -> None:
        shelf.put("a.jpg", 1, phash=b"\1" * 31)
        photo = shelf.put("b.jpg", 2, phash=b"\1" * 32)
        keypoint_store.put_compared(shelf.writer, [(photo, b"\1" * 31)], 1)
        found = keypoint_store.photo_fingerprints(shelf.library.catalog, 1)
        assert found.hashes.tolist() == [[0] * 32, [1] * 32] and found.inner == {}

    def test_keypoints_are_kept_until_a_photo_is_compared_again(self, shelf: Shelf) -> None:
        a, b = shelf.put("a.jpg", 1), shelf.put("b.jpg", 2)
        keypoint_store.put_compared(shelf.writer, [(a, None), (b, None)], 1)
        keypoint_store.put_keypoints(shelf.writer, [(a, b"corners")])
        catalog = shelf.library.catalog
        assert [
            keypoint_store.keypoints_of(catalog, a, 1),
            keypoint_store.keypoints_of(catalog, a, 2),
            keypoint_store.keypoints_of(catalog, b, 1),
        ] == [b"corners", None, None]
        keypoint_store.put_compared(shelf.writer, [(a, None)], 1)
        assert (
            keypoint_store.keypoints_of(catalog, a, 1) is None
            and keypoint_store.keypoints_of(catalog, 999, 1) is None
        )

    def test_hashes_of_pixels(self, shelf: Shelf) -> None:
        a, b, c = (shelf.put(f"{n}.jpg", n) for n in range(3))
        for photo, digest in ((a, b"1"), (b, b"2"), (a, b"3")):
            pixel_hash_store.put_pixel_hash(shelf.writer, photo, digest)
        assert pixel_hash_store.pixel_hashes(shelf.library.catalog, [a, c]) == {a: b"3"}
        assert pixel_hash_store.pixel_hashes(shelf.library.catalog, [a, b]) == {a: b"3", b: b"2"}
