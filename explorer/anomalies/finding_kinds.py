"""The kinds of findings: their names in JSON and on the command line, and their titles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

FindingKind = Literal[
    "outlier", "misplaced", "blurred", "dark", "overexposed", "empty", "shape", "noisy",
    "compressed", "damaged", "unreadable", "extension",
    "date", "not-a-photo",
]  # fmt: skip
KINDS: tuple[FindingKind, ...] = get_args(FindingKind)

KIND_TITLES: Mapping[FindingKind, tuple[str, str]] = {
    "outlier": (
        "Unlike all others",
        "far from its nearest neighbors, considering how close those are to each other",
    ),
    "misplaced": (
        "In the wrong folder?",
        "unlike the rest of its folder, but similar to photos elsewhere",
    ),
    "blurred": (
        "Blurred",
        "out of focus, or camera shake; a sharp subject in front of a soft background is fine",
    ),
    "dark": ("Too dark", "too dark throughout"),
    "overexposed": ("Overexposed", "blown highlights"),
    "empty": ("Nearly blank", "a lens cap, the floor, the inside of a pocket"),
    "shape": ("Odd shape or size", "very long and narrow, or tiny"),
    "noisy": ("Noisy", "noise even in flat areas"),
    "compressed": ("Heavily compressed", "JPEG blocks are visible"),
    "damaged": ("Damaged", "part of the picture is missing, or its data were changed"),
    "unreadable": ("Unreadable", "the file is damaged, or not a photo at all"),
    "extension": ("Wrong extension", "the extension does not fit the file's format"),
    "date": (
        "Date looks wrong",
        "in the future, the camera clock's first day, or contradicted by the file or folder name",
    ),
    "not-a-photo": ("Not a photo", "a screenshot, a document, a drawing or an icon"),
}
"""Title of each kind, and what it means."""
