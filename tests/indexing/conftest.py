"""A folder of photos, a library, and what indexes the one into the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.encoders.base import Pixels, Vectors
from explorer.indexing.decode_pool import DecodePool
from explorer.indexing.pipeline import Indexer, Place, Tally
from explorer.indexing.watch import Watcher
from explorer.library.library import Library
from explorer.library.vectors import VectorIndex
from explorer.library.writer import Writer
from tests import pictures
from tests.tiny import Tiny


class Counting(Tiny):
    """Counts the photos that it has encoded."""

    def __init__(self) -> None:
        super().__init__()
        self.encoded = 0

    def encode_images(self, pixels: Pixels) -> Vectors:
        self.encoded += len(pixels)
        return super().encode_images(pixels)


class Desk:
    """Everything that a run needs, with one decode process. photos: the folder that is indexed."""

    def __init__(self, folder: Path) -> None:
        self.photos = folder / "photos"
        self.photos.mkdir(parents=True)
        self.encoder = Counting()
        self.library = Library.open(folder / "library")
        self.writer = Writer(self.library.catalog)
        self.pool = DecodePool(1, self.encoder.spec)
        self.root = self.writer.add_root(str(self.photos))
        self.indexer = Indexer(self.library, self.writer, self.encoder, self.pool, lambda _: None)

    def close(self) -> None:
        self.pool.close()
        self.writer.close()
        self.library.close()

    def draw(self, name: str, seed: int = 0, **options: object) -> Path:
        """Write a photo of that content."""
        return pictures.write(self.photos / name, pictures.draw(seed, (96, 64)), **options)

    def paint(self, name: str, colour: str) -> Path:
        """Write a photo of one colour."""
        return pictures.write(self.photos / name, Image.new("RGB", (48, 32), colour))

    def run(self, folder: str = "", *, recursive: bool = True, thorough: bool = True) -> Tally:
        return self.indexer.run([Place(self.root, str(self.photos), folder, recursive)], thorough=thorough)

    def present(self) -> dict[str, int]:
        """The photo's id of every file that the catalog takes to be there, by its path below `photos`."""
        files = self.writer.files_below(self.root).values()
        return {file.path: file.photo_id for file in files if file.state == "present" and file.photo_id is not None}

    def failed(self) -> dict[str, str | None]:
        """Why files could not be read, by their names."""
        return {Path(file["path"]).name: file["reason"] for file in self.library.catalog.failures()}

    def index(self) -> VectorIndex:
        return self.library.vectors(self.encoder.name, self.encoder.version, self.encoder.dim)

    def agrees(self) -> None:
        """The index holds just the photos that have a file, each with the vector that the catalog has."""
        expected = sorted(set(self.present().values()))
        assert sorted(self.index().ids().tolist()) == expected
        assert sorted(self.library.catalog.matching().tolist()) == expected
        for photo_id in expected:
            row = self.library.catalog.photo(photo_id)
            assert row is not None and self.library.previews.sound(row["hash"])
            stored = self.index().get(photo_id)
            assert stored is not None and abs(float(np.linalg.norm(stored)) - 1) < 0.01


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    made = Watcher()
    yield made
    made.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()
