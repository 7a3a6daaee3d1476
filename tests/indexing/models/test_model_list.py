"""What a library has of each model, and dropping it."""

from __future__ import annotations

import threading

import pytest

from explorer.encoders.base import Pixels, Vectors
from explorer.indexing.models.model_list import drop_model, list_models
from explorer.library import model_settings
from explorer.library.stores.command_store import send_command
from explorer.library.writer import Writer
from tests.fixtures.better_model import Better, Starter
from tests.fixtures.switching import PHOTOS, Switching
from tests.fixtures.waiting import wait


def test_without_a_library_only_the_models_are_listed() -> None:
    rows = list_models(None)
    assert [row.name for row in rows] == ["starter", "clip", "siglip2", "resnet50", "vit"]
    assert not any(row.photos or row.in_use or row.upcoming for row in rows)


def test_the_list_says_what_the_library_has(switching: Switching) -> None:
    switching.index()
    catalog = switching.library.catalog
    model_settings.use_encoder(catalog, "better", version="b1")
    rows = {row.name: row for row in list_models(catalog)}
    assert rows["starter"].in_use and rows["starter"].photos == PHOTOS
    assert rows["better"].upcoming and rows["better"].available and not rows["better"].in_use
    assert not rows["clip"].in_use and not rows["clip"].upcoming


def test_dropping_a_model_leaves_nothing_of_it(switching: Switching) -> None:
    switching.index()
    library, catalog = switching.library, switching.library.catalog
    model_settings.use_encoder(catalog, "better", version="b1")
    switching.switch(Starter(), "better")
    assert list((library.dir / "vectors").glob("better-*.faiss"))
    model_settings.use_encoder(catalog, "starter", version="1")
    writer = Writer(catalog)
    try:
        assert drop_model(library, writer, "better") == PHOTOS
        assert drop_model(library, writer, "better") == 0
    finally:
        writer.close()
    assert switching.encoded("better") == 0 and not list((library.dir / "vectors").glob("better*"))
    with catalog.reading() as db:
        for table in ("embedding", "neighbour", "place", "drawing"):
            (left,) = db.execute(
                f"select count(*) from {table} where encoder_id not in (select id from encoder)"
            ).fetchone()
            assert not left
    assert [row.name for row in list_models(catalog) if row.photos] == ["starter"]
    # It can come again.
    model_settings.use_encoder(catalog, "better", version="b1")
    switching.switch(Starter(), "better")
    switching.is_exact(Better())


def test_a_model_can_be_dropped_while_it_is_being_prepared(
    switching: Switching, monkeypatch: pytest.MonkeyPatch
) -> None:
    switching.index()
    catalog = switching.library.catalog
    reached, go_on = threading.Event(), threading.Event()
    plain = Better.encode_images

    def held(self: Better, pixels: Pixels) -> Vectors:
        if switching.encoded("better"):
            reached.set()
            go_on.wait()
        return plain(self, pixels)

    monkeypatch.setattr(Better, "encode_images", held)
    model_settings.use_encoder(catalog, "better", version="b1")
    with switching.worker() as worker:
        wait(reached.is_set, "the second batch")
        send_command(catalog, "drop", "better")
        go_on.set()
        wait(lambda: model_settings.next_encoder(catalog) is None, "the end of the switch")
        wait(lambda: not switching.encoded("better"), "the end of its vectors")
        wait(lambda: switching.phase() == "watching", "watching")
        assert not worker.replaced
        model_settings.use_encoder(catalog, "better", version="b1")
        wait(lambda: worker.replaced, "the switch after all")
    switching.is_exact(Better())


def test_the_model_in_use_is_not_dropped(switching: Switching) -> None:
    switching.index()
    with switching.worker():
        send_command(switching.library.catalog, "drop", "starter")

        wait(lambda: "is in use" in switching.message(), "the refusal")
    assert switching.encoded("starter") == PHOTOS


def test_the_indexer_makes_room_when_its_own_model_is_dropped(switching: Switching) -> None:
    switching.index()
    catalog = switching.library.catalog
    model_settings.use_encoder(catalog, "better", version="b1")
    switching.switch(Starter(), "better")
    with switching.worker(Better()) as worker:
        # While it is paused it does not follow to the model that was set.
        send_command(catalog, "pause")
        wait(lambda: switching.phase() == "paused", "the pause")
        assert model_settings.use_encoder(catalog, "starter", version="1")
        send_command(catalog, "drop", "better")
        wait(lambda: worker.replaced, "the end of this indexer")
    assert switching.in_use == "starter" and not switching.encoded("better")
    assert not list((switching.dir / "vectors").glob("better*"))
    send_command(catalog, "resume")
    switching.draw(PHOTOS)
    with switching.worker():
        wait(lambda: switching.encoded("starter") == PHOTOS + 1, "the new photo")
