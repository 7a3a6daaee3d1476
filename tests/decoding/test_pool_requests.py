"""Single requests to the pool, whose process here answers from a script."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from explorer.decoding import pool as pool_module
from explorer.decoding.pool import DecodePool
from explorer.decoding.process import DECODER_CRASHED, TOO_MUCH_CPU_TIME
from explorer.errors import DamagedPhoto, DecodingFailed, NotAPhoto, PhotoError, UnsupportedPhoto
from explorer.matching.recompression import RecompressionResidual
from tests.decoding.scripted import HASH, JOB, READ, Answer, ScriptedPool, photo_answer
from tests.factory import decoded


def test_bytes_are_decoded_with_time_for_their_length(pool: ScriptedPool) -> None:
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
    pool: ScriptedPool, answer: Answer, kind: type[PhotoError], text: str
) -> None:
    with pytest.raises(PhotoError, match=text) as caught:
        pool.single(answer).decode_bytes(b"")
    assert type(caught.value) is kind


def test_facts_come_with_the_content_that_has_them(pool: ScriptedPool) -> None:
    made = pool.single(({"hash": HASH, "fact": "5"}, b""), ({"hash": HASH, "fact": None}, b""))
    assert made.full_resolution_fact("/a", "fraction") == (bytes.fromhex(HASH), "5")
    assert made.full_resolution_fact("/a", "pixels") == (bytes.fromhex(HASH), None)
    asked = [header for header, *_ in pool.processes[-1].log]
    assert asked == [{"path": b"/a".hex(), "fact": each} for each in ("fraction", "pixels")]


def test_a_residual_comes_with_both_contents(pool: ScriptedPool) -> None:
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
    pool: ScriptedPool,
) -> None:
    for answer in ("it took long", ({"error": "it is away", "hash": HASH, "fact": "5"}, b"")):
        assert pool.single(answer).full_resolution_fact("/a", "pixels") is None
    for crash in (DECODER_CRASHED, TOO_MUCH_CPU_TIME):
        with pytest.raises(DecodingFailed, match=crash):
            pool.single(crash).full_resolution_fact("/a", "pixels")
    with pytest.raises(DecodingFailed, match=DECODER_CRASHED):
        pool.single(({"hash": "zz", "fact": "5"}, b"")).full_resolution_fact("/a", "pixels")
    assert pool.processes[-1].log[-1] == "close"


def test_a_sidecar_is_checked_before_it_is_given_on(pool: ScriptedPool) -> None:
    good = {"refused": "", "after": True, "before": 2}
    made = pool.single((good, b"abc"), (good, b"a"), "it took long", ({"error": "torn"}, b""))
    assert made.sidecar({"merge": {}}) == (good, b"abc")
    log = pool.processes[-1].log
    assert log == [({"merge": {}, "seconds": 60.0}, b"", False, 0)]
    assert made.sidecar({"merge": {}}) == DECODER_CRASHED and log[-1] == "close"
    assert made.sidecar({"merge": {}}) == "it took long"
    assert made.sidecar({"merge": {}}) == "torn" and log.count("close") == 1


_FACT: Answer = {"hash": HASH, "fact": None}, b""


@pytest.mark.parametrize(
    ("ask", "answers", "single"),
    [
        (lambda made: made.decode_bytes(b""), [photo_answer()], True),
        (lambda made: made.full_resolution_fact("/a", "pixels"), [_FACT], True),
        (lambda made: made.recompression_residual("/a", "/b"), [_FACT], True),
        (lambda made: made.fine_differences("/a", "/b", [1, 0]), [_FACT], True),
        (lambda made: made.plain_copies("/a", "/b", [1, 0]), [_FACT], True),
        (lambda made: made.sidecar({"merge": {}}), ["it took long"], True),
        (lambda made: list(made.run([JOB], lambda _: True)), [(READ, b"")], False),
    ],
)
def test_whatever_a_process_does_is_ended_when_it_is_overdue(
    pool: ScriptedPool,
    monkeypatch: pytest.MonkeyPatch,
    ask: Callable[[DecodePool], object],
    answers: list[Answer],
    single: bool,
) -> None:
    watched = list[object]()

    @contextmanager
    def watch(processes: Sequence[object]) -> Iterator[None]:
        watched.append(list(processes))
        yield
        watched.append("end")

    monkeypatch.setattr(pool_module, "overdue_watchdog", watch)
    made = DecodePool(1, None)
    process = pool.processes[-1 if single else -2]
    process.answers += answers
    ask(made)
    assert watched == [[process], "end"] and process.answers == []


def test_plain_copies_come_with_both_contents(pool: ScriptedPool) -> None:
    mine, other = bytes.fromhex(HASH), "cd" * 16
    facts = [other, f"{other} 0", f"{other} 3", f"{other} 4", f"{other} 1 1"]
    made = pool.single(*(({"hash": HASH, "fact": fact}, b"") for fact in facts))
    for found in (None, 0, 3):
        assert made.plain_copies("/a", "/b", (1.5, 0)) == (mine, bytes.fromhex(other), found)
    assert pool.processes[-1].log[0][0] == {
        "path": b"/a".hex(), "fact": "copies", "other": b"/b".hex(), "unit": [1.5, 0]
    }  # fmt: skip
    for _ in range(2):
        with pytest.raises(DecodingFailed):
            made.plain_copies("/a", "/b", (1.5, 0))


def test_differences_come_with_both_contents(pool: ScriptedPool) -> None:
    mine, other = bytes.fromhex(HASH), "cd" * 16
    facts = [other, f"{other} 0", f"{other} 1"]
    made = pool.single(*(({"hash": HASH, "fact": fact}, b"") for fact in facts))
    for found in (None, False, True):
        assert made.fine_differences("/a", "/b", (1.5, 0)) == (mine, bytes.fromhex(other), found)
    assert pool.processes[-1].log[0][0] == {
        "path": b"/a".hex(), "fact": "differences", "other": b"/b".hex(), "unit": [1.5, 0]
    }  # fmt: skip
