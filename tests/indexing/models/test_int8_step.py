"""The self-test of INT8 beside the worker: when it starts, and what follows from its end."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.encoders import registry
from explorer.encoders.runtime import encoder_engines
from explorer.indexing.models import int8_process, int8_step
from explorer.indexing.models.int8_step import Int8Step
from explorer.library import model_settings
from tests.fixtures.switching import PHOTOS, Switching
from tests.fixtures.waiting import wait


class Told:
    """What the step told the registry."""

    def __init__(self) -> None:
        self.reloaded, self.declined = list[str](), list[str]()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Every model is to be tested, with as many photos as the library has."""
    told = Told()
    monkeypatch.setattr(int8_step, "_INTERVAL", 0.0)
    monkeypatch.setattr(int8_step, "MIN_MEMORY", 0)
    monkeypatch.setattr(encoder_engines, "INT8_PHOTOS", PHOTOS)
    monkeypatch.setattr(encoder_engines, "wants_int8_test", lambda _: True)
    monkeypatch.setattr(registry, "reload_images", told.reloaded.append)
    monkeypatch.setattr(encoder_engines, "decline_int8", lambda name, _: told.declined.append(name))
    return told


@pytest.fixture
def step(switching: Switching) -> Iterator[Int8Step]:
    switching.index()
    step = Int8Step(switching.library, "starter")
    yield step
    step.close()


def _runs(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Run this instead of the real process. `{name}` is the model's name."""
    monkeypatch.setattr(int8_step, "int8_command", lambda name: [sys.executable, "-c", code, name])


def _until_ended(step: Int8Step) -> None:
    step.step()
    assert step._process is not None

    def ended() -> bool:
        step.step()
        return step._process is None

    wait(ended, "the process to end")


def test_the_process_gets_previews_and_the_engine_is_chosen_anew(
    step: Int8Step, told: Told, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    target = tmp_path / "given.json"
    _runs(monkeypatch, f"import sys; open({str(target)!r}, 'w').write(sys.stdin.readline())")
    _until_ended(step)
    paths = json.loads(target.read_text())
    assert len(set(paths)) == PHOTOS and all(Path(path).is_file() for path in paths)
    assert told.reloaded == ["starter"] and told.declined == []
    # Once in a session.
    step.step()
    assert step._process is None


def test_a_model_that_is_switched_to_is_tested(
    step: Int8Step, told: Told, switching: Switching, monkeypatch: pytest.MonkeyPatch
) -> None:
    _runs(monkeypatch, "")
    model_settings.use_encoder(switching.library.catalog, "better", version="b1")
    _until_ended(step)
    assert told.reloaded == ["better"]


def test_a_crash_is_remembered(step: Int8Step, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    _runs(monkeypatch, "import os; os.abort()")
    _until_ended(step)
    assert told.declined == ["starter"] and told.reloaded == []


def test_too_few_readable_previews_decide_nothing(
    step: Int8Step, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    _runs(monkeypatch, f"import sys; sys.exit({int8_process.UNDECIDED})")
    _until_ended(step)
    assert told.declined == told.reloaded == []


def test_stopping_ends_the_process_and_decides_nothing(
    step: Int8Step, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    _runs(monkeypatch, "import sys; sys.stdin.read()")
    step.step()
    process = step._process
    assert process is not None and process.poll() is None
    step.close()
    assert process.poll() is not None
    assert told.declined == told.reloaded == []
    # It starts again afterward.
    step.step()
    assert step._process is not None


def test_small_libraries_and_other_models_are_left_alone(
    step: Int8Step, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    _runs(monkeypatch, "")
    monkeypatch.setattr(encoder_engines, "INT8_PHOTOS", PHOTOS + 1)
    step.step()
    assert step._process is None
    # More photos may come, and memory may become free.
    monkeypatch.setattr(encoder_engines, "INT8_PHOTOS", PHOTOS)
    monkeypatch.setattr(int8_step, "MIN_MEMORY", 10**18)
    step.step()
    assert step._process is None
    monkeypatch.setattr(int8_step, "MIN_MEMORY", 0)
    monkeypatch.setattr(encoder_engines, "wants_int8_test", lambda _: False)
    step.step()
    assert step._process is None
