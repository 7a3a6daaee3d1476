"""Move files to the system's trash, as freedesktop.org specifies it (Trash specification 1.0), and
find them again.

Desktops on Linux and BSD keep a note for each file in the trash that says where it came from.
Windows and macOS do not let other programs find out. There, files go to a folder of our own on the
same drive instead (`own_folder`), from which they can be put back just as well.

Other programs write to the same trash at the same time, and not all of them reserve a name before
they use it. Therefore a file gets a random name, which is reserved by creating its note
exclusively, as the specification requires.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote_from_bytes, unquote_to_bytes

from explorer.removal import file_state, part_files, safe_move
from explorer.removal.file_names import fit_name, longest_name
from explorer.systems import file_calls
from explorer.systems.this_system import this_system

_SUFFIX = ".trashinfo"
# Bytes of a note that are read: enough for a path of 4,096 bytes, each percent-encoded.
_NOTE_BYTES = 64 * 1024
# Where files go if the trash cannot be searched: to the user's home for files on its drive, else to
# the top of the file's own drive. Neither is in the library, which people delete, nor in the folder
# for application data, which is deleted together with a Python from the Microsoft Store.
HOME_FOLDER = "Photo Explorer removed photos"
OWN_FOLDER = ".photo-explorer-removed"
OWN_FOLDERS = frozenset({HOME_FOLDER, OWN_FOLDER})


class TrashEntry(NamedTuple):
    """A place in the trash."""

    path: str
    """Path of the file, in the trash's `files` folder."""
    info: str
    """Path of the note about it, in the `info` folder."""


def is_supported() -> bool:
    """Whether files that we put in this system's trash can be found there again."""
    return this_system().has_freedesktop_trash


# --- moving files to the trash


def free_slot(path: str) -> TrashEntry:
    """A free place for a file in the trash of its drive, not yet reserved. Creates the trash's
    folders. Raises OSError.

    A long name is cut so that the note's name fits the file system; the note holds the full name.
    """
    trash = _trash_for(path)
    files, infos = (os.path.join(trash, name) for name in ("files", "info"))
    for folder in (files, infos):
        file_calls.makedirs(folder, 0o700)
    stem, suffix = os.path.splitext(os.path.basename(path))
    name = fit_name(stem, f".{secrets.token_hex(5)}{suffix}", longest_name(infos) - len(_SUFFIX))
    return TrashEntry(os.path.join(files, name), os.path.join(infos, name + _SUFFIX))


def send(path: str, digest: str, to: TrashEntry, token: str = "") -> list[str]:
    """Reserve a place in the trash and move a file there. When this returns, the change is on disk.
    Returns what is lost, see `safe_move.move`.

    digest, token: see `safe_move.move`. Raises FileExistsError if the place has been taken since,
    and OSError on any other failure: the file is then still where it was, and the trash unchanged.
    """
    note = _note_text(path, os.path.dirname(os.path.dirname(to.info)))
    part_files.create_file(to.info, lambda file: file.write(note))
    try:
        part_files.sync_folder(os.path.dirname(to.info))
        return safe_move.move(path, to.path, digest, token)
    except BaseException:
        # The file has not moved; if there is one in the trash by that name, it is not ours.
        if file_calls.lexists(path):
            delete_note(to.info)
        raise


def _note_text(path: str, trash: str) -> bytes:
    """The content of a note. In a trash at a drive's top folder, the path is relative to that
    folder, so that it holds wherever the drive is mounted."""
    real, top = _resolve_folder(path), _top_of(trash)
    shown = os.path.relpath(real, top) if top is not None else real
    now = dt.datetime.now().astimezone().strftime("%Y-%m-%dT%H:%M:%S")
    encoded = quote_from_bytes(os.fsencode(shown))
    return f"[Trash Info]\nPath={encoded}\nDeletionDate={now}\n".encode("ascii")


def _trash_for(path: str) -> str:
    """The trash that a file goes to: the home trash for files on its drive, else one at the top of
    the file's own drive, else the home trash."""
    home = _home_trash()
    if _device(os.path.dirname(path)) == _device(home):
        return home
    user, top = _user(), _mount_point(path)
    shared = os.path.join(top, ".Trash")
    with contextlib.suppress(OSError):
        facts = file_calls.lstat(shared)
        # As the specification requires: a folder, not a link, with the sticky bit, so that users
        # cannot delete each other's files.
        if (
            stat.S_ISDIR(facts.st_mode)
            and facts.st_mode & stat.S_ISVTX
            and _make_private(own := os.path.join(shared, str(user)), path)
        ):
            return own
    own = os.path.join(top, f".Trash-{user}")
    return own if _make_private(own, path) else home


def _make_private(folder: str, path: str) -> bool:
    """Create a folder on the drive of a file; returns whether it exists, is ours and writable."""
    try:
        file_calls.mkdir(folder, 0o700)
        facts = file_calls.lstat(folder)
    except OSError:
        # This user, or everybody, is not allowed to write at the drive's top.
        return False
    return (
        stat.S_ISDIR(facts.st_mode)
        and facts.st_uid == _user()
        and facts.st_dev == _device(os.path.dirname(path))
        and file_calls.access(folder, os.W_OK | os.X_OK)
    )


def _home_trash() -> str:
    data = os.environ.get("XDG_DATA_HOME", "")
    # The base directory specification says that relative paths must be ignored.
    home = data if os.path.isabs(data) else os.path.expanduser("~/.local/share")
    return os.path.join(home, "Trash")


