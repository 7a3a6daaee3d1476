"""What is shown as duplicates: groups of files, each with one to keep and others that were verified against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tier = Literal["identical", "pixels", "picture", "moment", "lookalike"]

# From the surest to the loosest. The first three mean one and the same picture; the last is never suggested for removal.
TIERS: tuple[Tier, ...] = ("identical", "pixels", "picture", "moment", "lookalike")


@dataclass(frozen=True)
class Item:
    """One file of a group. Two files with the same bytes are two items of one photo.

    path: absolute. bytes: the file's size. width, height: pixels, upright. relation: in words, how the file differs from the one to
    keep (“half the size, turned by 90°”); '' for the one to keep. score: how alike the pixels are after alignment, 0 to 1.
    protected: lies in a folder from which nothing is ever removed. linked: another name for the same bytes on disk (a hard link or a
    symbolic one), so that removing it frees nothing. metadata: how many facts it carries about itself (date, place, camera …).
    modified: the file's own time, Unix seconds. symlink: the file is a symbolic link, which can never be the one to keep.
    """

    file_id: int
    photo_id: int
    path: str
    bytes: int
    width: int
    height: int
    format: str
    taken_at: str | None
    camera: str | None
    relation: str = ""
    score: float = 1.0
    protected: bool = False
    linked: bool = False
    metadata: int = 0
    modified: float = 0.0
    symlink: bool = False


@dataclass(frozen=True)
class Group:
    """Files of one tier. key: the same for the same contents, wherever the files lie, so that decisions about it last.

    keep_because: the rule that chose the one to keep, in words. others: each verified against `keep`, never against one another.
    """

    key: str
    tier: Tier
    keep: Item
    keep_because: str
    others: tuple[Item, ...]

    @property
    def reclaimable(self) -> int:
        """Bytes that would be free if all others went: nothing for protected ones, and for other names of the same bytes."""
        return sum(item.bytes for item in self.others if not item.protected and not item.linked)
