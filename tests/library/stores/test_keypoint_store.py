"""Keypoints, and what the search for copies needs of photos."""

from __future__ import annotations

from explorer.library.stores import keypoint_store
from tests.factory import LibraryBuilder, digest_of


class TestFingerprints:
    def test_keypoints_of_every_photo_are_listed(self, builder: LibraryBuilder) -> None:
        a, b, c = (
            builder.put(f"{n}.jpg", n, phash=bytes([n] * 32), width=10 * (n + 1)) for n in range(3)
        )
        builder.lose("1.jpg")
        keypoint_store.put_compared(
            builder.writer, [(a, bytes([7] * 32)), (b, None), (999, None)], 1
        )
        found = keypoint_store.photo_fingerprints(builder.library.catalog, 1)
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
        other = keypoint_store.photo_fingerprints(builder.library.catalog, 2)
        assert other.compared.tolist() == [False] * 3 and other.inner == {}

    def test_whether_a_visible_photo_is_still_to_be_compared(self, builder: LibraryBuilder) -> None:
        catalog = builder.library.catalog
        assert not keypoint_store.any_uncompared(catalog, 1)
        a, b = (builder.put(f"{n}.jpg", n) for n in range(2))
        keypoint_store.put_compared(builder.writer, [(a, None)], 1)
        assert keypoint_store.any_uncompared(catalog, 1)
        builder.lose("1.jpg")
        assert not keypoint_store.any_uncompared(catalog, 1)
        assert keypoint_store.any_uncompared(catalog, 2)
        keypoint_store.put_compared(builder.writer, [(b, None)], 1)
        assert not keypoint_store.any_uncompared(catalog, 1)

    def test_only_photos_changed_since_are_listed(self, builder: LibraryBuilder) -> None:
        builder.put("a.jpg", 1)
        change = builder.library.catalog.change()
        assert (
            keypoint_store.photo_fingerprints(builder.library.catalog, 1, after=change).ids.tolist()
            == []
        )
        later = builder.put("b.jpg", 2)
        assert keypoint_store.photo_fingerprints(
            builder.library.catalog, 1, after=change
        ).ids.tolist() == [later]

    def test_hashes_of_another_size_are_ignored(self, builder: LibraryBuilder) -> None:
        builder.put("a.jpg", 1, phash=b"\1" * 31)
        photo = builder.put("b.jpg", 2, phash=b"\1" * 32)
        keypoint_store.put_compared(builder.writer, [(photo, b"\1" * 31)], 1)
        found = keypoint_store.photo_fingerprints(builder.library.catalog, 1)
        assert found.hashes.tolist() == [[0] * 32, [1] * 32] and found.inner == {}

    def test_keypoints_are_kept_until_a_photo_is_compared_again(
        self, builder: LibraryBuilder
    ) -> None:
        a, b = builder.put("a.jpg", 1), builder.put("b.jpg", 2)
        keypoint_store.put_compared(builder.writer, [(a, None), (b, None)], 1)
        keypoint_store.put_keypoints(builder.writer, [(a, b"corners")])
        catalog = builder.library.catalog
        assert [
            keypoint_store.keypoints_of(catalog, a, 1),
            keypoint_store.keypoints_of(catalog, a, 2),
            keypoint_store.keypoints_of(catalog, b, 1),
        ] == [b"corners", None, None]
        keypoint_store.put_compared(builder.writer, [(a, None)], 1)
        assert (
            keypoint_store.keypoints_of(catalog, a, 1) is None
            and keypoint_store.keypoints_of(catalog, 999, 1) is None
        )
