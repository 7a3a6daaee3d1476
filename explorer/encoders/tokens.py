"""Words → the token ids that CLIP-like text towers were trained on, without importing torch or the
libraries they were trained with.

CLIP's byte-pair encoding is built from the vocabulary that open_clip ships (Radford et al. 2021,
2.4) with the `tokenizers` library; other models bring a tokenizer.json of their own. Either way one
file is made that also holds how long the model's phrases are, what comes before and after the
words, and what fills up the rest.
"""

from __future__ import annotations

import gzip
import html
import json
import string
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, processors

_START, _END = "<start_of_text>", "<end_of_text>"
# Case counts for nothing even after lowering: some letters, such as the long s, have no lower form
# but match a plain one.
_PIECES = (
    r"(?i:<start_of_text>|<end_of_text>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+)"
)
_MERGES = 49152 - 256 - 2


class Tokens:
    """A tokenizer as its model was trained with. Safe to call from several threads."""

    def __init__(self, path: Path, clean: str) -> None:
        """path: a file made by `build_clip` or `adapt`. clean: `lower` (CLIP), `canonicalize`
        (SigLIP) or `whitespace`."""
        self._tokenizer = Tokenizer.from_file(str(path))
        self._clean = clean
        self._length = int((self._tokenizer.truncation or {"max_length": 0})["max_length"])

    def __call__(self, phrases: Sequence[str]) -> npt.NDArray[np.int64]:
        """Phrases → ids, int64 of shape (n, length)."""
        rows = [self._tokenizer.encode(cleaned(phrase, self._clean)).ids for phrase in phrases]
        return np.array(rows, np.int64).reshape(len(rows), self._length)


def cleaned(text: str, how: str) -> str:
    """Mended characters, HTML entities resolved, white space folded; and, by model, lower case or
    no punctuation either."""
    import ftfy

    # Halves of characters, as a terminal may hand them over, have no bytes.
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = html.unescape(html.unescape(ftfy.fix_text(text)))
    if how == "canonicalize":
        text = text.replace("_", " ").translate(str.maketrans("", "", string.punctuation)).lower()
    text = " ".join(text.split())
    return text.lower() if how == "lower" else text


def build_clip(vocabulary: Path, length: int, path: Path) -> None:
    """Write CLIP's tokenizer. vocabulary: open_clip's `bpe_simple_vocab_16e6.txt.gz`. length: ids
    for each phrase."""
    lines = gzip.decompress(vocabulary.read_bytes()).decode("utf-8").split("\n")[1 : _MERGES + 1]
    merges = [(left, right) for left, right in (line.split() for line in lines)]
    letters = list(_byte_letters().values())
    entries = [
        *letters,
        *(letter + "</w>" for letter in letters),
        *("".join(merge) for merge in merges),
        _START,
        _END,
    ]
    vocab = {entry: number for number, entry in enumerate(entries)}
    tokenizer = Tokenizer(
        models.BPE(
            vocab=vocab, merges=merges, end_of_word_suffix="</w>", continuing_subword_prefix=""
        )
    )
    tokenizer.add_special_tokens([_START, _END])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_PIECES), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    _frame(tokenizer, [_START], [_END])
    tokenizer.enable_truncation(length)
    tokenizer.enable_padding(length=length, pad_id=0, pad_token=entries[0])
    _save(tokenizer, path)


def adapt(given: Path, settings: Path, length: int, path: Path) -> None:
    """Write a tokenizer of the hub with what its settings say of ends and padding.

    given: its tokenizer.json. settings: its tokenizer_config.json, which may be absent. length: ids
    for each phrase.
    Raises ValueError where the given file is no tokenizer.
    """
    said: dict[str, Any] = (
        json.loads(settings.read_text(encoding="utf-8")) if settings.exists() else {}
    )
    try:
        tokenizer = Tokenizer.from_file(str(given))
    except Exception as error:
        # The library raises plain exceptions.
        raise ValueError(f"{given} is not a tokenizer") from error

    def token(key: str, *usual: str) -> str:
        named = said.get(key) or ""
        candidates = [named["content"] if isinstance(named, dict) else named, *usual]
        return next(
            (one for one in candidates if one and tokenizer.token_to_id(one) is not None), ""
        )

    if "add_bos_token" in said or "add_eos_token" in said:
        before = token("bos_token", "<bos>") if said.get("add_bos_token") else ""
        after = token("eos_token", "<eos>") if said.get("add_eos_token") else ""
        _frame(tokenizer, [before] if before else [], [after] if after else [])
    tokenizer.enable_truncation(length)
    pad = token("pad_token", "<pad>", "[PAD]")
    side = "left" if said.get("padding_side") == "left" else "right"
    tokenizer.enable_padding(
        direction=side,
        length=length,
        pad_id=tokenizer.token_to_id(pad) or 0 if pad else 0,
        pad_token=pad,
    )
    _save(tokenizer, path)


def _frame(tokenizer: Tokenizer, before: list[str], after: list[str]) -> None:
    """Put these tokens before and after each phrase's own."""
    special = [(token, tokenizer.token_to_id(token)) for token in {*before, *after}]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=[*before, "$A", *after], special_tokens=special
    )


def _save(tokenizer: Tokenizer, path: Path) -> None:
    scratch = path.with_suffix(".part")
    tokenizer.save(str(scratch))
    scratch.replace(path)


def _byte_letters() -> dict[int, str]:
    """Each byte's letter in GPT-2's and CLIP's vocabularies: itself where it prints, else the next
    letter after U+00FF."""
    printing = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printing]
    return {byte: chr(byte) for byte in printing} | {
        byte: chr(256 + number) for number, byte in enumerate(others)
    }
