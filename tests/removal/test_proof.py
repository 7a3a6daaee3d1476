from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from explorer.removal import file_identity
from explorer.removal.checked_files import CheckedFile, CheckedPhoto, KeptFile, RemovalRefused
from explorer.removal.file_state import file_stamp
from explorer.removal.proof import KEEPER_GONE, SAME_AS_KEEPER, KeeperProof
from tests.fixtures.small_library import digest


class Desk:
    """Files of one content, and which of them are one file under two paths, though nothing tells of
    it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.proof = folder, KeeperProof()
        self.one: list[set[str]] = []
        self.asked: list[tuple[str, str]] = []
        monkeypatch.setattr(file_identity, "proven_distinct", self._apart)

    def _apart(self, moved: int | str, kept: str) -> bool:
        names = (Path(str(moved)).name, Path(kept).name)
        self.asked.append(names)
        return set(names) not in self.one

    def put(self, name: str, text: str = "one") -> str:
        path = self.folder / name
        path.write_text(text)
        return str(path)

    def take(self, name: str, keeper: str | None, text: str = "one", *, link: bool = False) -> None:
        """As if that file had just moved for the sake of that other."""
        path = self.put(name, text)
        kept = (
            KeptFile(
                str(self.folder / keeper),
                digest(self.folder / keeper),
                file_stamp(str(self.folder / keeper)),
            )
            if keeper
            else None
        )
        facts: dict[str, Any] = {"link": "x"} if link else {}
        checked = CheckedPhoto(
            str(self.folder),
            CheckedFile(path, digest(Path(path)), file_stamp(path), 0, facts, kept),
            (),
            (),
            "",
        )
        self.proof.require(checked, [None if link else path])
        self.proof.add(checked, [path])


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, monkeypatch)


def test_what_is_kept_must_be_there_and_another_file(desk: Desk) -> None:
    desk.put("keep")
    desk.take("a", "keep")
    assert desk.asked == [("a", "keep")]
    desk.one = [{"b", "keep"}]
    with pytest.raises(RemovalRefused, match=SAME_AS_KEEPER.replace(",", ".")):
        desk.take("b", "keep")
    kept = KeptFile(str(desk.folder / "none"), "0" * 32, file_stamp(desk.put("c")))
    part = CheckedFile(str(desk.folder / "c"), "0" * 32, file_stamp(desk.put("c")), 0, {}, kept)
    with pytest.raises(RemovalRefused, match=KEEPER_GONE):
        desk.proof.require(CheckedPhoto("", part, (), (), ""), [part.path])


def test_what_was_kept_for_another_must_not_go_by_another_path(desk: Desk) -> None:
    desk.put("keep")
    desk.put("other")
    desk.one = [{"alias", "keep"}]
    desk.take("a", "keep")
    with pytest.raises(RemovalRefused, match="was kept for another"):
        desk.take("alias", "other")
    with pytest.raises(RemovalRefused, match="was kept for another"):
        desk.take("alias", None)
    # Of another content it is another file.
    desk.asked.clear()
    desk.take("b", "other", "two")
    assert ("b", "keep") not in desk.asked


def test_what_went_before_is_not_what_is_kept(desk: Desk) -> None:
    desk.put("keep")
    desk.put("shown")
    desk.one = [{"a", "shown"}]
    desk.take("a", "keep")
    desk.take("x", None, "two")
    with pytest.raises(RemovalRefused, match="one file, seen under two paths"):
        desk.take("b", "shown")
    # Where what went is gone for good, nothing can be asked of it.
    (desk.folder / "a").unlink()
    desk.asked.clear()
    desk.take("b", "shown")
    assert desk.asked == [("b", "shown"), ("b", "keep")]
    # Once it is kept, only what goes from then on need be compared with it.
    desk.asked.clear()
    desk.take("c", "shown")
    assert sorted(desk.asked) == [("c", "keep"), ("c", "shown"), ("c", "shown")]


def test_links_hold_nothing(desk: Desk) -> None:
    desk.put("keep")
    desk.take("soft", "keep", link=True)
    assert desk.asked == []
    desk.put("other")
    desk.take("a", "other")
    assert ("soft", "other") not in desk.asked
