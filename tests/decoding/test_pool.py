from __future__ import annotations

import io
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from explorer.decoding import protocol
from explorer.decoding.decode_result import DecodeJob, DecodeResult
from explorer.decoding.pool import DecodePool
from explorer.errors import DamagedPhoto, NotAPhoto, PhotoError, UnsupportedPhoto
from explorer.photos.decode import content_hash, decode
from explorer.photos.input_spec import InputSpec
from tests import pictures

SPEC = InputSpec(32, "squash", "bilinear")

# A decode process that does something else for files of certain names.
_STAND_IN = """
import sys, time, os
from explorer.decoding import protocol as wire
while (request := wire.receive(sys.stdin.buffer)) is not None:
    path = os.fsdecode(bytes.fromhex(request[0].get("path", "")))
    if "crash-early" in path:
        os._exit(3)
    if "hang-early" in path:
        time.sleep(600)
    wire.send(sys.stdout.buffer, {"hash": "ab" * 16, "size": 1, "mtime_ns": 2})
    if (wire.receive(sys.stdin.buffer) or [{}])[0].get("do") != "decode":
        continue
    if "crash" in path:
        os._exit(3)
    if "hang" in path:
        time.sleep(600)
    if "garbage" in path:
        sys.stdout.buffer.write(b"garbage! " * 4)
        sys.stdout.buffer.flush()
        time.sleep(600)
    if "odd" in path:
        wire.send(sys.stdout.buffer, {"photo": {"preview": "none"}})
        continue
    wire.send(sys.stdout.buffer, {"error": "decoded"})
"""
_COMMAND = (sys.executable, "-c", _STAND_IN)


@pytest.fixture
def photos(tmp_path: Path) -> list[DecodeJob]:
    """Twenty photos, one of them twice, and three files that are none."""
    paths = [
        pictures.write(tmp_path / f"{number}.jpg", pictures.draw(number % 19, (120, 90)))
        for number in range(20)
    ]
    for name, data in (
        ("empty.jpg", b""),
        ("text.jpg", b"no photo"),
        ("cut.jpg", paths[0].read_bytes()[:300]),
    ):
        paths.append(tmp_path / name)
        paths[-1].write_bytes(data)
    return [DecodeJob(str(path), path.stat().st_mtime, number) for number, path in enumerate(paths)]


def _run(
    pool: DecodePool, jobs: list[DecodeJob], known: set[bytes] | None = None
) -> dict[object, DecodeResult]:
    outcomes = list(pool.run(jobs, lambda digest: digest in (known or set())))
    assert len(outcomes) == len(jobs)
    return {outcome.job.tag: outcome for outcome in outcomes}


@pytest.mark.parametrize("workers", [1, 3])
def test_every_file_has_one_outcome(photos: list[DecodeJob], workers: int) -> None:
    with DecodePool(workers, SPEC) as pool:
        outcomes = _run(pool, photos)
    assert sorted(outcomes) == list(range(len(photos)))  # type: ignore[type-var]
    for job in photos[:20]:
        data, outcome = Path(job.path).read_bytes(), outcomes[job.tag]
        assert (outcome.digest, outcome.size, outcome.error) == (
            content_hash(data),
            len(data),
            None,
        )
        assert outcome.mtime_ns == os.stat(job.path).st_mtime_ns
        expected = decode(data, SPEC, mtime=job.mtime, name=os.path.basename(job.path))
        assert outcome.photo is not None
        assert np.array_equal(outcome.photo.input, expected.input)  # type: ignore[arg-type]
        assert outcome.photo.preview == expected.preview
        assert (outcome.photo.phash, outcome.photo.taken_at) == (expected.phash, expected.taken_at)
    reasons = [outcomes[job.tag].error or "" for job in photos[20:]]
    assert ["empty" in reasons[0], "text" in reasons[1], bool(reasons[2])] == [True] * 3


