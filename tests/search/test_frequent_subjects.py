"""Subjects that many photos show."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.search.engine import SearchEngine
from explorer.search.relevance.background_phrases import BACKGROUND_PHRASES
from explorer.search.relevance.relevance_cache import prepare
from tests.factory import LibraryBuilder


def test_frequent_subjects_are_known_once_phrases_are_encoded(
    full: LibraryBuilder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("EXPLORER_MODELS", str(tmp_path / "models"))
    engine = SearchEngine(full.library)
    assert engine.frequent_subjects(3) == []
    prepare(engine.encoder)
    assert set(engine.frequent_subjects(3)) <= set(BACKGROUND_PHRASES)
    assert full.library.dir.joinpath("relevance").is_dir()
