from __future__ import annotations

from pathlib import Path

import pytest

from explorer.library import previews
from explorer.library.previews import PreviewStore


def test_a_preview_is_kept_replaced_and_removed(tmp_path: Path) -> None:
    # In a folder that is made with the first preview.
    store = PreviewStore(tmp_path / "previews")
    store.write("ab12", b"\xff\xd8one\xff\xd9")
    store.write("ab12", b"\xff\xd8two\xff\xd9")
    assert store.path("ab12") == tmp_path / "previews" / "ab" / "ab12.jpg"
    assert store.path("ab12").read_bytes() == b"\xff\xd8two\xff\xd9"
    assert store.has("ab12") and store.sound("ab12")
    assert [path.name for path in store.all()] == ["ab12.jpg"]
    assert store.remove("ab12") is True
    assert not store.has("ab12")
    assert store.remove("ab12") is True


def test_previews_are_on_disk_after_the_block_in_which_they_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = PreviewStore(tmp_path)
    with store.writing([("ab12", b"one"), ("cd34", b"two")]):
        pass
    assert [store.path(name).read_bytes() for name in ("ab12", "cd34")] == [b"one", b"two"]

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(previews, "replace_durably", full)
    with pytest.raises(OSError, match="No space"), store.writing([("ef56", b"three")]):
        pass


def test_an_unfinished_preview_is_beside_the_finished_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There, it can take the name of the finished one at once, and an interrupted write is found
    again."""
    store = PreviewStore(tmp_path)

    def interrupted(scratch: Path, path: Path) -> None:
        assert scratch.parent == path.parent == tmp_path / "ab"
        assert list(store.scratch()) == [scratch] and list(store.all()) == []
        scratch.replace(path)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(previews, "replace_durably", interrupted)
    with pytest.raises(OSError, match="Input/output"):
        store.write("ab12", b"one")
    assert list(store.scratch()) == []


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"\xff\xd8", b"\xff\xd8cut short", b"no start\xff\xd9"]
)
def test_a_truncated_preview_is_not_intact(tmp_path: Path, data: bytes) -> None:
    store = PreviewStore(tmp_path)
    store.write("ab12", data)
    assert not store.sound("ab12")
    assert not store.sound("cd34")


def test_a_failed_write_leaves_the_old_preview_and_no_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = PreviewStore(tmp_path)
    store.write("ab12", b"\xff\xd8one\xff\xd9")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match="No space"):
        store.write("ab12", b"\xff\xd8two\xff\xd9")
    assert store.path("ab12").read_bytes() == b"\xff\xd8one\xff\xd9"
    assert len(list(tmp_path.rglob("*.*"))) == 1
