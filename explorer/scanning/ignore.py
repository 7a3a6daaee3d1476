"""Decide which folders and files of a root are excluded: hidden and system folders, those matching
the user's patterns, and those matching an ignore file.

Both kinds of patterns use the syntax of `.gitignore` (`globs.py`): `*.png` excludes files of that
name anywhere, `Screenshots/` a folder anywhere, `/2019/raw` only that one, and `!` re-includes what
an earlier line excluded. As in git, a file cannot be re-included if one of its folders is excluded.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from explorer.errors import PhotoError, UsageError
from explorer.library.paths import join, printable, to_text
from explorer.library.system_folders import is_photo_package, is_skipped
from explorer.photos.file_io import read_at_most
from explorer.scanning.globs import PatternList, parse
from explorer.systems.this_system import this_system

# This file holds patterns for its folder and all subfolders. The application only reads it.
IGNORE_FILE = ".photoexplorerignore"
# `~$NAME.EXT` records who has a file open, and may have the extension of a photo.
_LOCK = "~$"
# Bytes of an ignore file that are read. No real list is longer.
_MAX_SIZE = 1 << 20


def ignored_by_default(path: str, *, is_folder: bool = True) -> bool:
    """Whether a path is excluded unless a pattern re-includes it: its name starts with a dot, or it
    is the lock file of an open office document, or a folder of the system or of another program.

    path: relative, catalog text.
    """
    names = path.split("/")
    if is_folder:
        return is_skipped(names)
    return names[-1].startswith((".", _LOCK))


def validate_globs(globs: Iterable[str]) -> list[str]:
    """The patterns without surrounding whitespace, empty ones and duplicates. Raises UsageError for
    a pattern that cannot be parsed."""
    clean = [glob.strip() for glob in globs]
    for glob in filter(None, clean):
        if "\n" in glob or "\r" in glob:
            raise UsageError("A pattern is one line: give several one by one.")
        try:
            parse(glob)
        except ValueError as error:
            example = "write it as in *.png, Screenshots/ or 2019/raw/**"
            raise UsageError(
                f"“{printable(glob)}” is not a pattern of file names, as {error}: {example}."
            ) from None
    return list(dict.fromkeys(filter(None, clean)))


class IgnoreRules:
    """The ignore rules of one root.

    An ignore file is read at the first question about its folder, and cached as long as this object
    lives. problems: rules that could not be read or parsed, in words; they exclude nothing.
    """

    def __init__(self, root: str, globs: Sequence[str] = ()) -> None:
        """root: absolute path. globs: the patterns that the catalog holds for it."""
        self.problems = list[str]()
        self._root = root
        # In a photo program's library, everything but the originals is excluded.
        name = os.path.basename(root)
        self._package = f"{name}/" if is_photo_package(name) else ""
        self._globs = self._parse("the patterns for this folder", globs)
        self._files: dict[str, PatternList | None] = {}

    def excludes(self, path: str, *, is_folder: bool) -> bool:
        """Whether a path is excluded, assuming that none of its parents is. path: relative, catalog
        text."""
        verdict: bool | None = ignored_by_default(self._package + path, is_folder=is_folder) or None
        # The last match decides: defaults first, then the root's patterns, then ignore files from
        # the outermost folder inward.
        verdict = _match(self._globs, path, verdict, is_folder=is_folder)
        folder, rest = "", path
        while True:
            verdict = _match(self._ignore_file(folder), rest, verdict, is_folder=is_folder)
            step, slash, rest = rest.partition("/")
            if not slash:
                return bool(verdict)
            folder = f"{folder}/{step}" if folder else step

    def excludes_branch(self, folder: str) -> bool:
        """Whether a folder or one of its parents is excluded. folder: relative, catalog text; '' is
        the root."""
        parts = folder.split("/") if folder else []
        return any(
            self.excludes("/".join(parts[: n + 1]), is_folder=True) for n in range(len(parts))
        )

    def _ignore_file(self, folder: str) -> PatternList | None:
        if folder not in self._files:
            self._files[folder] = self._read(f"{folder}/{IGNORE_FILE}" if folder else IGNORE_FILE)
        return self._files[folder]

    def _read(self, file: str) -> PatternList | None:
        shown = printable(join("", file))
        try:
            data = read_at_most(join(to_text(self._root), file), _MAX_SIZE)
        except FileNotFoundError:
            return None
        except PhotoError as error:
            self.problems.append(f"{shown} is not used: {error}")
            return None
        # Only the line ends of text editors count; file names may contain rarer ones.
        return self._parse(shown, [to_text(line) for line in _decode(data).split("\n")])

    def _parse(self, shown: str, lines: Iterable[str]) -> PatternList | None:
        found = PatternList(map(_fold_case, lines))
        if found.problems:
            more = len(found.problems) - 1
            self.problems.append(
                f"in {shown}, {printable(found.problems[0])}"
                f"{f' (and {more:,} more)' if more else ''}"
            )
        return found if found else None


def _decode(data: bytes) -> str:
    """The text of a file saved by a text editor: UTF-8, or UTF-16 with a byte order mark."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")


def _match(
    patterns: PatternList | None, path: str, before: bool | None, *, is_folder: bool
) -> bool | None:
    """The verdict of these patterns, or the one before if none of them matches."""
    verdict = None if patterns is None else patterns.verdict(_fold_case(path), is_folder=is_folder)
    return before if verdict is None else verdict


def _fold_case(text: str) -> str:
    """Lower case where file names are case-insensitive."""
    return text.lower() if this_system().ignores_case else text
