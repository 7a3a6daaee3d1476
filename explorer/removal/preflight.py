"""Whether a file may go, and what goes with it. The file, its companions and what is kept for them
are read each time, in that moment."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from explorer import int64
from explorer.errors import PROVEN, UsageError
from explorer.library.copy_rows import contents_of
from explorer.library.file_lookup import find_photo_file, find_unreadable_file
from explorer.library.library import Library
from explorer.library.mounts import MountLocations
from explorer.library.pair_store import PAIRS_VERSION, PairKind, compared_kind
from explorer.library.paths import inside, printable
from explorer.library.protected_folder_store import ProtectedFolders, protected_folders
from explorer.library.system_folders import around_file, around_folder
from explorer.photos.containers.contents import reason_to_keep
from explorer.removal import safe_move
from explorer.removal.companions import Companion, companions_of
from explorer.removal.file_identity import same_directory_entry
from explorer.removal.results import Removal
from explorer.removal.safe_move import FileStamp, file_stamp
from explorer.removal.stacks import is_named_after, is_one_stack

TRASH = "trash"

# What a person is told of a file that could not be read.
ONLY_COPY = "it could not be read, so no other copy of it is known: this may be the only one"

# In these tiers a person marks other shots one by one: what goes is no copy, and what is kept does
# not stand for it.
_OTHER_SHOTS = ("moment", "lookalike")
# In all others, what comparing two photos must have found so that one goes for the other.
_VERIFIED: dict[str, tuple[PairKind, ...]] = {"identical": (), "pixels": ("pixels",)}
_ONE_PICTURE: tuple[PairKind, ...] = ("pixels", "picture")


class RemovalRefused(Exception):
    """This file stays, for that reason."""


class KeptFile(NamedTuple):
    """A file that is kept for one that goes, as it was when it was read. hash: hex."""

    path: str
    hash: str
    stamp: FileStamp

    def is_unchanged(self) -> bool:
        """Whether it is there, as it was checked; one that was touched meanwhile, or has no id, is
        read again."""
        with contextlib.suppress(OSError):
            if self.stamp.inode and file_stamp(self.path) == self.stamp:
                return True
        return self.has_same_content()

    def has_same_content(self) -> bool:
        """Whether it can be read, now, with the content that it had."""
        return safe_move.has_content(self.path, self.hash)


@dataclass(frozen=True)
class CheckedFile:
    """One file that may go: what it and the one kept for it were when they were read. hash: hex."""

    path: str
    hash: str
    stamp: FileStamp
    kept: KeptFile | None
    freed: int
    facts: dict[str, Any]


@dataclass(frozen=True)
class CheckedPhoto:
    """A photo's file that may go, and what goes with it. root: the watched folder it lies in."""

    root: str
    photo: CheckedFile
    companion_files: tuple[CheckedFile, ...]
    companions: tuple[Companion, ...]
    note: str

    @property
    def parts(self) -> tuple[CheckedFile, ...]:
        """In the order in which they go: the photo goes last, when all that belongs to it has gone."""
        return *self.companion_files, self.photo

    @property
    def freed(self) -> int:
        return sum(part.freed for part in self.parts)