def test_a_file_that_is_not_there_has_a_reason(tmp_path: Path) -> None:
    with DecodePool(1, SPEC) as pool:
        (outcome,) = pool.run([DecodeJob(str(tmp_path / "gone.jpg"), 0.0)], lambda _: False)
    assert outcome.digest is None
    assert "not there" in (outcome.error or "")


def test_names_in_any_language_and_in_none(tmp_path: Path) -> None:
    names = ["Größe ñ 山.jpg", "two\nlines.jpg", "' quoted \".jpg"] + (
        [os.fsdecode(b"\xff\xfe.jpg")] if sys.platform == "linux" else []
    )
    jobs = []
    for name in names:
        try:
            with open(tmp_path / name, "wb") as file:
                file.write(pictures.encoded(pictures.draw(1, (40, 30))))
        except OSError:
            continue
        jobs.append(DecodeJob(f"{tmp_path}/{name}", 0.0, name))
    with DecodePool(1, SPEC) as pool:
        assert all(outcome.photo for outcome in _run(pool, jobs).values())


def test_what_is_known_is_not_decoded(photos: list[DecodeJob]) -> None:
    known = {content_hash(Path(job.path).read_bytes()) for job in photos[:10]}
    with DecodePool(2, SPEC) as pool:
        outcomes = _run(pool, photos, known)
    # The twentieth is a copy of the first.
    for number in (*range(10), 19):
        outcome = outcomes[number]
        assert (outcome.digest in known, outcome.photo, outcome.error) == (True, None, None)
    assert all(outcomes[number].photo for number in range(10, 19))


def test_without_an_encoder_there_is_no_input(photos: list[DecodeJob]) -> None:
    with DecodePool(1, None) as pool:
        (outcome,) = pool.run(photos[:1], lambda _: False)
    assert outcome.photo is not None
    assert outcome.photo.input is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("crash", "crashed on this file"),
        ("crash-early", "crashed on this file"),
        ("hang", "longer than 4 seconds to read"),
        ("hang-early", "longer than 4 seconds to read"),
        ("garbage", "crashed on this file"),
        ("odd", "crashed on this file"),
    ],
)
def test_a_bad_file_costs_itself_only(name: str, reason: str) -> None:
    jobs = [
        DecodeJob(f"/{kind}", 0.0, number)
        for number, kind in enumerate(("fine", name, "fine", name, "fine", "fine"))
    ]
    with DecodePool(2, SPEC, timeout=4.0, command=_COMMAND) as pool:
        outcomes = _run(pool, jobs)
    for number in (0, 2, 4, 5):
        assert outcomes[number].error == "decoded"
    for number in (1, 3):
        assert reason in (outcomes[number].error or "")


def test_a_command_that_does_not_work_at_all(photos: list[DecodeJob]) -> None:
    for command in (
        (sys.executable, "-c", "raise SystemExit(1)"),
        (sys.executable, "-c", "print('hello world', flush=True)"),
    ):
        with DecodePool(1, SPEC, timeout=5.0, command=command) as pool:
            assert {outcome.error for outcome in _run(pool, photos[:3]).values()} == {
                "the decoder crashed on this file"
            }


def test_a_process_that_was_ended_while_idle_is_not_the_next_files_fault(
    photos: list[DecodeJob],
) -> None:
    with DecodePool(1, SPEC) as pool:
        _run(pool, photos[:1])
        for child in psutil.Process().children():
            child.kill()
            child.wait()
        assert _run(pool, photos[:1])[0].photo is not None


@pytest.mark.parametrize(
    ("deaths", "reason"), [({1}, None), ({1, 2}, "the decoder crashed on this file")]
)
def test_a_process_that_dies_between_the_two_questions(
    photos: list[DecodeJob], deaths: set[int], reason: str | None
) -> None:
    times = []

    def known(_: bytes) -> bool:
        times.append(1)
        if len(times) in deaths:
            for child in psutil.Process().children():
                child.kill()
                child.wait()
        return False

    with DecodePool(1, SPEC) as pool:
        (outcome,) = pool.run(photos[:1], known)
        assert (outcome.error, outcome.photo is not None, outcome.transient) == (
            reason,
            reason is None,
            reason is not None,
        )
        assert _run(pool, photos[:2])[1].photo is not None


