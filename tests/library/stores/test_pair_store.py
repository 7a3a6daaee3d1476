"""Pairs of photos that were compared."""

from __future__ import annotations

from typing import Any

from explorer.library.stores import keypoint_store, pair_store, pixel_hash_store
from explorer.library.stores.pair_store import Pair
from tests.factory import LibraryBuilder, digest_of


def everything(
    builder: LibraryBuilder, version: int = 1, **options: Any
) -> list[tuple[int, int, str]]:
    kinds: Any = ("pixels", "picture", "scene", "different")
    return [
        (pair.a, pair.b, pair.kind)
        for pair in pair_store.pairs(builder.library.catalog, version, kinds, **options)
    ]


class TestPairs:
    def test_stored_pairs_are_read_back_unchanged(self, builder: LibraryBuilder) -> None:
        a, b, c = (builder.put(f"{n}.jpg", n) for n in range(3))
        found = [
            Pair(b, c, "scene", 0.5, {}),
            Pair(a, c, "different", 0.1, {}),
            Pair(a, b, "picture", 0.75, {"matrix": [1.5], "mirrored": True}),
        ]
        pair_store.put_pairs(builder.writer, found, 1)
        # Those that only looked alike are asked for by name.
        assert pair_store.pairs(builder.library.catalog, 1) == [found[2], found[0]]
        assert (
            pair_store.pairs(builder.library.catalog, 1, ("different",)) == [found[1]]
            and pair_store.pairs(builder.library.catalog, 2) == []
        )
        pair_store.put_pairs(builder.writer, [Pair(a, b, "pixels", 1.0, {})], 2)
        assert everything(builder) == [(a, c, "different"), (b, c, "scene")] and everything(
            builder, 2
        ) == [(a, b, "pixels")]

    def test_dropped_or_hidden_photos_have_no_pairs(self, builder: LibraryBuilder) -> None:
        a, b, c = (builder.put(f"{n}.jpg", n) for n in range(3))
        pair_store.put_pairs(
            builder.writer,
            [
                Pair(a, 999, "picture", 1.0, {}),
                Pair(0, a, "picture", 1.0, {}),
                Pair(a, b, "picture", 1.0, {}),
            ],
            1,
        )
        pair_store.put_pairs(builder.writer, [Pair(b, c, "picture", 1.0, {})], 1)
        assert everything(builder) == [(a, b, "picture"), (b, c, "picture")]
        builder.lose("0.jpg")
        assert everything(builder) == [(b, c, "picture")]
        builder.lose("2.jpg")
        assert everything(builder) == [] and len(everything(builder, hidden=True)) == 2

    def test_the_relation_of_two_contents_is_found(self, builder: LibraryBuilder) -> None:
        a, b, c = (builder.put(f"{n}.jpg", n) for n in "abc")
        pair_store.put_pairs(
            builder.writer, [Pair(a, b, "scene", 1.0, {}), Pair(a, c, "different", 1.0, {})], 3
        )
        of = {n: digest_of(n).hex() for n in "abcd"}

        def found(one: str, other: str, version: int = 3) -> str | None:
            return pair_store.compared_kind(builder.library.catalog, of[one], of[other], version)

        assert found("a", "b") == found("b", "a") == "scene" and found("c", "a") == "different"
        assert found("b", "c") is None and found("a", "d") is None and found("a", "b", 2) is None

    def test_pairs_of_another_method_version_are_deleted(self, builder: LibraryBuilder) -> None:
        ids = a, b, c = tuple(builder.put(f"{n}.jpg", n) for n in range(3))
        for part in ("pair", "sketch"):
            pair_store.put_pairs(builder.writer, [Pair(a, b, "scene", 1.0, {})], 2)
            keypoint_store.put_compared(builder.writer, [(a, None)], 2)
            pixel_hash_store.put_pixel_hash(builder.writer, c, b"x")
            pair_store.drop_old_pairs(builder.writer, 2)
            # Nothing here is older.
            assert len(everything(builder, 2)) == 1 and pixel_hash_store.pixel_hashes(
                builder.library.catalog, ids
            ) == {c: b"x"}
            if part == "pair":
                pair_store.put_pairs(builder.writer, [Pair(b, c, "scene", 1.0, {})], 1)
            else:
                keypoint_store.put_compared(builder.writer, [(b, None)], 1)
            pair_store.drop_old_pairs(builder.writer, 2)
            assert everything(builder, 1) == [] and everything(builder, 2) == [(a, b, "scene")]
            assert (
                keypoint_store.photo_fingerprints(builder.library.catalog, 1).compared.tolist()
                == [False] * 3
            )
            assert keypoint_store.photo_fingerprints(
                builder.library.catalog, 2
            ).compared.tolist() == [True, False, False]
            assert pixel_hash_store.pixel_hashes(builder.library.catalog, ids) == {}


