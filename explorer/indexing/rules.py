"""Which folders and files of a root are left out: hidden and system ones, what the person named, and what an ignore file says.

The language of both lists is that of `.gitignore` (https://git-scm.com/docs/gitignore#_pattern_format): `*.png` leaves out files of that
name anywhere, `Screenshots/` a folder anywhere, `/2019/raw` only that one, `!` takes back what an earlier line left out. As in git, a
file cannot be taken back where one of its folders is left out.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence

from pathspec import GitIgnoreSpec

from explorer.errors import UsageError
from explorer.library.paths import join, to_text

# Folders that systems and storage boxes make for themselves: bins, indexes, thumbnails.
SYSTEM_FOLDERS = frozenset({"@eaDir", "#recycle", "$RECYCLE.BIN", "System Volume Information", "lost+found", "__MACOSX"})

# Lines of globs for the folder it lies in and all below. It is only ever read.
IGNORE_FILE = ".photoexplorerignore"
# More is no list that a person wrote.
_LONGEST = 1 << 20


def ignored(name: str) -> bool:
    """Hidden and system folders and files, whose names start with a dot or are known."""
    return name.startswith(".") or name in SYSTEM_FOLDERS


def check_globs(globs: Iterable[str]) -> list[str]:
    """The globs without blanks around them and empty ones. Raises UsageError for one that cannot be understood."""
    clean = [glob.strip() for glob in globs]
    for glob in filter(None, clean):
        if "\n" in glob or "\r" in glob:
            raise UsageError("A pattern is one line: give several one by one.")
        try:
            GitIgnoreSpec.from_lines([glob])
        except ValueError:
            raise UsageError(f"“{glob}” is not a pattern of file names: write it as in *.png, Screenshots/ or 2019/raw/**.") from None
    return list(dict.fromkeys(filter(None, clean)))


class Rules:
    """The rules of one root. Ignore files are read when the folder they lie in is first asked about, and kept for this object's life."""

    def __init__(self, root: str, globs: Sequence[str] = ()) -> None:
        """root: absolute path. globs: those that the catalog keeps for it."""
        self._root = root
        self._globs = _spec(globs)
        self._files: dict[str, GitIgnoreSpec | None] = {}

    def leaves_out(self, path: str, *, is_folder: bool) -> bool:
        """Whether this one is left out, all folders above it being taken. path: relative, catalog text."""
        verdict: bool | None = ignored(path.rpartition("/")[2]) or None
        # Whoever speaks last wins: the system's habits, the root's globs, then ignore files from the outermost in.
        verdict = _judge(self._globs, path, is_folder, verdict)
        folder, rest = "", path
        while True:
            verdict = _judge(self._ignore_file(folder), rest, is_folder, verdict)
            step, slash, rest = rest.partition("/")
            if not slash:
                return bool(verdict)
            folder = f"{folder}/{step}" if folder else step

    def leaves_out_below(self, folder: str) -> bool:
        """Whether a folder (relative, catalog text; '' is the root) or one of those above it is left out."""
        parts = folder.split("/") if folder else []
        return any(self.leaves_out("/".join(parts[: n + 1]), is_folder=True) for n in range(len(parts)))

    def _ignore_file(self, folder: str) -> GitIgnoreSpec | None:
        if folder not in self._files:
            self._files[folder] = _read(os.path.join(join(to_text(self._root), folder), IGNORE_FILE))  # noqa: PTH118
        return self._files[folder]


def _spec(globs: Iterable[str]) -> GitIgnoreSpec | None:
    patterns = []
    for glob in globs:
        try:
            patterns.append(GitIgnoreSpec.from_lines([_folded(glob)]))
        except ValueError:
            # A line that means nothing leaves nothing out; those around it still count.
            continue
    kept = [pattern for spec in patterns for pattern in spec.patterns if pattern.include is not None]
    return GitIgnoreSpec(kept) if kept else None


def _judge(spec: GitIgnoreSpec | None, path: str, is_folder: bool, before: bool | None) -> bool | None:
    if spec is None:
        return before
    said = spec.check_file(_folded(path) + ("/" if is_folder else "")).include
    return before if said is None else said


def _folded(text: str) -> str:
    """Where the system takes A and a for one letter in names, so do the rules."""
    return text.lower() if sys.platform in {"win32", "darwin"} else text


def _read(path: str) -> GitIgnoreSpec | None:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            data = file.read(_LONGEST)
    except OSError:
        return None
    lines = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape").splitlines()
    return _spec(to_text(line) for line in lines)
