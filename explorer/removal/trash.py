"""The system's trash as freedesktop.org specifies it (Trash specification 1.0), and where a file
that went there lies now.

Desktops on Linux and BSD keep beside each file in the trash a note of where it came from, which can
be read. Windows and macOS do not let other programs find out. There a file goes to a folder of our
own on the same drive (`aside`), from which it can be brought back as surely.

Other programs write into the same trash at the same time, and not all of them reserve a name before
they use it. A file therefore goes there under a name that nobody else chooses, and that is reserved
as the specification says: by its note, made where there is none yet.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote_from_bytes, unquote_to_bytes

from explorer.removal import safe_move
from explorer.removal.file_names import fit_name, longest_name
from explorer.removal.safe_move import file_hash

_SUFFIX = ".trashinfo"
# Bytes of a note that are read: a path of 4,096 bytes, each written as three, and the rest of it.
_LONGEST_NOTE = 64 * 1024
OWN_FOLDER = ".photo-explorer-removed"


class TrashEntry(NamedTuple):
    """A file in the trash, and the trash's note about it."""

    path: str
    info: str


def is_supported() -> bool:
    """Whether this system lets us find in its trash what we put there."""
    return os.name == "posix" and sys.platform != "darwin"


# --- into the trash


def free_slot(path: str) -> TrashEntry:
    """Where a file can go in the trash of its drive: a free name, not yet reserved. Makes the
    trash's folders. Raises OSError.

    A long name is cut to what fits with the ending of the note; the note has the whole of it.
    """
    trash = _trash_for(path)
    files, infos = (os.path.join(trash, name) for name in ("files", "info"))
    for folder in (files, infos):
        os.makedirs(folder, mode=0o700, exist_ok=True)
    stem, suffix = os.path.splitext(os.path.basename(path))
    name = fit_name(stem, f".{secrets.token_hex(5)}{suffix}", longest_name(infos) - len(_SUFFIX))
    return TrashEntry(os.path.join(files, name), os.path.join(infos, name + _SUFFIX))


def send(path: str, digest: str, to: TrashEntry, token: str = "") -> None:
    """Move a file to its place in the trash, which is reserved first. When this returns, all of it
    is on disk.

    digest, token: see `moving.move`. Raises FileExistsError where the name was taken meanwhile, and
    OSError on any other trouble: the file is then still where it was, and the trash as it was.
    """
    handle = os.open(to.info, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "wb") as note:
            note.write(_note(path, os.path.dirname(os.path.dirname(to.info))))
            note.flush()
            os.fsync(note.fileno())
        safe_move.sync_folder(os.path.dirname(to.info))
        safe_move.move(path, to.path, digest, token)
    except BaseException:
        # It has not moved: what lies there under that name is another program's.
        if os.path.lexists(path):
            delete_note(to.info)
        raise


def _note(path: str, trash: str) -> bytes:
    """What the trash says of a file. In a trash at a drive's top the path is relative to the top,
    so that it holds wherever that is."""
    real, top = _plain(path), _top_of(trash)
    shown = os.path.relpath(real, top) if top is not None else real
    now = dt.datetime.now().astimezone().strftime("%Y-%m-%dT%H:%M:%S")
    return (
        f"[Trash Info]\nPath={quote_from_bytes(os.fsencode(shown))}\nDeletionDate={now}\n".encode(
            "ascii"
        )
    )


def _trash_for(path: str) -> str:
    """The trash that a file goes to: the home's for files of its drive, else one at the top of the
    file's own drive, else the home's."""
    home = _home_trash()
    if _device(os.path.dirname(path)) == _device(home):
        return home
    user, top = _user(), _mount(path)
    shared = os.path.join(top, ".Trash")
    with contextlib.suppress(OSError):
        facts = os.lstat(shared)
        # As the specification asks: a folder that is no link, from which people cannot delete each
        # other's files.
        if (
            stat.S_ISDIR(facts.st_mode)
            and facts.st_mode & stat.S_ISVTX
            and _own_folder(own := os.path.join(shared, str(user)), path)
        ):
            return own
    own = os.path.join(top, f".Trash-{user}")
    return own if _own_folder(own, path) else home


def _own_folder(folder: str, path: str) -> bool:
    """Make a folder that is ours alone on the drive of that file; gives whether it is there, and is
    that."""
    try:
        with contextlib.suppress(FileExistsError):
            os.mkdir(folder, 0o700)
        facts = os.lstat(folder)
    except OSError:
        # This person may not write at the drive's top, or nobody may.
        return False
    return (
        stat.S_ISDIR(facts.st_mode)
        and facts.st_uid == _user()
        and facts.st_dev == _device(os.path.dirname(path))
        and os.access(folder, os.W_OK | os.X_OK)
    )


def _home_trash() -> str:
    data = os.environ.get("XDG_DATA_HOME", "")
    # The base directory specification: paths that are not absolute are to be ignored.
    return os.path.join(
        data if os.path.isabs(data) else os.path.expanduser("~/.local/share"), "Trash"
    )


