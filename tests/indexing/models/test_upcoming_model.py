"""The work that remains before another model takes over, with the encoding played."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from explorer.indexing.models import model_switch as module
from explorer.indexing.models.model_switch import _UpcomingModel
from explorer.indexing.progress import Progress
from explorer.library.stores.embedding_store import drop_encoder, put_embedding
from explorer.scanning.drive_timeouts import DriveTimeouts
from explorer.scanning.index_summary import IndexSummary
from tests.factory import LibraryBuilder, vector_of


class PlayedStage:
    """A stage that needs some runs before it is up to date."""

    def __init__(self, what: str, runs: int) -> None:
        self.what, self.left = what, runs

    @property
    def up_to_date(self) -> bool:
        return self.left <= 0

    def run(self, tick: Callable[[int, int], None]) -> None:
        self.left -= 1
        tick(1, 2)


class Upcoming:
    """The model `better` of a library with three photos, none of which it has encoded."""

    def __init__(self, builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
        self.builder, self.reported, self.given = builder, list[Progress](), dict[str, Any]()
        self.photos = [builder.put(f"{name}.jpg", name) for name in "abc"]
        self.ended, self.passes, self.at_once, self.blocked = list[bool](), 0, 2, set[int]()
        self.closed, self.now = 0, 100.0
        self.stages = [PlayedStage("Neighbors", 1), PlayedStage("Map", 2)]

        def pool(decoders: int, spec: object) -> SimpleNamespace:
            self.given |= {"decoders": decoders, "spec": spec}
            return SimpleNamespace(close=self._close)

        def backfill(*given: object, **options: Any) -> SimpleNamespace:
            self.given |= {"positional": given, **options}
            return SimpleNamespace(encode_missing=self._encode)

        monkeypatch.setattr(module, "DecodePool", pool)
        monkeypatch.setattr(module, "Backfill", backfill)
        monkeypatch.setattr(module, "BatchEncoder", lambda *given: ("batches", *given))
        monkeypatch.setattr(module, "NeighborStage", lambda *_: self.stages[0])
        monkeypatch.setattr(module, "MapStage", lambda *_: self.stages[1])
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: self.now))
        self.encoder = SimpleNamespace(name="better", version="b1", dim=8, spec="spec")
        self.made = _UpcomingModel(
            builder.library,
            builder.writer,
            cast(Any, self.encoder),
            DriveTimeouts(),
            self.reported.append,
            decoders=3,
        )

    def _close(self) -> None:
        self.closed += 1

    def _encode(self, summary: IndexSummary, until: Callable[[], bool], skipped: set[int]) -> None:
        self.passes += 1
        self.ended = []
        waiting = [
            each for each in self.photos
            if each not in self.blocked | skipped and not self._has(each)
        ]  # fmt: skip
        for photo in waiting[: self.at_once]:
            put_embedding(self.builder.writer, self.made._encoder_id, photo, vector_of(photo))
            summary.encoded += 1
            self.given["tick"](Progress(0, 0, 0.0, None))
        for seconds in (0.0, module.STEP_SECONDS, 0.1):
            self.now += seconds
            self.ended.append(until())
        skipped |= self.blocked

    def _has(self, photo: int) -> bool:
        return bool(
            self.builder.writer.connection.execute(
                "select 1 from embedding where photo_id = ? and encoder_id = ?",
                (photo, self.made._encoder_id),
            ).fetchall()
        )


@pytest.fixture
def upcoming(builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch) -> Upcoming:
    return Upcoming(builder, monkeypatch)


def test_its_parts_belong_together(upcoming: Upcoming) -> None:
    given, made = upcoming.given, upcoming.made
    assert (given["decoders"], given["spec"]) == (3, "spec")
    library = upcoming.builder.library
    assert given["positional"] == (
        library, upcoming.builder.writer, upcoming.encoder, made._encoder_id
    )  # fmt: skip
    assert given["reader"] is made._reader and given["prefer_previews"] is True
    assert given["batch_encoder"] == ("batches", upcoming.encoder, library.previews)
    made.close()
    assert upcoming.closed == 1


def test_photos_are_encoded_first_and_then_compared(upcoming: Upcoming) -> None:
    made = upcoming.made
    assert made.step() is False
    # A step lasts ten seconds.
    assert module.STEP_SECONDS == 10.0 and upcoming.ended == [False, False, True]
    assert [(each.done, each.total) for each in upcoming.reported] == [(1, 3), (2, 3)]
    assert {each.stage for each in upcoming.reported} == {"Encoding photos with “better”"}
    assert made._reader.roots == upcoming.builder.library.catalog.root_paths()
    assert made.step() is False and upcoming.reported[-1][:2] == (3, 3)
    assert [stage.left for stage in upcoming.stages] == [1, 2]
    # Each stage is run until it has nothing left.
    assert made.step() is False and made.step() is True
    assert upcoming.passes == 2
    assert [each[:2] for each in upcoming.reported[3:]] == [(1, 2)] * 4
    assert [each.stage for each in upcoming.reported[3:5]] == [
        "Neighbors with “better”", "Map with “better”"
    ]  # fmt: skip


def test_a_photo_that_cannot_be_encoded_now_holds_nothing_up(upcoming: Upcoming) -> None:
    upcoming.blocked, upcoming.at_once = {upcoming.photos[0]}, 9
    assert upcoming.made.step() is False and upcoming.passes == 1
    assert upcoming.made.step() is False and upcoming.passes == 1
    assert upcoming.made.step() is True


def test_it_is_of_one_model_whose_vectors_are_still_there(upcoming: Upcoming) -> None:
    assert upcoming.made.is_for("better") and not upcoming.made.is_for("other")
    drop_encoder(upcoming.builder.writer, "better")
    assert not upcoming.made.is_for("better")
