"""Turn phrases into the token ids that CLIP-like text encoders expect, without importing torch or
open_clip.

CLIP's byte-pair encoding (Radford et al. 2021, section 2.4) is built with the `tokenizers` library
from the vocabulary that open_clip ships. Other models have a tokenizer.json of their own. Either
way, the result is one file that also defines the number of ids per phrase, the start and end
tokens, and the padding.
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

from explorer.systems.this_system import this_system

_START, _END = "<start_of_text>", "<end_of_text>"
# CLIP's pre-tokenization. It ignores case although phrases are in lower case: some letters, such as
# the long s, are lower case already but match a plain letter only without regard to case.
_PRETOKEN = (
    r"(?i:<start_of_text>|<end_of_text>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+)"
)
# The number of merges in CLIP's vocabulary: 256 of its entries are bytes, and 2 special tokens.
_MERGES = 49152 - 256 - 2


class PhraseTokenizer:
    """The tokenizer of a text encoder. Safe to call from several threads."""

    def __init__(self, path: Path, clean: str) -> None:
        """path: a file made by `build_clip_tokenizer` or `adapt_hub_tokenizer`. clean: how to clean
        phrases: `lower` (CLIP), `canonicalize` (SigLIP) or `whitespace`; see `clean_text`."""
        self._tokenizer = Tokenizer.from_file(str(path))
        self._clean = clean
        self._length = int((self._tokenizer.truncation or {"max_length": 0})["max_length"])

    def __call__(self, phrases: Sequence[str]) -> npt.NDArray[np.int64]:
        """Tokenize n phrases: token ids, int64 of shape (n, length)."""
        rows = [self._tokenizer.encode(clean_text(phrase, self._clean)).ids for phrase in phrases]
        return np.array(rows, np.int64).reshape(len(rows), self._length)


def clean_text(text: str, how: str) -> str:
    """Clean a phrase as open_clip does: repair mojibake, decode HTML entities, collapse white
    space.

    how: `lower` also converts it to lower case; `canonicalize` removes punctuation as well;
    `whitespace` does nothing else.
    """
    import ftfy

    # A terminal may pass on unpaired surrogates, which cannot be encoded.
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = html.unescape(html.unescape(ftfy.fix_text(text)))
    if how == "canonicalize":
        text = text.replace("_", " ").translate(str.maketrans("", "", string.punctuation)).lower()
    text = " ".join(text.split())
    return text.lower() if how == "lower" else text


def build_clip_tokenizer(vocabulary: Path, length: int, path: Path) -> None:
    """Write CLIP's tokenizer to `path`. vocabulary: open_clip's `bpe_simple_vocab_16e6.txt.gz`.
    length: ids per phrase."""
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
            pre_tokenizers.Split(Regex(_PRETOKEN), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    _add_special_tokens(tokenizer, [_START], [_END])
    tokenizer.enable_truncation(length)
    tokenizer.enable_padding(length=length, pad_id=0, pad_token=entries[0])
    _save(tokenizer, path)


def adapt_hub_tokenizer(given: Path, settings: Path, length: int, path: Path) -> None:
    """Write a tokenizer from the Hugging Face Hub to `path`, with the start and end tokens and the
    padding defined in its settings.

    given: its tokenizer.json. settings: its tokenizer_config.json, which is optional. length: ids
    per phrase. Raises ValueError if the given file is not a tokenizer.
    """
    config: dict[str, Any] = (
        json.loads(settings.read_text(encoding="utf-8")) if settings.exists() else {}
    )
    try:
        tokenizer = Tokenizer.from_file(str(given))
    except Exception as error:
        # The library raises plain exceptions.
        raise ValueError(f"{given} is not a tokenizer") from error

    def token(key: str, *usual: str) -> str:
        named = config.get(key) or ""
        candidates = [named["content"] if isinstance(named, dict) else named, *usual]
        return next(
            (one for one in candidates if one and tokenizer.token_to_id(one) is not None), ""
        )

    if "add_bos_token" in config or "add_eos_token" in config:
        before = token("bos_token", "<bos>") if config.get("add_bos_token") else ""
        after = token("eos_token", "<eos>") if config.get("add_eos_token") else ""
        _add_special_tokens(tokenizer, [before] if before else [], [after] if after else [])
    tokenizer.enable_truncation(length)
    pad = token("pad_token", "<pad>", "[PAD]")
    side = "left" if config.get("padding_side") == "left" else "right"
    tokenizer.enable_padding(
        direction=side,
        length=length,
        pad_id=tokenizer.token_to_id(pad) or 0 if pad else 0,
        pad_token=pad,
    )
    _save(tokenizer, path)


def _add_special_tokens(tokenizer: Tokenizer, before: list[str], after: list[str]) -> None:
    """Add these tokens before and after those of each phrase."""
    special = [(token, tokenizer.token_to_id(token)) for token in {*before, *after}]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=[*before, "$A", *after], special_tokens=special
    )


def _save(tokenizer: Tokenizer, path: Path) -> None:
    scratch = path.with_suffix(".part")
    tokenizer.save(str(scratch))
    this_system().replace(scratch, path)


def _byte_letters() -> dict[int, str]:
    """The character that stands for each byte in the vocabularies of GPT-2 and CLIP: itself if it
    is printable, else the next free one above U+00FF."""
    printing = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printing]
    return {byte: chr(byte) for byte in printing} | {
        byte: chr(256 + number) for number, byte in enumerate(others)
    }