def _device(folder: str) -> int:
    """The device number of a folder or, if it does not exist, of the folder in which it would be
    created. Raises OSError."""
    while True:
        try:
            return file_calls.stat(folder).st_dev
        except FileNotFoundError:
            # On Windows, a path on a disconnected drive has no existing parent folder.
            if os.path.dirname(folder) == folder:
                raise
            folder = os.path.dirname(folder)


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0


# --- finding files in the trash


def trash_folders(path: str) -> Iterator[str]:
    """Every trash that a file of this path may have gone to, by the specification."""
    yield _home_trash()
    top = _mount_point(path)
    yield os.path.join(top, ".Trash", str(_user()))
    yield os.path.join(top, f".Trash-{_user()}")


def note_path(path: str) -> str:
    """Where the note about a file in a trash's `files` folder is."""
    files, name = os.path.split(path)
    return os.path.join(os.path.dirname(files), "info", name + _SUFFIX)


def find(path: str, digest: str, inode: int | None = None) -> TrashEntry | None:
    """Find a file in the trash by its origin and its content; None if it is not there. Of several
    such files, the one trashed last is returned.

    digest: content hash, hex; any link counts as a match. inode: the file's inode number, if known.
    A move within a drive keeps it, so nothing has to be read; 0 is ignored.
    """
    found = list[tuple[float, TrashEntry]]()
    for trash in trash_folders(path):
        entries = list(_entries_from(trash, path))
        for _, each in entries if inode else ():
            with contextlib.suppress(OSError):
                if file_calls.lstat(each.path).st_ino == inode:
                    return each
        found += entries
    for _, each in sorted(found, reverse=True):
        with contextlib.suppress(OSError):
            if file_calls.islink(each.path) or file_state.file_hash(each.path) == digest:
                return each
    return None


def delete_note(info: str) -> None:
    """Delete the trash's note about a file that is not, or no longer, there."""
    with contextlib.suppress(OSError):
        file_calls.unlink(info)


def release_slot(path: str, origin: str) -> None:
    """Delete a reservation that an interrupted run left: the note of a place without a file.

    origin: the file that was to go there.
    """
    info = note_path(path)
    trash = os.path.dirname(os.path.dirname(info))
    if not file_calls.lexists(path) and _origin(info, trash) in (None, _resolve_folder(origin)):
        delete_note(info)


def own_folder(path: str) -> str:
    """A folder of our own on the drive of this file: in the user's home if that is on the same
    drive, else at the drive's top. Raises OSError."""
    own = _in_home()
    device = _device(os.path.dirname(path))
    if _device(os.path.dirname(own)) == device:
        return own
    top = os.path.join(_mount_point(path), OWN_FOLDER)
    with contextlib.suppress(OSError):
        # With 0o700, a folder on Windows could be read by its owner on this computer alone.
        file_calls.makedirs(top, 0o700 if this_system().has_permission_bits else 0o777)
        facts = file_calls.lstat(top)
        if stat.S_ISDIR(facts.st_mode) and facts.st_dev == device:
            return top
    return own


def own_folders(path: str, library: Path) -> Iterator[str]:
    """Every folder of our own that a file of this path may have gone to."""
    yield _in_home()
    # Used by earlier releases.
    yield os.path.join(library, "removed")
    yield os.path.join(_mount_point(path), OWN_FOLDER)


def _in_home() -> str:
    return os.path.join(os.path.expanduser("~"), HOME_FOLDER)


def _mount_point(path: str) -> str:
    """The top of the drive that a file is, or was, on."""
    at = os.path.realpath(os.path.dirname(path))
    while not file_calls.ismount(at) and at != os.path.dirname(at):
        at = os.path.dirname(at)
    return at


def _top_of(trash: str) -> str | None:
    """The top of the drive that a trash is for; None for the home trash."""
    if trash == _home_trash():
        return None
    top = os.path.dirname(trash)
    return os.path.dirname(top) if os.path.basename(top) == ".Trash" else top


def _entries_from(trash: str, path: str) -> Iterator[tuple[float, TrashEntry]]:
    """The files in a trash that came from this path, each with the time of its note."""
    try:
        with file_calls.scandir(os.path.join(trash, "info")) as listed:
            entries = list(listed)
    except OSError:
        return
    for entry in entries:
        if entry.name.endswith(_SUFFIX) and _origin(entry.path, trash) == _resolve_folder(path):
            file = os.path.join(trash, "files", entry.name[: -len(_SUFFIX)])
            if file_calls.lexists(file):
                yield entry.stat().st_mtime, TrashEntry(file, entry.path)


def _origin(info: str, trash: str) -> str | None:
    """The path that a note gives for its file's origin; None if it gives none."""
    try:
        handle = file_calls.open_descriptor(info, file_calls.READ_ONLY)
        try:
            data = os.read(handle, _NOTE_BYTES) if stat.S_ISREG(os.fstat(handle).st_mode) else b""
        finally:
            os.close(handle)
    except OSError:
        return None
    for line in data.splitlines():
        if line.startswith(b"Path="):
            path = os.fsdecode(unquote_to_bytes(line[5:]))
            # Some programs write paths inside the home's data folder relative to it.
            return _resolve_folder(os.path.join(_top_of(trash) or os.path.dirname(trash), path))
    return None


def _resolve_folder(path: str) -> str:
    """A path with links in its folder resolved; the file itself may be a link and stays one."""
    folder, name = os.path.split(path)
    return os.path.join(os.path.realpath(folder), name)
