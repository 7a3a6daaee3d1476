"""Switching to another model, while searches go on with the one in use."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from explorer.analysis import photo_map
from explorer.anomalies.findings import Anomalies
from explorer.encoders import registry
from explorer.encoders.base import Encoder, Pixels, Vectors
from explorer.errors import EncoderError
from explorer.indexing.backfill import Backfill
from explorer.indexing.models import model_switch
from explorer.indexing.models.encoder_fallback import request_encoder
from explorer.indexing.models.model_list import list_models
from explorer.library import model_settings
from explorer.library.stores import decision_store, dismissal_store
from explorer.library.stores.command_store import send_command
from explorer.library.stores.dismissal_store import Dismissal
from explorer.library.stores.map_store import map_coordinates
from explorer.library.stores.neighbor_store import neighbor_table
from explorer.library.writer import Writer
from explorer.scanning.drive_timeouts import DriveTimeouts
from explorer.search.engine import SearchEngine
from explorer.ui.components import map_data
from tests.fixtures.better_model import Better, Starter
from tests.fixtures.switching import PHOTOS, Switching
from tests.fixtures.waiting import wait


def test_a_switch_and_the_way_back(switching: Switching) -> None:
    catalog = switching.library.catalog
    switching.index()
    before = switching.vectors(Starter())
    assert switching.in_use == "starter" and switching.encoded("better") == 0
    assert not model_settings.use_encoder(catalog, "better", version="b1")
    # Nothing has changed for searches yet.
    assert switching.in_use == "starter"
    switching.switch(Starter(), "better")
    switching.is_exact(Better())
    assert switching.vectors(Starter()).keys() == before.keys()
    # What was derived is there at once: neighbors and the map.
    encoder_id = catalog.encoder_id("better", "b1")
    assert encoder_id is not None
    assert len(neighbor_table(catalog, encoder_id).ids) == PHOTOS
    assert len(map_coordinates(catalog, encoder_id).ids) == PHOTOS
    # The way back is only a setting.
    assert model_settings.use_encoder(catalog, "starter", version="1")
    assert switching.in_use == "starter"
    after = switching.vectors(Starter())
    assert all(np.array_equal(after[i], before[i]) for i in before)
    assert model_settings.use_encoder(catalog, "better", version="b1")
    assert switching.in_use == "better"


def test_searches_follow_and_never_mix(switching: Switching) -> None:
    switching.index()
    engine = SearchEngine(switching.library)
    assert engine.encoder_name == "starter" and len(engine.search_phrase("red")) == PHOTOS
    model_settings.use_encoder(switching.library.catalog, "better", version="b1")
    with switching.worker() as worker:
        while not worker.replaced:
            assert len(engine.search_phrase("red")) == PHOTOS
    assert engine.encoder_name == "better" and len(engine.search_phrase("red")) == PHOTOS


def test_the_newest_photos_are_encoded_first(
    switching: Switching, monkeypatch: pytest.MonkeyPatch
) -> None:
    switching.index()
    catalog = switching.library.catalog
    model_settings.use_encoder(catalog, "better", version="b1")
    order = list[int]()
    real = Backfill._from_previews

    def record(self: object, photos: list[object], *rest: object) -> set[int]:
        done: set[int] = real(self, photos, *rest)  # type: ignore[arg-type]
        order.extend(photo.photo_id for photo in photos if photo.photo_id in done)  # type: ignore[attr-defined]
        return done

    monkeypatch.setattr(Backfill, "_from_previews", record)
    switching.switch(Starter(), "better")
    assert order == catalog.matching().tolist()


def test_photos_that_come_meanwhile_get_both(
    switching: Switching, monkeypatch: pytest.MonkeyPatch
) -> None:
    switching.index()
    monkeypatch.setattr(model_switch, "STEP_SECONDS", 0.0)
    reached, go_on = threading.Event(), threading.Event()

    def held(self: Better, pixels: Pixels) -> Vectors:
        reached.set()
        go_on.wait()
        return plain(self, pixels)

    plain = Better.encode_images
    monkeypatch.setattr(Better, "encode_images", held)
    model_settings.use_encoder(switching.library.catalog, "better", version="b1")
    with switching.worker() as worker:
        wait(reached.is_set, "the first batch")
        switching.draw(PHOTOS)
        send_command(switching.library.catalog, "rescan")
        go_on.set()
        wait(lambda: worker.replaced, "the switch")
    assert switching.in_use == "better"
    assert switching.encoded("starter") == switching.encoded("better") == PHOTOS + 1
    switching.is_exact(Better())


def test_a_drive_that_is_away_is_no_obstacle(switching: Switching) -> None:
    switching.index()
    switching.photos.rename(switching.photos.with_name("unplugged"))
    model_settings.use_encoder(switching.library.catalog, "better", version="b1")
    switching.switch(Starter(), "better")
    switching.is_exact(Better())


def test_a_photo_without_preview_and_file_does_not_hold_it_up(switching: Switching) -> None:
    switching.index()
    catalog = switching.library.catalog
    row = catalog.photo(int(catalog.matching()[0]))
    assert row is not None
    switching.library.previews.remove(row["hash"])
    Path(row["path"]).unlink()
    # Unplugged, so that the photo stays in the library.
    switching.photos.rename(switching.photos.with_name("unplugged"))
    model_settings.use_encoder(catalog, "better", version="b1")
    switching.switch(Starter(), "better")
    assert switching.encoded("better") == PHOTOS - 1


def test_staying_with_the_present_model_ends_a_switch(switching: Switching) -> None:
    switching.index()
    catalog = switching.library.catalog
    model_settings.use_encoder(catalog, "better", version="b1")
    assert model_settings.use_encoder(catalog, "starter", version="1")
    with switching.worker() as worker:
        wait(lambda: switching.phase() == "watching", "watching")
        assert not worker.replaced
    assert switching.in_use == "starter" and switching.encoded("better") == 0


def test_a_model_that_cannot_be_loaded_is_said_and_changes_nothing(
    switching: Switching, monkeypatch: pytest.MonkeyPatch
) -> None:
    switching.index()

    def broken() -> Encoder:
        raise EncoderError("There is not enough memory for “better”.")

    monkeypatch.setattr(registry, "_loaders", registry._loaders | {"better": broken})
    monkeypatch.setattr(registry, "_loaded", {})
    model_settings.use_encoder(switching.library.catalog, "better", version="b1")

    with switching.worker():
        wait(lambda: "not enough memory" in switching.message(), "the reason")
    assert switching.in_use == "starter"


def test_decisions_and_findings_outlive_a_switch(switching: Switching) -> None:
    switching.index()
    catalog = switching.library.catalog
    hashes = [row["hash"] for row in catalog.photos(catalog.matching()[:3].tolist()).values()]
    apart = [bytes.fromhex(each) for each in hashes[1:]]
    dismissal_store.dismiss(catalog, [Dismissal(hashes[0], "outlier")])
    decision_store.decide(catalog, "apart", apart, files=2)
    review = Anomalies(switching.library)
    assert len(review.subjects()) == PHOTOS
    model_settings.use_encoder(catalog, "better", version="b1")
    switching.switch(Starter(), "better")
    assert dismissal_store.dismissed(catalog) == {Dismissal(hashes[0], "outlier")}
    assert [set(each.hashes) for each in decision_store.decisions(catalog)] == [set(apart)]
    # The map and the scores are those of the model in use, also where both have all vectors.
    for name in ("better", "starter"):
        model_settings.use_encoder(catalog, name, version={"better": "b1", "starter": "1"}[name])
        judged_by = review._scores()._encoder
        assert judged_by is not None and judged_by[0] == name
        version = {"better": "b1", "starter": "1"}[name]
        encoder_id = catalog.encoder_id(name, version)
        assert encoder_id is not None
        own = map_coordinates(catalog, encoder_id).coordinates
        if len(own):
            shown = map_data.library_map(switching.library).coordinates
            assert np.array_equal(shown, map_data._scaled_to_square(own))


def test_the_map_is_complete_before_another_takes_over(
    switching: Switching, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each call of the stage does as little as it can.
    monkeypatch.setattr(photo_map, "SECONDS_AT_ONCE", 0.001)
    switching.index()
    catalog = switching.library.catalog
    model_settings.use_encoder(catalog, "better", version="b1")
    with switching.worker() as worker:
        wait(lambda: switching.in_use == "better", "another model in use")
        encoder_id = catalog.encoder_id("better", "b1")
        assert encoder_id is not None
        assert len(map_coordinates(catalog, encoder_id).ids) == PHOTOS
        wait(lambda: worker.replaced, "another worker")


def test_a_model_in_use_that_cannot_be_loaded_does_not_restart_the_worker_for_ever(
    switching: Switching, monkeypatch: pytest.MonkeyPatch
) -> None:
    switching.index_and_switch()
    # Its worker fell back on the starter, and says why.
    with switching.worker(note="There is not enough memory. “starter” is used instead.") as worker:
        wait(lambda: switching.phase() == "watching", "watching")
        assert not worker.replaced and "not enough memory" in switching.message()
    # Searches follow, as nothing else can answer them.
    assert switching.in_use == "starter"


def test_the_way_back_to_a_newer_version_encodes_all_photos_first(
    switching: Switching, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = switching.index_and_switch()
    # Meanwhile, an update of the program raises the version of the starter.
    monkeypatch.setattr(Starter, "version", "2", raising=False)
    monkeypatch.setattr(registry, "_loaded", {})
    assert {row.name: row.photos for row in list_models(catalog)}["starter"] == 0
    assert registry.ready_version("starter") == "2"
    request_encoder(catalog, "starter")
    engine = SearchEngine(switching.library)
    assert engine.encoder_name == "better" and len(engine.search_phrase("red")) == PHOTOS
    assert model_settings.next_encoder(catalog) == "starter"
    switching.switch(Better(), "starter")
    assert len(SearchEngine(switching.library).search_phrase("red")) == PHOTOS
    assert {row.name: row.photos for row in list_models(catalog)}["starter"] == PHOTOS


def test_a_worker_does_not_follow_to_vectors_of_an_older_version(
    switching: Switching, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after an update, when the set model had to be fetched again and another one was used."""
    catalog = switching.index_and_switch()
    monkeypatch.setattr(Better, "version", "b2")
    monkeypatch.setattr(registry, "_loaded", {})
    model_settings.begin_switch(catalog, "better")
    writer = Writer(catalog)
    switch = model_switch.ModelSwitch(
        switching.library,
        writer,
        Starter(),
        DriveTimeouts(),
        lambda now: None,
        failure="",
        decoders=1,
    )
    try:
        assert not switch._can_follow("better")
        while not switch.step():
            pass
        assert catalog.encoder_id("better", "b2") is not None and switch._can_follow("better")
        assert model_settings.photos_without(catalog, "better", "b2") == 0
    finally:
        switch.close()
        writer.close()
