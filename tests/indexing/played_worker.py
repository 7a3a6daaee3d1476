"""A worker whose parts are played, so that its rounds can be looked at one by one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from explorer.indexing import worker_loop as module
from explorer.indexing.worker_loop import Worker
from explorer.library.stores.worker_store import worker_status
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.root_scan import ScanTarget
from tests.factory import LibraryBuilder
from tests.tiny import Tiny

TARGET, PART = ScanTarget(1, "/photos"), ScanTarget(1, "/photos", "a")


class PlayedIndex:
    """The vector index: how long it is, and how often it was saved."""

    def __init__(self) -> None:
        self.length, self.saved, self.rebuilt = 0, 0, False

    def __len__(self) -> int:
        return self.length

    def save(self) -> None:
        self.saved += 1


class HastyEvent(threading.Event):
    """An event that nobody waits for."""

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set()


class PlayedWorker:
    """A worker, and what happened to its parts, in order."""

    def __init__(self, builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
        self.builder, self.seen = builder, list[object]()
        self.due, self.changed = list[ScanTarget](), list[str]()
        self.summary, self.commands = IndexSummary(), set[str]()
        self.index, self.switched = PlayedIndex(), False
        self.problem: str = ""
        self.during: Callable[[], None] = lambda: None
        self.handler = SimpleNamespace(
            paused=False, dismissed=False, refusal=None, dropped=set[str](), removed=0,
            execute_pending=self._execute,
        )  # fmt: skip
        parts: dict[str, Any] = {
            "DecodePool": self.part("pool", "close"),
            "ScanScheduler": lambda *_: SimpleNamespace(
                due_roots=lambda: self.due,
                changed_folders=lambda: self.changed,
                targets=lambda changed: [PART for _ in changed],
                requeue=lambda changed: self.seen.append(("requeue", list(changed))),
                scanned=lambda targets, summary, full: self.seen.append(("scanned", targets, full)),
                schedule_now=lambda: self.seen.append("schedule_now"),
                close=lambda: self.seen.append("scheduler.close"),
            ),
            "CommandHandler": lambda *_: self.handler,
            "Indexer": lambda *_, **__: SimpleNamespace(run=self._run),
            "ModelSwitch": lambda *_, **__: SimpleNamespace(
                step=lambda: self.seen.append("switch.step") or self.switched,
                close=lambda: self.seen.append("switch.close"),
                problem=self.problem,
            ),
            "Int8Step": self.part("int8", "close", "step"),
            "Throttle": self.part("throttle", "begin", "pause"),
            "stages": lambda *_: [SimpleNamespace(what="Comparing", run=self._stage)],
        }
        # What each part was made with.
        self.made_with = dict[str, tuple[tuple[Any, ...], dict[str, Any]]]()

        def recorded(name: str, part: Callable[..., Any]) -> Callable[..., Any]:
            def make(*given: Any, **options: Any) -> Any:
                self.made_with[name] = given, options
                return part(*given, **options)

            return make

        for name, part in parts.items():
            monkeypatch.setattr(module, name, recorded(name, part))
        monkeypatch.setattr(builder.library, "vectors", lambda *_: self.index)
        monkeypatch.setattr(module, "ROUND_INTERVAL", 0.001)
        self.worker = Worker(builder.library, Tiny(), "A note.", decoders=1)
        self.worker._stop = HastyEvent()

    def part(self, name: str, *methods: str) -> Callable[..., SimpleNamespace]:
        return lambda *_: SimpleNamespace(
            **{each: lambda each=each: self.seen.append(f"{name}.{each}") for each in methods}
        )

    def _execute(self) -> set[str]:
        self.seen.append("obey")
        found, self.commands = self.commands, set()
        return found

    def _run(self, targets: list[ScanTarget], thorough: bool) -> IndexSummary:
        self.seen.append(("index", targets, thorough))
        self.during()
        return self.summary

    def _stage(self, tick: Callable[[int, int], None]) -> None:
        self.seen.append("stage")
        tick(1, 2)

    def round(self) -> list[object]:
        """What a round does, without looking for commands and reporting."""
        self.seen.clear()
        self.worker._round()
        return [each for each in self.seen if each not in ("obey", "throttle.pause")]

    def phase(self) -> str:
        row = worker_status(self.builder.library.catalog)
        assert row is not None
        return row["phase"]

    def message(self) -> str:
        row = worker_status(self.builder.library.catalog)
        assert row is not None
        return row["message"]
