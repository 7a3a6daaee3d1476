"""What the pool makes of the answers of its processes, which here come from a script."""

from __future__ import annotations

import dataclasses
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from explorer.decoding import pool as pool_module
from explorer.decoding import protocol
from explorer.decoding.decode_result import DecodeJob, DecodeResult
from explorer.decoding.pool import DecodePool
from explorer.decoding.process import DECODER_CRASHED, TOO_MUCH_CPU_TIME
from explorer.errors import DamagedPhoto, DecodingFailed, NotAPhoto, PhotoError, UnsupportedPhoto
from explorer.matching.recompression import RecompressionResidual
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


class Pool:
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


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Pool:
    return Pool(monkeypatch)


def photo_answer(side: int = 0) -> Answer:
    pixels = np.zeros((side, side, 3), np.uint8) if side else None
    facts, body = protocol.pack(dataclasses.replace(decoded(), input=pixels))
    return {"photo": facts}, body


# --- files


def test_a_new_photo_is_read_and_decoded(pool: Pool) -> None:
    result = pool.result((READ, b""), photo_answer())
    assert (result.digest, result.size, result.mtime_ns) == (bytes.fromhex(HASH), 7, 9)
    assert result.photo == decoded() and result.error is None and result.job is JOB
    path = os.fsencode(JOB.path).hex()
    assert pool.log == [
        ({"seconds": 63.0, "path": path, "mtime": 1.5}, b"", False, 3_000_000),
        ({"do": "decode"}, b"", True, 7),
    ]


def test_a_known_content_is_not_decoded(pool: Pool) -> None:
    asked = list[bytes]()
    result = pool.result((READ, b""), known=lambda digest: not asked.append(digest))
    assert result == DecodeResult(JOB, bytes.fromhex(HASH), 7, 9)
    assert asked == [bytes.fromhex(HASH)] and pool.log[1:] == [{"do": "skip"}]


def test_the_encoders_input_has_the_size_that_was_asked_for(pool: Pool) -> None:
    result = pool.result((READ, b""), photo_answer(4), spec=SPEC)
    assert result.photo is not None and result.photo.input is not None
    assert pool.log[0][0]["spec"] == dataclasses.asdict(SPEC)
    for spec, side in ((SPEC, 3), (SPEC, 0), (None, 4)):
        answers = ((READ, b""), photo_answer(side)) * 2
        result = pool.result(*answers, spec=spec)
        assert (result.photo, result.error) == (None, DECODER_CRASHED)
        assert pool.log[-1] == "close"


@pytest.mark.parametrize("in_use", [True, False, "yes", None])
def test_a_file_that_cannot_be_read_has_a_reason(pool: Pool, in_use: object) -> None:
    header = {"error": "it is away", "fault": "foreign", "in_use": in_use}
    result = pool.result((header, b""))
    expected = DecodeResult(JOB, error="it is away", fault="foreign", in_use=in_use is True)
    assert result == expected and len(pool.log) == 1


@pytest.mark.parametrize("transient", [True, False, "yes"])
def test_a_file_that_cannot_be_decoded_has_a_reason(pool: Pool, transient: object) -> None:
    header = {"error": "it is torn", "fault": "damaged", "transient": transient}
    result = pool.result((READ, b""), (header, b""))
    assert result == DecodeResult(
        JOB, bytes.fromhex(HASH), 7, 9, error="it is torn", fault="damaged",
        transient=transient is True,
    )  # fmt: skip


def test_a_process_that_ends_says_nothing_about_the_file(pool: Pool) -> None:
    """Its content is known, but it may be decoded another time."""
    result = pool.result((READ, b""), TOO_MUCH_CPU_TIME)
    assert result == DecodeResult(
        JOB, bytes.fromhex(HASH), 7, 9, error=TOO_MUCH_CPU_TIME, transient=True
    )
    assert pool.result(TOO_MUCH_CPU_TIME) == DecodeResult(JOB, error=TOO_MUCH_CPU_TIME)


@pytest.mark.parametrize("odd", [{}, READ | {"hash": "zz"}, READ | {"size": -2}])
def test_a_file_is_tried_twice_before_it_is_blamed(pool: Pool, odd: dict[str, Any]) -> None:
    result = pool.result(DECODER_CRASHED, (READ, b""), photo_answer())
    assert result.photo is not None and result.error is None
    assert pool.result(DECODER_CRASHED, DECODER_CRASHED).error == DECODER_CRASHED
    result = pool.result((odd, b""), (odd, b""))
    assert result == DecodeResult(JOB, error=DECODER_CRASHED)
    assert [each for each in pool.log if isinstance(each, str)] == ["close", "close"]


def test_an_error_of_the_callers_own_ends_the_process(pool: Pool) -> None:
    """Which would wait for the next message for ever."""

    def known(digest: bytes) -> bool:
        raise KeyError(digest)

    with pytest.raises(KeyError):
        pool.result((READ, b""), known=known)
    assert pool.log[-1] == "close"


def test_there_is_always_a_process(pool: Pool) -> None:
    for workers, number in ((0, 1), (1, 1), (3, 3)):
        made, before = DecodePool(workers, None, timeout=4.5), len(pool.processes)
        mine = pool.processes[before - number - 1 :]
        assert all(each.timeout == 4.5 and not each.log for each in mine)
        made.expire(lambda job: job is JOB)
        assert [each.log for each in mine] == [[("expire", True)]] * number + [[]]
        with made:
            pass
        assert all(each.log[-1] == "close" for each in mine)


