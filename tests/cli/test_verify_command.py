"""The `verify` command: what it prints, and its exit codes."""

from __future__ import annotations

from pathlib import Path

from tests.fixtures.command_line import Run


class TestVerify:
    def test_an_intact_library_has_no_problems(self, run: Run, indexed: Path) -> None:
        completed = run("verify")
        assert completed.code == 0 and "everything agrees" in completed.out
        assert run("verify", "--json").json == {
            "sound": True,
            "photos": 4,
            "files": 5,
            "vectors": 4,
            "problems": [],
            "notes": [],
        }

    def test_damage_is_found_and_repaired(self, run: Run, indexed: Path, tmp_path: Path) -> None:
        (index,) = (tmp_path / "explorer-library" / "vectors").glob("*.faiss")
        index.write_bytes(b"damaged")
        completed = run("verify")
        assert completed.code == 1 and "The index file of tiny is damaged" in completed.out
        assert run("search", "red", "--top", "1", "--json").json[0]["path"] == str(
            indexed / "red.png"
        )
        completed = run("verify", "--repair")
        assert completed.code == 0 and "repaired" in completed.out
        assert run("verify").code == 0
