"""Pairs of photos that were compared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.library import keypoint_store, pair_store, pixel_hash_store
from explorer.library.library import Library
from explorer.library.pair_store import Pair
from tests.factory import Shelf, digest_of


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    (tmp_path / "photos").mkdir()
    shelf = Shelf(Library.open(tmp_path / "library"), str(tmp_path / "photos"))
    yield shelf
    shelf.close()


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


class TestSimilarShots:
    def test_copies_and_shots_of_one_scene_within_a_minute(self, shelf: Shelf) -> None:
        def at(second: int, **facts: Any) -> int:
            when = f"2020-01-01T10:00:{second:02}"
            return shelf.put(
                f"{second}{facts}.jpg", (second, facts), taken_at=when,
                **({"taken_source": "exif"} | facts),
            )  # fmt: skip

        a, b, c = at(0), at(10), at(11)
        touched, unsure = at(5, taken_source="file"), at(6, taken_precision="day")
        copy = shelf.put("copy.jpg", "copy")
        pairs = [
            Pair(a, b, "scene", 0.5, {}), Pair(a, c, "scene", 0.5, {}),
            Pair(a, touched, "scene", 0.5, {}), Pair(a, unsure, "scene", 0.5, {}),
            Pair(a, copy, "picture", 1.0, {}), Pair(b, copy, "different", 0.1, {}),
            Pair(c, copy, "pixels", 1.0, {}),
        ]  # fmt: skip
        pair_store.put_pairs(shelf.writer, pairs, 1)
        catalog = shelf.library.catalog
        assert set(pair_store.similar_shots(catalog, 1, 10)) == {(a, b), (a, copy), (c, copy)}
        assert pair_store.similar_shots(catalog, 2, 10) == []
        shelf.lose("copy.jpg")
        assert pair_store.similar_shots(catalog, 1, 10) == [(a, b)]
