"""Match companion files to photos by name: the video of a Live Photo, sidecars with edits and
keywords, Google Takeout's JSON.

Both have keys: `photo_keys` returns those under which a photo looks for its companions, and
`companion_keys` those under which a companion is found. All names are normalized
(`stacks.normalized_name`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import Literal

from explorer.photos.formats import EXTENSIONS, RAW_EXTENSIONS, UNSUPPORTED
from explorer.photos.stacks import edit_original_stems, named_original, normalized_name

Kind = Literal["video", "sidecar"]

# The video of a Live Photo or a motion photo: the still's name with another extension. Some phones
# name the video `….MP` and the still `….MP.jpg`.
_VIDEOS = frozenset({".mov", ".mp4"})
_MOTION_PHOTO_VIDEO = ".mp"
# XMP packets, Apple's edit recipes, a camera's thumbnail of a video, and the settings of
# RawTherapee, UFRaw, DxO, ON1, Adobe Camera Raw (masks), Canon's Digital Photo Professional,
# Nikon's NX Studio and Capture One.
_SIDECARS = frozenset(
    {".xmp", ".aae", ".thm", ".pp3", ".pp2", ".ufraw", ".dop", ".on1", ".acr", ".vrd", ".dr4"}
    | {".nksc", ".cos"}
)
# Sidecars that contain the work of a person or a program.
_EDIT_SIDECARS = _SIDECARS - {".thm"}
SIDECAR_EXTENSIONS = frozenset({*_EDIT_SIDECARS, ".json"})
"""The extensions of files that may hold information about a photo."""
_STILLS = EXTENSIONS | RAW_EXTENSIONS | UNSUPPORTED.keys()
# Videos and recordings that are not companions of a photo, but may have sidecars of their own.
_OTHER_VIDEOS = frozenset(
    {
        ".avi",
        ".mts",
        ".m2ts",
        ".mkv",
        ".m4v",
        ".3gp",
        ".mpg",
        ".mpeg",
        ".wmv",
        ".webm",
        ".insv",
        ".wav",
    }
)

# Google Takeout (exports of 2024 and 2025): `a.jpg.json`, or `a.jpg.supplemental-metadata.json`
# with the part before `.json` cut to 46 characters; the second photo with that name, `a(1).jpg`,
# has `a.jpg(1).json`.
_TAKEOUT, _TAKEOUT_LONGEST = "supplemental-metadata", 46
_NUMBERED = re.compile(r"^(.*)(\(\d+\))$")
_ORIGINAL_RECIPE = re.compile(r"^img_o(\d+)$")
# The prefix of the files in which macOS keeps extended attributes on drives without them.
APPLE_DOUBLE = "._"


def is_photo(name: str) -> bool:
    """Whether a normalized name is that of a photo, readable or not."""
    return not name.startswith(APPLE_DOUBLE) and os.path.splitext(name)[1] in _STILLS


def is_sidecar(name: str) -> bool:
    """Whether a file of this name may hold information about a photo."""
    name = normalized_name(name)
    return (
        os.path.splitext(name)[1] in SIDECAR_EXTENSIONS
        and not name.startswith(APPLE_DOUBLE)
        and bool(companion_keys(name))
    )


def is_edit_sidecar(path: str) -> bool:
    """Whether a file is a sidecar with edits or notes."""
    name = os.path.basename(path).lower()
    return not name.startswith(APPLE_DOUBLE) and os.path.splitext(name)[1] in _EDIT_SIDECARS


def companion_kind(name: str) -> Kind:
    """The kind of companion with this normalized name."""
    if name.startswith(APPLE_DOUBLE):
        return "sidecar"
    return "video" if os.path.splitext(name)[1] in {*_VIDEOS, _MOTION_PHOTO_VIDEO} else "sidecar"


def photo_keys(name: str, photos: Mapping[str, Sequence[str]]) -> list[str]:
    """The keys under which a photo, or a video that is not itself a companion, finds its
    companions; none for other files.

    photos: stem → the names of the photos in its folder with that stem. An edit also uses the
    companions of its original.
    """
    stem, ending = os.path.splitext(name)
    if name.startswith(APPLE_DOUBLE) or (ending not in _STILLS and ending not in _OTHER_VIDEOS):
        return []
    keys = [f"name {name}", f"stem {stem}"]
    if len(name) > _TAKEOUT_LONGEST:
        keys.append(f"start {name[:_TAKEOUT_LONGEST]}")
    if original := named_original(name):
        keys += [f"name {original}{ending}", f"stem {original}"]
    for original in edit_original_stems(name):
        for photo in photos.get(original, ()):
            keys += [f"name {photo}", f"stem {original}"]
    return keys


def companion_keys(name: str) -> list[str]:
    """The keys under which a possible companion is found; none for other files."""
    if name.startswith(APPLE_DOUBLE):
        rest = name[len(APPLE_DOUBLE) :]
        # Those of a companion belong to the companion's photo.
        return companion_keys(rest) or [f"name {rest}"]
    stem, ending = os.path.splitext(name)
    if ending == ".json":
        return _takeout_keys(stem)
    if ending in _SIDECARS:
        return [_sidecar_key(stem, ending)]
    if ending in _VIDEOS:
        return [f"stem {stem}"]
    return [f"stem {name}"] if ending == _MOTION_PHOTO_VIDEO else []


def _sidecar_key(stem: str, ending: str) -> str:
    inner, inner_ending = os.path.splitext(stem)
    if inner_ending in _STILLS:
        return f"name {stem}"
    if inner_ending in _VIDEOS:
        return f"stem {inner}"
    recipe = _ORIGINAL_RECIPE.match(stem) if ending == ".aae" else None
    return f"stem img_{recipe[1]}" if recipe else f"stem {stem}"


def _takeout_keys(stem: str) -> list[str]:
    """stem: the name without `.json`."""
    numbered = _NUMBERED.match(stem)
    base, number = (numbered[1], numbered[2]) if numbered else (stem, "")
    before, dot, word = base.rpartition(".")
    name = before if dot and _TAKEOUT.startswith(word) else base
    inner, ending = os.path.splitext(name)
    if ending in _VIDEOS:
        return [f"stem {inner}{number}"]
    if ending in _STILLS:
        return [f"name {inner}{number}{ending}"]
    if name != base and len(word) > 1:
        # `a.supplemental-metadata.json`: some exports leave out the photo's extension.
        return [f"stem {name}{number}"]
    # The photo's own name was cut.
    return [f"start {base}"] if len(base) == _TAKEOUT_LONGEST else []


def related_prefixes(name: str) -> tuple[str, ...]:
    """The prefixes of all names that may be related to a photo: its companions, and other photos
    that share them."""
    stem = os.path.splitext(name)[0]
    roots = {stem, *edit_original_stems(name)}
    # `a(1).jpg` has `a.jpg(1).json`.
    roots |= {numbered[1] for root in roots if (numbered := _NUMBERED.match(root))}
    roots = {root[:_TAKEOUT_LONGEST] for root in roots}
    # IMG_1 has the edit IMG_E1 and the recipe IMG_O1.
    numbers = {root.removeprefix("img_") for root in roots if root.startswith("img_")}
    roots |= {f"img_{letter}{rest}" for rest in numbers for letter in "eo"}
    return (*roots, *(APPLE_DOUBLE + root for root in roots))
