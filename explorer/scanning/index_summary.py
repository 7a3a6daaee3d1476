"""What one indexing run did, counted in files."""

from __future__ import annotations

from dataclasses import dataclass, field

from explorer.scanning.root_scan import ScanTarget


@dataclass
class IndexSummary:
    """What a run did, in files. encoded: photos (distinct contents) that went through the encoder.
    away: vanished, but kept until the person says whether they are gone. left_out: known from
    before, left out by a rule now. other: files that are no photos.
    offline: roots whose drive is away, or does not answer. unlisted: folders and files that could
    not be looked at (absolute). problems: what is wrong with a root or its rules, in words.
    unsettled: folders where a file was still being written, to be looked at again. took: seconds
    that a root's scan took, by its id."""

    indexed: int = 0
    unchanged: int = 0
    moved: int = 0
    missing: int = 0
    failed: int = 0
    encoded: int = 0
    away: int = 0
    left_out: int = 0
    other: int = 0
    offline: set[str] = field(default_factory=set)
    unlisted: set[str] = field(default_factory=set)
    problems: set[str] = field(default_factory=set)
    unsettled: set[ScanTarget] = field(default_factory=set)
    took: dict[int, float] = field(default_factory=dict)
