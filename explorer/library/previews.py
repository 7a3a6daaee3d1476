"""Previews on disk: one JPEG for each distinct content, named by its hash."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


class PreviewStore:
    """A folder of previews, 256 subfolders wide."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, photo_hash: str) -> Path:
        """Where the preview of the photo with that hash (hex) is kept."""
        return self.folder / photo_hash[:2] / f"{photo_hash}.jpg"

    def has(self, photo_hash: str) -> bool:
        return self.path(photo_hash).exists()

    def write(self, photo_hash: str, jpeg: bytes) -> None:
        """Keep a preview; one that is there is replaced in one step, so a reader never meets half a file."""
        path = self.path(photo_hash)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, scratch = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(jpeg)
            Path(scratch).replace(path)
        except BaseException:
            Path(scratch).unlink(missing_ok=True)
            raise

    def sound(self, photo_hash: str) -> bool:
        """Whether the preview is there and whole: a JPEG's first and last bytes are in place."""
        try:
            with self.path(photo_hash).open("rb") as file:
                start = file.read(2)
                file.seek(-2, os.SEEK_END)
                return start == b"\xff\xd8" and file.read(2) == b"\xff\xd9"
        except OSError:
            return False

    def all(self) -> Iterator[Path]:
        """Every preview on disk."""
        return self.folder.glob("??/*.jpg")

    def remove(self, photo_hash: str) -> None:
        self.path(photo_hash).unlink(missing_ok=True)
