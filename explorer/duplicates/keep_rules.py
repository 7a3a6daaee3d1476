"""The rules that choose the file to keep: what each prefers, and how it explains its choice."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.versions import original_format_rank
from explorer.library.paths import printable
from explorer.photos.formats import RAW_EXTENSIONS
from explorer.photos.metadata.file_name_dates import parse_file_name_date, parse_unix_time_name
from explorer.photos.metadata.partial_dates import known_part
from explorer.removal.companions import Companions

JpegQualityReader = Callable[[str], int | None]
"""Path → JPEG quality, 1 to 100; None if the file is not a JPEG."""
Value = float | str | tuple[int, ...]


@dataclass(frozen=True)
class KeeperRule:
    """A rule that chooses the file to keep."""

    name: str
    """Its name in settings."""
    label: str
    """Its name in the list that the user puts in order."""
    best: Callable[[GroupFile, JpegQualityReader], Value]
    """The value of a file; the greatest is kept."""
    why: Callable[[GroupFile, GroupFile], str]
    """The file to keep and its nearest rival → the reason, in words that follow “kept because”."""


_COPY_NAME = re.compile(
    r"(?:[ _-]*\b(?:copy|copia|copie|kopie|kopia|kópia|копия)(?: ?\(?\d+\)?)?|[ _]?\(\d+\)|~\d)$",
    re.IGNORECASE,
)
"""What systems, browsers and people append to a copy's name: “a copy 2.jpg”, “a - Kopie.jpg”,
“a (1).jpg”, “a~2.jpg”."""
_CAMERA_NAME = re.compile(r"(?=.*[A-Z])[A-Z0-9_]{4}\d{4}")
"""Names that cameras give (DCF, JEITA CP-3461): DSC_0001, P1010001, _MG_1234."""
BACKUP_FOLDER = re.compile(
    r"^(?:back-?ups?|copies|sicherung(?:en)?|sauvegardes?|respaldos?)(?![^\W\d_])", re.IGNORECASE
)
"""Names of folders that hold copies: “Backup 2019”."""


def _earliest(file: GroupFile) -> Value:
    """The date with the order of its characters reversed, so that the earliest is the greatest.

    A partly known date sorts after all dates within it (a day after every time of that day), and a
    missing date after all others.
    """
    return "".join(chr(0x10FFFF - ord(character)) for character in file.taken or "")


def _why_earliest(keep: GroupFile, rival: GroupFile) -> str:
    one, two = keep.taken or "", rival.taken
    if not two:
        return "it has a date"
    shown, other = (
        (each[:10] if one[:10] != two[:10] else each).replace("T", " ") for each in (one, two)
    )
    kind = "more precise" if one.startswith(two) else "earlier"
    return f"its date is {kind} ({shown} vs. {other})"


# The value of a camera's name; that of a date is its length.
_BY_CAMERA = 1


def _named(path: str) -> int:
    """How much a file's name says of when it was taken: the more precise its date, the more; a
    camera's name says something, too, and what marks a copy takes nothing from it."""
    stem, ending = os.path.splitext(os.path.basename(path))
    name = _COPY_NAME.sub("", stem) + ending
    if date := parse_file_name_date(name) or parse_unix_time_name(name):
        return len(known_part(date.text, date.precision))
    return _BY_CAMERA if _CAMERA_NAME.fullmatch(os.path.splitext(name)[0]) else 0


def _why_named(keep: GroupFile, rival: GroupFile) -> str:
    if _named(keep.path) == _BY_CAMERA:
        return "it has a camera's name"
    return f"its name has a {'more precise ' if _named(rival.path) > _BY_CAMERA else ''}date"


def _copy_words(path: str) -> str:
    """The part of a path that marks the file as a copy, printable and in quotation marks; '' if
    none does."""
    folder, name = os.path.split(path)
    if found := _COPY_NAME.search(os.path.splitext(name)[0]):
        return f"“{found[0].strip()}”"
    part = next(filter(BACKUP_FOLDER.match, Path(folder).parts), "")
    return part and f"“{printable(part)}”"


