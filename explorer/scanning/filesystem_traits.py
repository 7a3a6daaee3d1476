"""What kind of drive a folder is on: whether the system tells of changes there, and whether a file
keeps its inode number."""

from __future__ import annotations

import os
import sys
from typing import NamedTuple

import psutil

from explorer.library.paths import inside

# Others can change files there without this system hearing of it.
_NETWORK = frozenset(
    {
        "nfs", "nfs3", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "smbnetfs", "afp", "afpfs",
        "9p", "afs", "ceph", "coda", "davfs",
        "webdav", "glusterfs", "gpfs", "lustre", "ncpfs", "ocfs2", "gfs2", "orangefs", "pvfs2",
        "beegfs", "virtiofs", "vboxsf", "vmhgfs",
        "prl_fs", "drvfs", "sshfs",
    }
)  # fmt: skip
# Programs that show something as a folder. Those that show a local disk hear of every change that
# is made through them.
_LOCAL_FUSE = frozenset(
    {
        "fuse.ntfs-3g",
        "fuse.exfat",
        "fuse.encfs",
        "fuse.gocryptfs",
        "fuse.cryfs",
        "fuse.bindfs",
        "fuse.mergerfs",
    }
)
# File systems that number files anew each time they are connected, or as they like.
_LOOSE_INODES = frozenset(
    {
        "vfat",
        "msdos",
        "exfat",
        "fat32",
        "fat",
        "iso9660",
        "udf",
        "fuse.exfat",
        "fuse.mergerfs",
        "overlay",
    }
)
# File systems that have no time of the last change.
_LOOSE_CHANGE_TIMES = frozenset(
    {
        "vfat",
        "msdos",
        "exfat",
        "fat32",
        "fat",
        "iso9660",
        "udf",
        "fuse.exfat",
        "fuseblk",
        "davfs",
        "webdav",
        "sshfs",
        "afpfs",
        "afp",
    }
)


class Volume(NamedTuple):
    """Where a file system is shown, and of which kind it is."""

    folder: str
    kind: str
    options: str = ""

    @property
    def network(self) -> bool:
        fuse = self.kind.startswith("fuse.") and self.kind not in _LOCAL_FUSE
        return self.kind in _NETWORK or fuse or "remote" in self.options.split(",")


def mounted_volumes() -> list[Volume]:
    """All file systems that are connected; those mounted later come later."""
    try:
        return [
            Volume(part.mountpoint, part.fstype.lower(), part.opts)
            for part in psutil.disk_partitions(all=True)
        ]
    except OSError:
        return []


def volume_of(folder: str, known: list[Volume] | None = None) -> Volume | None:
    """The file system that an absolute folder is on, or None where that is not to be found out."""
    path, found = os.path.realpath(folder), None
    for mount in mounted_volumes() if known is None else known:
        if inside(path, mount.folder) and (found is None or len(mount.folder) >= len(found.folder)):
            found = mount
    return found


def reason_to_poll(root: str) -> str | None:
    """Why changes below a root may go unheard, in words for a person; None where the system tells
    of all."""
    if sys.platform == "win32" and root.startswith("\\\\"):
        return "it is on a network drive, which does not tell of changes made elsewhere"
    known = mounted_volumes()
    mount = volume_of(root, known)
    if mount is not None and mount.network:
        return f"it is on a network drive ({mount.kind}), which does not tell of changes made elsewhere"
    path = os.path.realpath(root)
    for below in known:
        if below.network and below.folder != path and inside(below.folder, path):
            name = os.path.relpath(below.folder, path)
            return f"{name} in it is a network drive ({below.kind}), which does not tell of changes made elsewhere"
    return None


def has_stable_inodes(root: str) -> bool:
    """Whether a file there has the same inode number tomorrow, so that another number means another
    file."""
    mount = volume_of(root)
    return mount is not None and not mount.network and mount.kind not in _LOOSE_INODES


def has_reliable_ctimes(root: str) -> bool:
    """Whether a file's ctime there stands still until its bytes, name or rights change. Windows
    gives the time of creation in its place, and some file systems make one up when they are
    connected."""
    mount = volume_of(root)
    if sys.platform == "win32" or mount is None or mount.kind in _LOOSE_CHANGE_TIMES:
        return False
    return not mount.kind.startswith("fuse") or mount.kind in _LOCAL_FUSE
