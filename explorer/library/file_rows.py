"""A file as the file system shows it, and as its row in the catalog has it."""

from __future__ import annotations

from typing import NamedTuple


class Seen(NamedTuple):
    """A file as the file system shows it. path: relative to its root, with '/', as catalog text.
    ctime_ns: when its bytes, name or rights last changed, Unix nanoseconds; 0 where that is not
    known."""

    path: str
    size: int
    mtime_ns: int
    inode: int
    ctime_ns: int = 0


class KnownFile(NamedTuple):
    """A file as the catalog knows it."""

    id: int
    root_id: int
    path: str
    size: int
    mtime_ns: int
    inode: int
    state: str
    photo_id: int | None
    reason: str | None = None
    gone_at: float | None = None
    ctime_ns: int = 0

    def is_as(self, seen: Seen, *, inodes: bool = False, ctimes: bool = False) -> bool:
        """Same size and time: the bytes are taken to be the same. inodes, ctimes: these tell too,
        where both are known."""
        same = (self.size, self.mtime_ns) == (seen.size, seen.mtime_ns)
        if ctimes and self.ctime_ns and seen.ctime_ns:
            same = same and self.ctime_ns == seen.ctime_ns
        return same and not (inodes and self.inode and seen.inode and self.inode != seen.inode)

    @property
    def left_out(self) -> bool:
        """Whether it is missing from the library because a rule leaves it out."""
        return self.state == "missing" and self.reason == LEFT_OUT

    @property
    def lost(self) -> bool:
        """Whether it was not where it should be when it was last looked for."""
        return self.gone_at is not None and not self.left_out


# The reason of files that a rule leaves out; they are kept like missing ones.
LEFT_OUT = "left out"
KNOWN = "f.id, f.root_id, f.path, f.size, f.mtime_ns, f.inode, f.state, f.photo_id, f.reason, f.gone_at, f.ctime_ns"
