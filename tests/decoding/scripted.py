"""Decode processes whose answers come from a script."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from explorer.decoding import pool as pool_module
from explorer.decoding import protocol
from explorer.decoding.decode_result import DecodeJob, DecodeResult
from explorer.decoding.pool import DecodePool
from explorer.photos.input_spec import InputSpec
from tests.factory import decoded

Answer = tuple[dict[str, Any], bytes] | str
HASH = "ab" * 16
READ = {"hash": HASH, "size": 7, "mtime_ns": 9}
SPEC = InputSpec(4, "squash", "bilinear")
JOB = DecodeJob("/photos/ä.jpg", 1.5, "tag", 3_000_000)


class Scripted:
    """Stands in for a `DecodeProcess`; logs what it is asked."""

    def __init__(self, timeout: float) -> None:
        self.timeout = timeout
        self.answers = list[Answer]()
        self.log = list[Any]()
        self.job: DecodeJob | None = None

    def request(
        self, header: dict[str, Any], body: bytes = b"", *, follow_up: bool = False, size: int = 0
    ) -> Answer:
        self.log.append((header, body, follow_up, size))
        return self.answers.pop(0)

    def notify(self, header: dict[str, Any]) -> None:
        self.log.append(header)

    def expire(self, concerned: Callable[[DecodeJob], bool]) -> None:
        self.log.append(("expire", concerned(JOB)))

    def close(self) -> None:
        self.log.append("close")

    def kill_if_overdue(self) -> None:
        pass

    def kill(self) -> None:
        self.log.append("kill")


class ScriptedPool:
    """A pool of scripted processes: those for `run`, and the single one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.processes = list[Scripted]()
        monkeypatch.setattr(pool_module, "DecodeProcess", self._process)

    def _process(self, command: object, timeout: float) -> Scripted:
        self.processes.append(Scripted(timeout))
        return self.processes[-1]

    def single(self, *answers: Answer, spec: InputSpec | None = None) -> DecodePool:
        made = DecodePool(1, spec)
        self.processes[-1].answers += answers
        return made

    def result(
        self,
        *answers: Answer,
        known: Callable[[bytes], bool] = lambda _: False,
        spec: InputSpec | None = None,
    ) -> DecodeResult:
        made = DecodePool(1, spec)
        self.processes[-2].answers += answers
        (found,) = made.run([JOB], known)
        assert self.processes[-2].answers == [] and self.processes[-2].job is JOB
        return found

    @property
    def log(self) -> list[Any]:
        """Of the process that `result` used."""
        return self.processes[-2].log


def photo_answer(side: int = 0) -> Answer:
    pixels = np.zeros((side, side, 3), np.uint8) if side else None
    facts, body = protocol.pack(dataclasses.replace(decoded(), input=pixels))
    return {"photo": facts}, body
