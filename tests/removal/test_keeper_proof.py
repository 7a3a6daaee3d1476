from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from explorer.removal import file_identity
from explorer.removal.checked_files import CheckedFile, CheckedPhoto, KeptFile, RemovalRefused
from explorer.removal.file_state import file_stamp
from explorer.removal.keeper_proof import KEEPER_GONE, SAME_AS_KEEPER, KeeperProof
from tests.fixtures.small_library import digest


class ProofSetup:
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
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProofSetup:
    return ProofSetup(tmp_path, monkeypatch)


def test_a_keeper_must_exist_and_be_another_file(setup: ProofSetup) -> None:
    setup.put("keep")
    setup.take("a", "keep")
    assert setup.asked == [("a", "keep")]
    setup.one = [{"b", "keep"}]
    with pytest.raises(RemovalRefused, match=SAME_AS_KEEPER.replace(",", ".")):
        setup.take("b", "keep")
    kept = KeptFile(str(setup.folder / "none"), "0" * 32, file_stamp(setup.put("c")))
    part = CheckedFile(str(setup.folder / "c"), "0" * 32, file_stamp(setup.put("c")), 0, {}, kept)
    with pytest.raises(RemovalRefused, match=KEEPER_GONE):
        setup.proof.require(CheckedPhoto("", part, (), (), ""), [part.path])


def test_a_keeper_must_not_be_removed_under_another_path(setup: ProofSetup) -> None:
    setup.put("keep")
    setup.put("other")
    setup.one = [{"alias", "keep"}]
    setup.take("a", "keep")
    with pytest.raises(RemovalRefused, match="was kept for another"):
        setup.take("alias", "other")
    with pytest.raises(RemovalRefused, match="was kept for another"):
        setup.take("alias", None)
    # Of another content it is another file.
    setup.asked.clear()
    setup.take("b", "other", "two")
    assert ("b", "keep") not in setup.asked


def test_a_removed_file_is_not_a_keeper(setup: ProofSetup) -> None:
    setup.put("keep")
    setup.put("shown")
    setup.one = [{"a", "shown"}]
    setup.take("a", "keep")
    setup.take("x", None, "two")
    with pytest.raises(RemovalRefused, match="one file, seen under two paths"):
        setup.take("b", "shown")
    # Where what went is gone for good, nothing can be asked of it.
    (setup.folder / "a").unlink()
    setup.asked.clear()
    setup.take("b", "shown")
    assert setup.asked == [("b", "shown"), ("b", "keep")]
    # Once it is kept, only what goes from then on need be compared with it.
    setup.asked.clear()
    setup.take("c", "shown")
    assert sorted(setup.asked) == [("c", "keep"), ("c", "shown"), ("c", "shown")]


def test_links_prove_no_content(setup: ProofSetup) -> None:
    setup.put("keep")
    setup.take("soft", "keep", link=True)
    assert setup.asked == []
    setup.put("other")
    setup.take("a", "other")
    assert ("soft", "other") not in setup.asked


def test_a_link_to_a_keeper_may_be_removed(setup: ProofSetup) -> None:
    setup.put("keep")
    setup.take("a", "keep")
    setup.take("soft", "keep", link=True)
    assert setup.asked == [("a", "keep")]


def test_a_missing_keeper_may_be_the_moved_file(setup: ProofSetup) -> None:
    setup.put("keep")
    setup.take("a", "keep")
    (setup.folder / "keep").unlink()
    with pytest.raises(RemovalRefused, match="was kept for another"):
        setup.take("b", None)


def test_every_part_of_a_photo_is_checked(setup: ProofSetup) -> None:
    path = setup.put("a")
    part = CheckedFile(path, digest(Path(path)), file_stamp(path), 0, {}, None)
    checked = CheckedPhoto("", part, (), (), "")
    # That a part went nowhere says nothing of later ones.
    setup.proof.add(checked, [None])
    setup.put("keep")
    setup.take("b", "keep")
    for step in (setup.proof.require, setup.proof.add):
        with pytest.raises(ValueError, match="shorter"):
            step(checked, [])