class Preflight:
    """Whether files of one plan may go."""

    def __init__(
        self, library: Library, removals: Iterable[Removal], to: str, without_keeper: bool
    ) -> None:
        """Raises UsageError where the removals as a whole make no sense."""
        wanted = list(removals)
        self._catalog, self._protection = (
            library.catalog,
            ProtectedFolders(protected_folders(library.catalog)),
        )
        self.number = len(wanted)
        self._roots = list(library.catalog.root_paths().values())
        self._real_roots, self._locations = (
            [os.path.realpath(root) for root in self._roots],
            MountLocations(),
        )
        paths = {removal.path for removal in wanted if _can_be_asked_for(removal.path)}
        twice = next(
            (
                path
                for path, times in Counter(removal.path for removal in wanted).items()
                if times > 1
            ),
            None,
        )
        if twice is not None:
            raise UsageError(
                f"The file {printable(twice)} is to be removed twice: make the plan again."
            )
        self._paths = {_real(path) for path in paths}
        self._without_keeper = without_keeper
        if wanted and not without_keeper and all(removal.keeper is None for removal in wanted):
            raise UsageError(
                "Of these photos no other copy is kept: this needs a confirmation of its own (--without-keeper)."
            )
        if to != TRASH:
            self._check_folder(to, library)

    def _check_folder(self, to: str, library: Library) -> None:
        if not os.path.isabs(to):
            raise UsageError(f"The folder {printable(to)} must be given as a full path.")
        if self.in_library(to):
            raise UsageError(
                f"The folder {printable(to)} lies in the library, where photos would be found again: choose one outside of it."
            )
        if os.path.lexists(to) and not os.path.isdir(to):
            raise UsageError(f"{printable(to)} is a file, not a folder: choose another.")
        if store := around_folder(to) or around_folder(os.path.realpath(to)):
            why = "where files may be deleted without asking you"
            raise UsageError(
                f"The folder {printable(to)} lies in {printable(store)}, {why}: choose another."
            )
        if self._locations.inside(to, str(library.dir)):
            raise UsageError(
                f"The folder {printable(to)} belongs to the library itself: choose another."
            )

    def folders(self) -> list[str]:
        """The watched folders, and those below them that directly hold photos."""
        return [*self._roots, *(folder["path"] for folder in self._catalog.folders())]

    def in_library(self, folder: str) -> bool:
        """Whether a folder lies in a watched one, through whatever links and mounts it is reached."""
        real = os.path.realpath(folder)
        return any(inside(real, root) for root in self._real_roots) or any(
            self._locations.inside(folder, root) for root in self._roots
        )

    def __call__(
        self, removal: Removal, gone: frozenset[str] | set[str] = frozenset()
    ) -> CheckedPhoto:
        """gone: paths that would be gone by then, in a dry run. Raises RemovalRefused."""
        if removal.keeper is None and not self._without_keeper:
            raise RemovalRefused(
                "no other copy of it is kept: this needs a confirmation of its own (--without-keeper)"
            )
        _require_plain(removal.path, "it")
        if self._protection.covers(removal.path):
            raise RemovalRefused("it lies in a protected folder")
        _check_store(removal.path, "it")
        unread = (
            find_unreadable_file(self._catalog, removal.path)
            if os.path.isabs(removal.path)
            else None
        )
        root = self._known(removal.path, removal.hash, "it") if unread is None else unread.root
        if unread is not None and unread.fault not in PROVEN:
            raise RemovalRefused(
                "it cannot be read yet, which is no fault of the file: only files that are proven to be damaged may go"
            )
        if unread is not None and removal.keeper is not None:
            raise RemovalRefused("it could not be read as a photo, so it is no copy of another one")
        try:
            if unread is not None and (unread.file.size, unread.file.mtime_ns) != _size_and_time(
                removal.path
            ):
                raise RemovalRefused("it has changed since the library last looked at it")
            if not os.path.isfile(removal.path) and os.path.lexists(removal.path):
                raise RemovalRefused("it is no file")
            photo = _part(removal.path, removal.hash)
        except OSError as error:
            raise RemovalRefused(_unread("it", error)) from error
        kept = self._keeper(removal) if removal.keeper is not None else None
        if removal.keeper is not None:
            self._refuse_set(removal, removal.keeper)
        photo = CheckedFile(**{**vars(photo), "kept": kept})
        note = ""
        if "link" in photo.facts:
            note = "it is a link to another file: no space is gained"
        elif not photo.freed and photo.stamp.size:
            note = "it is one of several names of the same bytes: no space is gained"
        elif unread is not None:
            note = ONLY_COPY
        # Nobody can say that a photo that cannot be read is whole: its film may be what is left of
        # it.
        companions = companions_of(removal.path, gone).own if unread is None else ()
        along = tuple(self._along(removal, each) for each in companions)
        return CheckedPhoto(root, photo, along, companions, note)

    def _along(self, removal: Removal, each: Companion) -> CheckedFile:
        """A file that belongs to the photo. The film of a copy goes only where the very same film
        stays with the photo that is kept."""
        name = f"its {'film' if each.kind == 'film' else 'sidecar'} {printable(os.path.basename(each.path))}"
        try:
            part = _part(each.path)
            if (
                each.kind == "film"
                and not each.link
                and removal.keeper is not None
                and removal.tier not in _OTHER_SHOTS
            ):
                part = CheckedFile(
                    **{**vars(part), "kept": self._same_film(removal.keeper, part, name)}
                )
        except OSError as error:
            raise RemovalRefused(_unread(name, error)) from error
        return part

    def _same_film(self, keeper: str, part: CheckedFile, name: str) -> KeptFile:
        films = [film for film in companions_of(keeper).films if not film.link]
        for film in films:
            if film.bytes != part.stamp.size or same_directory_entry(film.path, part.path):
                continue
            found = file_stamp(film.path)
            if safe_move.file_hash(film.path) == part.hash and file_stamp(film.path) == found:
                return KeptFile(film.path, part.hash, found)
        raise RemovalRefused(
            f"{name} is not there a second time: the one to keep has {'another film' if films else 'none'}"
        )

    def _keeper(self, removal: Removal) -> KeptFile:
        keeper, digest = removal.keeper or "", removal.keeper_hash or removal.hash
        _require_plain(keeper, "the one to keep")
        if _real(keeper) in self._paths:
            raise RemovalRefused("the one to keep is to be removed, too")
        try:
            if not safe_move.is_regular_file(keeper):
                raise RemovalRefused("the one to keep is only a link, or no file")
            if same_directory_entry(removal.path, keeper):
                raise RemovalRefused("the one to keep is this very file, under another path")
            _check_store(keeper, "the one to keep")
            self._known(keeper, digest, "the one to keep")
            if digest != removal.hash and not self._verified(removal, digest):
                raise RemovalRefused(
                    "it was not compared with the one to keep, so nobody knows whether they are one picture"
                )
            self._check_contents(removal, digest)
            found = file_stamp(keeper)
            if safe_move.file_hash(keeper) != digest or file_stamp(keeper) != found:
                raise RemovalRefused(
                    "the one to keep has changed since the library last looked at it"
                )
        except OSError as error:
            raise RemovalRefused(_unread("the one to keep", error)) from error
        return KeptFile(keeper, digest, found)

    def _check_contents(self, removal: Removal, keeper_hash: str) -> None:
        """Raises RemovalRefused where a copy holds more than its first picture (pages, a film), and the
        one to keep does not hold it, too.

        What the catalog says of contents is said of just these bytes: both files' hashes are
        checked in this moment.
        """
        if removal.hash == keeper_hash or removal.tier in _OTHER_SHOTS:
            return
        if reason := reason_to_keep(
            contents_of(self._catalog, removal.hash), contents_of(self._catalog, keeper_hash)
        ):
            raise RemovalRefused(reason)

    def _refuse_set(self, removal: Removal, keeper: str) -> None:
        """An original and its edit stay together, also where the edit would go for another copy of
        the original elsewhere."""
        if removal.keeper_hash in (None, removal.hash):
            return
        found = compared_kind(self._catalog, removal.hash, removal.keeper_hash, PAIRS_VERSION)
        tier = (
            "pixels"
            if found == "pixels"
            else removal.tier
            if removal.tier in _OTHER_SHOTS
            else "picture"
        )
        if is_one_stack(removal.path, keeper, tier):
            raise RemovalRefused("by their names, it and the one to keep are versions of one photo")
        if tier != "picture":
            return
        folder, name = os.path.split(removal.path)
        try:
            names = os.listdir(folder)
        except OSError as error:
            raise RemovalRefused(_unread("its folder", error)) from error
        for each in names:
            original = (
                find_photo_file(self._catalog, os.path.join(folder, each))
                if is_named_after(name, each)
                else None
            )
            if (
                original is not None
                and compared_kind(self._catalog, removal.hash, original.hash, PAIRS_VERSION)
                == "picture"
            ):
                raise RemovalRefused(f"by its name it is a version of {printable(each)}")

    def _verified(self, removal: Removal, keeper_hash: str) -> bool:
        """Whether the two were found to be what the tier says."""
        if removal.tier in _OTHER_SHOTS:
            return True
        return compared_kind(
            self._catalog, removal.hash, keeper_hash, PAIRS_VERSION
        ) in _VERIFIED.get(removal.tier, _ONE_PICTURE)

    def _known(self, path: str, digest: str, what: str) -> str:
        """The watched folder of a file that the library knows with that content."""
        known = find_photo_file(self._catalog, path) if os.path.isabs(path) else None
        if known is None:
            raise RemovalRefused(f"{what} is not in the library")
        if known.hash != digest:
            raise RemovalRefused(f"{what} has changed since the plan was made")
        return known.root


