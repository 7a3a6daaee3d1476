"""Which encoder a library is searched with."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.encoders import registry
from explorer.errors import EncoderError, UnknownEncoder
from explorer.library.library import Library
from explorer.library.stores.embedding_store import put_embedding, register_encoder
from explorer.library.stores.setting_store import put_setting
from explorer.search.encoder_choice import choose_encoder
from explorer.search.engine import SearchEngine
from explorer.search.query import Query
from tests.factory import DIM, ENCODER, VERSION, LibraryBuilder, vector_of


class TestEncoderOfAnEngine:
    @pytest.fixture
    def two(self, full: LibraryBuilder) -> LibraryBuilder:
        """The library with vectors of a second encoder for every photo."""
        with full.writer.transaction():
            for photo in full.library.catalog.matching().tolist():
                put_embedding(
                    full.writer,
                    register_encoder(full.writer, "mute", VERSION, DIM),
                    photo,
                    vector_of(("mute", photo)),
                )
        return full

    def test_the_engine_follows_the_library_setting(self, two: LibraryBuilder) -> None:
        engine = SearchEngine(two.library)
        for chosen in ("mute", ENCODER, "mute"):
            put_setting(two.library.catalog, "encoder", chosen)
            assert engine.encoder_name == chosen == engine.encoder.name and engine.has_text is (
                chosen == ENCODER
            )
        photo = int(two.library.catalog.matching()[0])
        assert engine.encode_query(Query(photo_ids=(photo,))) == pytest.approx(
            vector_of(("mute", photo)), abs=1e-2
        )

    def test_the_engine_keeps_an_explicitly_chosen_encoder(self, two: LibraryBuilder) -> None:
        engine = SearchEngine(two.library, ENCODER)
        put_setting(two.library.catalog, "encoder", "mute")
        assert (
            engine.encoder.name == ENCODER
            and choose_encoder(two.library) == "mute"
            and choose_encoder(two.library, ENCODER) == ENCODER
        )

    def test_vectors_of_an_earlier_version_are_not_taken_for_an_empty_library(
        self, full: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        engine = SearchEngine(full.library, ENCODER)
        monkeypatch.setattr(registry.get_encoder(ENCODER), "version", "next")
        with pytest.raises(EncoderError, match=f"earlier version of “{ENCODER}”.*--encoder"):
            engine.search(Query.of_phrase("a"))

    def test_the_encoder_is_loaded_once(
        self, two: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        engine = SearchEngine(two.library, ENCODER)
        first = engine.encoder
        monkeypatch.setattr(registry, "_loaded", {})
        assert engine.encoder is first


class TestChooseEncoder:
    def test_the_library_setting_applies_if_that_encoder_has_vectors(
        self, full: LibraryBuilder
    ) -> None:
        assert choose_encoder(full.library) == ENCODER
        put_setting(full.library.catalog, "encoder", "mute")
        assert choose_encoder(full.library) == ENCODER

    def test_an_empty_library_uses_the_starter_or_the_set_encoder(self, tmp_path: Path) -> None:
        library = Library.open(tmp_path / "empty")
        try:
            assert choose_encoder(library) == "starter"
            put_setting(library.catalog, "encoder", ENCODER)
            assert choose_encoder(library) == ENCODER
        finally:
            library.close()

    def test_a_wanted_encoder_without_vectors_is_an_error(self, full: LibraryBuilder) -> None:
        with pytest.raises(EncoderError, match="--encoder mute"):
            choose_encoder(full.library, "mute")

    def test_a_wanted_encoder_that_does_not_exist_is_an_error(self, full: LibraryBuilder) -> None:
        with pytest.raises(UnknownEncoder, match="nonsense"):
            choose_encoder(full.library, "nonsense")

    def test_a_name_with_a_relative_path_is_the_same_as_with_an_absolute_one(
        self, full: LibraryBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        name = f"open_clip:ViT-B-32@{tmp_path / 'weights.safetensors'}"
        encoder = register_encoder(full.writer, name, VERSION, DIM)
        with full.writer.transaction():
            put_embedding(
                full.writer, encoder, int(full.library.catalog.matching()[0]), vector_of(0)
            )
        monkeypatch.chdir(tmp_path)
        assert choose_encoder(full.library, "open_clip:ViT-B-32@weights.safetensors") == name
