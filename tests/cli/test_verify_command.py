"""The `verify` command: what it prints, and its exit codes."""

from __future__ import annotations

from pathlib import Path

from tests.fixtures.command_line import Run


class TestVerify:
    def test_a_sound_library(self, run: Run, indexed: Path) -> None:
        said = run("verify")
        assert said.code == 0 and "everything agrees" in said.out
        assert run("verify", "--json").json == {
            "sound": True,
            "photos": 4,
            "files": 5,
            "vectors": 4,
            "problems": [],
            "notes": [],
        }

    def test_damage_is_found_and_mended(self, run: Run, indexed: Path, tmp_path: Path) -> None:
        (index,) = (tmp_path / "explorer-library" / "vectors").glob("*.faiss")
        index.write_bytes(b"damaged")
        said = run("verify")
        assert said.code == 1 and "The index file of tiny is damaged" in said.out
        assert run("search", "red", "--top", "1", "--json").json[0]["path"] == str(
            indexed / "red.png"
        )
        said = run("verify", "--repair")
        assert said.code == 0 and "mended" in said.out
        assert run("verify").code == 0
