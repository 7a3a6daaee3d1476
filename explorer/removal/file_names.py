"""File names that are free, and that fit the file system."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator

# Bytes that a name may have where the file system does not say.
_LONGEST_NAME = 255


def free_names(path: str, word: str = "", spare: int = 0) -> Iterator[str]:
    """`a.jpg`, then `a (2).jpg`, `a (3).jpg` …; with a word `a (restored).jpg`, `a (restored
    2).jpg` … after the first.

    They are cut so that they, and names that are `spare` bytes longer, fit the file system.
    """
    (folder, name), number = os.path.split(path), 2
    stem, suffix = os.path.splitext(name)
    longest = longest_name(folder) - spare
    yield os.path.join(folder, fit_name(stem, suffix, longest))
    if word:
        yield os.path.join(folder, fit_name(stem, f" ({word}){suffix}", longest))
    while True:
        yield os.path.join(
            folder,
            fit_name(
                stem, f" ({word} {number}){suffix}" if word else f" ({number}){suffix}", longest
            ),
        )
        number += 1


def longest_name(folder: str) -> int:
    """How many bytes a name may have in a folder."""
    if hasattr(os, "pathconf"):
        with contextlib.suppress(OSError, ValueError):
            return os.pathconf(folder, "PC_NAME_MAX")
    return _LONGEST_NAME


def fit_name(stem: str, rest: str, longest: int) -> str:
    """`stem` and `rest` as one name of at most so many bytes: where need be the stem loses its end,
    whole characters at a time."""
    while stem and len(os.fsencode(stem + rest)) > longest:
        stem = stem[:-1]
    return stem + rest


def extra_length(photo: str, others: Iterable[str]) -> int:
    """By how many bytes the longest name of these files is longer than the photo's; at least 0."""
    return max([0, *(len(_name(each)) - len(_name(photo)) for each in others)])


def _name(path: str) -> bytes:
    return os.fsencode(os.path.basename(path))
