"""Whether the words of a phrase name a place: “long beach” names Long Beach, “beach” does not, and
“orange” names Orange only where the phrase says that a place is meant."""

from __future__ import annotations

import re
from collections.abc import Sequence

from explorer.library.text.ordinary_words import ORDINARY_WORDS, word_set
from explorer.library.text.text_folding import fold

_WORDS = re.compile(r"[^\W_]+")
_BRACKETS = re.compile(r"\([^)]*\)")
# `Donostia / San Sebastián`, `Misato, Saitama`.
_SEVERAL_NAMES = re.compile(r"[/,]")


# Words of names that people leave out: “New York” for New York City, “Trinidad Tobago”.
_LEFT_OUT = word_set(
    "a al and city county da de del democratic department di district division do dos du el"
    " governorate island islands la le les municipality oblast of parish prefecture province"
    " region republic state the"
)
# Words that name other things than the place when they stand alone: “ocean” for Ocean City,
# “western” for Western Province.
_ORDINARY = word_set(
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
_WHERE = word_set(
    "across around at from leaving near outside through to toward towards visit visited visiting"
)
# Words before `of` and the name of a place: `streets of cork`, but not `bottle of cork`.
_VIEWS = word_set(
    "center centre city downtown map outskirts panorama port skyline streets suburbs town view"
    " views"
)
# Words that only say that photos are wanted.
_PHOTOS = word_set(
    "all any image images made my our photo photograph photographs photos pic pics picture pictures"
    " shot shots some taken the"
)


def names_place(folded_name: str, words: Sequence[str], other_names: Sequence[str] = ()) -> bool:
    """Whether a phrase of these words names a place. A name has to be whole, apart from words that
    are commonly left out. One that is an ordinary word counts after a word such as `from`, with a
    capital letter, or beside the name of a place around it: `from orange`, `trip to Orange`,
    `orange california`. `in orange` counts alone, because `woman in orange` is dressed in it.

    words: those of the phrase, in order, as typed. other_names: of all places of a photo there.
    """
    said = [(part, _is_capital(word)) for word in words for part in _WORDS.findall(fold(word))]
    parts = {part for part, _ in said}
    return any(
        bool(words_of_name)
        and _needed(words_of_name) <= parts
        and (
            not words_of_name <= ORDINARY_WORDS
            or len(words_of_name) > 1
            or any(_is_meant(said, at) for at, each in enumerate(said) if each[0] in words_of_name)
            or any(names_place(other, words) for other in other_names if other != name)
        )
        for name in _SEVERAL_NAMES.split(_BRACKETS.sub(" ", folded_name))
        if (words_of_name := set(_WORDS.findall(name)))
    )


def _is_capital(word: str) -> bool:
    return word.lstrip("([{\"'“‘")[:1].isupper()


def _is_meant(said: Sequence[tuple[str, bool]], at: int) -> bool:
    """Whether the ordinary word there is meant as a place. said: the folded words, each with
    whether it has a capital letter, which says nothing at the beginning of a sentence, or where
    every word has one."""
    before, capital = [word for word, _ in said[:at]], said[at][1]
    if capital and (len(said) == 1 or (at > 0 and not all(each for _, each in said))):
        return True
    if not before:
        return False
    if before[-1] == "in":
        return set(before[:-1]) <= _PHOTOS
    if before[-1] == "of":
        return not _VIEWS.isdisjoint(before[-2:-1])
    return before[-1] in _WHERE


def _needed(words: set[str]) -> set[str]:
    """The words of a name that must be said."""
    needed = words - _LEFT_OUT
    return words if len(needed) < 2 and needed <= _ORDINARY | ORDINARY_WORDS else needed
