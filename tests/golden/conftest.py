"""Libraries as earlier versions left them, and commands run as scripts run them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.golden_adapter import Run, _encoders, run

__all__ = ["Run", "_encoders", "run"]

LIBRARIES = Path(__file__).parent / "libraries"
# The schema versions that releases have written.
VERSIONS = sorted(int(path.stem[1:]) for path in LIBRARIES.glob("m*.sql"))
COLOURS = {
    "colours/red.bmp": (255, 0, 0), "colours/green.bmp": (0, 160, 0),
    "colours/blue.bmp": (0, 0, 255), "colours/yellow.bmp": (255, 255, 0),
    "copies/red copy.bmp": (255, 0, 0), "copies/green copy.bmp": (0, 160, 0),
    "work/white.bmp": (255, 255, 255),
}  # fmt: skip


def bitmap(colour: tuple[int, int, int], width: int = 48, height: int = 32) -> bytes:
    """A BMP of one colour: the same bytes on every machine and with every version of any image
    library."""
    row = bytes(reversed(colour)) * width
    pixels = (row + bytes(-len(row) % 4)) * height
    header = (
        b"BM" + (54 + len(pixels)).to_bytes(4, "little") + bytes(4) + (54).to_bytes(4, "little")
    )
    info = (40).to_bytes(4, "little") + width.to_bytes(4, "little") + height.to_bytes(4, "little")
    return (
        header + info + (1).to_bytes(2, "little") + (24).to_bytes(2, "little") + bytes(24) + pixels
    )


@pytest.fixture
def old_photos(tmp_path: Path) -> Path:
    """The photo folder that the old libraries know. `gone.bmp` is missing, and `broken.jpg` is no
    photo."""
    folder = tmp_path / "Photos"
    for name, colour in COLOURS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bitmap(colour))
        os.utime(path, (1_600_000_000, 1_600_000_000))
    (folder / "broken.jpg").write_bytes(b"no photo")
    os.utime(folder / "broken.jpg", (1_600_000_000, 1_600_000_000))
    return folder


def _filled(name: str, tmp_path: Path) -> str:
    text = (LIBRARIES / name).read_text(encoding="utf-8")
    for word, folder in (("@PHOTOS@", "Photos"), ("@REMOVED@", "removed")):
        text = text.replace(word, str(tmp_path / folder))
    return text


@pytest.fixture
def old_library(tmp_path: Path, old_photos: Path) -> Callable[[int], Path]:
    """Make the default library as a release with that schema version left it."""

    def make(version: int) -> Path:
        folder = Path(os.environ["EXPLORER_LIBRARY"])
        folder.mkdir(parents=True)
        with closing(sqlite3.connect(folder / "catalog.db")) as db:
            db.executescript(_filled(f"m{version:03}.sql", tmp_path))
            db.commit()
        return folder

    return make


@pytest.fixture
def old_removal(tmp_path: Path, old_photos: Path) -> Callable[[Path], Path]:
    """Put an old journal into a library, and the file it tells of where it went; gives the place
    that it came from."""

    def put(library: Path) -> Path:
        (library / "removals.jsonl").write_text(
            _filled("removals.jsonl", tmp_path), encoding="utf-8"
        )
        source = old_photos / "copies" / "red copy.bmp"
        away = tmp_path / "removed" / "Photos" / "copies" / "red copy.bmp"
        away.parent.mkdir(parents=True)
        source.rename(away)
        return source

    return put
