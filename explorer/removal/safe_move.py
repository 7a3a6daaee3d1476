"""Move a file without ever overwriting another, and without deleting the original before its copy
is safely on disk."""

from __future__ import annotations

import errno
import os

from explorer.removal import file_state, part_files
from explorer.removal.file_state import file_stamp
from explorer.systems import file_calls
from explorer.systems.this_system import this_system

# Without this support, setting a link's times would change those of its target.
_TIMES_OF_LINKS = os.utime in os.supports_follow_symlinks

# Error codes of file systems that have no hard links or do not let this user create one.
_NO_HARD_LINKS = {
    errno.EPERM,
    errno.EACCES,
    errno.ENOTSUP,
    errno.EOPNOTSUPP,
    errno.ENOSYS,
    errno.EMLINK,
    errno.EINVAL,
}
# Error codes of drives that do not store some attribute, or not as much of it.
_CANNOT_STORE = {
    errno.EPERM,
    errno.EACCES,
    errno.ENOTSUP,
    errno.EOPNOTSUPP,
    errno.ENOSYS,
    errno.EINVAL,
    errno.ENOSPC,
    errno.E2BIG,
    errno.ERANGE,
}


class FileChanged(OSError):
    """The file is not what it was when it was checked."""


def move(source: str, target: str, digest: str, token: str = "") -> list[str]:
    """Move a file or a symbolic link, with its times, on one drive or to another. When this
    returns, the change is on disk. Returns the attributes that the other drive cannot store, in
    words; empty if nothing is lost.

    digest: the file's content hash (for a link, that of its target), which a copy on another drive
    must have before the original is deleted. token: see `part_name`.

    Raises FileExistsError if the target exists, and OSError on any other failure: the source is
    then still there, whole.
    """
    if file_calls.lexists(target):
        raise FileExistsError(errno.EEXIST, "a file of that name already exists", target)
    lost = list[str]()
    try:
        _rename(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        lost = _copy(source, target, digest, token)
    part_files.sync_folder(os.path.dirname(target))
    part_files.sync_folder(os.path.dirname(source))
    return lost


def write_new_file(path: str, data: bytes) -> None:
    """Create a file with this content, all or nothing. Raises FileExistsError if the path is taken,
    and OSError."""
    folder = os.path.dirname(path)
    part = part_files.make_part(
        folder, "", lambda name: part_files.create_file(name, lambda new: new.write(data))
    )
    try:
        _rename(part, path)
    except BaseException:
        part_files.discard(part)
        raise
    part_files.sync_folder(folder)


def set_times(path: str, atime_ns: int, mtime_ns: int) -> None:
    """Restore the access and modification times of a file, or of a link itself. Raises OSError."""
    is_link = file_calls.islink(path)
    if is_link and not _TIMES_OF_LINKS:
        return
    file_calls.set_times(path, atime_ns, mtime_ns, follow_links=not is_link)


def _rename(source: str, target: str) -> None:
    """Rename within one drive. POSIX's rename would replace an existing target. Creating a hard
    link fails in that case, so the file is linked to its new name and the old name is deleted."""
    if this_system().rename_is_exclusive:
        file_calls.rename(source, target)
        return
    before = _identity(source)
    try:
        file_calls.link(source, target)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        if not this_system().rename_exclusively(source, target):
            _rename_over_placeholder(source, target)
        return
    try:
        part_files.sync_folder(os.path.dirname(target))
        # Syncing takes time. A program may have saved a new version under the old name meanwhile,
        # and that one has no other name.
        if _identity(source) != before:
            raise FileChanged(errno.EIO, "the file changed while it was moved", source)
        file_calls.unlink(source)
    except OSError:
        # The source has changed or could not be deleted (its folder may be read-only), so it keeps
        # its name, and the new name is deleted.
        if not file_calls.lexists(source):
            return
        if os.path.samestat(file_calls.lstat(source), file_calls.lstat(target)):
            file_calls.unlink(target)
        raise


def _identity(path: str) -> tuple[int, ...]:
    """The stamp without the change time, which a new hard link changes."""
    return file_stamp(path)[:4]


def _rename_over_placeholder(source: str, target: str) -> None:
    """Rename without hard links: create an empty file at the target exclusively, then rename over
    it."""
    os.close(file_calls.open_descriptor(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        file_calls.rename(source, target)
    except OSError:
        # A network drive may have renamed the file although its reply was lost.
        if not file_calls.lexists(source):
            return
        if not file_calls.lstat(target).st_size:
            file_calls.unlink(target)
        raise


def _copy(source: str, target: str, digest: str, token: str) -> list[str]:
    """Move to another drive: copy, sync, compare, and only then delete the original. Returns what
    is lost, in words."""
    folder, before = os.path.dirname(target), file_stamp(source)
    is_link = file_calls.islink(source)

    def write(part: str) -> None:
        if is_link:
            file_calls.symlink(file_calls.readlink(source), part)
        else:
            part_files.copy_file(source, part)

    part = part_files.make_part(folder, token, write)
    try:
        lost = _copy_attributes(source, part)
        if not is_link and file_state.file_hash(part) != digest:
            raise FileChanged(errno.EIO, "the copy differs from the original", source)
        lost += [] if is_link else this_system().lost_attributes(source, part)
        _rename(part, target)
    except BaseException:
        part_files.discard(part)
        raise
    part_files.sync_folder(folder)
    try:
        if file_stamp(source) != before:
            raise FileChanged(errno.EIO, "the file changed while it was copied", source)
        this_system().delete_file(source)
    except OSError:
        # If the source is gone (another program deleted it, or a network drive's reply was lost),
        # only the copy is left.
        if file_calls.lexists(source):
            this_system().delete_file(target)
            raise
    return lost


def _copy_attributes(source: str, part: str) -> list[str]:
    """Copy owner, times and, as far as the other drive supports them, permissions and extended
    attributes. Returns "file times" if it supports none."""
    is_link, lost = file_calls.islink(source), list[str]()
    if not is_link:
        part_files.copy_owner(source, part)
    try:
        file_calls.copystat(source, part, follow_links=False)
    except OSError as error:
        if error.errno not in _CANNOT_STORE:
            raise
        # FAT has no permissions and refuses to set some of them, and other drives cannot store all
        # attributes. The times are set nevertheless.
        facts = file_calls.lstat(source)
        try:
            set_times(part, facts.st_atime_ns, facts.st_mtime_ns)
        except OSError:
            # Some network drives and phones. The journal has the times, and undo sets them again.
            lost.append("file times")
    if not is_link:
        this_system().copy_attributes(source, part)
    return lost
