"""Hashes of full-size pixels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.library import pixel_hash_store
from explorer.library.library import Library
from tests.factory import LibraryBuilder


@pytest.fixture
def builder(tmp_path: Path) -> Iterator[LibraryBuilder]:
    (tmp_path / "photos").mkdir()
    builder = LibraryBuilder(Library.open(tmp_path / "library"), str(tmp_path / "photos"))
    yield builder
    builder.close()


class TestPixelHashes:
    def test_pixel_hashes_are_stored(self, builder: LibraryBuilder) -> None:
        a, b, c = (builder.put(f"{n}.jpg", n) for n in range(3))
        for photo, digest in ((a, b"1"), (b, b"2"), (a, b"3")):
            pixel_hash_store.put_pixel_hash(builder.writer, photo, digest)
        assert pixel_hash_store.pixel_hashes(builder.library.catalog, [a, c]) == {a: b"3"}
        assert pixel_hash_store.pixel_hashes(builder.library.catalog, [a, b]) == {a: b"3", b: b"2"}
