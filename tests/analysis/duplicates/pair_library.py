"""A library whose duplicates are found by the stages themselves."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from pathlib import Path

from PIL import Image, ImageOps

from explorer.analysis.duplicates.find_pairs import PairStage
from explorer.analysis.neighbors import NeighborStage
from explorer.library.catalog import Catalog
from explorer.library.file_rows import FileStat
from explorer.library.library import Library
from explorer.library.queries import duplicate_rows
from explorer.library.stores import pair_store as store
from explorer.library.stores.embedding_store import put_embedding
from explorer.library.stores.file_store import put_present
from explorer.library.stores.pair_store import PAIRS_VERSION
from explorer.library.stores.photo_store import add_photo, photo_id_by_hash
from explorer.photos.decode import content_hash, decode
from tests.factory import DIM, ENCODER, VERSION, LibraryBuilder, vector_of
from tests.pictures import FORMATS, draw, encoded

SIZE = (400, 300)
# Copies of two photos, and photos without copies. Sizes differ, so that there is one to keep.
PICTURES: dict[str, Callable[[], Image.Image]] = {
    "a.jpg": lambda: draw(1, SIZE),
    "a-small.jpg": lambda: draw(1, SIZE).resize((200, 150)),
    "a-turned.jpg": lambda: draw(1, SIZE).transpose(Image.Transpose.ROTATE_90),
    "a-mirrored.png": lambda: ImageOps.mirror(draw(1, SIZE)),
    "b.jpg": lambda: draw(2, SIZE),
    "b-cropped.jpg": lambda: draw(2, SIZE).crop((15, 10, 385, 290)),
    "b-gray.jpg": lambda: ImageOps.grayscale(draw(2, SIZE)),
    "c.jpg": lambda: draw(3, SIZE),
    "d.jpg": lambda: draw(4, SIZE),
}


class EncoderName:
    """As much of an encoder as the stages use."""

    name, version, dim = ENCODER, VERSION, DIM


def quiet(done: int, total: int) -> None:
    """Report no progress."""


class PairStages:
    """The stage that finds pairs, and the one it depends on, in memory between runs."""

    def __init__(self, builder: LibraryBuilder) -> None:
        made = EncoderName()
        self._neighbors = NeighborStage(builder.library, builder.writer, made)  # type: ignore[arg-type]
        self._pairs = PairStage(builder.library, builder.writer, made)  # type: ignore[arg-type]

    def run(self, tick: Callable[[int, int], None]) -> None:
        self._neighbors.run(quiet)
        self._pairs.run(tick)


class PairLibrary(LibraryBuilder):
    """A library of pictures on disk. Photos whose names begin with one letter are close by
    embedding."""

    def __init__(self, folder: Path) -> None:
        (folder / "photos").mkdir()
        super().__init__(Library.open(folder / "library"), str(folder / "photos"))

    @property
    def catalog(self) -> Catalog:
        return self.library.catalog

    def stages(self) -> PairStages:
        return PairStages(self)

    def add(self, name: str, data: bytes) -> int:
        """Add a file with these bytes, on disk and in the catalog; returns the photo's id."""
        (Path(self.catalog.roots()[0]["path"]) / name).write_bytes(data)
        digest = content_hash(data)
        with self.writer.transaction():
            photo_id = photo_id_by_hash(self.writer, digest)
            if photo_id is None:
                photo = decode(data, None, name=name)
                self.library.previews.write(digest.hex(), photo.preview)
                photo_id = add_photo(self.writer, digest, len(data), photo)
                put_embedding(self.writer, self.encoder, photo_id, vector_of(name[0]))
            put_present(self.writer, self.root, FileStat(name, len(data), 1, 0), photo_id)
        return photo_id

    def add_picture(self, name: str) -> int:
        """Add one of `PICTURES`."""
        return self.add(name, encoded(PICTURES[name](), FORMATS[Path(name).suffix]))

    def pairs(self, *kinds: store.PairKind) -> dict[tuple[str, str], str]:
        """The kind of each pair, by the names of the files in order; by default only of copies."""
        rows = duplicate_rows.duplicate_rows(self.catalog, range(1, 1000))
        names = {row.photo_id: Path(row.path).name for row in rows}
        stored = store.pairs(self.catalog, PAIRS_VERSION, kinds or ("pixels", "picture"))
        found = dict[tuple[str, str], str]()
        for pair in stored:
            one, other = sorted((names[pair.a], names[pair.b]))
            found[one, other] = pair.kind
        return found


def same_photo_pairs(names: Iterable[str]) -> set[tuple[str, str]]:
    """The pairs of `PICTURES` that are copies of one photo."""
    return {(a, b) for a, b in itertools.combinations(sorted(names), 2) if a[0] == b[0]}
