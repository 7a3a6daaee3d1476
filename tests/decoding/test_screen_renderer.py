"""Renditions come from processes that may die, hang or send garbage."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from explorer.decoding.screen_renderer import ScreenRenderer
from explorer.errors import DecodingFailed, NotAPhoto, PhotoError
from explorer.photos.decode import content_hash
from explorer.photos.render_screen import render_screen
from tests import pictures

_ANSWERS = """
import sys
from explorer.decoding import protocol
while protocol.receive(sys.stdin.buffer) is not None:
    protocol.send(sys.stdout.buffer, {answer})
"""


def test_a_file_is_rendered_with_its_hash(tmp_path: Path) -> None:
    path = pictures.write(tmp_path / "ä photo.tif", pictures.draw(1))
    with ScreenRenderer() as renderer:
        digest, found = renderer.render(str(path), 200)
    assert digest == content_hash(path.read_bytes())
    assert found == render_screen(path.read_bytes(), 200)
    assert (found.width, found.height) == (200, 150)


def test_many_threads_share_the_processes(tmp_path: Path) -> None:
    paths = [
        pictures.write(tmp_path / f"{number}.tif", pictures.draw(number)) for number in range(6)
    ]
    with ScreenRenderer() as renderer, ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda path: renderer.render(str(path), 100)[0], paths))
    assert found == [content_hash(path.read_bytes()) for path in paths]


def test_a_bad_file_costs_only_itself(tmp_path: Path) -> None:
    (tmp_path / "notes.tif").write_text("these are my notes\n" * 50)
    path = pictures.write(tmp_path / "photo.tif", pictures.draw(1))
    with ScreenRenderer(processes=1) as renderer:
        with pytest.raises(NotAPhoto, match="text"):
            renderer.render(str(tmp_path / "notes.tif"), 100)
        with pytest.raises(PhotoError, match="no longer exists"):
            renderer.render(str(tmp_path / "gone.tif"), 100)
        assert renderer.render(str(path), 100)[1].width == 100


@pytest.mark.parametrize(
    "answer",
    [
        "{}",
        '{"hash": "ab", "width": 3, "height": 2}, b"abc"',
        '{"hash": "zz", "width": 3, "height": 2}, b"\\xff\\xd8"',
        '{"hash": "ab", "width": 0, "height": 2}, b"\\xff\\xd8"',
        '{"hash": "ab", "width": 1e99, "height": 2}, b"\\xff\\xd8"',
        '{"hash": "ab", "width": "wide", "height": 2}, b"\\xff\\xd8"',
        '{"hash": 7, "width": 3, "height": 2}, b"\\xff\\xd8"',
    ],
)
def test_garbage_counts_as_a_crash(answer: str) -> None:
    command = (sys.executable, "-c", _ANSWERS.replace("{answer}", answer))
    with (
        ScreenRenderer(command, processes=1) as renderer,
        pytest.raises(DecodingFailed, match="crashed on this file"),
    ):
        renderer.render("photo.tif", 100)


def test_a_process_that_dies_is_replaced(tmp_path: Path) -> None:
    with ScreenRenderer((sys.executable, "-c", "raise SystemExit"), processes=1) as renderer:
        for _ in range(2):
            with pytest.raises(DecodingFailed, match="crashed on this file"):
                renderer.render(str(tmp_path / "photo.tif"), 100)
