"""Negation in phrases: `beach without people`, `dog, no people`.

Text encoders ignore it, and rank the photos first that show what is named. So the negated words are
subtracted, as in `beach - people`.
"""

from __future__ import annotations

import re

from explorer.search.language.phrase_vocabulary import PHRASE_ENDS, alternation

_WITHOUT = (
    r"(?:without|with no|except(?: for)?|excluding|but (?:not|no|without)|(?<=thing )but)"
    r"(?: any| the| an?)?"
)
# `no smoking` is on a sign; nobody puts up `no people`.
_NO = "(?:(?:with |and |but )?no|without any)"
_PEOPLE = ("people", "persons", "person", "humans", "faces")
_NOBODY = "(?:(?:with |without |but )?(?:nobody|no one|no-one|noone|anyone|anybody))"
_THING = r"(?P<thing>[^\s,;]+(?: [^\s,;]+){0,2})"
_RULES = tuple(
    re.compile(rf"(?:(?P<before>.*\S),? )?{rule}", re.IGNORECASE)
    for rule in (
        rf"{_NO} (?P<thing>{alternation(_PEOPLE)})",
        rf"(?P<nobody>{_NOBODY})(?: (?:else|around|there))?",
        rf"{_WITHOUT} {_THING}",
    )
)
_JOINT = re.compile(r"(?:,|\s+(?:but|with|and))+$", re.IGNORECASE)


def subtracted_words(segment: str) -> tuple[str, str] | None:
    """The rest of a segment of a phrase, which may be empty, and its negated words: `beach without
    people` → (`beach`, `people`). None if nothing is negated."""
    for rule in _RULES:
        match = rule.fullmatch(segment)
        if match:
            found = match.groupdict()
            thing = "people" if found.get("nobody") else str(found["thing"])
            if not set(thing.lower().split()) & PHRASE_ENDS:
                return _JOINT.sub("", found["before"] or ""), thing
    return None
