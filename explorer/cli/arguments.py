"""Resolve the folders, files and library named on a command line."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.config import PROGRAM
from explorer.errors import UnknownPhoto, UsageError
from explorer.library.edits.typed_names import did_you_mean, nearest_names
from explorer.library.paths import as_on_disk, printable
from explorer.systems import file_calls

if TYPE_CHECKING:
    from explorer.library.library import Library
    from explorer.library.rows import PhotoRow
    from explorer.search.language.query_tree import QueryTree

# The most unknown ids that an error names.
_NAMED_IDS = 20


def absolute(path: str) -> str:
    """The absolute path of a folder or file as given. Symbolic links in it are kept.

    Raises UsageError for an empty word.
    """
    if not path:
        # System functions take an empty path as the current folder, which is never intended.
        raise UsageError("A folder or file argument is empty: is a variable unset?")
    return as_on_disk(os.path.abspath(os.path.expanduser(path)))


def as_phrase(words: str) -> str:
    """Convert words from a terminal or a pipe to a phrase that any encoder can read. Bytes that are
    not UTF-8 become U+FFFD."""
    return printable(words).replace("\0", " ").strip()


def typed_query(words: str) -> QueryTree:
    """The query for words from a terminal or a pipe. Raises QuerySyntaxError, which says where."""
    from explorer.search.language.parse_query import parse
    from explorer.search.language.syntax_error import QuerySyntaxError

    try:
        return parse(as_phrase(words))
    except QuerySyntaxError as error:
        start = error.position[0]
        if not start:
            raise
        raise QuerySyntaxError(f"{error} (at character {start + 1})", error.position) from None


def open_library(given: str | None, *, create: bool = False) -> Library:
    """The library of a command. given: its folder, or None for the default one.

    Raises LibraryError if there is none, unless `create` is set.
    """
    from explorer.library.library import Library

    return Library.open(given, create=create)


@contextmanager
def opened_library(given: str | None) -> Iterator[Library]:
    """Open the library as `open_library` does, and close it after the block."""
    library = open_library(given)
    try:
        yield library
    finally:
        library.close()


def photos_by_id(library: Library, ids: Sequence[int]) -> dict[int, PhotoRow]:
    """The photos with these ids, in this order. Raises UnknownPhoto, which names the unknown ids,
    if some are not in the library."""
    found = library.catalog.photos(ids)
    unknown = [str(each) for each in dict.fromkeys(ids) if each not in found]
    if unknown:
        more = f" and {len(unknown) - _NAMED_IDS:,} more" if len(unknown) > _NAMED_IDS else ""
        listed = ", ".join(unknown[:_NAMED_IDS])
        raise UnknownPhoto(
            f"There {'is no photo' if len(unknown) == 1 else 'are no photos'} {listed}{more} in the"
            " library: `search --json` prints the ids of photos."
        )
    return found


def check_folders(words: Sequence[str], commands: Collection[str]) -> None:
    """Raise UsageError if a word given as a folder can only be a mistyped or misplaced command.

    A word that looks like a path, or names an existing folder, is a folder.
    """
    for at, word in enumerate(words):
        if (
            not word
            or Path(word).name != word
            or word.startswith(("~", "."))
            or file_calls.lexists(word)
        ):
            continue
        if word in commands:
            raise UsageError(
                f"The command comes first: `{PROGRAM} {word} …`. For a folder named"
                f" “{word}”, write ./{word}."
            )
        if at == 0:
            near = nearest_names(word, commands)
            hint = did_you_mean(near, f"`{PROGRAM} --help` lists the commands.")
            raise UsageError(f"“{word}” is neither a command nor a folder here. {hint}")
