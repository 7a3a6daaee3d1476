"""A file as the file system shows it, and as its row in the catalog describes it."""

from __future__ import annotations

from typing import NamedTuple

# The reason of files that an exclusion rule hides; they are kept like missing ones.
EXCLUDED = "left out"
# The columns of `file`, as f, that make a KnownFile.
KNOWN_FILE_COLUMNS = (
    "f.id, f.root_id, f.path, f.size, f.mtime_ns, f.inode, f.state, f.photo_id, f.reason,"
    " f.gone_at, f.ctime_ns"
)


class FileStat(NamedTuple):
    """A file as the file system shows it."""

    path: str
    """Relative to its root, with '/', as catalog text."""
    size: int
    """Bytes."""
    mtime_ns: int
    """When its content last changed, Unix nanoseconds."""
    inode: int
    """0 if the file system has none."""
    ctime_ns: int = 0
    """When its bytes, name or permissions last changed, Unix nanoseconds; 0 if unknown."""

    @property
    def folder(self) -> str:
        """The folder that it is in, relative to the root; '' for the root itself."""
        return self.path.rpartition("/")[0]


class KnownFile(NamedTuple):
    """A file as the catalog knows it."""

    id: int
    root_id: int
    path: str
    """Relative to its root, as catalog text."""
    size: int
    mtime_ns: int
    inode: int
    state: str
    """`present`, `missing` or `failed`."""
    photo_id: int | None
    reason: str | None = None
    """Why it failed, in words, or EXCLUDED."""
    gone_at: float | None = None
    """When it was first not found, Unix seconds."""
    ctime_ns: int = 0
    """0 if unknown."""

    def matches(self, stat: FileStat, *, inodes: bool = False, ctimes: bool = False) -> bool:
        """Whether size and mtime are the same, so that the bytes are assumed to be, too. inodes,
        ctimes: also compare these, if both are known."""
        same = (self.size, self.mtime_ns) == (stat.size, stat.mtime_ns)
        if ctimes and self.ctime_ns and stat.ctime_ns:
            same = same and self.ctime_ns == stat.ctime_ns
        return same and not (inodes and self.inode and stat.inode and self.inode != stat.inode)

    @property
    def excluded(self) -> bool:
        """Whether an exclusion rule hides it."""
        return self.state == "missing" and self.reason == EXCLUDED

    @property
    def vanished(self) -> bool:
        """Whether it was not found where it should be, and no rule excludes it."""
        return self.gone_at is not None and not self.excluded
