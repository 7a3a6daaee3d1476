"""Taking a file from one place to another so that nothing is ever overwritten and nothing is gone
before it is safe elsewhere."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
import stat
from collections.abc import Callable
from typing import BinaryIO, NamedTuple, TypeVar

from explorer.removal.exclusive_rename import rename_exclusively

_PIECE = 1 << 20
# Elsewhere a link's times cannot be set, and setting them would reach what it leads to.
_TIMES_OF_LINKS = os.utime in os.supports_follow_symlinks

# What a file system answers that knows no second name for a file, or does not give it to this
# person.
_NO_LINKS = {
    errno.EPERM,
    errno.EACCES,
    errno.ENOTSUP,
    errno.EOPNOTSUPP,
    errno.ENOSYS,
    errno.EMLINK,
    errno.EINVAL,
}

# A file that must not be there yet.
_NEW = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)

_Made = TypeVar("_Made")


class FileStamp(NamedTuple):
    """What tells a file from another without reading it, and from itself after a change. ctime_ns:
    no program can set it back."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int


class Changed(OSError):
    """The file is not what it was when it was checked."""


def file_stamp(path: str) -> FileStamp:
    """Of the entry itself: a link is not followed."""
    return stamp_of_stat(os.lstat(path))


def stamp_of_stat(facts: os.stat_result) -> FileStamp:
    """The stamp of a file whose facts were asked for already."""
    return FileStamp(
        facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns
    )