def _check_store(path: str, what: str) -> None:
    """Raises RemovalRefused for a file that a system or another program keeps for itself, whichever way
    the path leads there."""
    if store := around_file(path) or around_file(_real(path)):
        raise RemovalRefused(f"{what} lies in {printable(store)}")


def _part(path: str, digest: str | None = None) -> CheckedFile:
    """A file as it is now, read for its hash, which must be that one if one is given. Raises
    RemovalRefused and OSError."""
    before, found = os.lstat(path), file_stamp(path)
    actual = safe_move.file_hash(path)
    if digest not in (None, actual) or file_stamp(path) != found:
        raise RemovalRefused(
            "it has changed since the library last looked at it"
            if digest
            else "it changed a moment ago"
        )
    is_link = os.path.islink(path)
    freed = 0 if is_link or before.st_nlink > 1 else before.st_size
    facts: dict[str, Any] = {
        "size": before.st_size, "mtime_ns": before.st_mtime_ns, "atime_ns": before.st_atime_ns,
        "inode": before.st_ino,
        # An overlay gives its files another device number than its folders.
        "device": before.st_dev, "drive": os.stat(os.path.dirname(path)).st_dev, "freed": freed,
    }  # fmt: skip
    if is_link:
        facts["link"] = os.readlink(path)
    return CheckedFile(path, actual, found, None, freed, facts)


def _can_be_asked_for(path: str) -> bool:
    """Whether it is a path at all: a NUL ends one, and half of a surrogate pair is no character of
    a name."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def _require_plain(path: str, what: str) -> None:
    """Raises RemovalRefused where a path is not one by which the library can know a file: with `..` in it,
    what it leads to depends on links."""
    if not _can_be_asked_for(path) or os.path.normpath(path) != path:
        raise RemovalRefused(
            f"{what} is not in the library by this path: write it without “..”, “.” and “//”"
        )


def _real(path: str) -> str:
    """A path by the real name of its folder; the file itself may be a link."""
    return os.path.realpath(os.path.dirname(path)) + os.sep + os.path.basename(path)


def _size_and_time(path: str) -> tuple[int, int]:
    """As a scan sees them: of what a link leads to."""
    facts = os.stat(path)
    return facts.st_size, int64.time_ns(facts.st_mtime_ns)


def _unread(what: str, error: OSError) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return f"{what} is not there any more"
    if isinstance(error, PermissionError):
        return f"you are not allowed to read {what}"
    return f"{what} cannot be read ({error.strerror or error})"