def test_closing_early_leaves_nothing_behind(photos: list[DecodeJob]) -> None:
    """That no thread and no process stays is looked at after every test."""
    taken = []

    def endless() -> Iterator[DecodeJob]:
        while True:
            taken.append(1)
            yield photos[len(taken) % 20]

    pool = DecodePool(3, SPEC)
    outcomes = pool.run(endless(), lambda _: False)
    for _ in range(5):
        assert next(outcomes).photo is not None
    outcomes.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("decode-")]
    # What was decoded ahead is bounded.
    assert len(taken) < 100
    assert len(_run(pool, photos)) == len(photos)
    pool.close()
    assert psutil.Process().children() == []


def test_closing_early_does_not_wait_for_a_file_that_hangs() -> None:
    with DecodePool(2, SPEC, timeout=60.0, command=_COMMAND) as pool:
        outcomes = pool.run(
            [
                DecodeJob("/fine", 0.0),
                DecodeJob("/hang", 0.0),
                DecodeJob("/hang-early", 0.0),
                DecodeJob("/hang", 0.0),
            ],
            lambda _: False,
        )
        assert next(outcomes).error == "decoded"
        start = time.monotonic()
        outcomes.close()
        assert time.monotonic() - start < 10


def test_a_mistake_in_the_callers_own_code_comes_out_and_spoils_nothing(
    photos: list[DecodeJob],
) -> None:
    def known(_: bytes) -> bool:
        raise RuntimeError("mine")

    def jobs() -> Iterator[DecodeJob]:
        yield photos[0]
        raise RuntimeError("mine too")

    with DecodePool(2, SPEC) as pool:
        with pytest.raises(RuntimeError, match="mine"):
            list(pool.run(photos, known))
        with pytest.raises(RuntimeError, match="mine too"):
            list(pool.run(jobs(), lambda _: False))
        assert len(_run(pool, photos)) == len(photos)


def test_bytes_that_are_no_file() -> None:
    data = pictures.encoded(pictures.draw(3))
    with DecodePool(1, SPEC) as pool:
        photo = pool.decode_bytes(data)
        assert np.array_equal(photo.input, decode(data, SPEC).input)  # type: ignore[arg-type]
        with pytest.raises(PhotoError, match="text"):
            pool.decode_bytes(b"no photo")
        assert pool.decode_bytes(data).phash == photo.phash


def test_bytes_that_crash_the_decoder() -> None:
    with (
        DecodePool(1, SPEC, command=(sys.executable, "-c", "import os; os._exit(1)")) as pool,
        pytest.raises(PhotoError, match="crashed"),
    ):
        pool.decode_bytes(b"\xff\xd8\xff")


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux holds a process to its memory limit"
)
def test_a_photo_that_needs_too_much_memory_is_refused_and_the_next_one_is_not(
    tmp_path: Path,
) -> None:
    # The limit is what is free, halved, and 2 GB: with as much less than nothing free it is about
    # half a gigabyte.
    limited = "from explorer.decoding import decode_server as child; child.free_memory = lambda: -(3 << 30); child.main()"
    big, small = tmp_path / "big.png", tmp_path / "small.jpg"
    Image.new("RGBA", (8000, 8000)).save(big, compress_level=1)
    pictures.write(small, pictures.draw(1))
    with DecodePool(1, SPEC, command=(sys.executable, "-c", limited)) as pool:
        outcomes = _run(
            pool, [DecodeJob(str(big), 0.0, "big"), DecodeJob(str(small), 0.0, "small")]
        )
    assert "memory" in (outcomes["big"].error or "")
    assert outcomes["small"].photo is not None


