"""Prompt ensembling (Radford et al. 2021): a name is encoded in several prompts, whose mean vector
depends less on the wording of each."""

from __future__ import annotations

import re
from typing import Protocol, runtime_checkable

from explorer.encoders.base import Encoder, Vectors

# A phrase of more words is a sentence rather than a name.
_MAX_NAME_WORDS = 3
_ARTICLE = re.compile(r"^\s*(an?|the)\s+", re.IGNORECASE)
# A text model sees another word in `dog?` than in `dog`. Commas between words are left as they are.
_PUNCTUATION = re.compile(
    r"(?<!\S)[#¿¡]+(?=\w)|(?<=\w)[?!…]+(?!\S)|\s+[?!…]+(?!\S)|(?<=\w)[?!.,;…]+\s*$"
    r"|(?<!\w)[«»‹›‘’‚']+(?=\w)|(?<=\w)[«»‹›‘’‚']+(?!\w)"
)
_PLEASE = "(?:(?:please|(?:can|could) you|i(?: want|['’]d like| would like) to|where (?:is|are)) )*"
_SHOW = "(?:show|find|search|look|get|give|see)(?: me| for)* "
_ALL = "(?:(?:all|some|any|every|the|my|our|an?|of) )*"
_PHOTOS = "(?:photo|photograph|picture|image|pic|snapshot)s?"
_REQUEST = re.compile(
    rf"{_PLEASE}(?:{_SHOW})?{_ALL}{_PHOTOS}"
    r" (?:of|with|showing|containing|where|(?:that|which) (?:shows?|contains?)|in which)"
    r" (?:(?:my|our) )?"
    # Not `a shot of espresso`.
    rf"|(?:{_PLEASE}{_SHOW}{_ALL}shots?|(?:all )?(?:my|our) shots) of (?:(?:my|our) )?"
    r"|(?:please )?(?:(?:show|find|give) me|search for) (?:(?:all|some|any|every|the|my|our|of) )*",
    re.IGNORECASE,
)
_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
# Not `10 downing street`.
_COUNTED = (
    "(?:(?:small|big|large|little|young|old|happy|red|blue|green|black|white|brown|yellow) )?"
    r"(?:[^\W\d_]+[^\Wsui\d_]s|people|men|women|children|mice|geese|sheep|fish)\b"
)
_COUNT = re.compile(rf"((?:^|\b(?:of|and|with) ))([2-9]|10)(?= {_COUNTED})", re.IGNORECASE)


@runtime_checkable
class PromptEnsembleEncoder(Protocol):
    """An encoder that ensembles prompts itself."""

    @property
    def ensembles_prompts(self) -> bool: ...


def plain_phrase(phrase: str) -> str:
    """A phrase without what says nothing about what photos show: question and exclamation marks,
    hash signs, quotation marks, punctuation at its end, and the request itself. `dog?`, `#dog` and
    `show me photos of my dog` are `dog`. Small numbers are spelled out, as captions do."""
    plain = _PUNCTUATION.sub("", phrase)
    while (asked := _REQUEST.match(plain)) and plain[asked.end() :].strip():
        plain = plain[asked.end() :]
    return _COUNT.sub(lambda match: match[1] + _NUMBERS[int(match[2]) - 2], plain)


def prompts(phrase: str) -> list[str]:
    """A phrase as typed, followed by paraphrases of it if it is a name rather than a sentence."""
    if not 0 < len(phrase.split()) <= _MAX_NAME_WORDS:
        return [phrase]
    name = _ARTICLE.sub("", phrase)
    return [phrase, f"a photo of a {name}", f"a picture of {name}"]


def paraphrases(encoder: Encoder, phrase: str) -> list[str]:
    """The prompts to encode besides the phrase; none for an encoder that ensembles prompts
    itself."""
    if isinstance(encoder, PromptEnsembleEncoder) and encoder.ensembles_prompts:
        return []
    return prompts(phrase)[1:]


def encode_prompts(encoder: Encoder, phrase: str) -> Vectors:
    """The vectors of a phrase and its paraphrases, of shape (k, dim), k ≥ 1, that of the phrase
    first. Raises as `encode_texts`."""
    return encoder.encode_texts([phrase, *paraphrases(encoder, phrase)])
