"""The state of a file at one moment: its stamp (ids, size and times) and the hash of its
content."""

from __future__ import annotations

import contextlib
import hashlib
import os
from typing import NamedTuple

from explorer.systems import file_calls

_CHUNK = 1 << 20


class FileStamp(NamedTuple):
    """Distinguishes a file from other files, and from itself after a change, without reading it."""

    device: int
    inode: int
    """0 if the file system does not number its files."""
    size: int
    """Bytes."""
    mtime_ns: int
    ctime_ns: int
    """The change time. Unlike the modification time, no program can set it back."""


def file_stamp(path: str) -> FileStamp:
    """The stamp of a directory entry; links are not followed. Raises OSError."""
    return stamp_of_stat(file_calls.lstat(path))


def stamp_of_stat(facts: os.stat_result) -> FileStamp:
    """The stamp of a file from its stat result."""
    return FileStamp(
        facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns
    )


def file_hash(path: str) -> str:
    """The content hash (`photos.hashing.content_hash`, hex) of a file. Raises OSError."""
    digest = hashlib.blake2b(digest_size=16)
    with file_calls.open_binary(path) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def has_content(path: str, digest: str) -> bool:
    """Whether this is a regular file with that content hash (hex); False if it cannot be read."""
    with contextlib.suppress(OSError):
        return is_regular_file(path) and file_hash(path) == digest
    return False


def is_regular_file(path: str) -> bool:
    """Whether this is a regular file: not a link, folder or device. Raises OSError."""
    return file_calls.is_regular(path)
