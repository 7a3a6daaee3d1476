"""A small tokenizer such as SigLIP's, and phrases that are hard to tokenize."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HARD_PHRASES = [
    "",
    "   ",
    "a photo of a cat",
    "It's the dog's, they'll say; I'VE 'S 'Re",
    "Café naïve ÇA Ångström İstanbul ß ﬁ",
    "😀👍🏽 family 👨‍👩‍👧 🇮🇹",
    "&amp;amp; &lt;b&gt; &eacute; &#x41;",
    "word " * 200,
    "x" * 400,
    "12345 3.14 ²③ 2024-05-06",
    "  tabs\t\nnew \u00a0 lines ",
    "<start_of_text> hi <end_of_text>there",
    "schÃ¶n â€œquotedâ€\x9d",
    "日本語の写真 кот на снегу صورة",
    "'ſ canſ K",
    "a\u200bb \x00\x1f",
    "#@!?... __under_score__ «»…",
]

SIGLIP_SETTINGS = {
    "add_bos_token": False,
    "add_eos_token": True,
    "bos_token": "<bos>",
    "eos_token": "<eos>",
    "pad_token": "<pad>",
    "unk_token": "<unk>",
    "padding_side": "right",
}


def write_tokenizer(folder: Path, settings: dict[str, Any]) -> None:
    """Write a tokenizer.json with a small vocabulary, built as SigLIP's is, and a
    tokenizer_config.json with these settings."""
    from tokenizers import Tokenizer, decoders, models, normalizers, trainers

    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.decoder = decoders.Replace("▁", " ")
    special = ["<pad>", "<eos>", "<bos>", "<unk>"]
    words = ["a photo of a cat", "two dogs in the snow", "the mountain lake", "dogs and cats"] * 20
    trainer = trainers.BpeTrainer(vocab_size=250, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(words, trainer)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "PreTrainedTokenizerFast"} | settings)
    )
