"""Files that belong together and are no duplicates of each other: a RAW and its JPEG, an edit and its original."""

from __future__ import annotations

import os
import re

from explorer.photos.formats import RAW_EXTENSIONS

# A phone's own edit of IMG_1234 is IMG_E1234; programs put a word behind the name.
_PHONE = re.compile(r"^(img)_e(\d+)$")
_EDITED = re.compile(r"^(.+?)(?:[ _-]|[ _-]?[(\[])(?:edited|edit|bearbeitet|modifié|editado|modificato)[)\]]?(?:[ _-]?\d*)$")


def original_name(name: str) -> str | None:
    """The name, without ending and in small letters, of the original that a file's name says it is an edit of; None if it says nothing."""
    stem = os.path.splitext(name)[0].lower()  # noqa: PTH122
    phone = _PHONE.match(stem)
    if phone:
        return f"{phone[1]}_{phone[2]}"
    edited = _EDITED.match(stem)
    return edited[1] if edited and edited[1] != stem else None


def kept_together(one: str, other: str) -> bool:
    """Whether two files (absolute paths) are a set by their names: in one folder, the one an edit of the other, or RAW and JPEG."""
    (folder, a), (other_folder, b) = os.path.split(one), os.path.split(other)
    if folder != other_folder:
        return False
    (stem, ending), (other_stem, other_ending) = (os.path.splitext(name.lower()) for name in (a, b))  # noqa: PTH122
    if stem == other_stem:
        return (ending in RAW_EXTENSIONS) != (other_ending in RAW_EXTENSIONS)
    return original_name(a) == other_stem or original_name(b) == stem
