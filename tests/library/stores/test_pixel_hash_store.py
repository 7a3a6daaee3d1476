"""Hashes of full-size pixels."""

from __future__ import annotations

from explorer.library.stores import pixel_hash_store
from tests.factory import LibraryBuilder


class TestPixelHashes:
    def test_pixel_hashes_are_stored(self, builder: LibraryBuilder) -> None:
        a, b, c = (builder.put(f"{n}.jpg", n) for n in range(3))
        for photo, digest in ((a, b"1"), (b, b"2"), (a, b"3")):
            pixel_hash_store.put_pixel_hash(builder.writer, photo, digest)
        assert pixel_hash_store.pixel_hashes(builder.library.catalog, [a, c]) == {a: b"3"}
        assert pixel_hash_store.pixel_hashes(builder.library.catalog, [a, b]) == {a: b"3", b: b"2"}
