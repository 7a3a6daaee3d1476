"""File names as text that SQLite can store and return unchanged (catalog text), and containment of
paths.

On POSIX a name is bytes, and Python decodes bytes that are not UTF-8 as lone surrogates (PEP 383);
on Windows a name is UTF-16 that may have unpaired surrogates. UTF-8 accepts neither. They are
stored as characters of the last private-use plane, U+10D800 to U+10DFFF, and converted back when a
path leaves the catalog. A name that contains such a character itself is stored as the two shifted
halves of its surrogate pair, which no file system ever lists separately: the mapping is one to one.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable

from explorer.errors import FolderError
from explorer.systems import file_calls
from explorer.systems.this_system import this_system

_SHIFT = 0x100000
_ESCAPED = re.compile("[\ud800-\udfff\U0010d800-\U0010dfff]")
_KEPT = re.compile("[\U0010d800-\U0010dfff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_CONTROLS = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)))
_LINE_SHIFT = 0x10E000
_CONTROL = re.compile(f"[{re.escape(_CONTROLS)}]")
_LINE_ESCAPED = re.compile(f"[{chr(_LINE_SHIFT)}-{chr(_LINE_SHIFT + len(_CONTROLS) - 1)}]")
_LONE = re.compile("[\ud800-\udfff]")


def to_text(path: str) -> str:
    """A path as the file system gives it → text for the catalog, without lone surrogates."""
    return path if path.isascii() else _ESCAPED.sub(_escape, path)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x10000:
        return chr(code + _SHIFT)
    pair = code - 0x10000
    return chr(0xD800 + (pair >> 10) + _SHIFT) + chr(0xDC00 + (pair & 0x3FF) + _SHIFT)


def from_text(text: str) -> str:
    """Text from the catalog → the path for the file system."""
    if text.isascii() or not _KEPT.search(text):
        return text
    halves = _KEPT.sub(lambda m: chr(ord(m[0]) - _SHIFT), text)
    return _PAIR.sub(
        lambda m: chr(0x10000 + ((ord(m[0][0]) - 0xD800) << 10) + ord(m[0][1]) - 0xDC00), halves
    )


def to_line(path: str) -> str:
    """A path as the file system gives it → catalog text on one line: control characters, which no
    query or address can contain, become characters of the last private-use plane, too."""
    return _CONTROL.sub(_escape_control, _LINE_ESCAPED.sub(_escape, to_text(path)))


def from_line(text: str) -> str:
    """Text from `to_line`, or a path that was typed → the path for the file system."""
    return from_text(_LINE_ESCAPED.sub(lambda m: _CONTROLS[ord(m[0]) - _LINE_SHIFT], text))


def _escape_control(match: re.Match[str]) -> str:
    return chr(_LINE_SHIFT + _CONTROLS.index(match[0]))


def printable(path: str) -> str:
    """A path that can be printed or sent as JSON: lone surrogates show as U+FFFD."""
    return _LONE.sub("\ufffd", path)


def typed_path(text: str) -> str:
    """A typed or pasted path as an absolute one, spelled as on disk: without surrounding spaces and
    quotation marks, and with `~` expanded. Raises FolderError for a path that no file can have."""
    typed = text.strip().strip("\"'")
    if not typed:
        raise FolderError("Type or paste the path of the folder.")
    if "\0" in typed:
        raise FolderError("A path cannot contain a null character: type it again.")
    expanded = os.path.expanduser(typed)
    if expanded.startswith("~") and not file_calls.lexists(expanded):
        user = expanded.partition(os.sep)[0]
        raise FolderError(
            f"There is no home folder {printable(user)}: give the folder's full path."
        )
    return as_on_disk(os.path.abspath(expanded))


def join(root: str, relative: str) -> str:
    """Catalog texts of a root and a path below it → one absolute path for the file system."""
    if not relative:
        return from_text(root)
    if os.sep == "/" and root and not root.endswith("/"):
        # What `os.path.join` gives for a path without empty parts, in a fraction of its time:
        # pages join a hundred thousand.
        return from_text(f"{root}/{relative}")
    return from_text(os.path.join(root, *relative.split("/")))


def as_on_disk(path: str) -> str:
    """An absolute path with each name spelled as on disk, if the system ignores case or Unicode
    normalization. So one folder is never mistaken for two, however it was typed."""
    if not this_system().ignores_case or not file_calls.lexists(path):
        return path
    drive, rest = os.path.splitdrive(path)
    shown = drive.upper() if len(drive) == 2 else drive
    shown += os.sep
    for part in filter(None, rest.split(os.sep)):
        shown = os.path.join(shown, _listed(shown, part))
    return shown


def _listed(folder: str, name: str) -> str:
    """A name as its folder lists it; unchanged if the folder cannot be read."""
    try:
        names = file_calls.listdir(folder)
    except OSError:
        return name
    return (
        name if name in names else next((each for each in names if _key(each) == _key(name)), name)
    )


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def inside(path: str, folder: str) -> bool:
    """Whether an absolute path is that folder or inside it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def below(path: str, root: str, real: Callable[[str], str] = os.path.realpath) -> str | None:
    """An absolute path relative to a root, as catalog text: '' for the root itself, None outside
    it.

    Links are followed, so that no folder is ever indexed twice. real: resolves links; for callers
    that must not wait for a drive that does not respond.
    """
    for links in (False, True):
        one, other = (real(path), real(root)) if links else (path, root)
        if inside(one, other):
            relative = os.path.relpath(one, other).replace(os.sep, "/")
            return "" if relative == "." else to_text(relative)
    return None
