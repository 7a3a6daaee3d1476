"""What the pool makes of the answers of its processes, which here come from a script."""

from __future__ import annotations

import dataclasses
import os
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from explorer.decoding import protocol, result_queue
from explorer.decoding.decode_result import DecodeJob, DecodeResult
from explorer.decoding.pool import DecodePool
from explorer.decoding.process import DECODER_CRASHED, TOO_MUCH_CPU_TIME
from tests.decoding.scripted import HASH, JOB, READ, SPEC, ScriptedPool, photo_answer
from tests.factory import decoded


def test_a_new_photo_is_read_and_decoded(pool: ScriptedPool) -> None:
    result = pool.result((READ, b""), photo_answer())
    assert (result.digest, result.size, result.mtime_ns) == (bytes.fromhex(HASH), 7, 9)
    assert result.photo == decoded() and result.error is None and result.job is JOB
    path = os.fsencode(JOB.path).hex()
    assert pool.log == [
        ({"seconds": 63.0, "path": path, "mtime": 1.5}, b"", False, 3_000_000),
        ({"do": "decode"}, b"", True, 7),
    ]


def test_a_photo_that_could_not_be_measured_is_logged_once(
    pool: ScriptedPool, caplog: pytest.LogCaptureFixture
) -> None:
    """The processes have no log, and the photo is fine."""
    facts, body = protocol.pack(dataclasses.replace(decoded(), measuring_error="IndexError: 46"))
    single = pool.single(({"photo": facts}, body), ({"photo": facts}, body))
    for _ in range(2):
        assert single.decode_bytes(b"photo").measuring_error == "IndexError: 46"
    assert [record.getMessage() for record in caplog.records] == [
        "The quality of a photo could not be measured: IndexError: 46"
    ]


def test_a_known_content_is_not_decoded(pool: ScriptedPool) -> None:
    asked = list[bytes]()
    result = pool.result((READ, b""), known=lambda digest: not asked.append(digest))
    assert result == DecodeResult(JOB, bytes.fromhex(HASH), 7, 9)
    assert asked == [bytes.fromhex(HASH)] and pool.log[1:] == [{"do": "skip"}]


def test_the_encoders_input_has_the_size_that_was_asked_for(pool: ScriptedPool) -> None:
    result = pool.result((READ, b""), photo_answer(4), spec=SPEC)
    assert result.photo is not None and result.photo.input is not None
    assert pool.log[0][0]["spec"] == dataclasses.asdict(SPEC)
    for spec, side in ((SPEC, 3), (SPEC, 0), (None, 4)):
        answers = ((READ, b""), photo_answer(side)) * 2
        result = pool.result(*answers, spec=spec)
        assert (result.photo, result.error) == (None, DECODER_CRASHED)
        assert pool.log[-1] == "close"


@pytest.mark.parametrize("in_use", [True, False, "yes", None])
def test_a_file_that_cannot_be_read_has_a_reason(pool: ScriptedPool, in_use: object) -> None:
    header = {"error": "it is away", "fault": "foreign", "in_use": in_use}
    result = pool.result((header, b""))
    expected = DecodeResult(JOB, error="it is away", fault="foreign", in_use=in_use is True)
    assert result == expected and len(pool.log) == 1


@pytest.mark.parametrize("transient", [True, False, "yes"])
def test_a_file_that_cannot_be_decoded_has_a_reason(pool: ScriptedPool, transient: object) -> None:
    header = {"error": "it is torn", "fault": "damaged", "transient": transient}
    result = pool.result((READ, b""), (header, b""))
    assert result == DecodeResult(
        JOB, bytes.fromhex(HASH), 7, 9, error="it is torn", fault="damaged",
        transient=transient is True,
    )  # fmt: skip


def test_a_process_that_ends_says_nothing_about_the_file(pool: ScriptedPool) -> None:
    """Its content is known, but it may be decoded another time."""
    result = pool.result((READ, b""), TOO_MUCH_CPU_TIME)
    assert result == DecodeResult(
        JOB, bytes.fromhex(HASH), 7, 9, error=TOO_MUCH_CPU_TIME, transient=True
    )
    assert pool.result(TOO_MUCH_CPU_TIME) == DecodeResult(JOB, error=TOO_MUCH_CPU_TIME)


@pytest.mark.parametrize("odd", [{}, READ | {"hash": "zz"}, READ | {"size": -2}])
def test_a_file_is_tried_twice_before_it_is_blamed(pool: ScriptedPool, odd: dict[str, Any]) -> None:
    result = pool.result(DECODER_CRASHED, (READ, b""), photo_answer())
    assert result.photo is not None and result.error is None
    assert pool.result(DECODER_CRASHED, DECODER_CRASHED).error == DECODER_CRASHED
    result = pool.result((odd, b""), (odd, b""))
    assert result == DecodeResult(JOB, error=DECODER_CRASHED)
    assert [each for each in pool.log if isinstance(each, str)] == ["close", "close"]


def test_an_error_of_the_callers_own_ends_the_process(pool: ScriptedPool) -> None:
    """Which would wait for the next message for ever."""

    def known(digest: bytes) -> bool:
        raise KeyError(digest)

    with pytest.raises(KeyError):
        pool.result((READ, b""), known=known)
    assert pool.log[-1] == "close"


def test_there_is_always_a_process(pool: ScriptedPool) -> None:
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
    pool: ScriptedPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(result_queue, "POLL_SECONDS", 0.01)
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
