"""The guarantees of the file system that a folder is on: change events, inode numbers and change
times.

`library/mounts.py` answers another question: which folder a path really leads to when one folder
is mounted in several places.
"""

from __future__ import annotations

import os
from typing import NamedTuple

import psutil

from explorer.library.paths import inside
from explorer.systems.this_system import this_system

# Network file systems: other computers can change files there without this one being notified.
_NETWORK = frozenset(
    [
        "nfs",
        "nfs3",
        "nfs4",
        "cifs",
        "smb",
        "smb2",
        "smb3",
        "smbfs",
        "smbnetfs",
        "afp",
        "afpfs",
        "9p",
        "afs",
        "ceph",
        "coda",
        "davfs",
        "webdav",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "ocfs2",
        "gfs2",
        "orangefs",
        "pvfs2",
        "beegfs",
        "virtiofs",
        "vboxsf",
        "vmhgfs",
        "prl_fs",
        "drvfs",
        "sshfs",
    ]
)
# FUSE file systems on a local disk: every change goes through them, so events are complete.
_LOCAL_FUSE = frozenset(
    [
        "fuse.ntfs-3g",
        "fuse.exfat",
        "fuse.encfs",
        "fuse.gocryptfs",
        "fuse.cryfs",
        "fuse.bindfs",
        "fuse.mergerfs",
    ]
)
# File systems of cameras, memory cards and discs.
_REMOVABLE_MEDIA = frozenset(
    ["vfat", "msdos", "exfat", "fat32", "fat", "iso9660", "udf", "fuse.exfat"]
)
# File systems that assign new inode numbers at every mount, or at will.
_UNSTABLE_INODES = _REMOVABLE_MEDIA | frozenset(["fuse.mergerfs", "overlay"])
# File systems that store no change time.
_NO_CHANGE_TIMES = _REMOVABLE_MEDIA | frozenset(
    ["fuseblk", "davfs", "webdav", "sshfs", "afpfs", "afp"]
)


class Volume(NamedTuple):
    """A mounted file system."""

    folder: str
    """Its mount point, absolute."""
    kind: str
    """Its type in lower case, such as `ext4` or `fuse.sshfs`."""
    options: str = ""
    """Its mount options, separated by commas."""

    @property
    def network(self) -> bool:
        """Whether other computers may change files on it."""
        fuse = self.kind.startswith("fuse.") and self.kind not in _LOCAL_FUSE
        return self.kind in _NETWORK or fuse or "remote" in self.options.split(",")


def mounted_volumes() -> list[Volume]:
    """All mounted file systems, in the order in which they were mounted; empty if the system does
    not report them."""
    try:
        return [
            Volume(part.mountpoint, part.fstype.lower(), part.opts)
            for part in psutil.disk_partitions(all=True)
        ]
    except OSError:
        return []


def volume_of(folder: str, volumes: list[Volume] | None = None) -> Volume | None:
    """The file system that an absolute folder is on, or None if that cannot be determined."""
    path, found = os.path.realpath(folder), None
    for volume in mounted_volumes() if volumes is None else volumes:
        if inside(path, volume.folder) and (
            found is None or len(volume.folder) >= len(found.folder)
        ):
            found = volume
    return found


def reason_to_poll(root: str) -> str | None:
    """Why change events for this folder may be incomplete, in words; None if they are
    complete."""
    if reason := this_system().network_drive(root):
        return reason
    volumes = mounted_volumes()
    volume = volume_of(root, volumes)
    if volume is not None and volume.network:
        return (
            f"it is on a network drive ({volume.kind}), which does not report changes made"
            " elsewhere"
        )
    path = os.path.realpath(root)
    for nested in volumes:
        if nested.network and nested.folder != path and inside(nested.folder, path):
            name = os.path.relpath(nested.folder, path)
            return (
                f"{name} in it is a network drive ({nested.kind}), which does not report changes"
                " made elsewhere"
            )
    return None


def has_stable_inodes(root: str) -> bool:
    """Whether files keep their inode numbers, so that a different number means a different file."""
    volume = volume_of(root)
    return volume is not None and not volume.network and volume.kind not in _UNSTABLE_INODES


def has_reliable_ctimes(root: str) -> bool:
    """Whether a file's ctime changes exactly when its bytes, name or permissions do.

    Windows reports the creation time instead, and some file systems make up ctimes when they are
    mounted.
    """
    volume = volume_of(root)
    if volume is None or volume.kind in _NO_CHANGE_TIMES or not this_system().has_change_times:
        return False
    return not volume.kind.startswith("fuse") or volume.kind in _LOCAL_FUSE