def test_while_there_is_no_result_the_caller_may_do_something_else(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "POLL_SECONDS", 0.01)
    waiting = list[int]()

    def jobs() -> Iterator[DecodeJob]:
        while len(waiting) < 3:
            pass
        yield JOB

    made = DecodePool(1, None)
    pool.processes[0].answers += [({"error": "it is away"}, b"")]
    (result,) = made.run(jobs(), lambda _: False, lambda: waiting.append(1))
    assert result.error == "it is away" and len(waiting) >= 3

    released = threading.Event()

    def later() -> Iterator[DecodeJob]:
        released.wait(30)
        yield from ()

    def stop() -> None:
        released.set()
        raise TimeoutError

    with pytest.raises(TimeoutError):
        next(made.run(later(), lambda _: False, stop))


# --- single requests


def test_bytes_are_decoded_with_time_for_their_length(pool: Pool) -> None:
    made = pool.single(photo_answer())
    assert made.decode_bytes(b"x" * 500_000) == decoded()
    assert pool.processes[-1].log == [({"seconds": 60.5}, b"x" * 500_000, False, 0)]


@pytest.mark.parametrize(
    ("answer", "kind", "text"),
    [
        (({"error": "torn", "fault": "damaged"}, b""), DamagedPhoto, "torn"),
        (({"error": "text", "fault": "foreign"}, b""), NotAPhoto, "text"),
        (({"error": "new", "fault": "unsupported"}, b""), UnsupportedPhoto, "new"),
        (({"error": "odd", "fault": "mine"}, b""), PhotoError, "odd"),
        (({"photo": 5}, b""), PhotoError, DECODER_CRASHED),
        ("it took long", PhotoError, "it took long"),
    ],
)
def test_bytes_that_cannot_be_decoded_have_a_reason(
    pool: Pool, answer: Answer, kind: type[PhotoError], text: str
) -> None:
    with pytest.raises(PhotoError, match=text) as caught:
        pool.single(answer).decode_bytes(b"")
    assert type(caught.value) is kind


def test_facts_come_with_the_content_that_has_them(pool: Pool) -> None:
    made = pool.single(({"hash": HASH, "fact": "5"}, b""), ({"hash": HASH, "fact": None}, b""))
    assert made.full_resolution_fact("/a", "fraction") == (bytes.fromhex(HASH), "5")
    assert made.full_resolution_fact("/a", "pixels") == (bytes.fromhex(HASH), None)
    asked = [header for header, *_ in pool.processes[-1].log]
    assert asked == [{"path": b"/a".hex(), "fact": each} for each in ("fraction", "pixels")]


def test_a_residual_comes_with_both_contents(pool: Pool) -> None:
    fields = (
        len(dataclasses.fields(RecompressionResidual))
        if dataclasses.is_dataclass(RecompressionResidual)
        else len(RecompressionResidual._fields)
    )
    numbers = [0.5 + each for each in range(fields)]
    other = "cd" * 16
    fact = " ".join([other, *map(str, numbers)])
    made = pool.single(
        ({"hash": HASH, "fact": fact}, b""),
        ({"hash": HASH, "fact": other}, b""),
        ({"hash": HASH, "fact": None}, b""),
        "it took long",
        ({"hash": HASH, "fact": "zz"}, b""),
    )
    mine, theirs = bytes.fromhex(HASH), bytes.fromhex(other)
    residual = RecompressionResidual(*numbers)
    assert made.recompression_residual("/a", "/b") == (mine, theirs, residual)
    assert made.recompression_residual("/a", "/b") == (mine, theirs, None)
    assert made.recompression_residual("/a", "/b") is None
    assert made.recompression_residual("/a", "/b") is None
    with pytest.raises(DecodingFailed, match=DECODER_CRASHED):
        made.recompression_residual("/a", "/b")
    assert pool.processes[-1].log[0][0] == {
        "path": b"/a".hex(), "fact": "residual", "other": b"/b".hex()
    }  # fmt: skip


def test_no_fact_of_a_file_that_cannot_be_read_and_an_error_for_one_that_crashes(
    pool: Pool,
) -> None:
    for answer in ("it took long", ({"error": "it is away", "hash": HASH, "fact": "5"}, b"")):
        assert pool.single(answer).full_resolution_fact("/a", "pixels") is None
    for crash in (DECODER_CRASHED, TOO_MUCH_CPU_TIME):
        with pytest.raises(DecodingFailed, match=crash):
            pool.single(crash).full_resolution_fact("/a", "pixels")
    with pytest.raises(DecodingFailed, match=DECODER_CRASHED):
        pool.single(({"hash": "zz", "fact": "5"}, b"")).full_resolution_fact("/a", "pixels")
    assert pool.processes[-1].log[-1] == "close"


def test_a_sidecar_is_checked_before_it_is_given_on(pool: Pool) -> None:
    good = {"refused": "", "after": True, "before": 2}
    made = pool.single((good, b"abc"), (good, b"a"), "it took long", ({"error": "torn"}, b""))
    assert made.sidecar({"merge": {}}) == (good, b"abc")
    log = pool.processes[-1].log
    assert log == [({"merge": {}, "seconds": 60.0}, b"", False, 0)]
    assert made.sidecar({"merge": {}}) == DECODER_CRASHED and log[-1] == "close"
    assert made.sidecar({"merge": {}}) == "it took long"
    assert made.sidecar({"merge": {}}) == "torn" and log.count("close") == 1
