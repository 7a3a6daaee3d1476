"""The sidecars of a removed photo may go if all that they say is in the kept one or beside it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from explorer.photos.metadata import sidecar_merge
from explorer.photos.metadata.sidecar_merge import (
    ONLY_EDITS,
    MergedSidecar,
    check_edits,
    merge_sidecars,
)
from tests import pictures
from tests.photos.metadata.packets import subject, xmp

PICTURE = pictures.draw(1, (64, 48))
RED, BLUE = xmp('xmp:Label="red"'), xmp('xmp:Label="blue"')
LOST = f"{ONLY_EDITS} gone.xmp (xmp:Label)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With a photo to keep, and the sidecar of one that goes."""
    (tmp_path / "kept.jpg").write_bytes(pictures.encoded(PICTURE))
    (tmp_path / "gone.xmp").write_text(RED)
    return tmp_path


def refused(folder: Path, *beside: str, edits: tuple[str, ...] = ("gone.xmp",)) -> str:
    found = check_edits(
        [str(folder / name) for name in edits],
        str(folder / "kept.jpg"),
        [str(folder / name) for name in beside],
    )
    assert found == MergedSidecar(refused=found.refused)
    return found.refused


def test_what_a_sidecar_beside_the_kept_photo_says_is_not_lost(folder: Path) -> None:
    assert refused(folder) == refused(folder, "kept.jpg.xmp") == LOST
    (folder / "kept.XMP").write_text(RED)
    assert refused(folder, "kept.jpg.xmp", "kept.XMP") == ""
    (folder / "kept.jpg.json").write_text(RED)
    assert refused(folder, "kept.jpg.json") == LOST
    (folder / "kept.xmp").mkdir()
    assert refused(folder, "kept.xmp") == LOST


def test_a_sidecar_that_goes_is_none_that_stays(folder: Path) -> None:
    """Two photos may share one."""
    assert refused(folder, "gone.xmp") == LOST
    (folder / "also.xmp").write_text(RED)
    assert refused(folder, "gone.xmp", "also.xmp", edits=("gone.xmp", "also.xmp")) == LOST


def test_what_is_in_the_kept_photo_is_not_lost(folder: Path) -> None:
    (folder / "gone.xmp").write_text(xmp('xmp:Label="red" xmp:Rating="3"'))
    embedded = xmp('xmp:Label="red" xmp:Rating="3"').encode()
    (folder / "kept.jpg").write_bytes(pictures.encoded(PICTURE, xmp=embedded))
    assert refused(folder) == ""
    (folder / "kept.jpg").write_bytes(pictures.encoded(PICTURE, xmp=RED.encode()))
    assert refused(folder) == f"{ONLY_EDITS} gone.xmp (its rating)"


def test_a_sidecar_that_cannot_be_read_stays(folder: Path) -> None:
    assert refused(folder, edits=("none.xmp",)) == "none.xmp beside it cannot be read"
    (folder / "odd.xmp").mkdir()
    assert refused(folder, edits=("odd.xmp",)) == "odd.xmp beside it cannot be read"
    assert refused(folder, edits=()) == ""


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (3, "its rating, its keywords, xmp:Label"),
        (4, "its rating, its keywords, xmp:Label and 1 more"),
        (5, "its rating, its keywords, xmp:Label and 2 more"),
    ],
)
def test_three_of_the_things_that_would_be_lost_are_named(
    folder: Path, count: int, shown: str
) -> None:
    more = ('darktable:a="1"', 'darktable:b="1"')[: count - 3]
    text = xmp(" ".join(('xmp:Rating="3"', 'xmp:Label="red"', *more)), subject("sea"))
    (folder / "gone.xmp").write_text(text)
    assert refused(folder) == f"{ONLY_EDITS} gone.xmp ({shown})"


def merged(folder: Path) -> MergedSidecar:
    """What is to be written beside the kept photo before the other goes."""
    gone = folder / "gone.jpg"
    gone.write_bytes(pictures.encoded(PICTURE, quality=70))
    sidecar, target = str(folder / "gone.xmp"), str(folder / "kept.jpg.xmp")
    return merge_sidecars(
        str(gone), [sidecar], str(folder / "kept.jpg"), [target], target,
        same_bytes=False, edits=[sidecar],
    )  # fmt: skip


def test_what_will_be_written_counts_in_place_of_what_is_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = folder / "kept.jpg.xmp"
    target.write_text(RED)
    assert merged(folder) == MergedSidecar()
    target.write_text(BLUE)
    assert merged(folder).refused == LOST
    (folder / "gone.xmp").write_text(xmp('xmp:Label="red" xmp:Rating="3"'))
    assert merged(folder).refused == LOST
    target.write_text(RED)
    assert b"Rating" in (merged(folder).after or b"")
    with monkeypatch.context() as patch:
        # An update that drops what is there.
        patch.setattr(sidecar_merge, "update_sidecar", lambda *_: xmp('xmp:Rating="3"').encode())
        assert merged(folder).refused == LOST


def test_requests_to_check_only_sidecars_are_answered(folder: Path) -> None:
    def ask(*beside: str) -> tuple[dict[str, Any], bytes]:
        return sidecar_merge.answer_request({
            "keeper": os.fsencode(folder / "kept.jpg").hex(),
            "keeper_beside": [os.fsencode(folder / name).hex() for name in beside],
            "edits": [os.fsencode(folder / "gone.xmp").hex()],
        })  # fmt: skip

    assert ask() == ({"before": None, "after": False, "refused": LOST}, b"")
    (folder / "kept.xmp").write_text(RED)
    assert ask("kept.xmp") == ({"before": None, "after": False, "refused": ""}, b"")
