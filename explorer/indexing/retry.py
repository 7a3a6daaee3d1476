"""Files that could not be read are left alone until they change; here are the two reasons to try
them once more."""

from __future__ import annotations

import importlib.metadata

from explorer.library import failure_store
from explorer.library.library import Library
from explorer.library.setting_store import get_setting, put_setting
from explorer.library.writer import Writer
from explorer.photos.formats import EXTENSIONS, READER_VERSION, UNSUPPORTED

_READER = "reader"


def retry_after_upgrade(library: Library, writer: Writer) -> None:
    """Have every failed file read again if this release reads other formats, or with other
    decoders, than the last run's."""
    if get_setting(library.catalog, _READER) == (now := reader()):
        return
    if get_setting(library.catalog, _READER) is not None:
        failure_store.retry_failed_files(writer)
    put_setting(library.catalog, _READER, now)


def reader() -> str:
    """What decides whether a file can be read: the formats that are tried, and the versions of what
    decodes them and judges failures."""
    decoders = [f"{name} {importlib.metadata.version(name)}" for name in ("pillow", "pillow-heif")]
    return ", ".join(
        [f"reader {READER_VERSION}", *sorted(EXTENSIONS), "not", *sorted(UNSUPPORTED), *decoders]
    )
