"""Photos to decode, and the results by their jobs."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.decoding.decode_result import DecodeJob, DecodeResult
from explorer.decoding.pool import DecodePool
from tests import pictures
from tests.decoding.scripted import ScriptedPool


@pytest.fixture
def photos(tmp_path: Path) -> list[DecodeJob]:
    """Twenty photos, of which one is there twice, and three files that are not photos."""
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


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> ScriptedPool:
    return ScriptedPool(monkeypatch)


def run_all(
    pool: DecodePool, jobs: list[DecodeJob], known: set[bytes] | None = None
) -> dict[object, DecodeResult]:
    results = list(pool.run(jobs, lambda digest: digest in (known or set())))
    assert len(results) == len(jobs)
    return {result.job.tag: result for result in results}