def _device(folder: str) -> int:
    """The drive of a folder, or of the folder in which it would be made."""
    while True:
        try:
            return os.stat(folder).st_dev
        except FileNotFoundError:
            folder = os.path.dirname(folder)


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0


# --- what lies in it


def trash_folders(path: str) -> Iterator[str]:
    """Every trash where a file of this path can have gone, by the specification."""
    yield _home_trash()
    top = _mount(path)
    yield os.path.join(top, ".Trash", str(_user()))
    yield os.path.join(top, f".Trash-{_user()}")


def note_path(path: str) -> str:
    """The path of the note about a file that lies in a trash's `files` folder."""
    files, name = os.path.split(path)
    return os.path.join(os.path.dirname(files), "info", name + _SUFFIX)


def find(path: str, digest: str, inode: int | None = None) -> TrashEntry | None:
    """Where a file lies in the trash that came from this path and has this content; None where it
    is not there. Of several, the latest.

    digest: hex; what a link leads to is not looked at. inode: the file's own, which a move within a
    drive keeps, so that nothing need be read; 0 says nothing.
    """
    found = list[tuple[float, TrashEntry]]()
    for trash in trash_folders(path):
        notes = list(_notes(trash, path))
        for _, each in notes if inode else ():
            with contextlib.suppress(OSError):
                if os.lstat(each.path).st_ino == inode:
                    return each
        found += notes
    for _, each in sorted(found, reverse=True):
        with contextlib.suppress(OSError):
            if os.path.islink(each.path) or file_hash(each.path) == digest:
                return each
    return None


def delete_note(info: str | None) -> None:
    """Drop the trash's note about a file that has left it, or has not come."""
    if info is not None:
        with contextlib.suppress(OSError):
            os.unlink(info)


def release_slot(path: str, origin: str) -> None:
    """Drop a reservation that a cut left: the note of a place in the trash where no file lies.
    origin: the file that was to go there."""
    info = note_path(path)
    if not os.path.lexists(path) and _origin(info, os.path.dirname(os.path.dirname(info))) in (
        None,
        _plain(origin),
    ):
        delete_note(info)


def own_folder(path: str, library: Path) -> str:
    """A folder of our own on the drive of this file: in the library where that is on the same
    drive, else at the drive's top."""
    own = os.path.join(library, "removed")
    device = _device(os.path.dirname(path))
    if os.stat(library).st_dev == device:
        return own
    top = os.path.join(_mount(path), OWN_FOLDER)
    with contextlib.suppress(OSError):
        os.makedirs(top, mode=0o700, exist_ok=True)
        facts = os.lstat(top)
        if stat.S_ISDIR(facts.st_mode) and facts.st_dev == device:
            return top
    return own


def own_folders(path: str, library: Path) -> Iterator[str]:
    """Every folder of our own where a file of this path can have gone."""
    yield os.path.join(library, "removed")
    yield os.path.join(_mount(path), OWN_FOLDER)


def _mount(path: str) -> str:
    """The top of the drive that a file is, or was, on."""
    at = os.path.realpath(os.path.dirname(path))
    while not os.path.ismount(at) and at != os.path.dirname(at):
        at = os.path.dirname(at)
    return at


def _top_of(trash: str) -> str | None:
    """The top of the drive that a trash is for; None for the home's."""
    if trash == _home_trash():
        return None
    top = os.path.dirname(trash)
    return os.path.dirname(top) if os.path.basename(top) == ".Trash" else top


def _notes(trash: str, path: str) -> Iterator[tuple[float, TrashEntry]]:
    """The notes of a trash about this path, each with its time."""
    try:
        with os.scandir(os.path.join(trash, "info")) as listed:
            entries = list(listed)
    except OSError:
        return
    for entry in entries:
        if entry.name.endswith(_SUFFIX) and _origin(entry.path, trash) == _plain(path):
            lies = os.path.join(trash, "files", entry.name[: -len(_SUFFIX)])
            if os.path.lexists(lies):
                yield entry.stat().st_mtime, TrashEntry(lies, entry.path)


def _origin(info: str, trash: str) -> str | None:
    """Where a note says that its file came from."""
    try:
        handle = os.open(info, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        try:
            data = os.read(handle, _LONGEST_NOTE) if stat.S_ISREG(os.fstat(handle).st_mode) else b""
        finally:
            os.close(handle)
    except OSError:
        return None
    for line in data.splitlines():
        if line.startswith(b"Path="):
            path = os.fsdecode(unquote_to_bytes(line[5:]))
            # Some programs write paths below the home's data folder as relative to it.
            return _plain(os.path.join(_top_of(trash) or os.path.dirname(trash), path))
    return None


def _plain(path: str) -> str:
    """A path by the real name of its folder; the file itself may be a link, and stays one."""
    folder, name = os.path.split(path)
    return os.path.join(os.path.realpath(folder), name)
