"""Cameras in phrases: `taken with my iPhone 6`, `shot on canon or nikon`."""

from __future__ import annotations

import re

from explorer.search.language.single_dates import MONTH

_MAKES = (
    "canon casio dji fuji fujifilm gopro hasselblad huawei iphone ipad kodak leica lumix motorola"
    " nikon nokia olympus oneplus panasonic pentax ricoh samsung sigma sony xiaomi"
)
# These are also other things: `a cake made with apple`, `art with pixel`.
_AMBIGUOUS = "(?:apple|galaxy|google|pixel)"
_MODEL_WORDS = (
    "action air alpha coolpix cyber-shot eos finepix galaxy gr hero ii iii iphone ipad iv kiss lite"
    " lumix mark mate mavic max mini moto note om-d osmo pen pixel plus pocket powershot pro rebel"
    " se stylus ultra vi vii xperia xr xs"
)
# A word with a digit is one of a model, unless a date or a number begins with it.
_OTHER_NUMBER = (
    r"(?:(?:19|20)[0-9]{2}(?![\w])|[0-9]+[./-][0-9]"
    r"|[0-9]+\+?[ -]?(?:stars?|[kmg]b|mp|megapixels?)\b"
    rf"|[0-9]+(?:st|nd|rd|th)? (?:of )?(?:{MONTH}|(?:day|week|month|year)s?\b))"
)
_MODEL_WORD = (
    rf"(?!{_OTHER_NUMBER})"
    rf"(?:(?:{_MODEL_WORDS.replace(' ', '|')})(?![\w-])|[a-z-]{{0,9}}[0-9][\w-]*|(?<=mark )v\b)"
)
_CAMERA = rf"(?:{_AMBIGUOUS}|{_MAKES.replace(' ', '|')})(?![\w-])(?: {_MODEL_WORD}){{0,4}}"
_KINDS = "(?:(?: (?:smart)?phone| camera| lens(?:es)?)s?)?"
_OWN = "(?:(?:an?|my|our|the) )?(?:(?:old|new) )?"
_CAMERAS = rf"{_OWN}{_CAMERA}{_KINDS}(?: (?:or|and) {_OWN}{_CAMERA}{_KINDS})*+"
_TAKEN = "(?:(?:taken|shot|photographed) (?:with|on|using) |from (?=(?:my|our) ))"
TAKEN_WITH = _TAKEN + _CAMERAS
"""The cameras of a photo, as a regular expression for text in lower case: `shot on my iPhone 6`."""

# `fuji photos` may show the mountain.
CAMERA_OF_PHOTOS = (
    rf"(?!(?:fuji|olympus)(?! {_MODEL_WORD}))"
    rf"(?:{_MAKES.replace(' ', '|')})(?![\w-])(?: {_MODEL_WORD}){{0,4}}"
)
"""A camera before a word for photos, likewise: `canon photos`."""

_OF_PHOTOS = re.compile(CAMERA_OF_PHOTOS, re.IGNORECASE)
_ALONE = re.compile(_CAMERA, re.IGNORECASE)
_TAKEN_WITH = re.compile(f"{_TAKEN}({_CAMERAS})", re.IGNORECASE)
_EACH = re.compile(rf"\b{_OWN}({_CAMERA}){_KINDS}(?: (?:or|and) |$)", re.IGNORECASE)
_UNSURE = re.compile(
    rf"\b{_AMBIGUOUS}\b(?! (?:iphone|ipad|galaxy|pixel)\b| \w*[0-9])", re.IGNORECASE
)
_ENDS = re.compile(rf".*\b{TAKEN_WITH}", re.IGNORECASE)


def camera_names(expression: str) -> list[str]:
    """The cameras that an expression names, in any case; none for another text."""
    if names_only_camera(expression):
        return [expression]
    match = _TAKEN_WITH.fullmatch(expression)
    return _EACH.findall(match[1]) if match else []


def names_only_camera(expression: str) -> bool:
    """Whether an expression is a camera and nothing else: `canon`."""
    return _OF_PHOTOS.fullmatch(expression) is not None


def may_be_camera(text: str) -> bool:
    """Whether a text may be a camera and nothing else: `fuji`, `nikon d750`, but not `apple`."""
    return _ALONE.fullmatch(text) is not None and _UNSURE.search(text) is None


def may_be_another_thing(expression: str) -> bool:
    """Whether the cameras of an expression have a name that is also that of other things."""
    return bool(camera_names(expression)) and _UNSURE.search(expression) is not None


def ends_with_camera(text: str) -> bool:
    """Whether a text ends with the cameras of a photo: `dogs shot on iphone`."""
    return _ENDS.fullmatch(text) is not None
