"""Whatever happens to photos and sidecars, the library says the same as a new one would."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from explorer.decoding.sidecar_reader import SidecarReader
from tests.fixtures.indexing import IndexingSetup
from tests.indexing.test_sidecar_updates import TAKEOUT, in_process, put_file, row
from tests.photos.metadata.packets import xmp

_NAMES = ("a.jpg", "b.jpg", "b.png", "a-edited.jpg")
_SIDECARS = ("a.xmp", "a.jpg.xmp", "b.xmp", "b.jpg.json", "B.PNG.xmp")
_SAID = ("xmp:Rating='4'", "xmp:Rating='2' dc:subject='boat'", "dc:title='Harbour'", "")


class SidecarMachine(RuleBasedStateMachine):
    """Photos and sidecars come, change, move and go in any order; after each scan, the library says
    the same as a new one of the same folder."""

    make: Callable[[], IndexingSetup]

    @initialize()
    def begin(self) -> None:
        self.setup = type(self).make()
        self.scanned = False

    @rule(name=st.sampled_from(_NAMES), folder=st.sampled_from(["", "in/"]), seed=st.integers(0, 2))
    def photo(self, name: str, folder: str, seed: int) -> None:
        self.setup.draw(folder + name, seed)
        self.scanned = False

    @rule(
        name=st.sampled_from(_SIDECARS),
        folder=st.sampled_from(["", "in/"]),
        said=st.sampled_from(_SAID),
    )
    def sidecar(self, name: str, folder: str, said: str) -> None:
        data = json.dumps(TAKEOUT).encode() if name.endswith(".json") else xmp(said).encode()
        put_file(self.setup, folder + name, data)
        self.scanned = False

    @rule(name=st.sampled_from(_NAMES + _SIDECARS))
    def remove(self, name: str) -> None:
        (self.setup.photos / name).unlink(missing_ok=True)
        self.scanned = False

    @rule(name=st.sampled_from(_NAMES + _SIDECARS))
    def move(self, name: str) -> None:
        if (self.setup.photos / name).exists() and (self.setup.photos / "in").exists():
            (self.setup.photos / name).rename(self.setup.photos / "in" / name)
            self.scanned = False

    @rule()
    def scan(self) -> None:
        # Some photo stays, as otherwise the drive counts as away.
        self.setup.draw("stays.jpg", 9)
        self.setup.draw("in/stays.jpg", 9)
        self.setup.run()
        self.scanned = True

    @invariant()
    def agrees(self) -> None:
        if not getattr(self, "scanned", False):
            return
        other = type(self).make()
        try:
            shutil.copytree(self.setup.photos, other.photos, dirs_exist_ok=True)
            other.run()
            assert said_of(self.setup) == said_of(other)
        finally:
            other.close()

    def teardown(self) -> None:
        if hasattr(self, "setup"):
            self.setup.close()


def said_of(setup: IndexingSetup) -> dict[str, list[object]]:
    fields = ("rating", "title", "keywords", "favourite", "description", "latitude", "taken_source")
    return {name: [dict(row(setup, name))[field] for field in fields] for name in setup.present()}


@pytest.fixture
def _machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(SidecarReader, "read", in_process)
    made = iter(range(10_000))
    SidecarMachine.make = staticmethod(lambda: IndexingSetup(tmp_path / str(next(made))))
    yield


@pytest.mark.usefixtures("_machine")
def test_a_library_says_the_same_as_a_new_one() -> None:
    run_state_machine_as_test(
        SidecarMachine,
        settings=settings(
            max_examples=6,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
