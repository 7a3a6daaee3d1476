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
_PUNCTUATION = re.compile(r"(?<!\S)#+(?=\w)|(?<=\w)[?!]+(?!\S)|\s+[?!]+(?!\S)|(?<=\w)[?!.,;]+\s*$")


@runtime_checkable
class PromptEnsembleEncoder(Protocol):
    """An encoder that ensembles prompts itself."""

    @property
    def ensembles_prompts(self) -> bool: ...


def plain_phrase(phrase: str) -> str:
    """A phrase without question and exclamation marks, hash signs and punctuation at its end, which
    say nothing about what photos show: `dog?`, `#dog`."""
    return _PUNCTUATION.sub("", phrase)


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
