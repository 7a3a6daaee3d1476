"""The kinds of findings, by the names that scripts use, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

FindingKind = Literal[
    "outlier", "misplaced", "blurred", "dark", "overexposed", "empty", "shape", "noisy",
    "compressed", "damaged", "unreadable", "extension",
    "date", "not-a-photo",
]  # fmt: skip
KINDS: tuple[FindingKind, ...] = get_args(FindingKind)

# A kind's name for a person, and what it means.
KIND_TITLES: Mapping[FindingKind, tuple[str, str]] = {
    "outlier": (
        "Unlike all others",
        "far from its nearest neighbours, for how dense photos lie around them",
    ),
    "misplaced": (
        "In the wrong folder?",
        "unlike the rest of its folder, but like photos elsewhere",
    ),
    "blurred": (
        "Blurred",
        "out of focus, or the camera moved; a sharp subject before a soft background is sharp",
    ),
    "dark": ("Too dark", "even its lights are dark"),
    "overexposed": ("Overexposed", "burnt out, and light all over"),
    "empty": ("Hardly anything on it", "a lens cap, the floor, the inside of a pocket"),
    "shape": ("Odd shape or size", "very long and narrow, or tiny"),
    "noisy": ("Noisy", "grain even where the picture is flat"),
    "compressed": ("Heavily compressed", "JPEG's blocks show"),
    "damaged": ("Damaged", "a part of the picture is missing"),
    "unreadable": ("Unreadable", "the file is damaged, or no photo at all"),
    "extension": ("Wrong extension", "the file's name says another format than it has"),
    "date": (
        "Doubtful date",
        "in the future, the clock's first day, or the name or folder says otherwise",
    ),
    "not-a-photo": ("Not a photo", "a screenshot, a document, a drawing or an icon"),
}
