"""What an expression such as `black and white` modifies: the whole photo, or something in it, as in
`black and white cat` and `the background is blurry`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from explorer.library.text.ordinary_words import word_set
from explorer.search.language.camera_expressions import ends_with_camera, may_be_another_thing
from explorer.search.language.phrase_vocabulary import (
    COLORS,
    CONTINUED,
    PHOTO_WORDS,
    PHRASE_ENDS,
    entry_of,
)
from explorer.search.language.recurring_dates import is_bare
from explorer.search.language.single_dates import RELATIVE

_ENDS = ".,;:!?"
_HAVING = frozenset({"with", "has", "have", "had", "having", "showing", "of", "and"})
# `usa today` and `the day today` are no photos of today.
# `Anna and June` are people, `early June` is only a part of it, and `until June` is another time.
_NAMED = word_set(
    "and or of the called named early mid late until till to next every each"
    " aunt auntie baby brother cousin dad daughter friend grandad granddad grandfather grandma"
    " grandmother grandpa granny husband lady little mama miss mom mother mr mrs ms mum nana niece"
    " princess queen sister son uncle wife"
)
_DAYS = frozenset({"today", "yesterday"})
_TAKEN = frozenset({"taken", "shot", "made", "photographed"})
# Words after which a number is not a year.
_NUMBERED_THINGS = word_set(
    "apartment bus channel class flight gate highway house iso line model no number nr page"
    " platform road room route train version windows"
)
# Words before which a number is not a year.
_COUNTED_THINGS = word_set(
    "cars dollars euros feet ft kg km m meters metres miles people percent pieces pixels steps"
    " things times years"
)
# Photos are found by when they were taken.
_OTHER_ACTS = word_set("added downloaded edited imported modified printed saved scanned uploaded")
# After a relative date at the beginning: `yesterday at the beach`, but not `last week tonight`.
_BEFORE_PLACES = frozenset({"at", "near", "with"})
_PHOTO_IS = re.compile(rf"\b{PHOTO_WORDS}(?: that| which)? (?:is|are|was|were|looks?)$")


def modifies_a_thing(expression: str, before: str, after: str, earlier: str) -> bool:
    """Whether an expression, or a date, modifies something in the photo, named by the other words
    of its segment of a phrase.

    before, after: the words of the segment on either side of it, one of which may be empty.
    earlier: the segment before this one.
    """
    left, right = _words(before), _words(after)
    entry = entry_of(expression)
    if entry is None:
        return _is_of_a_thing(expression.lower(), left, right)
    preceding = left or _words(earlier)
    if left and _PHOTO_IS.search(" ".join(left)):
        return False
    if preceding and preceding[-1] in CONTINUED | (entry.not_beside & COLORS):
        return True
    # Of colors, only one right after it belongs to the same thing.
    beside = {*_noun_phrase(right), *_noun_phrase(left[::-1])} - COLORS | {*right[:1]}
    return bool(beside & entry.not_beside or {*left, *right} & entry.not_with)


def _is_of_a_thing(expression: str, left: list[str], right: list[str]) -> bool:
    """Whether a date, a number or a camera belongs to the words before or after it: `room 2019`,
    `flag with more than 3 stars`, `usa today`, `cake shot with apple`, `photos added in 2019`."""
    if (right and right[0] in _COUNTED_THINGS) or (left and left[-1] in _NUMBERED_THINGS):
        return True
    if left and (left[-1] in _OTHER_ACTS or _belongs_to(left[-1], expression)):
        return True
    if left and expression in _DAYS:
        return left[-1] not in _TAKEN and not ends_with_camera(" ".join(left))
    if right and RELATIVE.fullmatch(expression):
        return right[0] not in _BEFORE_PLACES
    return bool(left or right) and may_be_another_thing(expression)


def _belongs_to(word: str, expression: str) -> bool:
    """Whether an expression belongs to the word before it: `with 3 stars`, `the last week`, `Anna
    and June`."""
    return (
        (word in _HAVING and "star" in expression)
        or (word in _NAMED | PHRASE_ENDS and is_bare(expression))
        or (word == "the" and RELATIVE.fullmatch(expression) is not None)
    )


def _words(text: str) -> list[str]:
    return [word for each in text.lower().split() if (word := each.strip(_ENDS))]


def _noun_phrase(words: Iterable[str]) -> list[str]:
    """The words up to the first that does not belong to the noun phrase."""
    found = list[str]()
    for word in words:
        if word in PHRASE_ENDS:
            break
        found.append(word)
    return found
