"""Relevance models on disk: made once, and again when they no longer serve."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from explorer.config import models_dir
from explorer.encoders.base import Vectors
from explorer.search.relevance import relevance_cache
from explorer.search.relevance.relevance_cache import RelevanceCache, is_prepared, prepare
from tests.factory import LibraryBuilder
from tests.search.conftest import FactoryEncoder, ImageOnlyEncoder


class Counting(FactoryEncoder):
    """Counts the phrases that it encodes."""

    def __init__(self) -> None:
        self.encoded = 0

    def encode_texts(self, phrases: Sequence[str]) -> Vectors:
        self.encoded += len(phrases)
        return super().encode_texts(phrases)


@pytest.fixture(autouse=True)
def _models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_MODELS", str(tmp_path / "models"))


def test_a_model_is_kept_for_the_next_process(full: LibraryBuilder, tmp_path: Path) -> None:
    made = RelevanceCache(tmp_path / "kept").model(FactoryEncoder(), full.index())
    encoder = Counting()
    again = RelevanceCache(tmp_path / "kept").model(encoder, full.index())
    assert encoder.encoded == 0
    assert again.usual == made.usual and again.usual_likeness == made.usual_likeness


def test_background_phrases_are_encoded_once_for_all_libraries(
    full: LibraryBuilder, tmp_path: Path
) -> None:
    encoder = Counting()
    assert not is_prepared(encoder)
    prepare(encoder)
    assert is_prepared(encoder) and encoder.encoded > 300
    first = encoder.encoded
    RelevanceCache(tmp_path / "one").model(encoder, full.index())
    prepare(encoder)
    assert encoder.encoded == first


def test_a_library_that_has_grown_much_gets_a_new_model(
    full: LibraryBuilder, tmp_path: Path
) -> None:
    cache = RelevanceCache(tmp_path / "kept")
    made = cache.model(FactoryEncoder(), full.index())
    for number in range(30):
        full.put(f"some {number}.jpg", f"some {number}")
    assert cache.model(FactoryEncoder(), full.index()) is made
    for number in range(30):
        full.put(f"more {number}.jpg", f"more {number}")
    assert cache.model(FactoryEncoder(), full.index()) is not made


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"no arrays at all"])
def test_damaged_files_are_rebuilt(full: LibraryBuilder, tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "kept"
    made = RelevanceCache(folder).model(FactoryEncoder(), full.index())
    files = [*folder.iterdir(), *(models_dir() / "background").iterdir()]
    assert len(files) == 2
    for file in files:
        file.write_bytes(content)
    assert RelevanceCache(folder).model(FactoryEncoder(), full.index()).usual == made.usual
    with np.load(files[0], allow_pickle=False) as stored:
        assert int(stored["photos"][0]) == 200


def test_a_read_only_library_is_still_searched(
    full: LibraryBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(relevance_cache, "replace_durably", refuse)
    model = RelevanceCache(tmp_path / "kept").model(FactoryEncoder(), full.index())
    assert model.usual and not list((tmp_path / "kept").iterdir())


def test_an_encoder_without_text_grades_photos(full: LibraryBuilder, tmp_path: Path) -> None:
    assert is_prepared(ImageOnlyEncoder())
    prepare(ImageOnlyEncoder())
    model = RelevanceCache(tmp_path / "kept").model(ImageOnlyEncoder(), full.index())
    assert not model.usual and model.judge_photo().relevance(np.array([1.0]))[0] > 0.9


def test_a_model_of_other_background_phrases_is_made_again(
    full: LibraryBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    RelevanceCache(tmp_path / "kept").model(FactoryEncoder(), full.index())
    monkeypatch.setattr(relevance_cache, "_PHRASES_CHECKSUM", 1)
    encoder = Counting()
    RelevanceCache(tmp_path / "kept").model(encoder, full.index())
    assert encoder.encoded > 300
