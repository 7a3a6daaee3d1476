"""Sidecars are read in a process that may die or send garbage."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from explorer.decoding.sidecar_reader import SidecarReader
from explorer.photos.metadata.sidecar_content import SidecarContent
from tests.photos.metadata.packets import xmp

# Answers like the real process, but dies of a file that is named `bomb`.
_DIES = """
import os, sys
from explorer.decoding import protocol
from explorer.photos.metadata.sidecar_content import answer_request
while (request := protocol.receive(sys.stdin.buffer)) is not None:
    paths = request[0]["sidecars"]
    if any("bomb" in os.fsdecode(bytes.fromhex(path)) for path in paths):
        os._exit(1)
    protocol.send(sys.stdout.buffer, *answer_request(paths))
"""
_ANSWERS = """
import sys
from explorer.decoding import protocol
while protocol.receive(sys.stdin.buffer) is not None:
    protocol.send(sys.stdout.buffer, {"read": 1}, {answer})
"""


def write(folder: Path, number: int) -> list[str]:
    paths = [folder / f"ä {n}.xmp" for n in range(number)]
    for n, path in enumerate(paths):
        path.write_bytes(xmp(f"xmp:Rating='{n + 1}'").encode())
    return [str(path) for path in paths]


def test_they_are_answered_in_order(tmp_path: Path) -> None:
    paths = write(tmp_path, 3)
    with SidecarReader() as reader:
        found = reader.read(paths)
        assert reader.read([]) == []
    assert found == [(SidecarContent("xmp", rating=float(n)), "") for n in (1, 2, 3)]


def test_one_that_kills_the_process_costs_no_other(tmp_path: Path) -> None:
    paths = write(tmp_path, 5)
    bomb = str(tmp_path / "bomb.xmp")
    with SidecarReader((sys.executable, "-c", _DIES)) as reader:
        found = reader.read([*paths[:3], bomb, *paths[3:]])
    content, problem = found.pop(3)
    assert content == SidecarContent() and "crashed on this file" in problem
    assert [content.rating for content, _ in found] == [1, 2, 3, 4, 5]
    assert not any(problem for _, problem in found)


@pytest.mark.parametrize(
    "answer", ["b'{'", "b'[]'", "b'7'", "b'[[1]]'", 'b\'[["[]", ""]]\'', "b'\\xff'"]
)
def test_garbage_is_a_problem_of_the_file(tmp_path: Path, answer: str) -> None:
    command = (sys.executable, "-c", _ANSWERS.replace("{answer}", answer))
    with SidecarReader(command) as reader:
        ((content, problem),) = reader.read(write(tmp_path, 1))
    assert content == SidecarContent() and "crashed on this file" in problem
