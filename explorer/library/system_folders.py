"""Folders that systems, NAS devices and other programs manage themselves: trash, snapshots,
thumbnails, the libraries of photo programs.

Their contents are deleted, thinned out or rewritten automatically, and many are small copies of
photos elsewhere. So such a folder is not indexed unless the user adds it, no file in it is ever
chosen as the keeper of a group, and none is ever removed from it. Names are compared as a whole,
ignoring case: “Recycled art” and “snapshot 2019” are the user's own. Some names count only inside a
folder of a certain name (`a/b`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from functools import lru_cache

_BIN, _SNAPSHOT, _CACHE, _STORE, _SYSTEM = (
    "a bin",
    "a snapshot",
    "thumbnails",
    "another program's own store",
    "the system's own folder",
)

_NAMES = {
    name: kind
    for kind, names in {
        _BIN: (
            "$recycle.bin", "recycler", "recycled", ".trash", ".trashes", ".trashbox", "trashbox",
            "#recycle", "@recycle", ".recycle",
            ".recycle.bin", ".recycler", ".recycled", ".recyclebin", "network recycle bin",
            "network trash folder", ".globaltrash",
            ".dtrash", "files_trashbin", ".local/share/trash", "@sharebin",
            ".photo-explorer-removed", "photo explorer removed photos",
        ),
        _SNAPSHOT: (
            "#snapshot", "~snapshot", ".snapshot", ".snapshots", "@snapshots", "@sharesnap",
            "@recently-snapshot", ".zfs", ".ckpt",
            "backups.backupdb", ".mobilebackups", ".stversions", "files_versions",
            "timeshift/snapshots", "timeshift-btrfs/snapshots",
            "windows.old",
        ),
        _CACHE: (
            "@eadir", "@__thumb", ".@__thumb", ".thumbnails", ".thumbs", ".xvpics", ".wdmc",
            "ipod photo cache", "cache/thumbnails",
            "cache/phototranscoder", "_data/i",
        ),
        _SYSTEM: (
            "system volume information", "lost+found", "$windows.~bt", "$windows.~ws", "$sysreset",
            "__macosx", ".spotlight-v100",
            ".fseventsd", ".documentrevisions-v100", ".temporaryitems", "temporary items",
            "thevolumesettingsfolder", ".appledouble",
            "@tmp", "@transcode", "@upload_cache", "@appstore", "@database",
        ),
    }.items()
    for name in names
}  # fmt: skip

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
# Names with a part that varies.
_PATTERNS = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"\.trash-\d+", _BIN),
        (r"network recycle bin \d+", _BIN),
        (r"recycle bin - volume_\d+", _BIN),
        (r"found\.\d{3}", _SYSTEM),
        (r"windows\.old[.(]\d+\)?", _SNAPSHOT),
        (r"@gmt[-_]\d{4}[^/]+", _SNAPSHOT),
        (r"[^/]+\.(backupbundle|sparsebundle)", _SNAPSHOT),
        (
            r"[^/]+\.(photos|photo|migratedphoto|photobooth|ap|migratedap|lr|imovie|tv)library",
            _STORE,
        ),
        (r"[^/]+\.(lrdata|lrcat-data|cocatalog|fcpbundle)", _STORE),
        (r"appdata_oc[0-9a-z]+", _CACHE),
        (rf"(thumbs|encoded-video|profile)/{_UUID}", _CACHE),
    )
)
_PHOTO_PACKAGE = re.compile(r".+\.(photos|migratedphoto|ap|migratedap)library")
# The most names in one entry, as in `.local/share/trash`.
_MAX_DEPTH = 3


def kind_of(names: Sequence[str]) -> str | None:
    """What the folder at these path components is, in words that follow “it is”; None for the
    user's own. Its ancestors count only for names that mean something only inside a certain
    folder."""
    folded = [name.lower() for name in names[-_MAX_DEPTH:]]
    for start in range(len(folded)):
        text = "/".join(folded[start:])
        found = _NAMES.get(text) or next(
            (kind for pattern, kind in _PATTERNS if pattern.fullmatch(text)), None
        )
        if found is not None:
            return found
    return None


def is_photo_package(name: str) -> bool:
    """Whether a folder of this name is a library of Apple's photo programs. The user can add it:
    its originals are then indexed, and nothing in it is ever removed."""
    return _PHOTO_PACKAGE.fullmatch(name.lower()) is not None


def is_derived(names: Sequence[str]) -> bool:
    """Whether the folder at these path components is in a library of Apple's photo programs, and
    contains previews and other data that can be made again, not the originals."""
    return (
        len(names) > 1
        and is_photo_package(names[-2])
        and names[-1].lower() not in {"originals", "masters"}
    )


def is_skipped(names: Sequence[str]) -> bool:
    """Whether the folder at these path components, whose ancestors are indexed, is not indexed
    unless the user includes it: it is hidden by its name, a system folder, or derived data."""
    return names[-1].startswith(".") or kind_of(names) is not None or is_derived(names)


def system_folder_of_file(path: str) -> str | None:
    """The outermost system folder that a file is in, in words that follow “it is in”, such as
    “@eaDir”, which is thumbnails; None if there is none. path: absolute, or relative as catalog
    text."""
    return _outermost(path.replace(os.sep, "/").rpartition("/")[0])


def system_folder_of_folder(path: str) -> str | None:
    """Like `system_folder_of_file` for a folder, which may be a system folder itself."""
    return _outermost(path.replace(os.sep, "/").rstrip("/"))


@lru_cache(maxsize=4096)
def _outermost(folder: str) -> str | None:
    # Many files share a folder.
    names = folder.split("/")
    for end in range(1, len(names) + 1):
        kind = kind_of(names[max(0, end - _MAX_DEPTH) : end])
        if kind is not None:
            return f"“{names[end - 1]}”, which is {kind}"
    return None
