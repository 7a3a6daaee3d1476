"""Text encoders: the vocabulary stays in its file, and idle ones are freed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.encoders import clip, registry
from explorer.encoders.runtime.openvino_runtime import (
    DamagedConversion,
    conversion_cache_dir,
    ensure_converted,
)
from explorer.encoders.text_tower import SplitTextModel, remove_text, text_is_converted
from tests.encoders.conftest import TinyModel
from tests.encoders.test_open_clip import PHRASES, cosines

IDS = np.array([[5, 7, 299, 0], [1, 1, 2, 0]], np.int64)


class Pooled:
    """Builds a text encoder, with or without a use of the ids besides the lookup."""

    def __init__(self, *, by_id: bool) -> None:
        import torch

        torch.manual_seed(3)
        table = torch.nn.Embedding(300, 16)

        class Text(torch.nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.table, self.linear = table, torch.nn.Linear(16, 8)

            def forward(self, ids: torch.Tensor) -> torch.Tensor:
                rows: torch.Tensor = self.linear(self.table(ids))
                if by_id:
                    rows = rows * (ids > 0).unsqueeze(-1)
                return torch.nn.functional.normalize(rows.mean(1), dim=-1)

        self.module = Text().eval()

    def convert(self) -> np.ndarray:
        """Convert as earlier versions did, in one piece; returns the vectors of `IDS`."""
        import torch

        example = torch.ones(1, 4, dtype=torch.int64)
        ensure_converted("some-text", lambda: (self.module, (example,)), [(-1, 4)], "some")
        with torch.no_grad():
            return np.asarray(self.module(torch.from_numpy(IDS)).numpy())


@pytest.mark.parametrize("by_id", [False, True])
def test_a_model_in_one_piece_is_split_when_it_is_first_used(by_id: bool) -> None:
    expected = Pooled(by_id=by_id).convert()
    assert text_is_converted("some")
    assert cosines(SplitTextModel("some")(IDS), expected).min() > 0.999
    whole = conversion_cache_dir() / "some-text.xml"
    assert not whole.exists() and not whole.with_suffix(".bin").exists()
    assert text_is_converted("some")
    table = np.load(conversion_cache_dir() / "some-vocabulary.npy")
    assert table.shape == (300, 16) and table.dtype == np.float16
    # Again, from what is stored, and in batches of another size.
    assert cosines(SplitTextModel("some")(IDS[1:]), expected[1:]).min() > 0.999
    assert remove_text("some") > 300 * 16 * 2 and not text_is_converted("some")


def test_the_vocabulary_is_not_read_into_memory() -> None:
    Pooled(by_id=True).convert()
    assert isinstance(SplitTextModel("some")._table, np.memmap)


@pytest.mark.parametrize("damaged", ["some-vocabulary.npy", "some-phrase.bin", "some-phrase.xml"])
def test_damaged_files_are_reported_and_converted_again(damaged: str) -> None:
    Pooled(by_id=True).convert()
    SplitTextModel("some")
    (conversion_cache_dir() / damaged).write_bytes(b"")
    # With its compilation, the model itself is not read.
    shutil.rmtree(conversion_cache_dir() / "compiled")
    with pytest.raises(DamagedConversion, match="converted again"):
        SplitTextModel("some")
    assert not text_is_converted("some")


def test_a_damaged_model_in_one_piece_is_reported() -> None:
    Pooled(by_id=True).convert()
    (conversion_cache_dir() / "some-text.xml").write_bytes(b"nonsense")
    with pytest.raises(DamagedConversion, match="converted again"):
        SplitTextModel("some")
    assert not text_is_converted("some")


def test_an_idle_text_encoder_is_freed_and_loaded_again(
    reuse_conversions: None, aliases: None, tiny_clip: TinyModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"open_clip:tiny-clip@{tiny_clip[1]}"
    encoder: Any = registry.get_encoder(name)
    assert registry.release_idle_texts(0.0) == []
    expected = encoder.encode_texts(PHRASES)
    assert registry.release_idle_texts(3600.0) == []
    assert registry.release_idle_texts(0.0) == [name]
    assert registry.release_idle_texts(0.0) == []
    assert np.array_equal(encoder.encode_texts(PHRASES), expected)


def test_a_model_whose_text_was_split_counts_as_converted(
    reuse_conversions: None, aliases: None, tiny_clip: TinyModel
) -> None:
    name = f"open_clip:tiny-clip@{tiny_clip[1]}"
    conversion = clip.load_clip(name).conversion
    assert not (conversion_cache_dir() / f"{conversion.key}-text.xml").exists()
    assert clip.converted(name)
    Path(conversion_cache_dir() / f"{conversion.key}-vocabulary.npy").unlink()
    assert not clip.converted(name)