class TestSimilarShots:
    def test_copies_and_shots_of_one_scene_within_a_minute(self, builder: LibraryBuilder) -> None:
        def at(second: int, **facts: Any) -> int:
            when = f"2020-01-01T10:00:{second:02}"
            return builder.put(
                f"{second}{facts}.jpg", (second, facts), taken_at=when,
                **({"taken_source": "exif"} | facts),
            )  # fmt: skip

        a, b, c = at(0), at(10), at(11)
        touched, unsure = at(5, taken_source="file"), at(6, taken_precision="day")
        copy = builder.put("copy.jpg", "copy")
        pairs = [
            Pair(a, b, "scene", 0.5, {}), Pair(a, c, "scene", 0.5, {}),
            Pair(a, touched, "scene", 0.5, {}), Pair(a, unsure, "scene", 0.5, {}),
            Pair(a, copy, "picture", 1.0, {}), Pair(b, copy, "different", 0.1, {}),
            Pair(c, copy, "pixels", 1.0, {}),
        ]  # fmt: skip
        pair_store.put_pairs(builder.writer, pairs, 1)
        catalog = builder.library.catalog
        assert set(pair_store.similar_shots(catalog, 1, 10)) == {(a, b), (a, copy), (c, copy)}
        assert pair_store.similar_shots(catalog, 2, 10) == []
        builder.lose("copy.jpg")
        assert pair_store.similar_shots(catalog, 1, 10) == [(a, b)]


def test_raw_files_and_the_pictures_beside_them(builder: LibraryBuilder) -> None:
    raw = builder.put("a/IMG_1.NEF", "raw", format="NEF")
    jpeg = builder.put("a/img_1.jpg", "jpeg")
    tiff = builder.put("a/IMG_1.tif", "tiff", format="TIFF")
    builder.put("a/IMG_1.dng", "another", format="DNG")
    for path in ("a/IMG_10.jpg", "b/IMG_1.jpg", "a/IMG_1-edited.jpg", "IMG_1.jpg"):
        builder.put(path, path)
    builder.put("c/x.jpg", "x")
    builder.put("c/x.png", "y", format="PNG")
    found = pair_store.raw_pairs(builder.library.catalog, {"NEF", "CR2"})
    assert {pair for pair in found if raw in pair} == set(found)
    assert {(raw, jpeg), (raw, tiff)} <= set(found) and len(found) == 3
    both = pair_store.raw_pairs(builder.library.catalog, {"NEF", "DNG"})
    assert len(both) == 4 and {other for _, other in both} == {jpeg, tiff}
    builder.lose("a/img_1.jpg")
    assert {other for _, other in pair_store.raw_pairs(builder.library.catalog, {"NEF"})} >= {tiff}
    assert jpeg not in {b for _, b in pair_store.raw_pairs(builder.library.catalog, {"NEF"})}
    assert pair_store.raw_pairs(builder.library.catalog, {"RAF"}) == []
