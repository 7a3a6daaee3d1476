"""What the catalog holds, for the tests of what writes it."""

from __future__ import annotations

from explorer.library.file_rows import KnownFile
from explorer.library.file_store import files_below
from tests.factory import Shelf


def known(shelf: Shelf, path: str) -> KnownFile:
    return files_below(shelf.writer, shelf.root)[path]


def on_disk(file: KnownFile) -> tuple[int, int, int]:
    return file.size, file.mtime_ns, file.inode


def standing(file: KnownFile) -> tuple[str, int | None, str | None, float | None]:
    return file.state, file.photo_id, file.reason, file.gone_at


def visible(shelf: Shelf) -> set[int]:
    return set(shelf.library.catalog.matching().tolist())
