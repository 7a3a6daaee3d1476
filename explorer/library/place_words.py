"""Whether the words of a phrase name a place: “long beach” names Long Beach, “beach” does not, and
“orange” names Orange only where the phrase says that a place is meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from explorer.library.ordinary_words import ORDINARY_WORDS

_WORDS = re.compile(r"[^\W_]+")
_BRACKETS = re.compile(r"\([^)]*\)")
# `Donostia / San Sebastián`, `Misato, Saitama`.
_SEVERAL_NAMES = re.compile(r"[/,]")


def _word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Words of names that people leave out: “New York” for New York City, “Trinidad Tobago”.
_LEFT_OUT = _word_set(
    "a al and city county da de del democratic department di district division do dos du el"
    " governorate island islands la le les municipality oblast of parish prefecture province"
    " region republic state the"
)
# Words that name other things than the place when they stand alone: “ocean” for Ocean City,
# “western” for Western Province.
_ORDINARY = _word_set(
    "arctic atlantic bay beach blue border bridge capital castle cathedral central christmas coast"
    " coastal cook coral crescent desert dominican east eastern falls foreign forest fort free"
    " garden gold grand great green harbor harbour head heritage highland highlands hill hills"
    " horse international iron island islands jersey king kings lake lakes league lower maritime"
    " metropolitan middle mountain mountains national new north northeast northeastern northern"
    " northwest northwestern ocean old orange pacific park plains plateau point port prairie queen"
    " rapid red redwood river rivers rural salt sand sea silver south southeast southeastern"
    " southern southwest southwestern spring springs star sun sunset temple town union united"
    " universal university upper urban valley villa village water west western white"
)


# Words before the name of a place.
_WHERE = _word_set("around at from in near outside to visiting")


def names_place(
    folded_name: str, folded_words: Sequence[str], other_names: Sequence[str] = ()
) -> bool:
    """Whether a phrase of these words names a place. A name has to be whole, apart from words that
    are commonly left out. One that is an ordinary word counts after a preposition, or beside the
    name of a place around it: `in orange`, `orange california`.

    folded_words: those of the phrase, in order. other_names: of all places of a photo there.
    """
    said = [part for word in folded_words for part in _WORDS.findall(word)]
    return any(
        bool(words)
        and _needed(words) <= set(said)
        and (
            not words <= ORDINARY_WORDS
            or len(words) > 1
            or any(pair[0] in _WHERE and pair[1] in words for pair in pairwise(said))
            or any(names_place(other, folded_words) for other in other_names if other != name)
        )
        for name in _SEVERAL_NAMES.split(_BRACKETS.sub(" ", folded_name))
        if (words := set(_WORDS.findall(name)))
    )


def _needed(words: set[str]) -> set[str]:
    """The words of a name that must be said."""
    needed = words - _LEFT_OUT
    return words if len(needed) < 2 and needed <= _ORDINARY | ORDINARY_WORDS else needed