def test_the_decode_process_ends_with_the_one_that_started_it(photos: list[DecodeJob]) -> None:
    pool = DecodePool(1, SPEC)
    _run(pool, photos[:1])
    (process,) = psutil.Process().children()
    stdin = pool._processes[0]._process.stdin  # type: ignore[union-attr]
    assert stdin is not None
    stdin.close()
    assert process.wait(10) in (0, None)
    pool.close()


@pytest.mark.parametrize("stream", [b"", b"\1\0", b"\2\0\0\0\0\0\0\0{", b"\2\0\0\0\5\0\0\0{}abc"])
def test_a_frame_that_is_cut_off_is_the_end(stream: bytes) -> None:
    assert protocol.receive(io.BytesIO(stream)) is None


@pytest.mark.parametrize(
    "stream",
    [b"\xff" * 40, b"\2\0\0\0\0\0\0\0[]", b"\2\0\0\0\0\0\0\0\xff\xff", b"\2\0\0\0\xff\xff\0\0{}"],
)
def test_what_is_no_frame_is_refused_without_being_read(stream: bytes) -> None:
    with pytest.raises(ValueError):
        protocol.receive(io.BytesIO(stream), max_body=1000)


def test_a_photo_crosses_the_wire_whole() -> None:
    photo = decode(
        pictures.encoded(
            pictures.draw(1), exif=pictures.exif("2019:07:12 14:30:00", (1.5, 2.5), ("A", "B"))
        ),
        SPEC,
    )
    stream = io.BytesIO()
    header, body = protocol.pack(photo)
    protocol.send(stream, header, body)
    stream.seek(0)
    answer = protocol.receive(stream)
    assert answer is not None
    back = protocol.unpack(*answer)
    assert np.array_equal(back.input, photo.input)  # type: ignore[arg-type]
    for name in photo.__dataclass_fields__:
        if name != "input":
            assert getattr(back, name) == getattr(photo, name)


@pytest.mark.parametrize(
    ("data", "fault", "kind"),
    [
        (pictures.encoded(pictures.draw(1))[:100], "damaged", DamagedPhoto),
        (b"<html>Log in</html>", "foreign", NotAPhoto),
        (b"\xff\x0a" + bytes(50), "unsupported", UnsupportedPhoto),
        (b"8BPS" + bytes(50), "unsupported", UnsupportedPhoto),
    ],
)
def test_whose_fault_it_is_comes_along(
    data: bytes, fault: str, kind: type[PhotoError], tmp_path: Path
) -> None:
    (tmp_path / "a.jpg").write_bytes(data)
    with DecodePool(1, None) as pool:
        (outcome,) = pool.run([DecodeJob(str(tmp_path / "a.jpg"), 0.0)], lambda _: False)
        assert outcome.error and outcome.fault == fault
        with pytest.raises(PhotoError) as caught:
            pool.decode_bytes(data)
    assert type(caught.value) is kind


def test_what_the_computer_lacks_is_not_the_files_fault(tmp_path: Path) -> None:
    with DecodePool(1, None) as pool:
        (outcome,) = pool.run([DecodeJob(str(tmp_path / "absent.jpg"), 0.0)], lambda _: False)
        assert outcome.fault == "environment"
    # One that crashes or says nothing sensible of the fault.
    for answer in (
        '{"error": "so"}',
        '{"error": "so", "fault": "everybody\'s"}',
        '{"error": "so", "fault": ["damaged"]}',
    ):
        code = (
            "import json, sys\nfrom explorer.decoding import protocol as wire\n"
            "while wire.receive(sys.stdin.buffer) is not None:\n"
            f"    wire.send(sys.stdout.buffer, json.loads({answer!r}))\n"
        )
        with DecodePool(1, None, command=[sys.executable, "-c", code]) as pool:
            (outcome,) = pool.run([DecodeJob(str(tmp_path / "a.jpg"), 0.0)], lambda _: False)
            assert (outcome.error, outcome.fault) == ("so", "environment")
            with pytest.raises(PhotoError) as caught:
                pool.decode_bytes(b"anything")
            assert caught.value.fault == "environment"
