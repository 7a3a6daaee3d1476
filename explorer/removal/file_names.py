"""Generate file names that fit the file system."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable, Iterator

from explorer.systems import file_calls

# Maximum length of a name in bytes if the file system does not report it.
_MAX_NAME_BYTES = 255


def free_names(path: str, word: str = "", spare: int = 0) -> Iterator[str]:
    """Candidate paths to try in order: `a.jpg`, `a (2).jpg`, `a (3).jpg` …, without end.

    word: if given, the paths are `a.jpg`, `a (word).jpg`, `a (word 2).jpg` …. Names are cut so that
    they, and names that are `spare` bytes longer, fit the file system.
    """
    (folder, name), number = os.path.split(path), 2
    stem, suffix = os.path.splitext(name)
    longest = longest_name(folder) - spare
    is_possible = _is_possible(os.path.join(folder, "x" * spare + name))
    yield path if is_possible else os.path.join(folder, fit_name(stem, suffix, longest))
    if word:
        yield os.path.join(folder, fit_name(stem, f" ({word}){suffix}", longest))
    while True:
        ending = f" ({word} {number}){suffix}" if word else f" ({number}){suffix}"
        yield os.path.join(folder, fit_name(stem, ending, longest))
        number += 1


def longest_name(folder: str) -> int:
    """The longest name in bytes that a file in this folder may have."""
    if hasattr(os, "pathconf"):
        with contextlib.suppress(OSError, ValueError):
            return os.pathconf(folder, "PC_NAME_MAX")
    return _MAX_NAME_BYTES


def fit_name(stem: str, rest: str, longest: int) -> str:
    """Join `stem` and `rest` to a name of at most `longest` bytes. If needed, whole characters are
    cut from the end of the stem."""
    while stem and len(os.fsencode(stem + rest)) > longest:
        stem = stem[:-1]
    return stem + rest


def extra_length(photo: str, others: Iterable[str]) -> int:
    """The number of bytes by which the longest of these files' names exceeds the photo's; at
    least 0."""
    return max([0, *(len(_name(each)) - len(_name(photo)) for each in others)])


def _is_possible(path: str) -> bool:
    """Whether a file may have this name. Not every file system counts bytes: on NTFS, APFS and
    exFAT, a name of 255 characters may have three times as many."""
    try:
        file_calls.lstat(path)
    except OSError as error:
        # EINVAL: for Windows, a name that is too long is not a name.
        return error.errno not in (errno.ENAMETOOLONG, errno.EINVAL)
    return True


def _name(path: str) -> bytes:
    return os.fsencode(os.path.basename(path))
