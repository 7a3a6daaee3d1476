"""Which photos of one folder are versions of one photo by their names: an original and its edits,
RAW and JPEG.

Programs name an edit after its original: they add a separator and a suffix to its stem, in the
user's language, with a number, or both (`IMG_0-edited`, `IMG_0-bewerkt`, `IMG_0-編集済み`,
`IMG_0 (Edited)`, `IMG_0~2`). No list of words can have all of them, so only the structure counts,
and whether there is a photo with that stem in the same folder.
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
    """A name as it is compared: composed (NFC) and in lower case. macOS stores names decomposed,
    and file systems differ in case."""
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
    """Those of `possible_original_stems` to which the name adds more than a number: the name of an
    edit, and not of a copy or of another photo."""
    stem = _stem(name)
    return (base for base in possible_original_stems(name) if not _is_numbered(stem, base))


def is_named_after(name: str, other: str) -> bool:
    """Whether a file name is the other one's stem, a separator and anything."""
    return _builds_on(_stem(name), _stem(other))


def is_one_stack(one: str, other: str, tier: str) -> bool:
    """Whether two photos (absolute paths) of a duplicate tier are versions of one photo by their
    names, so that neither is offered for removal in favor of the other.

    RAW and JPEG of one name always are. Names that build on each other count where the pictures
    differ (`picture`). Where no pixel differs (`identical`, `pixels`) they are plain copies. Of
    different shots, those with only a number added are the frames of a burst.
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
    RAW and JPEG, and an edit with a name that a program is known to give.

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
    """The normalized stem of the photo that a file is an edit of: the longest one that is in its
    folder; None if there is none.

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
