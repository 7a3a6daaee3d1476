"""Which folders and files of a root are left out: hidden and system ones, what the person named,
and what an ignore file says.

The language of both lists is that of `.gitignore` (`globs.py`): `*.png` leaves out files of that
name anywhere, `Screenshots/` a folder anywhere, `/2019/raw` only that one, `!` takes back what an
earlier line left out. As in git, a file cannot be taken back where one of its folders is left out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from explorer.errors import PhotoError, UsageError
from explorer.library.paths import join, printable, to_text
from explorer.library.system_folders import kind_of
from explorer.photos.file_io import read_at_most
from explorer.scanning.globs import PatternList, parse

# Lines of globs for the folder it lies in and all below. It is only ever read.
IGNORE_FILE = ".photoexplorerignore"
# More bytes are no list that a person or a program wrote.
_LONGEST = 1 << 20


def ignored_by_default(path: str, *, is_folder: bool = True) -> bool:
    """Whether it is left out by itself: hidden, as its name starts with a dot, or a folder that a
    system or another program keeps.

    path: relative, catalog text.
    """
    names = path.split("/")
    return names[-1].startswith(".") or (is_folder and kind_of(names) is not None)


def validate_globs(globs: Iterable[str]) -> list[str]:
    """The globs without blanks around them and empty ones. Raises UsageError for one that cannot be
    understood."""
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
    """The rules of one root. Ignore files are read when the folder they lie in is first asked
    about, and kept for this object's life.

    problems: what of the rules could not be read or understood, in words; such a line or file
    leaves nothing out.
    """

    def __init__(self, root: str, globs: Sequence[str] = ()) -> None:
        """root: absolute path. globs: those that the catalog keeps for it."""
        self.problems = list[str]()
        self._root = root
        self._globs = self._list("the patterns for this folder", globs)
        self._files: dict[str, PatternList | None] = {}

    def excludes(self, path: str, *, is_folder: bool) -> bool:
        """Whether this one is left out, all folders above it being taken. path: relative, catalog
        text."""
        verdict: bool | None = ignored_by_default(path, is_folder=is_folder) or None
        # Whoever speaks last wins: the system's habits, the root's globs, then ignore files from
        # the outermost in.
        verdict = _judge(self._globs, path, verdict, is_folder=is_folder)
        folder, rest = "", path
        while True:
            verdict = _judge(self._ignore_file(folder), rest, verdict, is_folder=is_folder)
            step, slash, rest = rest.partition("/")
            if not slash:
                return bool(verdict)
            folder = f"{folder}/{step}" if folder else step

    def excludes_branch(self, folder: str) -> bool:
        """Whether a folder (relative, catalog text; '' is the root) or one of those above it is
        left out."""
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
            data = read_at_most(join(to_text(self._root), file), _LONGEST)
        except FileNotFoundError:
            return None
        except PhotoError as error:
            self.problems.append(f"{shown} is not heeded: {error}")
            return None
        # Lines end where a person's editor ends them, and not at the rarer characters that a name
        # may hold.
        return self._list(shown, [to_text(line) for line in _text(data).split("\n")])

    def _list(self, shown: str, lines: Iterable[str]) -> PatternList | None:
        found = PatternList(map(_folded, lines))
        if found.problems:
            more = len(found.problems) - 1
            self.problems.append(
                f"in {shown}, {printable(found.problems[0])}{f' (and {more:,} more)' if more else ''}"
            )
        return found if found else None


def _text(data: bytes) -> str:
    """What a text editor saved: UTF-8, or UTF-16 where it says so."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")


def _judge(
    patterns: PatternList | None, path: str, before: bool | None, *, is_folder: bool
) -> bool | None:
    said = None if patterns is None else patterns.verdict(_folded(path), is_folder=is_folder)
    return before if said is None else said


def _folded(text: str) -> str:
    """Where the system takes A and a for one letter in names, so do the rules."""
    return text.lower() if sys.platform in {"win32", "darwin"} else text
