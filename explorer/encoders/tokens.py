"""Words → the token ids that CLIP-like text towers were trained on, without importing torch or the libraries they were trained with.

CLIP's byte-pair encoding is built from the vocabulary that open_clip ships (Radford et al. 2021, 2.4) with the `tokenizers` library; other
models bring a tokenizer.json of their own.
"""

from __future__ import annotations

import gzip
import html
import re
import string
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Regex, Tokenizer, models, pre_tokenizers

_START, _END = "<start_of_text>", "<end_of_text>"
_PIECES = r"<start_of_text>|<end_of_text>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
_MERGES = 49152 - 256 - 2


class Tokens:
    """A tokenizer with the cleaning and padding that its model was trained with.

    clean: `lower` (CLIP) or `canonicalize` (SigLIP 2) or `whitespace`. length: number of ids for each phrase.
    """

    def __init__(self, path: Path, clean: str, length: int) -> None:
        self._tokenizer = Tokenizer.from_file(str(path))
        self._clean, self._length = clean, length
        self._is_clip = clean == "lower"
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def __call__(self, phrases: Sequence[str]) -> npt.NDArray[np.int64]:
        """Phrases → ids, int64 of shape (n, length)."""
        rows = np.zeros((len(phrases), self._length), np.int64)
        for row, phrase in zip(rows, phrases, strict=True):
            ids = self._ids(cleaned(phrase, self._clean))
            row[: len(ids)] = ids
        return rows

    def _ids(self, text: str) -> list[int]:
        if not self._is_clip:
            return list(self._tokenizer.encode(text).ids[: self._length])
        ends = [self._tokenizer.token_to_id(_START) or 0, self._tokenizer.token_to_id(_END) or 0]
        ids = [ends[0], *self._tokenizer.encode(text).ids, ends[1]]
        return ids if len(ids) <= self._length else [*ids[: self._length - 1], ids[-1]]


def cleaned(text: str, how: str) -> str:
    """Mended characters, HTML entities resolved, white space folded; and, by model, lower case or no punctuation either."""
    import ftfy

    text = html.unescape(html.unescape(ftfy.fix_text(text)))
    if how == "canonicalize":
        text = text.replace("_", " ").translate(str.maketrans("", "", string.punctuation)).lower()
    text = re.sub(r"\s+", " ", text).strip()
    return text.lower() if how == "lower" else text


def build_clip(vocabulary: Path, path: Path) -> None:
    """Write CLIP's tokenizer as a tokenizer.json. vocabulary: open_clip's `bpe_simple_vocab_16e6.txt.gz`."""
    lines = gzip.decompress(vocabulary.read_bytes()).decode("utf-8").split("\n")[1 : _MERGES + 1]
    merges = [(left, right) for left, right in (line.split() for line in lines)]
    letters = list(_byte_letters().values())
    entries = [*letters, *(letter + "</w>" for letter in letters), *("".join(merge) for merge in merges), _START, _END]
    vocab = {entry: number for number, entry in enumerate(entries)}
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=merges, end_of_word_suffix="</w>", continuing_subword_prefix=""))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_PIECES), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.save(str(path))


def _byte_letters() -> dict[int, str]:
    """Each byte's letter in GPT-2's and CLIP's vocabularies: itself where it prints, else the next letter after U+00FF."""
    printing = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printing]
    return {byte: chr(byte) for byte in printing} | {byte: chr(256 + number) for number, byte in enumerate(others)}
