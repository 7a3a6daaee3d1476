"""The result of one indexing run, in numbers of files."""

from __future__ import annotations

from dataclasses import dataclass, field

from explorer.scanning.root_scan import ScanTarget


@dataclass
class IndexSummary:
    """The counts and problems of one indexing run."""

    indexed: int = 0
    """Files that are new in the library, or have new contents."""
    unchanged: int = 0
    """Files that are unchanged since they were indexed."""
    moved: int = 0
    """Files that were found under a new path."""
    missing: int = 0
    """Files that are gone."""
    failed: int = 0
    """Files that could not be read as photos."""
    encoded: int = 0
    """Photos (distinct contents) that went through the encoder."""
    away: int = 0
    """Files that vanished but stay in the library until the user confirms that they are gone."""
    left_out: int = 0
    """Known files that an ignore rule excludes now."""
    other: int = 0
    """Files that are not photos."""
    offline: set[str] = field(default_factory=set)
    """Paths of roots whose drive is disconnected or unresponsive."""
    unlisted: set[str] = field(default_factory=set)
    """Absolute paths of folders and files that could not be accessed."""
    problems: set[str] = field(default_factory=set)
    """What is wrong with a root or its ignore rules, in words."""
    unsettled: set[ScanTarget] = field(default_factory=set)
    """Folders in which a file was still being written; they need another scan."""
    durations: dict[int, float] = field(default_factory=dict)
    """Seconds that scanning each root took, by root id."""
