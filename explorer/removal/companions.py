"""Find the files that belong to one photo only: the video of a Live Photo, sidecars with edits and
keywords, the metadata files of an export.

A companion is moved with its photo, but only if no other photo in the folder uses it. Which names
belong together is decided by `companion_keys`.
"""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from explorer.photos.companion_keys import (
    APPLE_DOUBLE,
    Kind,
    companion_keys,
    companion_kind,
    is_edit_sidecar,
    is_photo,
    photo_keys,
    related_prefixes,
)
from explorer.photos.formats import RAW_EXTENSIONS
from explorer.photos.stacks import normalized_name
from explorer.systems import file_calls

# The folders beside photos in which programs keep the settings for them.
_NX_STUDIO, _CAPTURE_ONE = "NKSC_PARAM", "CaptureOne"


@dataclass(frozen=True)
class Companion:
    """A file that belongs to a photo."""

    path: str
    """Absolute."""
    kind: Kind
    bytes: int = 0
    """Size; 0 for a link."""
    link: bool = False
    """Whether it is a symbolic link."""


class Companions(NamedTuple):
    """The companions of one photo."""

    own: tuple[Companion, ...] = ()
    """Companions that belong only to this photo, and are removed with it."""
    shared: tuple[Companion, ...] = ()
    """Companions that another photo uses as well."""
    raw: bool = False
    """Whether there is a RAW file of the same stem."""

    @property
    def videos(self) -> list[Companion]:
        """The videos of a Live Photo or motion photo."""
        return [each for each in (*self.own, *self.shared) if each.kind == "video"]

    @property
    def edits(self) -> bool:
        """Whether there is a sidecar with edits or notes."""
        return any(is_edit_sidecar(each.path) for each in (*self.own, *self.shared))

    @property
    def edit_bytes(self) -> int:
        """The size of all sidecars with edits or notes."""
        files = (*self.own, *self.shared)
        return sum(each.bytes for each in files if is_edit_sidecar(each.path))

    def unique_edits(self, keeper: Companions) -> list[Companion]:
        """The sidecars with edits or notes that would be removed with this photo, and of which a
        keeper has no counterpart: one of the same kind that is at least as large. Compares sizes
        only: the content is compared on removal."""
        largest = dict[str, int]()
        for each in (*keeper.own, *keeper.shared):
            if not each.link and is_edit_sidecar(each.path):
                ending = os.path.splitext(each.path)[1].lower()
                largest[ending] = max(each.bytes, largest.get(ending, 0))
        return [
            each
            for each in self.own
            if is_edit_sidecar(each.path)
            and each.bytes > largest.get(os.path.splitext(each.path)[1].lower(), 0)
        ]


NO_COMPANIONS = Companions()


class CompanionFinder:
    """Finds the companions of many photos; each folder is listed only once."""

    def __init__(self) -> None:
        self._folders, self._found = dict[str, _Folder](), dict[str, Companions]()

    def of(self, path: str) -> Companions:
        """The companions of a photo (absolute path)."""
        if path not in self._found:
            folder, name = os.path.split(path)
            if folder not in self._folders:
                self._folders[folder] = _Folder(_names(folder))
            self._found[path] = self._folders[folder].companions(folder, name)
        return self._found[path]


def companions_of(path: str, gone: Collection[str] = ()) -> Companions:
    """The companions of one photo (absolute path) at this moment.

    gone: paths of files treated as already removed.
    """
    folder, name = os.path.split(path)
    prefixes = related_prefixes(normalized_name(name))
    names = (
        each
        for each in _names(folder)
        if _normalized_base(each).startswith(prefixes)
        and (each == name or os.path.join(folder, each) not in gone)
    )
    return _Folder(names).companions(folder, name)


def renamed(path: str, photo: str, new: str) -> str:
    """The path of a companion once its photo is renamed from `photo` to `new`: if `a.jpg` becomes
    `a (2).jpg`, `a.mov` becomes `a (2).mov`. Files of other names keep their path."""
    folder, name = os.path.split(path)
    old_stem, new_stem = (os.path.splitext(os.path.basename(each))[0] for each in (photo, new))
    at = len(APPLE_DOUBLE) if name.startswith(APPLE_DOUBLE) else 0
    if not name[at:].lower().startswith(old_stem.lower()):
        return path
    return os.path.join(folder, name[:at] + new_stem + name[at + len(old_stem) :])


def _names(folder: str) -> list[str]:
    """The names in a folder, and the relative paths of the settings that NX Studio and Capture One
    keep in folders of their own."""
    names = _listed(folder)
    found = list(names)
    if _NX_STUDIO in names:
        found += _below(folder, _NX_STUDIO, ".nksc")
    if _CAPTURE_ONE in names:
        for each in _listed(os.path.join(folder, _CAPTURE_ONE)):
            # One for each version of the program's settings: Settings153.
            if each.startswith("Settings"):
                found += _below(folder, os.path.join(_CAPTURE_ONE, each), ".cos")
    return found


def _below(folder: str, subfolder: str, ending: str) -> list[str]:
    names = _listed(os.path.join(folder, subfolder))
    return [os.path.join(subfolder, name) for name in names if name.lower().endswith(ending)]


def _listed(folder: str) -> list[str]:
    try:
        return file_calls.listdir(folder)
    except OSError:
        return []


def _normalized_base(name: str) -> str:
    return normalized_name(os.path.basename(name))


class _Folder:
    """The names of one folder, indexed by the keys of `companion_keys`."""

    def __init__(self, names: Iterable[str]) -> None:
        self._companions = defaultdict[str, list[str]](list)
        self._users = defaultdict[str, set[str]](set)
        self._raws = defaultdict[str, set[str]](set)
        # Normalized names by stem.
        self._photos = defaultdict[str, list[str]](list)
        known = [(name, _normalized_base(name)) for name in names]
        for _, normalized in known:
            if is_photo(normalized):
                self._photos[os.path.splitext(normalized)[0]].append(normalized)
        for name, normalized in known:
            for key in companion_keys(normalized):
                self._companions[key].append(name)
            for key in photo_keys(normalized, self._photos):
                self._users[key].add(name)
            stem, ending = os.path.splitext(normalized)
            if ending in RAW_EXTENSIONS:
                self._raws[stem].add(name)

    def companions(self, folder: str, name: str) -> Companions:
        normalized = normalized_name(name)
        found = {
            each: key
            for key in photo_keys(normalized, self._photos)
            for each in self._companions.get(key, ())
        }
        stem = os.path.splitext(normalized)[0]
        raw = bool(self._raws.get(stem, set()) - {name})
        if not found and not raw:
            return NO_COMPANIONS
        own, shared = list[Companion](), list[Companion]()
        for each, key in sorted(found.items()):
            file = _companion(os.path.join(folder, each), companion_kind(_normalized_base(each)))
            if file is not None:
                (shared if self._users[key] - {name} else own).append(file)
        return Companions(tuple(own), tuple(shared), raw)


def _companion(path: str, kind: Kind) -> Companion | None:
    """A companion as it is now; None if it is neither a regular file nor a link to one."""
    try:
        facts = file_calls.lstat(path)
    except OSError:
        return None
    if stat.S_ISREG(facts.st_mode):
        return Companion(path, kind, facts.st_size)
    if stat.S_ISLNK(facts.st_mode) and file_calls.isfile(path):
        return Companion(path, kind, link=True)
    return None
