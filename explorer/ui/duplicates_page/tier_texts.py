"""The title of each tier, its explanation, and what to show when it is empty."""

from __future__ import annotations

from explorer.duplicates.groups import Tier

TITLES: dict[Tier, str] = {
    "identical": "Identical files",
    "pixels": "Same pixels",
    "picture": "Same picture",
    "moment": "Same moment",
    "lookalike": "Look-alikes",
}


NONE: dict[Tier, str] = {
    "identical": "There are no identical files.",
    "pixels": "There are no files with the same pixels.",
    "picture": "There are no copies of one picture.",
    "moment": "There are no shots of the same moment.",
    "lookalike": "There are no look-alikes.",
}


WHAT: dict[Tier, str] = {
    "identical": "Files with the same bytes: one is kept, nothing is lost.",
    "pixels": "Every pixel of every page and frame is the same, and so is any film inside. Only the metadata or the file format differs.",
    "picture": "One picture, saved again: smaller, re-sent, turned, cropped, brightened, stamped. Each was compared with the one kept."
    " Where it is not clear which one is the original, nothing is suggested: choose yourself.",
    "moment": "Different shots of one moment: a burst, a retake. Nothing is marked here; choose yourself.",
    "lookalike": "Photos of similar things. They are no duplicates: nothing is marked here, and nothing suggested.",
}
