"""Long paths get the form that Windows accepts in every call, and only there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.removal import file_state, safe_move
from explorer.systems import file_calls
from explorer.systems.operating_system import OperatingSystem
from explorer.systems.this_system import this_system


@pytest.fixture
def prefixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the system finds only by another path than the one that the program knows, as
    Windows finds a long path only by its long form."""
    (tmp_path / "real").mkdir()
    known, real = str(tmp_path / "known"), str(tmp_path / "real")
    monkeypatch.setattr(
        type(this_system()), "long_path", lambda self, path: path.replace(known, real)
    )
    assert isinstance(this_system(), OperatingSystem)
    return tmp_path


@pytest.mark.parametrize("across_drives", [False, True])
def test_a_file_with_a_long_path_is_moved_and_moved_back(
    prefixed: Path, monkeypatch: pytest.MonkeyPatch, *, across_drives: bool
) -> None:
    if across_drives:
        real = os.link

        def link(source: str, target: str, *, follow_symlinks: bool = True) -> None:
            if ".part" not in source:
                raise OSError(18, "Invalid cross-device link", source, None, target)
            real(source, target, follow_symlinks=follow_symlinks)

        monkeypatch.setattr(os, "link", link)
    photo, aside = str(prefixed / "known" / "a.jpg"), str(prefixed / "known" / "b.jpg")
    (prefixed / "real" / "a.jpg").write_bytes(b"photo")
    digest, stamp = file_state.file_hash(photo), file_state.file_stamp(photo)
    assert safe_move.move(photo, aside, digest) == []
    assert os.listdir(prefixed / "real") == ["b.jpg"]
    with pytest.raises(FileExistsError):
        safe_move.move(aside, aside, digest)
    safe_move.move(aside, photo, digest)
    safe_move.set_times(photo, stamp.mtime_ns, stamp.mtime_ns)
    assert os.listdir(prefixed / "real") == ["a.jpg"]
    assert file_state.has_content(photo, digest)
    assert file_state.file_stamp(photo).mtime_ns == stamp.mtime_ns
    assert not (prefixed / "known").exists()


@pytest.mark.skipif(os.link not in os.supports_follow_symlinks, reason="links need rights there")
@pytest.mark.parametrize("follows", [True, False])
@pytest.mark.parametrize("system_can_follow", [True, False])
def test_a_hard_link_to_a_link_follows_it_if_asked_to(
    system_can_follow: bool, follows: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo, link, made = (tmp_path / name for name in ("photo.jpg", "link.jpg", "made.jpg"))
    photo.touch()
    link.symlink_to(photo)
    if not system_can_follow:
        # As on Windows.
        real = os.link
        monkeypatch.setattr(
            os, "link", lambda source, target: real(source, target, follow_symlinks=False)
        )
    file_calls.link(str(link), str(made), follow_links=follows)
    assert os.lstat(made).st_ino == (photo if follows else link).lstat().st_ino
