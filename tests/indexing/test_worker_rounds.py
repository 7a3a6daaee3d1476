"""The rounds of the worker's loop, one by one, with everything that it drives played."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from explorer.errors import CatalogDamaged
from explorer.indexing import crash_cleanup, retry
from explorer.indexing import worker_loop as module
from explorer.indexing.progress import Progress
from explorer.indexing.worker_loop import LONG_RUN, SAVE_MINIMUM, Stopped, Worker, _Interrupted
from explorer.library import model_settings
from explorer.scanning.index_summary import IndexSummary
from tests.factory import LibraryBuilder
from tests.indexing.played_worker import PART, TARGET, PlayedWorker


@pytest.fixture
def played(builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch) -> Iterator[PlayedWorker]:
    made = PlayedWorker(builder, monkeypatch)
    yield made
    made.worker._writer.close()


ROUND = ["stage", "int8.step", "switch.step"]


def test_the_parts_of_a_worker_belong_together(played: PlayedWorker) -> None:
    worker, made = played.worker, played.made_with
    library, writer, encoder = worker._library, worker._writer, worker._encoder
    assert made["DecodePool"] == ((1, encoder.spec), {})
    (_, _, drives), _ = made["ScanScheduler"]
    assert made["ScanScheduler"][0] == (library, writer, drives)
    assert made["CommandHandler"][0] == (library, writer, worker._scheduler, drives)
    given, options = made["Indexer"]
    assert given == (library, writer, encoder, worker._pool, worker._tick)
    assert options["drives"] is drives and options["detector"]._patient
    assert made["ModelSwitch"] == (
        (library, writer, encoder, drives, worker._tick), {"failure": "A note.", "decoders": 1}
    )  # fmt: skip
    assert made["Int8Step"][0] == (library, "tiny")
    assert made["Throttle"][0] == (library.catalog, worker._pause)
    assert made["stages"][0] == (library, writer, encoder)
    assert worker._status.note == "A note." and worker._is_fallback
    Worker(library, encoder).close()
    cores = os.cpu_count() or 1
    assert played.made_with["DecodePool"][0] == (cores, encoder.spec)
    assert played.made_with["ModelSwitch"][1] == {"failure": "", "decoders": None}


def test_a_round_scans_what_is_due_and_then_what_has_changed(played: PlayedWorker) -> None:
    assert played.round() == ROUND
    played.due, played.changed = [TARGET], ["a"]
    assert played.round() == [
        "throttle.begin", ("index", [TARGET], True), ("scanned", [TARGET], True),
        "throttle.begin", ("index", [PART], False), ("scanned", [PART], False), *ROUND,
    ]  # fmt: skip


def test_changed_folders_are_scanned_again_if_a_run_is_cut_off(played: PlayedWorker) -> None:
    def interrupt() -> None:
        raise _Interrupted

    played.changed, played.during = ["a", "b"], interrupt
    with pytest.raises(_Interrupted):
        played.round()
    assert ("requeue", ["a", "b"]) in played.seen


def test_a_paused_worker_only_obeys(played: PlayedWorker) -> None:
    played.due, played.handler.paused = [TARGET], True
    assert played.round() == ["int8.close"] and played.phase() == "paused"


def test_the_index_is_saved_when_enough_has_changed(played: PlayedWorker) -> None:
    played.due = [TARGET]
    # All kinds of changes count, those by commands, too.
    played.summary = IndexSummary(encoded=100, moved=100, missing=100, left_out=100, indexed=999)
    played.handler.removed = SAVE_MINIMUM - 401
    played.round()
    assert played.index.saved == 0
    played.summary = IndexSummary(encoded=1)
    played.round()
    assert (played.index.saved, played.handler.removed) == (1, 0)
    played.round()
    assert played.index.saved == 1
    # In a large library, two in a hundred.
    played.index.length = 100_000
    played.summary = IndexSummary(encoded=1998)
    played.round()
    assert played.index.saved == 1
    played.summary = IndexSummary(encoded=1)
    played.round()
    assert played.index.saved == 2
    # Never under the name of a model whose vectors were dropped.
    played.summary, played.handler.dropped = IndexSummary(encoded=10_000), {"tiny"}
    played.worker._changed = 10_000
    played.worker._save(always=True)
    assert played.index.saved == 2


@pytest.mark.parametrize(("changed", "rebuilt"), [(0, False), (1, False), (0, True)])
def test_at_the_end_the_index_is_saved_if_anything_changed(
    played: PlayedWorker, changed: int, rebuilt: bool
) -> None:
    played.worker._changed, played.index.rebuilt = changed, rebuilt
    played.worker._save(always=True)
    assert played.index.saved == int(bool(changed) or rebuilt)


def test_another_model_takes_over(played: PlayedWorker) -> None:
    played.switched = True
    assert played.round() == ROUND
    assert played.worker.replaced
    with pytest.raises(Stopped):
        played.worker._obey()


def test_commands_end_a_run_in_progress_or_the_worker(played: PlayedWorker) -> None:
    worker = played.worker
    played.commands = {"pause"}
    worker._obey()
    played.commands = {"unknown"}
    worker._obey(interrupt=True)
    played.commands = {"pause", "unknown"}
    with pytest.raises(_Interrupted):
        worker._obey(interrupt=True)
    played.handler.refusal = "That is no folder."
    worker._obey()
    assert worker._status.note == "That is no folder."
    played.handler.dropped = {"other"}
    worker._obey()
    assert not worker.replaced
    played.handler.dropped = {"other", "tiny"}
    with pytest.raises(Stopped):
        worker._obey()
    assert worker.replaced


@pytest.mark.parametrize("how", ["stop", "dismissed"])
def test_a_worker_that_is_to_end_obeys_no_more(played: PlayedWorker, how: str) -> None:
    if how == "stop":
        played.worker.stop()
    else:
        played.handler.dismissed = True
        assert played.worker.dismissed
    with pytest.raises(Stopped):
        played.worker._obey()
    assert "obey" not in played.seen


def test_a_long_run_tests_the_faster_version_meanwhile(played: PlayedWorker) -> None:
    for progress, tested in (
        (Progress(0, LONG_RUN + 1, 1.0, None), True),
        (Progress(1, LONG_RUN + 1, 1.0, None), False),
        (Progress(0, LONG_RUN + 1, 1.0, None, "Comparing"), False),
    ):
        played.seen.clear()
        played.worker._tick(progress)
        assert played.seen == ["obey", *(["int8.step"] if tested else []), "throttle.pause"]


def test_a_pause_of_the_throttle_obeys(played: PlayedWorker) -> None:
    played.worker._pause(0.002)
    assert "obey" in played.seen
    played.commands = {"rescan"}
    with pytest.raises(_Interrupted):
        played.worker._pause(10.0)


@pytest.mark.parametrize("fallback", [False, True])
def test_the_model_that_encoded_everything_is_used_if_no_other_can_be(
    played: PlayedWorker, fallback: bool
) -> None:
    catalog = played.builder.library.catalog
    played.worker._is_fallback = fallback
    played.builder.put("a.jpg", "a")
    model_settings.set_encoder(catalog, "tiny")
    played.worker._index([PART], thorough=False)
    assert model_settings.encoder_setting(catalog) == "tiny"
    model_settings.set_encoder(catalog, "clip")
    # Only after all photos were encoded.
    played.worker._index([PART], thorough=False)
    assert model_settings.encoder_setting(catalog) == "clip"
    played.worker._index([TARGET], thorough=True)
    assert model_settings.encoder_setting(catalog) == "tiny"


def test_a_full_disk_is_waited_for_and_damage_is_not(
    played: PlayedWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_INTERVAL", 0.01)
    played.worker._wait_for_disk(OSError(28, "No space left on device"))
    assert played.seen == ["schedule_now"]
    assert played.phase() == "waiting" and "full" in played.message()
    error = CatalogDamaged("The catalog is damaged.")
    with pytest.raises(CatalogDamaged):
        played.worker._wait_for_disk(error)
    with pytest.raises(KeyError, match="x"):
        played.worker._wait_for_disk(KeyError("x"))


def test_a_loop_goes_on_after_trouble_and_saves_at_its_end(
    played: PlayedWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_INTERVAL", 0.001)
    troubles: list[BaseException] = [
        OSError(28, "No space left on device"), _Interrupted(), OSError(28, "No space left")
    ]  # fmt: skip
    finished = list[str]()
    for name in ("mark_started", "purge_removed", "mark_finished"):
        monkeypatch.setattr(crash_cleanup, name, lambda *_, name=name: finished.append(name))
    for name in ("retry_after_upgrade", "retry_low_memory"):
        monkeypatch.setattr(retry, name, lambda *_, name=name: finished.append(name))

    def during() -> None:
        if troubles:
            raise troubles.pop(0)
        played.worker._changed = 1
        played.worker.stop()

    played.due, played.during = [TARGET], during
    played.worker.run()
    started = ["mark_started", "purge_removed", "retry_after_upgrade", "retry_low_memory"]
    assert finished == [*started, "mark_finished"]
    assert troubles == [] and played.index.saved == 1
    assert played.seen.count("schedule_now") == 2


def test_a_loop_that_fails_saves_and_is_not_called_finished(
    played: PlayedWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished = list[str]()
    monkeypatch.setattr(crash_cleanup, "mark_finished", lambda *_: finished.append("end"))

    def during() -> None:
        played.worker._changed = 1
        raise KeyError("x")

    played.due, played.during = [TARGET], during
    with pytest.raises(KeyError):
        played.worker.run()
    assert played.index.saved == 1 and not finished


def test_everything_is_released(played: PlayedWorker) -> None:
    played.worker.close()
    assert played.seen == ["scheduler.close", "int8.close", "switch.close", "pool.close"]
    assert played.phase() == "stopped"
    with pytest.raises(Exception, match="closed"):
        played.worker._writer.connection.execute("select 1")
