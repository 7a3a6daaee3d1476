"""Which file of a group is kept: an ordered list of rules, each asked only where those before it
left a tie.

The rules choose among files of which any may be kept without loss; whether that is so is no rule,
and in no person's order (`originals.py`). Where it is not known, they say which one is shown first.

The answer depends on nothing but the files and the list: never on the order in which files are
given, nor on the time of day. Two things are no rules, as nobody may switch them off: a symbolic
link is never the one to keep while there is a file of its own, and a last tie is broken by the
path's spelling.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from explorer.duplicates.groups import GroupFile
from explorer.duplicates.versions import original_format_rank
from explorer.errors import UsageError
from explorer.library.catalog import Catalog
from explorer.library.paths import printable
from explorer.library.setting_store import get_setting, put_setting
from explorer.photos.formats import RAW_EXTENSIONS
from explorer.photos.quality.jpeg_quality import jpeg_quality

SETTING = "keeper_rules"

Value = float | str
Quality = Callable[[str], int | None]


@dataclass(frozen=True)
class KeeperRule:
    """One rule. label: for the list a person orders. best: the value of a file, the greatest is
    kept. why: from the one kept and its nearest rival, in words that follow “kept because”."""

    name: str
    label: str
    best: Callable[[GroupFile, Quality], Value]
    why: Callable[[GroupFile, GroupFile], str]


def _earliest(item: GroupFile) -> Value:
    """The date with each character reversed in order, so that the earliest is the greatest.

    A date of which only a part is known sorts after all within it (a day after every time of that
    day), and no date after every date.
    """
    return "".join(chr(0x10FFFF - ord(character)) for character in item.taken or "")


# What systems, browsers and people call a copy: “a copy 2.jpg”, “a - Kopie.jpg”, “a (1).jpg”,
# “a~2.jpg”, a folder “Backup 2019”.
_COPY_NAME = re.compile(
    r"(?:[ _-]*\b(?:copy|copia|copie|kopie|kopia|kópia|копия)(?: ?\(?\d+\)?)?|[ _]?\(\d+\)|~\d)$",
    re.IGNORECASE,
)
BACKUP_FOLDER = re.compile(
    r"^(?:back-?ups?|copies|sicherung(?:en)?|sauvegardes?|respaldos?)(?![^\W\d_])", re.IGNORECASE
)


def _copy_words(path: str) -> str:
    """The part of a path that calls the file a copy, or ''."""
    folder, name = os.path.split(path)
    if found := _COPY_NAME.search(os.path.splitext(name)[0]):
        return f"“{found[0].strip()}”"
    return next((f"“{part}”" for part in Path(folder).parts if BACKUP_FOLDER.match(part)), "")


def _like_a_copy(path: str) -> bool:
    return bool(_copy_words(path))


def _folder_depth(path: str) -> int:
    return path.count(os.sep)


def _company(keep: GroupFile, rival: GroupFile) -> str:
    """What lies beside the one and not beside the other."""
    one, other = (
        (bool(item.company.films), item.company.raw, item.company.edits) for item in (keep, rival)
    )
    words = ("its film", "its RAW file", "a file with edits or notes")
    return " and ".join(
        word for word, here, there in zip(words, one, other, strict=True) if here and not there
    )


def _why_earliest(keep: GroupFile, rival: GroupFile) -> str:
    one, two = keep.taken or "", rival.taken or ""
    if not two:
        return "it has a date"
    shown, against = (
        (each[:10] if one[:10] != two[:10] else each).replace("T", " ") for each in (one, two)
    )
    return f"its date is {'known more exactly' if one.startswith(two) else 'earlier'} ({shown} against {against})"


RULES: tuple[KeeperRule, ...] = (
    KeeperRule("protected", "In a protected folder", lambda i, _: i.protected,
    lambda *_: "it lies in a protected folder"),
    KeeperRule(
        "raw", "RAW before JPEG",
        lambda i, _: os.path.splitext(i.path)[1].lower() in RAW_EXTENSIONS,
        lambda *_: "it is the camera's RAW file",
    ),
    KeeperRule(
        "bare", "Without a border put around it",
        lambda i, _: not i.bordered,
        lambda *_: "the other is the same with a border around it",
    ),
    KeeperRule(
        "camera", "With its camera's name",
        lambda i, _: i.camera is not None,
        lambda *_: "it alone says which camera took it",
    ),
    KeeperRule(
        "pixels", "More pixels",
        lambda i, _: i.width * i.height,
        lambda k,
        r: f"it has more pixels ({k.width:,} × {k.height:,} against {r.width:,} × {r.height:,})",
    ),
    KeeperRule(
        "contents", "Holds more than one picture (pages, a film, maps)",
        lambda i, _: i.contents.weight if i.contents else 0,
        lambda k, _: f"it holds more: {', '.join(k.holds)}",
    ),
    KeeperRule(
        "company", "With its film, RAW file or edits",
        lambda i, _: 4 * bool(i.company.films) + 2 * i.company.raw + i.company.edits,
        lambda k, r: f"it has {_company(k, r)} beside it",
    ),
    KeeperRule(
        "quality", "Higher JPEG quality",
        lambda i, quality: quality(i.path) or 0,
        lambda *_: "it was saved with a higher JPEG quality",
    ),
    KeeperRule(
        "metadata", "More metadata",
        lambda i, _: i.metadata,
        lambda k,
        r: f"it says more of itself: date, place, camera and the like ({k.metadata} facts against {r.metadata})",
    ),
    KeeperRule(
        "native", "Format that cameras write",
        lambda i, _: original_format_rank(i),
        lambda k, r: f"it is a {k.format} file, as cameras write them, and the other {r.format}",
    ),
    KeeperRule(
        "earliest", "Earliest date taken",
        lambda i, _: _earliest(i),
        _why_earliest,
    ),
    KeeperRule(
        "plain", "Not named like a copy",
        lambda i, _: not _like_a_copy(i.path),
        lambda _, r: f"the other is named like a copy ({_copy_words(r.path)})",
    ),
    KeeperRule(
        "oldest", "Oldest file",
        lambda i, _: -i.modified,
        lambda *_: "its file is the older one",
    ),
    KeeperRule(
        "shortest", "Shortest path",
        lambda i, _: -len(i.path),
        lambda *_: "its path is the shortest",
    ),
    KeeperRule(
        "shallowest", "Fewest folders deep",
        lambda i, _: -_folder_depth(i.path),
        lambda *_: "it lies fewer folders deep",
    ),
    KeeperRule(
        "newest", "Newest file",
        lambda i, _: i.modified,
        lambda *_: "its file is the newer one",
    ),
)  # fmt: skip
RULES_BY_NAME = {rule.name: rule for rule in RULES}
# What is asked as long as a person has not ordered the rules otherwise.
DEFAULT_RULES = (
    "protected", "raw", "bare", "camera", "pixels", "contents", "company", "quality", "metadata",
    "native", "earliest", "plain", "oldest",
    "shortest",
)  # fmt: skip


def choose_keeper(
    items: Iterable[GroupFile],
    rules: Sequence[str] = DEFAULT_RULES,
    *,
    quality: Quality = jpeg_quality,
) -> tuple[GroupFile, str]:
    """The file to keep and why, in words that follow “kept because”. quality: JPEG quality of a
    path, read where the rules come to it.

    Raises ValueError without items, and UsageError on a rule that does not exist.
    """
    left = sorted(items, key=_last)
    if not left:
        raise ValueError("a group without files has none to keep")
    if len(left) == 1:
        return left[0], "it is the only file"
    for rule in [_REAL, *_rules(rules)]:
        if rule.name == "quality" and len({item.photo_id for item in left}) == 1:
            # The same bytes have the same quality: no file need be opened.
            continue
        values = [rule.best(item, quality) for item in left]
        most = max(values)
        best = [item for item, value in zip(left, values, strict=True) if value == most]
        if len(best) == 1:
            rivals = [
                (value, item)
                for item, value in zip(left, values, strict=True)
                if item is not best[0]
            ]
            nearest = max(rivals, key=lambda rival: rival[0])[1]
            return best[0], rule.why(best[0], nearest)
        left = best
    return left[0], "everything else is equal, and its path comes first"


def ranked(
    items: Iterable[GroupFile],
    rules: Sequence[str] = DEFAULT_RULES,
    *,
    quality: Quality = jpeg_quality,
) -> list[GroupFile]:
    """All of them, the one to keep first: each one is what would be kept if those before it did not
    exist."""
    found, asked = sorted(items, key=_last), _rules(rules)
    return sorted(
        found,
        key=lambda item: tuple(rule.best(item, quality) for rule in [_REAL, *asked]),
        reverse=True,
    )


_REAL = KeeperRule(
    "real",
    "A file of its own",
    lambda i, _: not i.symlink,
    lambda *_: "it is a file of its own, and no link",
)


def _last(item: GroupFile) -> tuple[str, int]:
    return item.path, item.file_id


def _rules(names: Sequence[str]) -> list[KeeperRule]:
    unknown = [name for name in names if name not in RULES_BY_NAME]
    if unknown:
        raise UsageError(
            f"There is no rule “{unknown[0]}” for what is kept: choose of {', '.join(RULES_BY_NAME)}."
        )
    return [RULES_BY_NAME[name] for name in dict.fromkeys(names)]


# --- kept in the library's settings


def keeper_rules(catalog: Catalog) -> tuple[str, ...]:
    """The rules in the person's order; rules that only an earlier or a later release knew are
    passed over."""
    kept = get_setting(catalog, SETTING)
    try:
        names = json.loads(kept) if kept else None
    except ValueError:
        names = None
    return (
        tuple(name for name in names if name in RULES_BY_NAME)
        if isinstance(names, list)
        else DEFAULT_RULES
    )


def set_keeper_rules(catalog: Catalog, names: Sequence[str]) -> None:
    """Keep this order, from the first rule to the last. Raises UsageError on a rule that does not
    exist."""
    put_setting(catalog, SETTING, json.dumps([rule.name for rule in _rules(names)]))


def kept_because(item: GroupFile, why: str) -> str:
    """A whole sentence."""
    return f"{printable(os.path.basename(item.path))} is kept because {why}."
