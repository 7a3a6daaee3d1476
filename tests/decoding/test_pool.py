"""The pool of decode processes: one result for each file, whatever the file does to its decoder."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from explorer.decoding.decode_result import DecodeJob
from explorer.decoding.pool import DecodePool
from explorer.errors import DamagedPhoto, NotAPhoto, PhotoError, UnsupportedPhoto
from explorer.photos.decode import content_hash, decode
from explorer.photos.input_spec import InputSpec
from tests import pictures
from tests.decoding.conftest import run_all

SPEC = InputSpec(32, "squash", "bilinear")


@pytest.mark.parametrize("workers", [1, 3])
def test_every_file_has_one_result(photos: list[DecodeJob], workers: int) -> None:
    with DecodePool(workers, SPEC) as pool:
        results = run_all(pool, photos)
    assert sorted(results) == list(range(len(photos)))  # type: ignore[type-var]
    for job in photos[:20]:
        data, result = Path(job.path).read_bytes(), results[job.tag]
        assert (result.digest, result.size, result.error) == (content_hash(data), len(data), None)
        assert result.mtime_ns == os.stat(job.path).st_mtime_ns
        expected = decode(data, SPEC, mtime=job.mtime, name=os.path.basename(job.path))
        assert result.photo is not None
        assert np.array_equal(result.photo.input, expected.input)  # type: ignore[arg-type]
        assert result.photo.preview == expected.preview
        assert (result.photo.phash, result.photo.taken_at) == (expected.phash, expected.taken_at)
    reasons = [results[job.tag].error or "" for job in photos[20:]]
    assert ["empty" in reasons[0], "text" in reasons[1], bool(reasons[2])] == [True] * 3


def test_a_file_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with DecodePool(1, SPEC) as pool:
        (result,) = pool.run([DecodeJob(str(tmp_path / "gone.jpg"), 0.0)], lambda _: False)
    assert result.digest is None
    assert "no longer exists" in (result.error or "")


def test_file_names_in_any_encoding(tmp_path: Path) -> None:
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
        assert all(result.photo for result in run_all(pool, jobs).values())


def test_known_contents_are_not_decoded(photos: list[DecodeJob]) -> None:
    known = {content_hash(Path(job.path).read_bytes()) for job in photos[:10]}
    with DecodePool(2, SPEC) as pool:
        results = run_all(pool, photos, known)
    # The last one is a copy of the first.
    for number in (*range(10), 19):
        result = results[number]
        assert (result.digest in known, result.photo, result.error) == (True, None, None)
    assert all(results[number].photo for number in range(10, 19))


def test_without_an_encoder_there_is_no_input(photos: list[DecodeJob]) -> None:
    with DecodePool(1, None) as pool:
        (result,) = pool.run(photos[:1], lambda _: False)
    assert result.photo is not None
    assert result.photo.input is None


def test_closing_early_leaves_nothing_behind(photos: list[DecodeJob]) -> None:
    """A fixture checks after every test that no thread or process is left."""
    taken = []

    def endless() -> Iterator[DecodeJob]:
        while True:
            taken.append(1)
            yield photos[len(taken) % 20]

    pool = DecodePool(3, SPEC)
    results = pool.run(endless(), lambda _: False)
    for _ in range(5):
        assert next(results).photo is not None
    # A program that ends in the middle of a run does not wait for its threads.
    drivers = [thread for thread in threading.enumerate() if thread.name == "decode-driver"]
    assert len(drivers) == 3 and all(thread.daemon for thread in drivers)
    results.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("decode-")]
    # The number of photos decoded ahead is bounded.
    assert len(taken) < 100
    assert len(run_all(pool, photos)) == len(photos)
    pool.close()
    assert psutil.Process().children() == []


def test_an_exception_in_the_callers_code_is_raised_and_leaves_the_pool_usable(
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
        assert len(run_all(pool, photos)) == len(photos)


def test_bytes_are_decoded_without_a_file() -> None:
    data = pictures.encoded(pictures.draw(3))
    with DecodePool(1, SPEC) as pool:
        photo = pool.decode_bytes(data)
        assert np.array_equal(photo.input, decode(data, SPEC).input)  # type: ignore[arg-type]
        with pytest.raises(PhotoError, match="text"):
            pool.decode_bytes(b"no photo")
        assert pool.decode_bytes(data).phash == photo.phash


@pytest.mark.parametrize(
    ("data", "fault", "kind"),
    [
        (pictures.encoded(pictures.draw(1))[:100], "damaged", DamagedPhoto),
        (b"<html>Log in</html>", "foreign", NotAPhoto),
        (b"\xff\x0a" + bytes(50), "unsupported", UnsupportedPhoto),
        (b"8BPS" + bytes(50), "unsupported", UnsupportedPhoto),
    ],
)
def test_an_error_carries_its_fault(
    data: bytes, fault: str, kind: type[PhotoError], tmp_path: Path
) -> None:
    (tmp_path / "a.jpg").write_bytes(data)
    with DecodePool(1, None) as pool:
        (result,) = pool.run([DecodeJob(str(tmp_path / "a.jpg"), 0.0)], lambda _: False)
        assert result.error and result.fault == fault
        with pytest.raises(PhotoError) as caught:
            pool.decode_bytes(data)
    assert type(caught.value) is kind
