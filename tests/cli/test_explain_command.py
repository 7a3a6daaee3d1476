"""`explain`: why a photo matches."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixtures.command_line import Run


class TestExplain:
    def test_explain_says_why_a_photo_matches(self, run: Run, indexed: Path) -> None:
        found = run("search", "red", "--json").json
        explained = run("explain", "red format:png", str(found[0]["id"]), "--json").json
        assert explained["path"] == found[0]["path"] and explained["match"] == found[0]["match"]
        kinds = [reason["kind"] for reason in explained["reasons"]]
        assert kinds == ["meaning", "name", "field"]
        words = run("explain", "red format:png", str(found[0]["id"])).out
        assert "of your photos for “red”" in words and "red.png" in words

    def test_explain_says_why_a_photo_does_not_match(self, run: Run, indexed: Path) -> None:
        found = run("search", "name:red", "--json").json
        explained = run("explain", "format:jpeg", str(found[0]["id"]), "--json").json
        assert explained["match"] == "none" and explained["relevance"] == 0
        assert explained["reasons"][-1]["text"] == "This photo does not pass these filters."

    def test_an_unknown_photo_is_an_error(self, run: Run, indexed: Path) -> None:
        completed = run("explain", "red", "99999")
        assert completed.code == 1 and "no photo 99999" in completed.err and completed.out == ""

    @pytest.mark.parametrize(
        ("words", "expected"), [(["", "1"], "Give a phrase to search for"), (["red"], "ID")]
    )
    def test_invalid_input_is_reported(
        self, run: Run, indexed: Path, words: list[str], expected: str
    ) -> None:
        completed = run("explain", *words)
        assert completed.code == 2 and expected in completed.err and completed.out == ""
