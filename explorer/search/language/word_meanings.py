"""Plain words that the catalog answers better than a vector: `black and white`, `June 2019`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from explorer.search.language.query_fields import typed_value
from explorer.search.language.query_tree import Comparison, FieldTest, FieldValue
from explorer.search.language.syntax_error import QuerySyntaxError


@dataclass(frozen=True)
class WordMeaning:
    """Expressions that mean that a photo has a field's value.

    They are understood wherever they are alone, stand before a word for photos (`dark photos`), or
    are negated at the end (`a beach, not dark`). The flags say where else.
    """

    field: str
    value: str
    expressions: tuple[str, ...]
    """In lower case."""
    leads: bool = False
    """At the beginning: `blurry dog`."""
    leads_with_of: bool = False
    """At the beginning, before `of`: `panorama of Paris`."""
    trails: bool = False
    """At the end: `portrait in black and white`."""
    not_beside: frozenset[str] = frozenset()
    """Words that the expression describes instead of the photo when next to them."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BLACK_AND_WHITE_THINGS = _words(
    "ball balls bear bears bird birds bunny cat cats cattle chess chessboard cow cows dalmatian dog"
    " dogs dress dresses flag floor goat goats horse horses hat kitten kittens lemur magpie magpies"
    " outfit panda pandas penguin penguins pig piano pigs puppies puppy rabbit rabbits sheep shirt"
    " shoes skirt skunk stripe striped stripes suit tie tile tiles uniform uniforms wallpaper zebra"
    " zebras"
)
_BLURRED_THINGS = _words("background backgrounds foreground light lights line lines vision")

MEANINGS: tuple[WordMeaning, ...] = (
    WordMeaning(
        "is", "monochrome",
        ("black and white", "black & white", "black-and-white", "b&w", "b/w", "b & w"),
        leads=True, leads_with_of=True, trails=True, not_beside=_BLACK_AND_WHITE_THINGS,
    ),
    WordMeaning(
        "is", "monochrome",
        (
            "in black and white", "in black & white", "in b&w", "in monochrome", "monochrome",
            "greyscale", "grayscale",
        ),
        leads=True, trails=True,
    ),
    WordMeaning(
        "is", "blurred", ("blurred", "blurry", "out of focus", "out-of-focus"),
        leads=True, trails=True, not_beside=_BLURRED_THINGS,
    ),
    WordMeaning("is", "dark", ("dark",)),
    WordMeaning(
        "is", "dark", ("underexposed", "under-exposed", "too dark"), leads=True, trails=True
    ),
    WordMeaning(
        "is", "overexposed", ("overexposed", "over-exposed", "too bright"), leads=True, trails=True
    ),
    WordMeaning("is", "noisy", ("noisy", "grainy")),
    WordMeaning(
        "is", "screenshot", ("screenshot", "screenshots", "screen shot", "screen shots"),
        leads_with_of=True, trails=True,
    ),
    WordMeaning(
        "is", "panorama", ("panorama", "panoramas"), leads_with_of=True, trails=True
    ),
    WordMeaning("is", "panorama", ("panoramic",)),
    WordMeaning("is", "upright", ("upright", "vertical")),
    WordMeaning(
        "is", "upright",
        ("portrait format", "portrait orientation", "in portrait format", "upright format"),
        trails=True,
    ),
    WordMeaning("orientation", "landscape", ("horizontal",)),
    WordMeaning(
        "orientation", "landscape",
        ("landscape format", "landscape orientation", "in landscape format"), trails=True,
    ),
    WordMeaning("shape", "square", ("square format", "in square format"), trails=True),
    WordMeaning("is", "duplicate", ("duplicate", "duplicates")),
)  # fmt: skip
"""To understand more words, add them here; tests/search/language/test_understood_words.py says for
each rule what it must leave alone."""

NUMBERED_THINGS = _words(
    "apartment bus channel class flight gate highway house iso line model no number nr of page"
    " platform road room route train version windows"
)
"""Words after which a number is not a year."""
COUNTED_THINGS = _words(
    "cars dollars euros feet ft kg km m meters metres miles people percent pieces pixels steps"
    " things times"
)
"""Words before which a number is not a year."""

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_MONTH = "|".join(name for month in MONTHS for name in (month, month[:3])) + "|sept"
_YEAR = r"(?:19|20)[0-9]{2}"
_COMPARISONS: dict[str, Comparison] = {
    "since": ">=", "until": "<=", "before": "<", "after": ">",
}  # fmt: skip
DATES = (
    rf"(?:in |from |since |until |before |after )?"
    rf"(?:{_YEAR}-[0-9]{{2}}(?:-[0-9]{{2}})?|(?:(?:[0-9]{{1,2}} )?(?:{_MONTH}) )?{_YEAR})"
    rf"|{_YEAR}[-–]{_YEAR}|(?:from )?{_YEAR} to {_YEAR}|between {_YEAR} and {_YEAR}"
)
"""Dates, as a regular expression for text in lower case."""
_DAY = re.compile(rf"(?:(?:([0-9]{{1,2}}) )?({_MONTH}) )?({_YEAR})")
_SPAN = re.compile(rf"(?:from |between )?({_YEAR})(?:[-–]| to | and )({_YEAR})")


def alternation(expressions: Iterable[str]) -> str:
    """A regular expression that matches any of these, longer ones first."""
    return "|".join(sorted(map(re.escape, expressions), key=len, reverse=True))


def meaning_of(expression: str) -> WordMeaning | None:
    """The meaning of one expression, in any case."""
    lower = expression.lower()
    return next((each for each in MEANINGS if lower in each.expressions), None)


def test_of(expression: str, words: str) -> FieldTest | None:
    """The test for an expression or a date, in any case; None for other words.

    words: the words that it was found in, with a word for photos.
    """
    meaning = meaning_of(expression)
    if meaning:
        return FieldTest(meaning.field, (FieldValue(meaning.value),), words)
    value = _date(expression.lower())
    if value is None:
        return None
    try:
        typed_value("date", value)
    except QuerySyntaxError:
        return None
    return FieldTest("date", (value,), words)


def _date(text: str) -> FieldValue | None:
    if not re.fullmatch(DATES, text):
        return None
    if span := _SPAN.fullmatch(text):
        return FieldValue(f"{span[1]}..{span[2]}")
    first, _, rest = text.partition(" ")
    comparison = _COMPARISONS.get(first, "=")
    text = rest if comparison != "=" or first in ("in", "from") else text
    match = _DAY.fullmatch(text)
    if not match:
        return FieldValue(text, comparison)
    day, month, year = match.groups()
    if month:
        number = next(at for at, name in enumerate(MONTHS, 1) if name[:3] == month[:3])
        year += f"-{number:02d}" + (f"-{int(day):02d}" if day else "")
    return FieldValue(year, comparison)
