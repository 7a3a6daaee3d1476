"""What may be kept for a file: RAW files are copies only of identical files, and companions have a
counterpart only in another file."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.removal import file_state
from explorer.removal.checked_files import CheckedFile, RemovalRefused, check_file
from explorer.removal.keeper_check import check_same_video, has_same_sidecar
from explorer.removal.remove import remove
from explorer.removal.results import Removal
from tests.fixtures.small_library import SmallLibrary
from tests.removal.test_removal_refusals import reason


@pytest.mark.parametrize("tier", ["pixels", "picture", "moment", "lookalike"])
@pytest.mark.parametrize("formats", [("NEF", "JPEG"), ("JPEG", "NEF"), ("NEF", "DNG")])
def test_no_plan_removes_a_raw_file_or_anything_for_one(
    small_library: SmallLibrary, tier: str, formats: tuple[str, str]
) -> None:
    for name, content, kind in zip(("a.x", "b.x"), ("one", "two"), formats, strict=True):
        small_library.add_photo(f"{kind}/{name}", content)
        small_library.set_format(f"{kind}/{name}", kind)
    path, keeper = f"{formats[0]}/a.x", f"{formats[1]}/b.x"
    small_library.add_pair(path, keeper, "pixels")
    assert "RAW file" in reason(small_library, small_library.removal(path, keeper, tier=tier))


def test_an_identical_raw_file_can_be_removed(small_library: SmallLibrary) -> None:
    for name in ("a/x.nef", "b/x.nef"):
        small_library.add_photo(name, "same")
        small_library.set_format(name, "NEF")
    wanted = small_library.removal("a/x.nef", "b/x.nef", tier="identical")
    assert [each.state for each in remove(small_library.library, [wanted]).results] == ["removed"]


def test_nothing_is_removed_for_a_file_in_another_programs_store(
    small_library: SmallLibrary,
) -> None:
    """Such as a recycle bin, which may be emptied at any time."""
    for name in ("a.jpg", "$RECYCLE.BIN/b.jpg"):
        small_library.add_photo(name, "same")
    wanted = small_library.removal("a.jpg", "$RECYCLE.BIN/b.jpg", tier="identical")
    assert "$RECYCLE.BIN" in reason(small_library, wanted)


def test_a_plan_need_not_repeat_the_hash_of_identical_files(small_library: SmallLibrary) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        small_library.add_photo(name, "other" if name == "c.jpg" else "same")
    path, keeper, other = (str(small_library.photos / f"{name}.jpg") for name in "bac")
    digest = small_library.removal("b.jpg", None).hash
    assert "has changed" in reason(small_library, Removal(path, digest, other))
    assert remove(small_library.library, [Removal(path, digest, keeper)]).removed


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """A folder, and a link to it: the files have two paths each."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    return tmp_path


def checked(path: Path, text: str) -> CheckedFile:
    path.write_text(text)
    return check_file(str(path))


def test_a_sidecar_is_not_its_own_counterpart(folders: Path) -> None:
    sidecar = checked(folders / "folder/a.jpg.xmp", "words")
    keeper = str(folders / "link/a.jpg")
    assert not has_same_sidecar(keeper, sidecar)
    other = folders / "a.jpg.xmp"
    for text, same in (("words", True), ("WORDS", False), ("words and more", False)):
        other.write_text(text)
        assert has_same_sidecar(str(folders / "a.jpg"), sidecar) is same
    other.unlink()
    other.symlink_to("folder/a.jpg.xmp")
    assert not has_same_sidecar(str(folders / "a.jpg"), sidecar)
    other.unlink()
    (folders / "a.mov").write_text("words")
    assert not has_same_sidecar(str(folders / "a.jpg"), sidecar)


def test_a_film_is_not_its_own_counterpart(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film = checked(folders / "folder/a.mov", "film")
    with pytest.raises(RemovalRefused, match="the photo to keep has another video"):
        check_same_video(str(folders / "link/a.heic"), film, "its video a.mov")
    keeper, other = str(folders / "a.heic"), folders / "a.mov"
    other.symlink_to("folder/a.mov")
    with pytest.raises(RemovalRefused, match=r"no second copy of its video a\.mov: .* has none"):
        check_same_video(keeper, film, "its video a.mov")
    other.unlink()
    kept = checked(other, "film")
    assert check_same_video(keeper, film, "it") == (str(other), film.hash, kept.stamp)
    real = file_state.file_hash

    def read(path: str) -> str:
        found = real(path)
        other.write_text("film and more")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(file_state, "file_hash", read)
        with pytest.raises(RemovalRefused, match="another video"):
            check_same_video(keeper, film, "it")
    other.write_text("FILM")
    with pytest.raises(RemovalRefused, match="another video"):
        check_same_video(keeper, film, "it")
