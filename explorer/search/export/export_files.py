"""Export photos to a folder, as copies or as links. Nothing is overwritten, and no original is
changed."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import BinaryIO, Literal, NamedTuple

from explorer.errors import FolderError, PhotoError
from explorer.library.library import Library
from explorer.library.paths import inside, printable
from explorer.library.rows import PhotoRow
from explorer.photos.file_io import open_regular
from explorer.removal import part_files
from explorer.removal.file_names import free_names
from explorer.removal.file_state import file_hash, has_content
from explorer.removal.safe_move import move, set_times
from explorer.systems import file_calls
from explorer.text_format import size

ExportKind = Literal["copies", "links"]

_CHUNK = 1 << 20
# Bytes left free on the target drive.
_RESERVE = 100_000_000
# Number of names tried for one file.
_MAX_NAMES = 1000


class ExportFailure(NamedTuple):
    """A photo that was not exported."""

    path: str
    """Of its original, absolute."""
    reason: str
    """A clause in plain words."""


@dataclass
class ExportReport:
    """What an export wrote."""

    folder: str
    written: int = 0
    """New files."""
    already_there: int = 0
    """Photos that were in the folder already, under their name or that name with a number."""
    failures: list[ExportFailure] = field(default_factory=list)


class ExportFolder(NamedTuple):
    """A folder to export to, which may not exist yet."""

    path: str
    """Absolute."""
    watched: str | None
    """The watched folder that contains it: every copy in it is indexed as a separate photo."""


def check_export_folder(library: Library, typed: str) -> ExportFolder:
    """The folder that the user typed. Raises FolderError, with a message for the user, if nothing
    can be written there: the path is not absolute, is a file, is in the library's own folder, or
    the folder above it does not exist.
    """
    # Not made absolute: a user who types a relative path cannot know what it is relative to.
    path = os.path.normpath(os.path.expanduser(typed.strip().strip("\"'")))
    shown = printable(path)
    if not os.path.isabs(path) or "\0" in path:
        raise FolderError(f"Type the full path of a folder: “{shown}” is not one.")
    if file_calls.lexists(path) and not file_calls.isdir(path):
        raise FolderError(f"“{shown}” is a file, not a folder: choose another path.")
    if not file_calls.isdir(path) and not file_calls.isdir(os.path.dirname(path)):
        raise FolderError(
            f"The folder “{printable(os.path.dirname(path))}” does not exist: check its spelling,"
            " or connect its drive."
        )
    real = os.path.realpath(path)
    if inside(real, os.path.realpath(library.dir)):
        raise FolderError(f"“{shown}” belongs to Photo Explorer itself: choose another folder.")
    roots = library.catalog.root_paths().values()
    return ExportFolder(
        path, next((root for root in roots if inside(real, os.path.realpath(root))), None)
    )


def export_files(
    library: Library,
    photos: Iterable[PhotoRow],
    folder: str,
    kind: ExportKind,
    progress: Callable[[int], None] = lambda done: None,
) -> ExportReport:
    """Write copies of photos, or links to them, into a folder, which is created if needed. Existing
    files are never overwritten: a number is added to the name. A copy is complete, on the disk and
    compared with its original's content hash before it gets its name, and keeps the original's
    modification time. Links are symbolic links, or hard links where those are not supported.

    folder: absolute, as `check_export_folder` returns it. progress: called with the number of
    photos completed; if it raises, the export ends between two files. Raises FolderError if the
    folder cannot be created or its drive lacks space.
    """
    photos = list(photos)
    _make_folder(folder)
    if kind == "copies":
        _check_room(folder, sum(photo["bytes"] for photo in photos))
    report = ExportReport(folder)
    for done, photo in enumerate(photos, 1):
        try:
            is_new = _export(library, photo, folder, kind)
            report.written += is_new
            report.already_there += not is_new
        except (OSError, PhotoError) as error:
            report.failures.append(ExportFailure(photo["path"], _reason(error)))
        progress(done)
    return report


def _make_folder(folder: str) -> None:
    try:
        file_calls.mkdir(folder)
    except OSError as error:
        raise FolderError(
            f"The folder “{printable(folder)}” cannot be created ({error.strerror or error}): "
            "choose another one."
        ) from error


def _check_room(folder: str, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if needed + _RESERVE > free:
        raise FolderError(
            f"The copies need {size(needed)}, and “{printable(folder)}” has {size(free)} left:"
            " choose a folder on another drive, or fewer photos."
        )


def _export(library: Library, photo: PhotoRow, folder: str, kind: ExportKind) -> bool:
    """Export one photo; returns whether a file was created. Raises OSError, PhotoError."""
    sources = [
        file["path"] for file in library.catalog.files_of(photo["id"]) if file["state"] == "present"
    ]
    sources.sort(key=lambda path: path != photo["path"])
    problem: OSError | PhotoError = PhotoError("the file no longer exists")
    for source in sources:
        try:
            wanted = os.path.join(folder, os.path.basename(source))
            if kind == "links":
                return _link(source, photo["hash"], wanted)
            return _copy(source, photo["hash"], wanted)
        except (OSError, PhotoError) as error:
            problem = error
    raise problem


def _copy(source: str, digest: str, wanted: str) -> bool:
    if _is_there(wanted, lambda path: has_content(path, digest)):
        return False
    folder = os.path.dirname(wanted)

    def fill(new: BinaryIO) -> None:
        found = hashlib.blake2b(digest_size=16)
        with open_regular(source) as (handle, facts):
            left = facts.st_size
            while left > 0 and (chunk := os.read(handle, min(left, _CHUNK))):
                found.update(chunk)
                new.write(chunk)
                left -= len(chunk)
        if found.hexdigest() != digest:
            raise PhotoError("it has changed since it was indexed")

    part = part_files.make_part(folder, "", lambda name: part_files.create_file(name, fill))
    try:
        facts = file_calls.stat(source)
        file_calls.chmod(part, facts.st_mode & 0o666 | 0o600)
        set_times(part, facts.st_atime_ns, facts.st_mtime_ns)
        # Read it back: the drive may not hold what was written.
        if file_hash(part) != digest:
            raise PhotoError("the copy differs from the original: its drive may be failing")
        _name_exclusively(wanted, lambda path: move(part, path, digest))
    except BaseException:
        part_files.discard(part)
        raise
    return True


def _link(source: str, digest: str, wanted: str) -> bool:
    with open_regular(source):
        # The original can be read, so the link is valid.
        pass
    if _is_there(wanted, lambda path: _is_same_file(path, source)):
        return False

    def link(path: str) -> None:
        try:
            file_calls.symlink(source, path)
        except FileExistsError:
            raise
        except (OSError, NotImplementedError):
            # Windows requires a privilege for symbolic links, and some file systems do not support
            # them.
            file_calls.link(source, path, follow_links=True)

    _name_exclusively(wanted, link)
    return True


def _is_there(wanted: str, is_photo: Callable[[str], bool]) -> bool:
    """Whether the folder has the photo, under its name or, if that was taken, with a number."""
    for _, path in zip(range(_MAX_NAMES), free_names(wanted), strict=False):
        if not file_calls.lexists(path):
            return False
        if is_photo(path):
            return True
    return False


def _is_same_file(path: str, source: str) -> bool:
    """Whether a path is a link to a file, symbolic or hard."""
    try:
        return file_calls.samefile(path, source)
    except OSError:
        return False


def _name_exclusively(wanted: str, create: Callable[[str], object]) -> None:
    """Call `create` with the first free name; `create` raises FileExistsError for one that is
    taken."""
    for number, path in enumerate(free_names(wanted)):
        try:
            create(path)
        except FileExistsError:
            if number == _MAX_NAMES:
                raise
        else:
            return


def _reason(error: OSError | PhotoError) -> str:
    return str(error) if isinstance(error, PhotoError) else error.strerror or str(error)
