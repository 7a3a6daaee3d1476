"""Which photos of one folder are versions of one photo by their names: an original and its edits,
RAW and JPEG.

Programs name an edit after its original: they put a separator and something behind its stem, in the
language of the person, with a number, or both (`IMG_0-edited`, `IMG_0-bewerkt`, `IMG_0-編集済み`,
`IMG_0 (Edited)`, `IMG_0~2`). No list of words can know all of these, so only the structure counts,
and whether a photo with that stem lies in the same folder.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Container, Iterator

from explorer.photos.formats import RAW_EXTENSIONS

# Apple's edit of IMG_1234 is IMG_E1234.
_APPLE_EDIT = re.compile(r"^(img)_e(\d+)$")


def normalized_name(name: str) -> str:
    """A name as it is compared: composed (NFC) and without capitals. macOS stores names decomposed,
    and file systems differ in case."""
    return unicodedata.normalize("NFC", name).lower()


def apple_original_stem(stem: str) -> str | None:
    """The normalized_name stem of the photo that Apple's software names its edit after (`img_1` for
    `img_e1`); None for other names."""
    found = _APPLE_EDIT.match(stem)
    return f"{found[1]}_{found[2]}" if found else None


def possible_original_stems(name: str) -> Iterator[str]:
    """All normalized_name stems that a file name may have been built on, the shortest first: `a b-c.jpg`
    gives `a` and `a b`."""
    stem = _stem(name)
    if apple := apple_original_stem(stem):
        yield apple
    for at in range(1, len(stem)):
        if _separates(stem[at]):
            yield stem[:at]


def edit_original_stems(name: str) -> Iterator[str]:
    """Those of `possible_original_stems` of which the name says more than a number: of an edit, and not of a copy
    or of another photo of that name."""
    stem = _stem(name)
    return (base for base in possible_original_stems(name) if not _is_numbered(stem, base))


def is_named_after(name: str, other: str) -> bool:
    """Whether a file name is another one's stem, a separator and anything."""
    return _built(_stem(name), _stem(other))


def is_one_stack(one: str, other: str, tier: str) -> bool:
    """Whether two photos (absolute paths) of a tier are a set by their names, so that neither is
    offered for the other.

    RAW and JPEG of one name always are. Names that are built on each other count where the pictures
    differ (`picture`). Where not a pixel differs (`identical`, `pixels`) they are plain copies,
    whatever they are called; and of different shots those with only a number behind the stem are
    the frames of a burst.
    """
    (folder, a), (other_folder, b) = os.path.split(one), os.path.split(other)
    if folder != other_folder:
        return False
    (stem, ending), (other_stem, other_ending) = (
        os.path.splitext(normalized_name(name)) for name in (a, b)
    )
    if stem == other_stem:
        return (ending in RAW_EXTENSIONS) != (other_ending in RAW_EXTENSIONS)
    if tier in ("identical", "pixels"):
        return False
    (base, name) = sorted((stem, other_stem), key=len)
    return _built(name, base) and (tier == "picture" or not _is_numbered(name, base))


def original_in_folder(path: str, stems: Container[tuple[str, str]]) -> str | None:
    """The normalized_name stem of the photo that a file is an edit of, the nearest of those that lie beside
    it; None where none does.

    stems: (folder, normalized_name stem) of photos.
    """
    folder, name = os.path.split(path)
    found = [stem for stem in possible_original_stems(name) if (folder, stem) in stems]
    return max(found, key=len, default=None)


def _stem(name: str) -> str:
    return os.path.splitext(normalized_name(name))[0]


def _built(stem: str, base: str) -> bool:
    return apple_original_stem(stem) == base or (
        0 < len(base) < len(stem) and stem.startswith(base) and _separates(stem[len(base)])
    )


def _is_numbered(stem: str, base: str) -> bool:
    """Whether nothing but a number was put behind the base."""
    return stem.startswith(base) and not any(map(str.isalpha, stem[len(base) :]))


def _separates(character: str) -> bool:
    """Anything but letters, digits and the marks that belong to letters."""
    return unicodedata.category(character)[0] not in "LNM"
