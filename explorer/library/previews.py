"""Previews on disk: one JPEG for each distinct content, named by its hash."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from explorer.library.durable_io import replace_durably

# Writes that wait for the disk at once. Together they wait hardly longer than one.
_WRITERS = 8
# What a write that was cut off leaves.
_SCRATCH = ".part"


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
        """Keep a preview; one that is there is replaced in one step, so a reader never meets half a
        file, nor does a power cut leave one.

        Raises OSError, on a full disk, say; then nothing is left of it.
        """
        path = self.path(photo_hash)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, scratch = tempfile.mkstemp(dir=path.parent, suffix=_SCRATCH)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(jpeg)
            replace_durably(Path(scratch), path)
        except BaseException:
            Path(scratch).unlink(missing_ok=True)
            raise

    @contextmanager
    def writing(self, previews: Iterable[tuple[str, bytes]]) -> Iterator[None]:
        """Write previews, given as (hash, JPEG), while the block does something else; after it all
        are on the disk. Raises as `write`."""
        with ThreadPoolExecutor(_WRITERS, thread_name_prefix="preview") as pool:
            written = [pool.submit(self.write, photo_hash, jpeg) for photo_hash, jpeg in previews]
            yield
            for each in written:
                each.result()

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

    def scratch(self) -> Iterator[Path]:
        """What writes that were cut off have left. To be asked by the one process that writes."""
        return self.folder.glob(f"??/*{_SCRATCH}")

    def remove(self, photo_hash: str) -> None:
        self.path(photo_hash).unlink(missing_ok=True)
