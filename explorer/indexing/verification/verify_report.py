"""The result of verifying a library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from explorer.config import PROGRAM
from explorer.library.library import Library
from explorer.library.writer import Writer


class Inconsistency(NamedTuple):
    """One part that does not agree with the rest of the library."""

    kind: str
    """`catalog`, `texts`, `vectors`, `neighbours`, `preview` or `file`."""
    text: str
    """One sentence for the user."""
    mended: bool = False
    """Whether it has been repaired."""


@dataclass
class VerifyReport:
    """What was checked, and what was wrong."""

    photos: int = 0
    files: int = 0
    vectors: int = 0
    problems: list[Inconsistency] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Differences that the next indexing run settles; they are not faults."""
    changed: int = 0
    """Number of notes about files that changed on disk since they were last scanned."""

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong, or everything has been repaired."""
        return all(problem.mended for problem in self.problems)

    def summary(self) -> str:
        """One or two sentences for the user."""
        checked = (
            f"{self.photos:,} photos, {self.files:,} files and {self.vectors:,} vectors were"
            " checked"
        )
        left = sum(not problem.mended for problem in self.problems)
        mended = len(self.problems) - left
        found = (
            f"{left:,} problems are left: run `{PROGRAM} verify --repair`"
            if left
            else "everything agrees"
        )
        notes = (
            f" {self.changed:,} files have changed on disk since they were last scanned."
            if self.changed
            else ""
        )
        return f"{checked}: {found}{f' ({mended:,} repaired)' if mended else ''}.{notes}"

    def as_json(self) -> dict[str, object]:
        return {
            "sound": self.sound,
            "photos": self.photos,
            "files": self.files,
            "vectors": self.vectors,
            "problems": [problem._asdict() for problem in self.problems],
            "notes": self.notes,
        }


@dataclass(frozen=True)
class VerifyRun:
    """The inputs that the checks of one verification share."""

    library: Library
    writer: Writer | None
    """Repairs what is wrong; None to report problems only."""
    thorough: bool
    """Also decode every preview and read every photo file."""
    progress: Callable[[str], None]
    report: VerifyReport

    @property
    def repairs(self) -> bool:
        return self.writer is not None