def file_hash(path: str) -> str:
    """The content hash (`photos.hashes.content_hash`) of a file of any size, hex. Raises OSError."""
    digest = hashlib.blake2b(digest_size=16)
    with open(path, "rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def has_content(path: str, digest: str) -> bool:
    """Whether there is a file of its own with that content; False where it cannot be read."""
    with contextlib.suppress(OSError):
        return is_regular_file(path) and file_hash(path) == digest
    return False


def sync_folder(folder: str) -> None:
    """Have a folder's entries on disk. Systems that cannot do that for folders do it by themselves."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def part_name(token: str = "") -> str:
    """The name under which a copy grows before it is whole. Hidden, so that nothing takes it for a
    photo.

    token: from the journal, so that what a cut left behind can be found and is known to be ours;
    without one, a random one.
    """
    return f".photo-explorer-{token or secrets.token_hex(8)}.part"


def delete_part(folder: str, token: str) -> None:
    """Delete what a cut left of a copy with that token. Where that cannot be done now, the next
    attempt grows under another name."""
    with contextlib.suppress(OSError):
        os.unlink(os.path.join(folder, part_name(token)))


def move(source: str, target: str, digest: str, token: str = "") -> None:
    """Bring a file (or a symbolic link) to a place where nothing is yet, with its times, on this
    drive or another.

    digest: the content hash it has (checked on a copy before the original goes; of a link, what its
    target holds). token: see `part_name`. When this returns, the change is on disk. Raises
    FileExistsError where something is at the target, and OSError on any other trouble: the source
    is then still there, whole.
    """
    if os.path.lexists(target):
        raise _taken(target)
    try:
        _rename(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy(source, target, digest, token)
    sync_folder(os.path.dirname(target))
    sync_folder(os.path.dirname(source))


def _taken(target: str) -> FileExistsError:
    return FileExistsError(errno.EEXIST, "there is something of that name already", target)


def _rename(source: str, target: str) -> None:
    """Within one drive. POSIX's rename would replace what is there: a second name is made instead,
    which cannot, then the first dropped."""
    if os.name == "nt":
        os.rename(source, target)
        return
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if not rename_exclusively(source, target):
            _reserve(source, target)
        return
    try:
        sync_folder(os.path.dirname(target))
        os.unlink(source)
    except OSError:
        # The source could not go (its folder may be read-only): it keeps its name, and the new one
        # is taken back.
        if not os.path.lexists(source):
            return
        if os.path.samestat(os.lstat(source), os.lstat(target)):
            os.unlink(target)
        raise


def _reserve(source: str, target: str) -> None:
    """Without second names: an empty file of our own takes the place first, and is what the rename
    replaces."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        os.rename(source, target)
    except OSError:
        # A network drive may have done it and lost the answer.
        if not os.path.lexists(source):
            return
        if not os.lstat(target).st_size:
            os.unlink(target)
        raise


def _copy(source: str, target: str, digest: str, token: str) -> None:
    """To another drive: copy, sync, compare, and only then let the original go."""
    folder, before = os.path.dirname(target), file_stamp(source)
    is_link = os.path.islink(source)
    part = (
        _link_again(source, folder, token)
        if is_link
        else _grow(folder, token, lambda new: _pour(source, new))
    )
    try:
        _copy_attributes(source, part)
        if not is_link and file_hash(part) != digest:
            raise Changed(errno.EIO, "the copy is not like the original", source)
        _rename(part, target)
    except BaseException:
        _drop_own(part)
        raise
    sync_folder(folder)
    try:
        if file_stamp(source) != before:
            raise Changed(errno.EIO, "the file changed while it was copied", source)
        os.unlink(source)
    except OSError:
        # Whoever took the source away meanwhile, or a network drive that lost its answer, has left
        # the copy as the only one.
        if os.path.lexists(source):
            os.unlink(target)
            raise


def _grow(folder: str, token: str, fill: Callable[[BinaryIO], None], mode: int = 0o600) -> str:
    """A new file of ours in that folder, filled and on disk; gives its path. Nothing is left of it
    where that fails."""
    part, handle = _exclusively(folder, token, lambda path: os.open(path, _NEW, mode))
    try:
        with os.fdopen(handle, "wb") as new:
            fill(new)
            new.flush()
            os.fsync(new.fileno())
    except BaseException:
        _drop_own(part)
        raise
    return part


def _exclusively(folder: str, token: str, make: Callable[[str], _Made]) -> tuple[str, _Made]:
    """What `make` makes at a path of ours where nothing is yet; gives the path, too."""
    part = os.path.join(folder, part_name(token))
    try:
        return part, make(part)
    except FileExistsError:
        # What a cut left under this name could not be deleted.
        part = os.path.join(folder, part_name())
        return part, make(part)


def _pour(source: str, new: BinaryIO) -> None:
    with open(source, "rb") as old:
        shutil.copyfileobj(old, new, _PIECE)


def _link_again(source: str, folder: str, token: str) -> str:
    """A symbolic link like that one, in that folder; gives its path."""
    leads_to = os.readlink(source)
    return _exclusively(folder, token, lambda path: os.symlink(leads_to, path))[0]


def _drop_own(part: str) -> None:
    """Delete a file that this process made a moment ago; the error on account of which it goes says
    more than one of this."""
    with contextlib.suppress(OSError):
        os.unlink(part)


def _copy_attributes(source: str, part: str) -> None:
    """Times, and as far as the other drive knows them, permissions and extended attributes."""
    try:
        shutil.copystat(source, part, follow_symlinks=False)
    except PermissionError:
        # FAT knows no permissions, and refuses to set some of them. The times are what must not be
        # lost.
        facts = os.lstat(source)
        set_times(part, facts.st_atime_ns, facts.st_mtime_ns)


def set_times(path: str, atime_ns: int, mtime_ns: int) -> None:
    """Give a file, or a link itself, its times back."""
    is_link = os.path.islink(path)
    if is_link and not _TIMES_OF_LINKS:
        return
    os.utime(path, ns=(atime_ns, mtime_ns), follow_symlinks=not is_link)


def is_regular_file(path: str) -> bool:
    """Whether this is a file of its own: no link, no folder, no device."""
    return stat.S_ISREG(os.lstat(path).st_mode)


def content_hash(data: bytes) -> str:
    """As `file_hash`, of bytes."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def write_atomically(path: str, data: bytes, token: str = "", new: bool = False) -> None:
    """Put these bytes into a file, all or nothing: a copy grows beside it and then takes its place.

    A link stays a link, and what it leads to is written; permissions stay. token: see `part_name`.
    new: there must be no file of that name. Raises FileExistsError where there is one nevertheless,
    and OSError.
    """
    real = path if new else os.path.realpath(path)
    part = _grow(os.path.dirname(real), token, lambda file: _write(data, file), 0o666)
    try:
        if new:
            _rename(part, real)
        else:
            with contextlib.suppress(FileNotFoundError):
                os.chmod(part, stat.S_IMODE(os.stat(real).st_mode))
            os.replace(part, real)
    except BaseException:
        _drop_own(part)
        raise
    sync_folder(os.path.dirname(real))


def _write(data: bytes, file: BinaryIO) -> None:
    file.write(data)
