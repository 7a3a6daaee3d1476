"""What the catalog holds, for the tests of what writes it."""

from __future__ import annotations

from explorer.library.file_rows import KnownFile
from explorer.library.stores.file_store import files_below
from tests.factory import LibraryBuilder


def known(builder: LibraryBuilder, path: str) -> KnownFile:
    return files_below(builder.writer, builder.root)[path]


def on_disk(file: KnownFile) -> tuple[int, int, int]:
    return file.size, file.mtime_ns, file.inode


def standing(file: KnownFile) -> tuple[str, int | None, str | None, float | None]:
    return file.state, file.photo_id, file.reason, file.gone_at


def visible(builder: LibraryBuilder) -> set[int]:
    return set(builder.library.catalog.matching().tolist())
