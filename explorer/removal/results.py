"""What is to be removed, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from explorer.removal.companions import Companion
from explorer.text_format import count


@dataclass(frozen=True)
class Removal:
    """One file to be taken away. path, keeper: absolute; hash, keeper_hash: hex, as the library
    knows their contents.

    keeper: the file that is kept for it, or None where a photo is removed for its own sake, which
    needs a confirmation of its own. A file that could not be read as a photo goes for its own sake
    only: nobody can tell whether there is another copy of it.
    along: what went with it when the plan was made, for people to see; what really goes is found
    out in the moment of removing. holds: what the file holds beside its first picture, in words,
    for people to see as well.
    """

    path: str
    hash: str
    keeper: str | None = None
    keeper_hash: str | None = None
    bytes: int = 0
    tier: str = ""
    why: str = ""
    companions: tuple[Companion, ...] = field(default=(), compare=False)
    holds: tuple[str, ...] = field(default=(), compare=False)

    @property
    def total_bytes(self) -> int:
        """Bytes of the file and of all that goes with it."""
        return self.bytes + sum(each.bytes for each in self.companions)


@dataclass(frozen=True)
class RemovalResult:
    """What became of one removal, or in a dry run would. reason: why not, or what there is to know,
    in plain words.

    freed: bytes that its drive gains once it is gone for good, with what goes along; 0 for another
    name of bytes that stay. at: where it lies now. along: the files that belong to it and went, or
    would go, with it.
    """

    removal: Removal
    state: Literal["removed", "would", "refused", "failed"]
    reason: str = ""
    freed: int = 0
    at: str | None = None
    companions: tuple[Companion, ...] = ()

    @property
    def done(self) -> bool:
        return self.state in ("removed", "would")


@dataclass(frozen=True)
class RemovalOutcome:
    """run: what `undo` wants to know, None where nothing went. results: one for each removal, in
    order."""

    run: str | None
    results: tuple[RemovalResult, ...]

    @property
    def removed(self) -> list[RemovalResult]:
        return [result for result in self.results if result.done]

    @property
    def kept(self) -> list[RemovalResult]:
        return [result for result in self.results if not result.done]

    @property
    def freed(self) -> int:
        return sum(result.freed for result in self.results)

    @property
    def companion_count(self) -> int:
        """How many files went with others."""
        return sum(len(result.companions) for result in self.removed)


def companions_in_words(number: int) -> str:
    """So many files that go along, in words."""
    return f"{count(number, 'file')} that {'belongs' if number == 1 else 'belong'} to them"