_COMPANIONS: tuple[tuple[str, Callable[[Companions], int]], ...] = (
    ("its video", lambda found: bool(found.videos)),
    ("its RAW file", lambda found: found.raw),
    ("a file with edits or notes", lambda found: found.edits),
    ("more edits or notes", lambda found: found.edit_bytes),
)
"""What a file may have beside it, the most important first."""


def _why_companions(keep: GroupFile, rival: GroupFile) -> str:
    one, two = keep.companions, rival.companions
    more = [word for word, has in _COMPANIONS[:-1] if has(one) and not has(two)]
    more = more or [_COMPANIONS[-1][0]]
    return f"it has {' and '.join(more)} beside it"


def _why_pixels(keep: GroupFile, rival: GroupFile) -> str:
    one, two = (f"{file.width:,} × {file.height:,}" for file in (keep, rival))
    return f"it has more pixels ({one} vs. {two})"


RULES: tuple[KeeperRule, ...] = (
    KeeperRule(
        "protected",
        "In a protected folder",
        lambda file, _: file.protected,
        lambda *_: "it is in a protected folder",
    ),
    KeeperRule(
        "raw",
        "RAW before JPEG",
        lambda file, _: os.path.splitext(file.path)[1].lower() in RAW_EXTENSIONS,
        lambda *_: "it is the camera's RAW file",
    ),
    KeeperRule(
        "bare",
        "No border added",
        lambda file, _: not file.bordered,
        lambda *_: "the other has a border added",
    ),
    KeeperRule(
        "camera",
        "Has a camera name",
        lambda file, _: file.camera is not None,
        lambda *_: "only it names its camera",
    ),
    KeeperRule("pixels", "More pixels", lambda file, _: file.width * file.height, _why_pixels),
    KeeperRule(
        "contents",
        "More contents (pages, a video, maps)",
        lambda file, _: file.contents.weight if file.contents else 0,
        lambda keep, _: f"it contains more: {', '.join(keep.holds)}",
    ),
    KeeperRule(
        "company",
        "Has its video, RAW file or edits",
        lambda file, _: tuple(has(file.companions) for _, has in _COMPANIONS),
        _why_companions,
    ),
    KeeperRule(
        "quality",
        "Higher JPEG quality",
        lambda file, quality: quality(file.path) or 0,
        lambda *_: "it was saved with a higher JPEG quality",
    ),
    KeeperRule(
        "metadata",
        "More metadata",
        lambda file, _: file.metadata,
        lambda keep, rival: f"it has more metadata fields ({keep.metadata} vs. {rival.metadata})",
    ),
    KeeperRule(
        "native",
        "In a camera's file format",
        lambda file, _: original_format_rank(file),
        lambda keep, rival: f"cameras write {keep.format} files, and the other is {rival.format}",
    ),
    KeeperRule("earliest", "Earliest date taken", lambda file, _: _earliest(file), _why_earliest),
    KeeperRule("named", "Named by date or camera", lambda file, _: _named(file.path), _why_named),
    KeeperRule(
        "plain",
        "Not named like a copy",
        lambda file, _: not _copy_words(file.path),
        lambda _, rival: f"the other is named like a copy ({_copy_words(rival.path)})",
    ),
    KeeperRule(
        "oldest", "Oldest file", lambda file, _: -file.modified, lambda *_: "it is the older file"
    ),
    KeeperRule(
        "shortest",
        "Shortest path",
        lambda file, _: -len(file.path),
        lambda *_: "its path is shorter",
    ),
    KeeperRule(
        "shallowest",
        "Fewest parent folders",
        lambda file, _: -file.path.count(os.sep),
        lambda *_: "it is in fewer parent folders",
    ),
    KeeperRule(
        "newest", "Newest file", lambda file, _: file.modified, lambda *_: "it is the newer file"
    ),
)
RULES_BY_NAME = {rule.name: rule for rule in RULES}
DEFAULT_RULES = tuple(rule.name for rule in RULES if rule.name not in ("shallowest", "newest"))
"""The rules, in the order that applies until the user changes it."""
REGULAR_FILE = KeeperRule(
    "real",
    "A file, not a link",
    lambda file, _: not file.symlink,
    lambda *_: "it is a file, not a link",
)
"""Always the first rule, and not in the list that the user puts in order."""
