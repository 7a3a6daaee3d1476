"""Numbers that people write in a phrase for what the catalog knows: `larger than 5 MB`, `at least 4
stars`, `iso > 800`, `f/2.8`."""

from __future__ import annotations

import re

from explorer.search.language.query_fields import FIELD_SPELLINGS, FIELDS
from explorer.search.language.query_tree import Comparison, FieldValue

_SAID: dict[Comparison, str] = {
    ">": "(?:(?:bigger|larger|greater|higher|more) than|over|above)",
    "<": "(?:(?:smaller|less|lower|fewer) than|under|below)",
    ">=": "at least", "<=": "(?:at most|up to)",
}  # fmt: skip
_SIGNS: dict[str, Comparison] = {"≥": ">=", "≤": "<=", ">=": ">=", "<=": "<=", ">": ">", "<": "<"}
_COMPARED = f"(?:{'|'.join(_SAID.values())})"
_SIGN = "(?:[<>]=?|[≤≥])"
_NUMBER = r"[0-9]{1,6}(?:\.[0-9]{1,3})?"
_STARS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5"}
_STAR_NUMBER = rf"(?:[0-5]|{'|'.join(_STARS)})"
_OR_MORE = r"(?: or (?:more|better|higher)| and (?:up|more|above)|\+)"
_NUMBER_FIELDS = [
    name
    for name in [*FIELDS, *FIELD_SPELLINGS]
    if FIELDS[FIELD_SPELLINGS.get(name, name)].kind == "number"
]

_PATTERNS: dict[str, str] = {
    "size": rf"(?:{_COMPARED} |{_SIGN} ?)?{_NUMBER} ?(?:kb|mb|gb|(?:kilo|mega|giga)bytes?)\b",
    "megapixels": rf"(?:{_COMPARED} |{_SIGN} ?)?{_NUMBER} ?(?:mp|megapixels?)\b",
    "rating": (
        rf"(?:{_COMPARED} {_STAR_NUMBER}[ -]stars?\b|{_STAR_NUMBER}[ -]stars?{_OR_MORE}"
        rf"|[0-5]\+ ?stars?\b"
        rf"|(?:rated|rating) (?:{_COMPARED} )?{_STAR_NUMBER}(?:[ -]stars?)?(?:{_OR_MORE}|\b))"
    ),
    "iso": rf"iso (?:{_COMPARED} )?[0-9]{{2,7}}\b",
    # Not `f1`, which is a sport.
    "f": rf"(?:f/{_NUMBER}|f[0-9]{{1,2}}\.[0-9])\b",
}
_UNIT = "(?:[kmgt]?b|(?:kilo|mega|giga|tera)?bytes?|mp|megapixels?|mm|px|s)"
TYPED = (
    rf"(?:{'|'.join(_NUMBER_FIELDS)}) ?(?:{'|'.join(sorted(_SIGNS, reverse=True))}) ?"
    rf"[0-9]{{1,9}}(?:[./][0-9]{{1,6}})? ?{_UNIT}?(?![\w.])"
)
"""A field of numbers with a sign and a value, as a regular expression: `iso > 800`."""
NUMBERS = rf"(?:{'|'.join([*_PATTERNS.values(), TYPED])})"
"""A number with what it counts, as a regular expression for text in lower case."""
NUMBERS_ALONE = rf"(?:{_STAR_NUMBER}[ -]stars?\b)"
"""The same for what is a number of things in the photo unless it stands alone: `5 stars`."""

_FIELD_PATTERNS = {name: re.compile(pattern) for name, pattern in _PATTERNS.items()} | {
    "stars": re.compile(NUMBERS_ALONE)
}
_TYPED_PARTS = re.compile(r"([a-z]+) ?([<>≤≥]=?) ?(.+)")
_VALUE = re.compile(rf"([0-9]+(?:\.[0-9]+)?|\b(?:{'|'.join(_STARS)})\b) ?([a-z]*)")
_UNITS = {"kilobyte": "kb", "megabyte": "mb", "gigabyte": "gb", "megapixel": "mp", "star": ""}


def number_test(text: str) -> tuple[str, FieldValue] | None:
    """The field, and the value that it is compared with, for a text in lower case that matches
    NUMBERS or NUMBERS_ALONE; None for another text."""
    if re.fullmatch(TYPED, text) and (match := _TYPED_PARTS.fullmatch(text)):
        field = FIELD_SPELLINGS.get(match[1], match[1])
        return field, FieldValue(match[3].replace(" ", ""), _SIGNS[match[2]])
    named = next((name for name, each in _FIELD_PATTERNS.items() if each.fullmatch(text)), None)
    found = _VALUE.search(text)
    if named is None or found is None:
        return None
    field = "rating" if named == "stars" else named
    number = _STARS.get(found[1], found[1])
    unit = found[2] if field in ("size", "megapixels") else ""
    unit = _UNITS.get(unit.removesuffix("s"), unit)
    return field, FieldValue(f"{number}{unit}", _comparison(text))


def _comparison(text: str) -> Comparison:
    if re.search(rf"{_OR_MORE}$|\+ ?stars?$", text):
        return ">="
    if sign := re.match(_SIGN, text):
        return _SIGNS[sign[0]]
    return next((sign for sign, said in _SAID.items() if re.search(rf"\b{said} ", text)), "=")
