"""Token ids, compared with those of open_clip's own tokenizers."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from explorer.encoders.runtime.openvino_runtime import quiet_libraries
from explorer.encoders.tokenizer import (
    PhraseTokenizer,
    adapt_hub_tokenizer,
    build_clip_tokenizer,
    clean_text,
)
from tests.encoders.tokenizers import HARD_PHRASES, SIGLIP_SETTINGS, write_tokenizer
from tests.thoroughness import times


@pytest.fixture(scope="session")
def clip_tokens(open_clip: Any, scratch: Path) -> PhraseTokenizer:
    path = scratch / "clip-tokens.json"
    build_clip_tokenizer(Path(open_clip.__file__).parent / "bpe_simple_vocab_16e6.txt.gz", 77, path)
    return PhraseTokenizer(path, "lower")


@pytest.fixture(scope="session")
def original(open_clip: Any) -> Any:
    """open_clip's tokenizer of CLIP."""
    return open_clip.get_tokenizer("ViT-B-32-256")


@pytest.mark.parametrize("phrase", HARD_PHRASES)
def test_clip_ids_are_those_of_open_clip(
    phrase: str, clip_tokens: PhraseTokenizer, original: Any
) -> None:
    ours = clip_tokens([phrase])
    assert ours.dtype == np.int64 and ours.shape == (1, 77)
    assert ours.tolist() == original([phrase]).tolist()


@settings(
    max_examples=times(400, 2000),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.text(st.characters(exclude_categories=["Cs", "Co", "Cn"]))
    | st.text("abcstREvdlm'ſS  <>_of&;é1²\u0301😀K")
)
def test_clip_ids_are_those_of_open_clip_for_any_text(
    clip_tokens: PhraseTokenizer, open_clip: Any, phrase: str
) -> None:
    # Repairing mojibake can make characters of the newest version of Unicode only, which not all
    # libraries know.
    assume(all(unicodedata.category(letter) != "Cn" for letter in clean_text(phrase, "lower")))
    assert clip_tokens([phrase]).tolist() == open_clip.tokenize([phrase]).tolist()


def test_many_phrases_none_and_unpaired_surrogates(clip_tokens: PhraseTokenizer) -> None:
    assert clip_tokens(["a", "b c"]).tolist() == [
        *clip_tokens(["a"]).tolist(),
        *clip_tokens(["b c"]).tolist(),
    ]
    assert clip_tokens([]).shape == (0, 77)
    assert clip_tokens(["cat \udc80"]).tolist() == clip_tokens(["cat ?"]).tolist()


@pytest.mark.parametrize(
    "config",
    [
        SIGLIP_SETTINGS,
        SIGLIP_SETTINGS | {"add_bos_token": True},
        {"pad_token": "<eos>", "unk_token": "<unk>"},
    ],
    ids=str,
)
def test_the_ids_of_a_tokenizer_from_the_hub_are_those_of_open_clip(
    config: dict[str, Any], tmp_path: Path, open_clip: Any
) -> None:
    write_tokenizer(tmp_path, config)
    adapt_hub_tokenizer(
        tmp_path / "tokenizer.json", tmp_path / "tokenizer_config.json", 16, tmp_path / "ours.json"
    )
    ours = PhraseTokenizer(tmp_path / "ours.json", "canonicalize")
    if config.get("add_eos_token"):
        # transformers 5 leaves the start and end tokens to the tokenizer's class; SigLIP's is
        # Gemma's, which adds them as the settings say.
        theirs = json.loads((tmp_path / "ours.json").read_text()) | {
            "padding": None,
            "truncation": None,
        }
        (tmp_path / "tokenizer.json").write_text(json.dumps(theirs))
    with quiet_libraries():
        reference = open_clip.tokenizer.HFTokenizer(
            str(tmp_path), context_length=16, clean="canonicalize"
        )
    for phrase in HARD_PHRASES:
        assert ours([phrase]).tolist() == reference([phrase]).tolist(), phrase


def test_siglip_ends_and_pads_its_ids(tmp_path: Path) -> None:
    write_tokenizer(tmp_path, SIGLIP_SETTINGS)
    adapt_hub_tokenizer(
        tmp_path / "tokenizer.json", tmp_path / "tokenizer_config.json", 16, tmp_path / "ours.json"
    )
    short, long = PhraseTokenizer(tmp_path / "ours.json", "canonicalize")(
        ["A_Cat!", "mountain " * 40]
    ).tolist()
    end = short.index(1)
    assert 0 < end < 15 and set(short[end + 1 :]) == {0} and 2 not in short
    assert long[-1] == 1 and 0 not in long


def test_a_tokenizer_without_settings(tmp_path: Path) -> None:
    write_tokenizer(tmp_path, {})
    adapt_hub_tokenizer(
        tmp_path / "tokenizer.json", tmp_path / "none.json", 8, tmp_path / "ours.json"
    )
    assert PhraseTokenizer(tmp_path / "ours.json", "whitespace")(["cat"]).tolist()[0][-1] == 0


def test_a_file_that_is_not_a_tokenizer_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("<html>")
    with pytest.raises(ValueError, match="not a tokenizer"):
        adapt_hub_tokenizer(
            tmp_path / "tokenizer.json", tmp_path / "none.json", 8, tmp_path / "ours.json"
        )
