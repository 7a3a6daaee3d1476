"""Taking a file from one place to another so that nothing is ever overwritten and nothing is gone before it is safe elsewhere."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import stat
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

_PIECE = 1 << 20
# Elsewhere a link's times cannot be set, and setting them would reach what it leads to.
_TIMES_OF_LINKS = os.utime in os.supports_follow_symlinks

# What a file system answers that knows no second name for a file, or does not give it to this person.
_NO_LINKS = {errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EINVAL}


class Stamp(NamedTuple):
    """What tells a file from another without reading it, and from itself after a change."""

    device: int
    inode: int
    size: int
    mtime_ns: int


class Changed(OSError):
    """The file is not what it was when it was checked."""


def stamp(path: str) -> Stamp:
    """Of the entry itself: a link is not followed."""
    facts = os.lstat(path)
    return Stamp(facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns)


def file_hash(path: str) -> str:
    """The content hash (`photos.hashes.content_hash`) of a file of any size, hex. Raises OSError."""
    digest = hashlib.blake2b(digest_size=16)
    with open(path, "rb") as file:  # noqa: PTH123
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def same_entry(one: str, two: str) -> bool:
    """Whether two paths are one and the same name of one file: through links to folders, mounts, or a system that ignores case.

    Two hard links are not: each can go without the other. Raises OSError where one of them is not there.
    """
    first, second = os.lstat(one), os.lstat(two)
    if (first.st_dev, first.st_ino) != (second.st_dev, second.st_ino):
        return False
    if first.st_nlink < 2:
        return True
    folders = [os.stat(os.path.dirname(path) or ".") for path in (one, two)]  # noqa: PTH120, PTH116
    names = [unicodedata.normalize("NFC", os.path.basename(path)).casefold() for path in (one, two)]  # noqa: PTH119
    return names[0] == names[1] and os.path.samestat(*folders)


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


def free_names(path: str, word: str = "") -> Iterator[str]:
    """`a.jpg`, then `a (2).jpg`, `a (3).jpg` …; with a word `a (restored).jpg`, `a (restored 2).jpg` … after the first."""
    yield path
    stem, suffix = os.path.splitext(path)  # noqa: PTH122
    number = 2
    if word:
        yield f"{stem} ({word}){suffix}"
    while True:
        yield f"{stem} ({word} {number}){suffix}" if word else f"{stem} ({number}){suffix}"
        number += 1


def part_of(target: str) -> str:
    """The name under which a copy grows before it is whole. Hidden, so that nothing takes it for a photo."""
    folder, name = os.path.split(target)
    return os.path.join(folder, f".{name}.part")  # noqa: PTH118


def move(source: str, target: str, digest: str) -> None:
    """Bring a file (or a symbolic link) to a place where nothing is yet, with its times, on this drive or another.

    digest: the content hash it has (checked on a copy before the original goes; of a link, what its target holds). When this returns, the
    change is on disk. Raises FileExistsError where something is at the target, and OSError on any other trouble: the source is then
    still there, whole.
    """
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, "there is something of that name already", target)
    try:
        _rename(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy(source, target, digest)
    sync_folder(os.path.dirname(target))  # noqa: PTH120
    sync_folder(os.path.dirname(source))  # noqa: PTH120


def _rename(source: str, target: str) -> None:
    """Within one drive. POSIX's rename would replace what is there: a second name is made instead, which cannot, then the first dropped."""
    if os.name == "nt":
        os.rename(source, target)  # noqa: PTH104
        return
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _reserve(source, target)
        return
    try:
        sync_folder(os.path.dirname(target))  # noqa: PTH120
        os.unlink(source)  # noqa: PTH108
    except OSError:
        # The source could not go (its folder may be read-only): it keeps its name, and the new one is taken back.
        os.unlink(target)  # noqa: PTH108
        raise


def _reserve(source: str, target: str) -> None:
    """Without second names: an empty file of our own takes the place first, and is what the rename replaces."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        os.rename(source, target)  # noqa: PTH104
    except OSError:
        os.unlink(target)  # noqa: PTH108
        raise


def _copy(source: str, target: str, digest: str) -> None:
    """To another drive: copy, sync, compare, and only then let the original go."""
    part, before = part_of(target), stamp(source)
    with contextlib.suppress(FileNotFoundError):
        # Left by a copy that was cut off.
        os.unlink(part)  # noqa: PTH108
    try:
        if os.path.islink(source):  # noqa: PTH114
            os.symlink(os.readlink(source), part)  # noqa: PTH115, PTH211
        else:
            with open(source, "rb") as old, open(part, "xb") as new:  # noqa: PTH123
                shutil.copyfileobj(old, new, _PIECE)
                new.flush()
                os.fsync(new.fileno())
        shutil.copystat(source, part, follow_symlinks=False)
        if not os.path.islink(part) and file_hash(part) != digest:  # noqa: PTH114
            raise Changed(errno.EIO, "the copy is not like the original", source)
        _rename(part, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(part)  # noqa: PTH108
        raise
    sync_folder(os.path.dirname(target))  # noqa: PTH120
    try:
        if stamp(source) != before:
            raise Changed(errno.EIO, "the file changed while it was copied", source)
        os.unlink(source)  # noqa: PTH108
    except OSError:
        os.unlink(target)  # noqa: PTH108
        raise


def set_times(path: str, atime_ns: int, mtime_ns: int) -> None:
    """Give a file, or a link itself, its times back."""
    is_link = os.path.islink(path)  # noqa: PTH114
    if is_link and not _TIMES_OF_LINKS:
        return
    os.utime(path, ns=(atime_ns, mtime_ns), follow_symlinks=not is_link)


def is_plain(path: str) -> bool:
    """Whether this is a file of its own: no link, no folder, no device."""
    return stat.S_ISREG(os.lstat(path).st_mode)


def content_hash(data: bytes) -> str:
    """As `file_hash`, of bytes."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def write_whole(path: str, data: bytes) -> None:
    """Put these bytes into a file of ours, all or nothing: a copy grows beside it and then takes its place."""
    part = part_of(path)
    with open(part, "wb") as file:  # noqa: PTH123
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)  # noqa: PTH105
    sync_folder(os.path.dirname(path))  # noqa: PTH120
