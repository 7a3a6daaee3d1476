"""Previews on disk: one JPEG for each distinct content, named by its hash."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from explorer.library.durable_io import delete_unless_read, replace_durably

# Previews written at the same time: most of the time is spent waiting for the disk.
_WRITERS = 8
# Suffix of what an interrupted write leaves.
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
        """Store a preview, replacing an earlier one atomically: neither a reader nor a power cut
        ever finds half a file.

        Raises OSError, for example on a full disk; nothing of the preview is left then.
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
        """Write previews, given as (hash, JPEG), in the background while the block runs; after it,
        all are on disk. Raises what `write` raises."""
        with ThreadPoolExecutor(_WRITERS, thread_name_prefix="preview") as pool:
            written = [pool.submit(self.write, photo_hash, jpeg) for photo_hash, jpeg in previews]
            yield
            for each in written:
                each.result()

    def sound(self, photo_hash: str) -> bool:
        """Whether the preview exists and is not truncated, by a JPEG's first and last bytes."""
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
        """The files that interrupted writes have left. For the one process that writes."""
        return self.folder.glob(f"??/*{_SCRATCH}")

    def remove(self, photo_hash: str) -> bool:
        """Delete the preview of a content; returns whether it is gone."""
        return delete_unless_read(self.path(photo_hash))
