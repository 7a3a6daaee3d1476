"""The steps of a switch to another model, one by one, with the work that they do played."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from explorer.encoders import registry
from explorer.errors import EncoderError
from explorer.indexing.models import model_switch as module
from explorer.indexing.models.model_switch import ModelSwitch
from explorer.library import model_settings
from explorer.library.stores.embedding_store import put_embedding, register_encoder
from explorer.scanning.drive_timeouts import DriveTimeouts
from tests.factory import ENCODER, VERSION, LibraryBuilder, vector_of


class PlayedUpcoming:
    """The work before a model takes over: `left` steps of it."""

    made: list[PlayedUpcoming]

    def __init__(
        self, library: object, writer: object, encoder: Any, *rest: object, decoders: int
    ) -> None:
        self.encoder, self.decoders, self.left, self.closed = encoder, decoders, 2, 0
        self.library, self.writer, self.rest = library, writer, rest
        self.dropped = False
        self.made.append(self)

    def is_for(self, name: str) -> bool:
        return self.encoder.name == name and not self.dropped

    def step(self) -> bool:
        self.left -= 1
        return self.left <= 0

    def close(self) -> None:
        self.closed += 1


class Steps:
    """A switch of a library with one photo that `tiny` has encoded, and what is known of others."""

    def __init__(self, builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
        PlayedUpcoming.made = []
        self.builder, self.catalog = builder, builder.library.catalog
        self.photo = builder.put("a.jpg", "a")
        model_settings.set_encoder(self.catalog, ENCODER)
        self.ready = dict.fromkeys([ENCODER, "better", "other"], "1") | {ENCODER: VERSION}
        self.warmed, self.saved = list[str](), list[tuple[str, str, int]]()
        self.refusal: str = ""
        monkeypatch.setattr(module, "_UpcomingModel", PlayedUpcoming)
        monkeypatch.setattr(registry, "ready", self._ready)
        monkeypatch.setattr(registry, "ready_version", self._ready_version)
        monkeypatch.setattr(registry, "get_encoder", self._load)
        monkeypatch.setattr(
            builder.library,
            "vectors",
            lambda *model: SimpleNamespace(save=lambda: self.saved.append(model)),
        )

    def _ready(self, name: str) -> bool:
        if name == "unknown":
            raise EncoderError("There is no such model.")
        return name in self.ready

    def _ready_version(self, name: str) -> str | None:
        self._ready(name)
        return self.ready.get(name)

    def _load(self, name: str) -> SimpleNamespace:
        def warm_up() -> None:
            if self.refusal:
                raise EncoderError(self.refusal)
            self.warmed.append(name)

        return SimpleNamespace(name=name, version="1", dim=8, warm_up=warm_up)

    def switch(self, failure: str = "", current: str = ENCODER) -> ModelSwitch:
        return ModelSwitch(
            self.builder.library,
            self.builder.writer,
            cast(Any, SimpleNamespace(name=current)),
            DriveTimeouts(),
            lambda progress: None,
            failure=failure,
            decoders=3,
        )

    def encode(self, name: str, version: str = "1") -> None:
        number = register_encoder(self.builder.writer, name, version, 8)
        put_embedding(self.builder.writer, number, self.photo, vector_of(name))


@pytest.fixture
def steps(builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Steps]:
    yield Steps(builder, monkeypatch)


def test_a_model_takes_over_once_its_work_is_done(steps: Steps) -> None:
    switch = steps.switch()
    assert switch.step() is False and not PlayedUpcoming.made
    model_settings.begin_switch(steps.catalog, "better")
    assert switch.step() is False
    (upcoming,) = PlayedUpcoming.made
    assert (steps.warmed, upcoming.decoders, upcoming.closed) == (["better"], 3, 0)
    drives, tick = upcoming.rest
    assert isinstance(drives, DriveTimeouts) and callable(tick)
    assert (upcoming.library, upcoming.writer) == (steps.builder.library, steps.builder.writer)
    assert model_settings.encoder_setting(steps.catalog) == ENCODER and not steps.saved
    assert switch.step() is True
    assert model_settings.encoder_setting(steps.catalog) == "better"
    assert steps.saved == [("better", "1", 8)] and upcoming.closed == 1
    assert len(PlayedUpcoming.made) == 1
    switch.close()
    assert upcoming.closed == 1


def test_a_model_that_is_no_longer_wanted_at_the_end_does_not_take_over(
    steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch = steps.switch()
    model_settings.begin_switch(steps.catalog, "better")
    switch.step()
    # Another program asks for a third model at the last moment.
    monkeypatch.setattr(model_settings, "finish_switch", lambda catalog, name: False)
    assert switch.step() is False and PlayedUpcoming.made[0].closed == 1


def test_another_wish_drops_what_was_begun(steps: Steps) -> None:
    switch = steps.switch()
    model_settings.begin_switch(steps.catalog, "better")
    switch.step()
    model_settings.begin_switch(steps.catalog, "other")
    switch.step()
    one, other = PlayedUpcoming.made
    assert (one.closed, other.closed, other.encoder.name) == (1, 0, "other")
    # Its vectors were dropped meanwhile.
    other.dropped = True
    switch.step()
    assert (other.closed, len(PlayedUpcoming.made)) == (1, 3)
    model_settings.begin_switch(steps.catalog, ENCODER)
    assert switch.step() is False
    assert PlayedUpcoming.made[2].closed == 1
    assert model_settings.next_encoder(steps.catalog) is None


@pytest.mark.parametrize("name", ["not fetched", "unknown"])
def test_a_model_that_is_not_fetched_yet_is_waited_for(steps: Steps, name: str) -> None:
    switch = steps.switch()
    model_settings.begin_switch(steps.catalog, name)
    assert switch.step() is False and not PlayedUpcoming.made and switch.problem == ""
    assert model_settings.next_encoder(steps.catalog) == name


def test_a_model_that_cannot_be_loaded_is_tried_once(steps: Steps) -> None:
    switch = steps.switch()
    model_settings.begin_switch(steps.catalog, "better")
    steps.refusal = "There is not enough memory."
    assert switch.step() is False and switch.problem == "There is not enough memory."
    steps.refusal = ""
    assert switch.step() is False and not PlayedUpcoming.made
    assert switch.problem == "There is not enough memory."
    # Another one is tried, and is not blamed.
    model_settings.begin_switch(steps.catalog, "other")
    switch.step()
    assert [each.encoder.name for each in PlayedUpcoming.made] == ["other"]
    assert switch.problem == ""


@pytest.mark.parametrize(
    ("encoded", "is_ready", "failure", "follows"),
    [
        ("1", True, "", True),
        # Its weights are not here, it has vectors of another version only, or none.
        ("1", False, "", False),
        ("2", True, "", False),
        (None, True, "", False),
        # The worker was started with another model because this one cannot be loaded.
        ("1", True, "There is not enough memory.", False),
        ("1", False, "It is not here.", False),
    ],
)
def test_a_worker_follows_the_model_that_was_set_if_it_can_be_used(
    steps: Steps, encoded: str | None, is_ready: bool, failure: str, follows: bool
) -> None:
    if encoded:
        steps.encode("better", encoded)
    if not is_ready:
        del steps.ready["better"]
    model_settings.set_encoder(steps.catalog, "better")
    switch = steps.switch(failure)
    assert switch.problem == (failure if is_ready else "")
    assert switch.step() is follows


def test_a_worker_of_the_model_in_use_follows_nothing(steps: Steps) -> None:
    assert steps.switch().step() is False
    model_settings.set_encoder(steps.catalog, "")
    assert steps.switch("There is not enough memory.").problem == ""
    assert steps.switch().step() is False
