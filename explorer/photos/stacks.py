"""Decide by their names which photos in a folder are versions of one photo: an original and its
edits, or RAW and JPEG.

Programs name an edit after its original: they add a separator and a suffix to its stem, in the
user's language, with a number, or both (`IMG_0-edited`, `IMG_0-bewerkt`, `IMG_0-編集済み`,
`IMG_0 (Edited)`, `IMG_0~2`). No word list could be complete, so what counts is the structure, and
whether the same folder has a photo with that stem.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Container, Iterator

from explorer.photos.formats import RAW_EXTENSIONS

# Apple's edit of IMG_1234 is IMG_E1234.
_APPLE_EDIT = re.compile(r"^(img)_e(\d+)$")
# Suffixes that programs are known to add to the name of an original. They never decide whether a
# file is removed.
_EDIT_SUFFIX = re.compile(
    r"^(.+?)(?:[ _-]|[ _-]?[(\[])"
    r"(?:edited|edit|bearbeitet|modifié|editado|modificato)[)\]]?(?:[ _-]?\d*)$"
)


def normalized_name(name: str) -> str:
    """A name normalized for comparison: composed (NFC) and in lower case. macOS stores names
    decomposed, and file systems differ in case sensitivity."""
    return unicodedata.normalize("NFC", name).lower()


def apple_original_stem(stem: str) -> str | None:
    """The normalized stem of the photo that Apple's software names its edit after (`img_1` for
    `img_e1`); None for other names."""
    found = _APPLE_EDIT.match(stem)
    return f"{found[1]}_{found[2]}" if found else None


def named_original(name: str) -> str | None:
    """The normalized stem of the original that a file's name says it is an edit of; None if it says
    nothing."""
    stem = _stem(name)
    edited = _EDIT_SUFFIX.match(stem)
    return apple_original_stem(stem) or (edited[1] if edited else None)


def possible_original_stems(name: str) -> Iterator[str]:
    """All normalized stems that a file name may build on, the shortest first: `a` and `a b` for
    `a b-c.jpg`."""
    stem = _stem(name)
    if apple := apple_original_stem(stem):
        yield apple
    for at in range(1, len(stem)):
        if _is_separator(stem[at]):
            yield stem[:at]


def edit_original_stems(name: str) -> Iterator[str]:
    """The `possible_original_stems` to which the name adds more than a number. That makes it the
    name of an edit, not of a copy or of another photo."""
    stem = _stem(name)
    return (base for base in possible_original_stems(name) if not _is_numbered(stem, base))


def is_named_after(name: str, other: str) -> bool:
    """Whether a file name is the other's stem followed by a separator and anything else, or Apple's
    name for an edit of it."""
    return _builds_on(_stem(name), _stem(other))


def is_one_stack(one: str, other: str, tier: str) -> bool:
    """Whether the names of two photos (absolute paths) of a duplicate tier show that they are
    versions of one photo, so that neither is offered for removal in favor of the other.

    A RAW and a JPEG with the same stem always are. Names that build on each other count if the
    pictures differ (`picture`). If no pixel differs (`identical`, `pixels`), the files are plain
    copies. In the other tiers, names that differ only in an added number belong to the frames of a
    burst.
    """
    (folder, a), (other_folder, b) = os.path.split(one), os.path.split(other)
    if folder != other_folder:
        return False
    stem, ending = os.path.splitext(normalized_name(a))
    other_stem, other_ending = os.path.splitext(normalized_name(b))
    if stem == other_stem:
        return (ending in RAW_EXTENSIONS) != (other_ending in RAW_EXTENSIONS)
    if tier in ("identical", "pixels"):
        return False
    (base, name) = sorted((stem, other_stem), key=len)
    return _builds_on(name, base) and (tier == "picture" or not _is_numbered(name, base))


def never_duplicates(one: str, other: str) -> bool:
    """Whether two photos (absolute paths) are not even shown as duplicates because of their names:
    RAW and JPEG, or an original and an edit with a name that a program is known to give.

    Other photos whose names build on each other are shown, but neither is offered for removal
    (`is_one_stack`): the user decides whether one is an edit or a small copy.
    """
    (folder, a), (other_folder, b) = os.path.split(one), os.path.split(other)
    if folder != other_folder:
        return False
    stem, other_stem = _stem(a), _stem(b)
    return (
        is_one_stack(one, other, "identical")
        or named_original(a) == other_stem
        or named_original(b) == stem
    )


def original_in_folder(path: str, stems: Container[tuple[str, str]]) -> str | None:
    """The normalized stem of the photo that a file is an edit of: the longest possible one that is
    in its folder; None if there is none.

    stems: (folder, normalized stem) of photos.
    """
    folder, name = os.path.split(path)
    found = [stem for stem in possible_original_stems(name) if (folder, stem) in stems]
    return max(found, key=len, default=None)


def _stem(name: str) -> str:
    return os.path.splitext(normalized_name(name))[0]


def _builds_on(stem: str, base: str) -> bool:
    return apple_original_stem(stem) == base or (
        0 < len(base) < len(stem) and stem.startswith(base) and _is_separator(stem[len(base)])
    )


def _is_numbered(stem: str, base: str) -> bool:
    """Whether only a number was added to the base."""
    return stem.startswith(base) and not any(map(str.isalpha, stem[len(base) :]))


def _is_separator(character: str) -> bool:
    """Anything but letters, digits and combining marks."""
    return unicodedata.category(character)[0] not in "LNM"
