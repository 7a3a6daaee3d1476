"""Fixtures of the tests of removals."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.library.library import Library
from explorer.library.stores.root_store import add_root
from explorer.library.writer import Writer
from explorer.removal.metadata_merger import MetadataMerger
from explorer.removal.sidecar_writer import sidecar_path
from tests import pictures
from tests.fixtures.small_library import SmallLibrary
from tests.photos.metadata.packets import subject, xmp
from tests.removal.real_mounts import Mounts, mounts
from tests.removal.test_safe_move import OLD
from tests.this_machine import separate_drives


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file with times and permissions of its own, alone in its folder."""
    path = tmp_path / "from" / "a.jpg"
    path.parent.mkdir()
    path.write_text("photo")
    path.chmod(0o640)
    os.utime(path, ns=OLD)
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "to").mkdir()
    return tmp_path / "to" / "b.jpg"


@pytest.fixture
def sidecar_file(tmp_path: Path) -> Path:
    return tmp_path / "a.jpg.xmp"


@pytest.fixture
def keeper_photo(tmp_path: Path) -> str:
    (tmp_path / "a.jpg").write_bytes(b"photo")
    return str(tmp_path / "a.jpg")


@pytest.fixture
def pair(small_library: SmallLibrary) -> SmallLibrary:
    """A photo and a copy of it in a subfolder."""
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("sub/b.jpg", "one")
    return small_library


@pytest.fixture
def two_copies(small_library: SmallLibrary) -> SmallLibrary:
    """A photo and a copy of it beside it."""
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    return small_library


@pytest.fixture
def home_trash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home trash of this test alone; it does not exist yet."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "Trash"


@pytest.fixture
def trashed_photo(tmp_path: Path) -> Path:
    path = tmp_path / "photos" / "a.jpg"
    path.parent.mkdir()
    path.write_text("photo")
    return path


@pytest.fixture
def mounted() -> Iterator[Mounts]:
    with mounts() as made:
        yield made


WORDS = subject("beach", "Zoë &amp; dog")


@pytest.fixture
def with_metadata(tmp_path: Path) -> Path:
    """A photo with metadata in its EXIF block and in a sidecar."""
    block = pictures.exif(taken="2015:06:07 08:09:10", place=(48.8584, -2.2945))
    path = pictures.write(tmp_path / "photos" / "with_metadata.jpg", pictures.draw(1), exif=block)
    Path(sidecar_path(str(path))).write_text(
        xmp('xmp:Rating="4" darktable:flag="on"', WORDS), encoding="utf-8"
    )
    return path


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """The same picture without metadata."""
    return pictures.write(tmp_path / "photos" / "bare.jpg", pictures.draw(1))


@pytest.fixture
def merge() -> Iterator[MetadataMerger]:
    made = MetadataMerger()
    yield made
    made.close()


@pytest.fixture
def metadata_library(tmp_path: Path, with_metadata: Path, bare: Path) -> Iterator[SmallLibrary]:
    """A library of the photos `with_metadata` and `bare`, compared with each other. All that the
    sidecar of the first says can be merged."""
    beside = xmp('xmp:Rating="4"', WORDS)
    Path(sidecar_path(str(with_metadata))).write_text(beside, encoding="utf-8")
    made = SmallLibrary.__new__(SmallLibrary)
    made.base, made.photos = tmp_path, tmp_path / "photos"
    made.library = Library.open(tmp_path / "library")
    writer = Writer(made.library.catalog)
    made.root = add_root(writer, str(made.photos))
    writer.close()
    made.index("with_metadata.jpg")
    made.index("bare.jpg")
    made.add_pair("with_metadata.jpg", "bare.jpg")
    yield made
    made.close()


@pytest.fixture
def across_drives(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every folder is a drive of its own."""
    separate_drives(monkeypatch)
