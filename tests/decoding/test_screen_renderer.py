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


def test_faces_come_from_the_file(tmp_path: Path) -> None:
    path = pictures.write(tmp_path / "photo.jpg", pictures.draw(1), xmp=marked("Ada"))
    plain = pictures.write(tmp_path / "plain.jpg", pictures.draw(1))
    with ScreenRenderer(processes=1) as renderer:
        digest, found = renderer.faces(str(path))
        assert digest == content_hash(path.read_bytes())
        assert [face.name for face in found] == ["Ada"]
        assert renderer.faces(str(plain))[1] == []
        with pytest.raises(PhotoError, match="no longer exists"):
            renderer.faces(str(tmp_path / "gone.jpg"))


@pytest.mark.parametrize(
    "faces",
    ["None", "7", '[["Ada"]]', '[[7, [0, 0, 1, 1]]]', '[["A" * 999, [0, 0, 1, 1]]]',
     '[["Ada", [0, 0, 1]]]', '[["Ada", [0, 0, 1, float("nan")]]]', '[["Ada", "0011"]] * 2 + [3]'],
)  # fmt: skip
def test_faces_that_make_no_sense_count_as_a_crash(faces: str) -> None:
    answer = '{"hash": "ab", "faces": FACES}'.replace("FACES", faces)
    command = (sys.executable, "-c", _ANSWERS.replace("{answer}", answer))
    with (
        ScreenRenderer(command, processes=1) as renderer,
        pytest.raises(DecodingFailed, match="crashed on this file"),
    ):
        renderer.faces("photo.jpg")


def marked(name: str) -> bytes:
    """An XMP packet with one face, in the middle."""
    return f"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#"><rdf:Description rdf:about="">
 <rdf:Bag><rdf:li MPReg:PersonDisplayName="{name}" MPReg:Rectangle="0.4, 0.4, 0.2, 0.2"/></rdf:Bag>
 </rdf:Description></rdf:RDF></x:xmpmeta>""".encode()
