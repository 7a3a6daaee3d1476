"""Schedule failed files to be read again: all of them after an upgrade, and at every start those
for which memory was low. Otherwise they are left alone until they change."""

from __future__ import annotations

import importlib.metadata

from explorer.library.chunks import chunks
from explorer.library.library import Library
from explorer.library.stores import failure_store
from explorer.library.stores.setting_store import get_setting, put_setting
from explorer.library.writer import Writer
from explorer.photos.formats import EXTENSIONS, READER_VERSION, READS_JXL, READS_RAW, UNSUPPORTED
from explorer.photos.limits import is_low_memory

_SETTING = "reader"


def retry_after_upgrade(library: Library, writer: Writer) -> None:
    """Schedule every failed file to be read again if this release reads other formats, or uses
    other decoders, than the release of the last run."""
    if get_setting(library.catalog, _SETTING) == (now := reader_fingerprint()):
        return
    if get_setting(library.catalog, _SETTING) is not None:
        failure_store.retry_failed_files(writer)
    put_setting(library.catalog, _SETTING, now)


def retry_low_memory(library: Library, writer: Writer) -> None:
    """Schedule the files to be read again for which there was too little memory. That depends on
    what else the computer did, so it is no reason to give a file up."""
    reasons = [
        reason
        for group in failure_store.failure_groups(library.catalog)
        for reason in group.reasons
        if is_low_memory(reason)
    ]
    for some in chunks(reasons, 500):
        failure_store.retry_failed_files(writer, some)


def reader_fingerprint() -> str:
    """Everything that decides whether a file can be read: the formats, and the versions of the
    reader and of the decoders."""
    optional = [
        name for name, is_read in (("pylibjxl", READS_JXL), ("rawpy", READS_RAW)) if is_read
    ]
    names = ["pillow", "pillow-heif", *optional]
    decoders = [f"{name} {importlib.metadata.version(name)}" for name in names]
    return ", ".join(
        [f"reader {READER_VERSION}", *sorted(EXTENSIONS), "not", *sorted(UNSUPPORTED), *decoders]
    )
