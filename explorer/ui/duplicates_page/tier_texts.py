"""The title of each tier, its explanation, and what to show when it is empty."""

from __future__ import annotations

from explorer.duplicates.groups import Tier

TIER_TITLES: dict[Tier, str] = {
    "identical": "Identical files",
    "pixels": "Same pixels",
    "picture": "Same picture",
    "moment": "Same moment",
    "lookalike": "Look-alikes",
}
NO_GROUPS: dict[Tier, str] = {
    "identical": "There are no identical files.",
    "pixels": "There are no files with the same pixels.",
    "picture": "There are no copies of the same picture.",
    "moment": "There are no shots of the same moment.",
    "lookalike": "There are no look-alikes.",
}
TIER_EXPLANATIONS: dict[Tier, str] = {
    "identical": "Files with exactly the same bytes. One is kept, so nothing is lost.",
    "pixels": (
        "Every pixel of every page and frame is the same, and so is any video inside. Only the"
        " metadata or the file format differs."
    ),
    "picture": (
        "The same picture saved again: resized, re-sent, rotated, cropped, brightened or"
        " watermarked. Each file was compared with the one that is kept. Where it is not clear"
        " which file is the original, nothing is suggested: choose one yourself."
    ),
    "moment": (
        "Different shots of the same moment, such as a burst or a retake. Nothing is marked for"
        " removal: choose yourself."
    ),
    "lookalike": (
        "Photos of similar things. They are not duplicates, so nothing is suggested or marked for"
        " removal."
    ),
}
