from __future__ import annotations

from pathlib import Path

import pytest

from explorer.library.previews import PreviewStore


def test_a_preview_is_kept_replaced_and_removed(tmp_path: Path) -> None:
    store = PreviewStore(tmp_path)
    store.write("ab12", b"\xff\xd8one\xff\xd9")
    store.write("ab12", b"\xff\xd8two\xff\xd9")
    assert store.path("ab12").read_bytes() == b"\xff\xd8two\xff\xd9"
    assert [path.name for path in store.all()] == ["ab12.jpg"]
    store.remove("ab12")
    assert not store.has("ab12")
    store.remove("ab12")


@pytest.mark.parametrize("data", [b"", b"\xff", b"\xff\xd8cut short"])
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
