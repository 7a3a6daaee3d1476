"""A drive that can stop answering: a folder, shown through the system's own FUSE by a process that
answers until it is told not to.

    python -m tests.faults.drive FOLDER MOUNT

It reads lines: `die` and it takes every question and answers none, `live` and it answers them all.
The first time that a file is opened in whose name stands `deadly`, it dies by itself. Whoever asks
meanwhile waits in the system, and cannot even be killed, as with a network drive whose computer is
off. Only for Linux, and only where this process may mount. Protocol: `linux/fuse.h`, version 7.31.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import select
import stat
import struct
import subprocess
import sys
from pathlib import Path

from explorer.config import PROJECT

_IN, _OUT = struct.Struct("<IIQQIIIHH"), struct.Struct("<IiQ")
(
    _LOOKUP,
    _FORGET,
    _GETATTR,
    _OPEN,
    _READ,
    _RELEASE,
    _INIT,
    _OPENDIR,
    _READDIR,
    _RELEASEDIR,
    _BATCH_FORGET,
) = (1, 2, 3, 14, 15, 18, 26, 27, 28, 29, 42)
_INTERRUPT, _FLUSH = 36, 25
DEADLY = "deadly"


class _Server:
    def __init__(self, folder: str, mount: str) -> None:
        self._fd = os.open("/dev/fuse", os.O_RDWR)
        options = f"fd={self._fd},rootmode=40000,user_id=0,group_id=0"
        libc = ctypes.CDLL(None, use_errno=True)
        # The kind of drive that `sshfs` makes.
        if libc.mount(b"drive", os.fsencode(mount), b"fuse.sshfs", 0, options.encode()):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), mount)
        self._paths, self._numbers = {1: folder}, {folder: 1}
        self._dead, self._kept, self._lived = False, list[bytes](), set[int]()

    def run(self) -> None:
        sys.stdout.write("mounted\n")
        sys.stdout.flush()
        lines = b""
        while True:
            ready, _, _ = select.select([self._fd, 0], [], [])
            if 0 in ready:
                read = os.read(0, 4096)
                if not read:
                    return
                *whole, lines = (lines + read).split(b"\n")
                for line in whole:
                    self._dead = line == b"die"
                kept, self._kept = self._kept, []
                for asked in kept:
                    self._take(asked)
            if self._fd in ready:
                self._take(os.read(self._fd, 1 << 20))

    def _take(self, asked: bytes) -> None:
        _, what, unique, node, *_ = _IN.unpack_from(asked)
        if what in (_FORGET, _BATCH_FORGET, _INTERRUPT):
            return
        if what == _OPEN and DEADLY in self._paths[node] and node not in self._lived:
            self._lived.add(node)
            self._dead = True
        if self._dead:
            self._kept.append(asked)
            return
        try:
            answer, error = self._answer(what, node, asked[_IN.size :]), 0
        except OSError as problem:
            answer, error = b"", -(problem.errno or errno.EIO)
        # Whoever asked may be gone.
        with contextlib.suppress(OSError):
            os.write(self._fd, _OUT.pack(_OUT.size + len(answer), error, unique) + answer)

    def _answer(self, what: int, node: int, request: bytes) -> bytes:
        if what == _INIT:
            return struct.pack("<IIIIHHIIHHI28x", 7, 31, 1 << 17, 0, 16, 12, 1 << 17, 1, 32, 0, 0)
        path = self._paths[node]
        if what == _LOOKUP:
            child = os.path.join(path, os.fsdecode(request.rstrip(b"\0")))
            facts = os.lstat(child)
            number = self._numbers.setdefault(child, len(self._numbers) + 1)
            self._paths[number] = child
            return struct.pack("<QQQQII", number, 0, 0, 0, 0, 0) + _facts(facts)
        if what == _GETATTR:
            return struct.pack("<QII", 0, 0, 0) + _facts(os.lstat(path))
        if what in (_OPEN, _OPENDIR):
            return struct.pack("<QII", 0, 0, 0)
        if what == _READ:
            _, start, size = struct.unpack_from("<QQI", request)
            with Path(path).open("rb") as file:
                file.seek(start)
                return file.read(size)
        if what == _READDIR:
            return _listed(path, *struct.unpack_from("<8xQI", request))
        if what in (_RELEASE, _RELEASEDIR, _FLUSH):
            return b""
        raise OSError(errno.ENOSYS, "not needed")


def _facts(facts: os.stat_result) -> bytes:
    seconds = (int(facts.st_atime), int(facts.st_mtime), int(facts.st_ctime))
    fine = tuple(
        ns % 1_000_000_000 for ns in (facts.st_atime_ns, facts.st_mtime_ns, facts.st_ctime_ns)
    )
    return struct.pack(
        "<6Q10I",
        facts.st_ino,
        facts.st_size,
        facts.st_blocks,
        *seconds,
        *fine,
        facts.st_mode,
        1,
        0,
        0,
        0,
        4096,
        0,
    )


def _listed(path: str, start: int, size: int) -> bytes:
    listed = b""
    for number, entry in enumerate(sorted(os.scandir(path), key=lambda entry: entry.name)):
        if number < start:
            continue
        name = os.fsencode(entry.name)
        kind = stat.S_IFMT(entry.stat(follow_symlinks=False).st_mode) >> 12
        row = struct.pack("<QQII", entry.inode(), number + 1, len(name), kind) + name
        row += bytes(-len(row) % 8)
        if len(listed) + len(row) > size:
            break
        listed += row
    return listed


class StallingDrive:
    """A folder shown at `mount` by a process of its own. It ends, and all who wait are told so, at
    the end of the `with` block."""

    def __init__(self, folder: Path, mount: Path) -> None:
        self.folder, self.mount = folder, mount
        for each in (folder, mount):
            each.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "tests.faults.drive", str(folder), str(mount)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"mounted\n"

    def tell(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(word.encode() + b"\n")
        self._process.stdin.flush()

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()
        # Lazily: somebody may have something open there.
        ctypes.CDLL(None).umount2(os.fsencode(self.mount), 2)


def possible() -> bool:
    """Whether such a drive can be had here."""
    return (
        sys.platform == "linux" and os.geteuid() == 0 and os.access("/dev/fuse", os.R_OK | os.W_OK)
    )


if __name__ == "__main__":
    _Server(*sys.argv[1:]).run()
