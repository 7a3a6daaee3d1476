"""The physical locations of a path: on Linux, one folder can be mounted at several places, and
`os.path.realpath` resolves only links.

A bind mount, an overlay or a union file system shows files of another folder, often under a device
number of its own. /proc/self/mountinfo, see proc(5), lists what each mount point shows.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from explorer.library.paths import inside

_TABLE = "/proc/self/mountinfo"
# Maximum nesting of mounts that is followed (a bind mount of an overlay of a bind mount …), as
# mounts may form a loop.
_MAX_DEPTH = 4
_ESCAPED = re.compile(r"\\([0-7]{3})")
# `user@host:/folder` of sshfs, `host:/folder` of NFS.
_REMOTE = re.compile(r"(?:[^@/]*@)?(?P<host>[^@/:\[]+|\[[0-9a-fA-F:]+\]):(?P<folder>.*)", re.S)

Location = tuple[str, str]
"""A file system (`major:minor`, or the name of another computer), and a path in it."""


class MountEntry(NamedTuple):
    """One line of the mount table."""

    device: str
    """`major:minor`."""
    root: str
    """The folder of the file system that is mounted."""
    folder: str
    """The mount point."""
    kind: str
    """The type of the file system."""
    source: str
    options: str
    """The options of the file system."""


def mount_table(text: str | None = None) -> list[MountEntry]:
    """The mounts of this process, oldest first; empty if the system has no such table. text: the
    table, if it has been read already."""
    if text is None:
        try:
            text = os.fsdecode(Path(_TABLE).read_bytes())
        except OSError:
            return []
    found = list[MountEntry]()
    for line in text.split("\n"):
        before, _, after = line.partition(" - ")
        first, last = before.split(" "), after.split(" ")
        if len(first) >= 6 and len(last) >= 3:
            found.append(
                MountEntry(
                    first[2],
                    *(_plain(part) for part in (first[3], first[4], last[0], last[1], last[2])),
                )
            )
    return found


class MountLocations:
    """Physical locations of paths, by a snapshot of the mount table."""

    def __init__(self, table: Iterable[MountEntry] | None = None) -> None:
        self._mounts = list(mount_table() if table is None else table)
        self._found = dict[str, frozenset[Location]]()

    def of(self, path: str) -> frozenset[Location]:
        """All known locations of a path. It need not exist; links in it are followed."""
        if path not in self._found:
            self._found[path] = frozenset(self._of(os.path.realpath(path), _MAX_DEPTH))
        return self._found[path]

    def inside(self, path: str, folder: str) -> bool:
        """Whether a path is that folder or inside it, through any mounts."""
        containers = self.of(folder)
        return any(
            device == other and inside(at, container)
            for device, at in self.of(path)
            for other, container in containers
        )

    def _of(self, real: str, depth: int) -> set[Location]:
        mount = self._mount(real)
        if mount is None:
            return {("", real)}
        relative = os.path.relpath(real, mount.folder)
        found = {(mount.device, _below(mount.root, relative))}
        if depth:
            # The path below the source of this mount.
            within = os.path.relpath(_below(mount.root, relative), "/")
            for shown in _sources(mount):
                if isinstance(shown, str):
                    found |= self._of(os.path.realpath(_below(shown, within)), depth - 1)
                else:
                    found.add((shown[0], _below(shown[1], within)))
        return found

    def _mount(self, real: str) -> MountEntry | None:
        """The mount that a path is on: the innermost one and, if several have the same mount point,
        the last, which hides the others."""
        found = None
        for mount in self._mounts:
            if inside(real, mount.folder) and (
                found is None or len(mount.folder) >= len(found.folder)
            ):
                found = mount
        return found


def _sources(mount: MountEntry) -> list[str | Location]:
    """The folders, of this computer or another, whose files a mount shows."""
    if mount.kind == "overlay":
        options = [option.partition("=")[::2] for option in re.split(r"(?<!\\),", mount.options)]
        layers = [
            value
            for key, value in options
            if key in ("upperdir", "lowerdir", "lowerdir+", "datadir+")
        ]
        names = [name for value in layers for name in re.split(r"(?<!\\):", value)]
        return [re.sub(r"\\(.)", r"\1", name) for name in names if os.path.isabs(name)]
    if mount.kind == "fuse.mergerfs":
        return [
            name
            for name in [*mount.source.split(":"), *_branches(mount.folder)]
            if os.path.isabs(name)
        ]
    remote = _REMOTE.fullmatch(mount.source)
    if remote is not None and mount.kind.startswith(("nfs", "fuse")):
        host, folder = remote["host"].strip("[]").lower(), remote["folder"]
        if not _this_computer(host):
            return [(host, folder)]
        return [folder if os.path.isabs(folder) else os.path.join(os.path.expanduser("~"), folder)]
    # bindfs and similar file systems name the folder itself.
    return [mount.source] if mount.kind.startswith("fuse") and os.path.isabs(mount.source) else []


def _branches(folder: str) -> list[str]:
    """The folders that a mergerfs mount merges, from mergerfs itself: the mount table may truncate
    the list."""
    try:
        text = os.fsdecode(os.getxattr(os.path.join(folder, ".mergerfs"), "user.mergerfs.branches"))
    except (OSError, AttributeError):
        # An older version, or a system without extended attributes.
        return []
    return [branch.partition("=")[0] for branch in text.split(":")]


def _this_computer(host: str) -> bool:
    own = socket.gethostname().lower()
    return host in {"localhost", "::1", own, own.partition(".")[0]} or host.startswith("127.")


def _below(folder: str, relative: str) -> str:
    return folder if relative == "." else os.path.join(folder, relative)


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8)), text)
