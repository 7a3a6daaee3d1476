"""What is to be removed, and how each removal ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from explorer.removal.companions import Companion
from explorer.text_format import count

# The destination that stands for the system's trash; every other destination is a folder's path.
TRASH = "trash"

# Called before each file with the number of files done and the total.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Removal:
    """One file to be removed."""

    path: str
    """Absolute."""
    hash: str
    """Content hash as the library knows it, hex."""
    keeper: str | None = None
    """Absolute path of the file that is kept for it. None if the photo is removed without a copy
    being kept, which needs a separate confirmation; always None if the file could not be read as a
    photo, because it is then unknown whether there is another copy."""
    keeper_hash: str | None = None
    """Content hash of the keeper, hex; None if it is that of the file."""
    bytes: int = 0
    """Size of the file in bytes, for display."""
    tier: str = ""
    """The duplicate tier of the file and its keeper, or the kind of finding that it is removed
    for."""
    why: str = ""
    """Why this file is removed rather than the keeper, in words."""
    companions: tuple[Companion, ...] = field(default=(), compare=False)
    """The file's companions when the plan was made, for display. Those that are removed with it are
    found again just before the removal."""
    holds: tuple[str, ...] = field(default=(), compare=False)
    """What the file holds besides its first picture (“3 pages”), for display."""

    @property
    def has_same_bytes(self) -> bool:
        """Whether the file and its keeper have the same content."""
        return self.keeper_hash in (None, self.hash)

    @property
    def total_bytes(self) -> int:
        """Size of the file and its companions, in bytes."""
        return self.bytes + sum(each.bytes for each in self.companions)


@dataclass(frozen=True)
class RemovalResult:
    """How one removal ended, or in a dry run would end."""

    removal: Removal
    state: Literal["removed", "would", "refused", "failed"]
    """would: it would be removed (dry run). refused: a check failed, and nothing moved. failed: it
    was moved, or about to be, and put back."""
    reason: str = ""
    """Why it was not removed, or what the user should know, in words."""
    freed: int = 0
    """Bytes freed on its drive once the trash is emptied; 0 for a link and for one of several hard
    links."""
    at: str | None = None
    """Where the file is now."""
    companions: tuple[Companion, ...] = ()
    """The files that were, or would be, removed with it."""

    @property
    def done(self) -> bool:
        """Whether the file was removed, or would be."""
        return self.state in ("removed", "would")


@dataclass(frozen=True)
class RemovalOutcome:
    """How all removals of one call ended."""

    run: str | None
    """The id that `undo` takes; None if nothing was removed."""
    results: tuple[RemovalResult, ...]
    """One for each removal, in order."""
    carried: int = 0
    """How many edits and album memberships of removed photos the photos that were kept got."""

    @property
    def removed(self) -> list[RemovalResult]:
        """The removals that were, or would be, carried out."""
        return [result for result in self.results if result.done]

    @property
    def kept(self) -> list[RemovalResult]:
        """The removals that were, or would be, refused or failed."""
        return [result for result in self.results if not result.done]

    @property
    def freed(self) -> int:
        """Bytes freed in total, see `RemovalResult.freed`."""
        return sum(result.freed for result in self.results)

    @property
    def companion_count(self) -> int:
        """How many files were removed with the photos that they belong to."""
        return sum(len(result.companions) for result in self.removed)


def lost_in_words(lost: Iterable[str]) -> str:
    """What a file lost on its way to another drive, as a note; '' if nothing."""
    words = ", ".join(lost)
    return f"the drive that it is on now cannot store {words}" if words else ""


def companions_in_words(number: int) -> str:
    """The number of companions in words, such as “3 files that belong to them”."""
    return f"{count(number, 'file')} that {'belongs' if number == 1 else 'belong'} to them"


def carried_in_words(number: int) -> str:
    """How many edits were carried over, as a sentence; '' if none."""
    if not number:
        return ""
    return (
        f"{count(number, 'edit')} of removed photos (favorites, albums, ratings and the like)"
        f" {'was' if number == 1 else 'were'} carried over to the photos that were kept."
    )
