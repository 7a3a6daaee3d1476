"""The `search` command: what it prints, and its exit codes."""

from __future__ import annotations

import io
import json
import os
import sys
import types
from pathlib import Path

import pytest

from tests import pictures
from tests.fixtures.command_line import CommandResult, Run


class TestSearch:
    def test_output_is_json(self, run: Run, indexed: Path) -> None:
        completed = run("search", "red", "--json")
        rows = completed.json
        keys = {"rank", "id", "path", "score", "relevance", "match"}
        assert [set(row) for row in rows] == [keys] * 4
        assert all(0 <= row["relevance"] <= 1 for row in rows)
        assert {row["match"] for row in rows} <= {"strong", "fair", "weak", "none"}
        assert [row["rank"] for row in rows] == [1, 2, 3, 4]
        assert rows[0]["path"] == str(indexed / "red.png")
        scores = [row["score"] for row in rows]
        assert scores == sorted(scores, reverse=True)
        assert completed.err == ""

    def test_output_is_readable_text(self, run: Run, indexed: Path) -> None:
        completed = run("search", "blue", "--top", "2")
        first, second = completed.out.splitlines()
        assert first.endswith(f"  {indexed / 'blue.png'}") and float(first.split()[0]) >= float(
            second.split()[0]
        )

    def test_an_indexed_photo_is_a_query(self, run: Run, indexed: Path) -> None:
        for name in ("red.png", "below/dated.jpg"):
            first = run("search", "--photo", indexed / name, "--json").json[0]
            assert first["path"] == str(indexed / name) and 0.99 <= first["score"] <= 1.0

    def test_a_photo_outside_the_library_is_a_query(
        self, run: Run, indexed: Path, tmp_path: Path
    ) -> None:
        other = pictures.write(
            tmp_path / "other.jpg", pictures.plain("#00f8", (99, 77)).convert("RGB")
        )
        assert run("search", "--photo", other, "--json").json[0]["path"] == str(
            indexed / "blue.png"
        )

    def test_regions_of_photos_are_a_query(self, run: Run, indexed: Path, tmp_path: Path) -> None:
        picture = pictures.plain("red", (200, 100))
        picture.paste("blue", (100, 0, 200, 100))
        other = pictures.write(tmp_path / "halves.png", picture)

        def best(*words: object) -> str:
            return Path(run("search", "--json", *words).json[0]["path"]).name

        assert best("--photo", other, "--region", "0,0,0.3,1") == "red.png"
        assert best("--photo", other, "--region", "0.7,0,0.3,1") == "blue.png"
        two = ("--region", "0,0,0.3,1", "--region", "0,0.2,0.3,0.5")
        assert best("--photo", other, *two) == "red.png"
        green = ("--photo", indexed / "green.png", "--photo", indexed / "green.png")
        assert best(*green, *two) == "green.png"
        assert best("red", "--photo", other, "--region", "0,0,0.3,1") == "red.png"

    def test_photos_with_the_same_object_come_first(
        self, run: Run, own: Path, tmp_path: Path
    ) -> None:
        pictures.write(own / "label.png", pictures.draw(3, (300, 300)))
        for name, color in (("there.png", "black"), ("near.png", "white")):
            page = pictures.plain(color, (500, 400))
            if name == "there.png":
                page.paste(pictures.draw(3, (240, 240)), (200, 100))
            pictures.write(own / name, page)
        run("index", own)
        picture = pictures.plain("white", (600, 500))
        picture.paste(pictures.draw(3, (300, 300)), (50, 50))
        other = pictures.write(tmp_path / "query.png", picture)
        box = f"{50 / 600},0.1,0.5,0.6"
        rows = run("search", "--photo", other, "--region", box, "--json", "--top", "2").json
        assert {Path(row["path"]).name for row in rows} == {"label.png", "there.png"}
        assert [row["rank"] for row in rows] == [1, 2]

    def test_phrase_and_photos_form_one_query(self, run: Run, indexed: Path) -> None:
        together = run(
            "search",
            "red",
            "--photo",
            indexed / "blue.png",
            "--photo",
            indexed / "green.png",
            "--json",
        ).json
        assert {Path(row["path"]).name for row in together[:3]} == {
            "red.png",
            "green.png",
            "blue.png",
        }

    def test_top_limits_the_results(self, run: Run, indexed: Path) -> None:
        assert [len(run("search", "red", "--top", top, "--json").json) for top in (1, 3, 100)] == [
            1,
            3,
            4,
        ]

    def test_filters_select_the_matching_photos(self, run: Run, indexed: Path) -> None:
        def names(*words: object) -> set[str]:
            return {Path(row["path"]).name for row in run("search", "red", "--json", *words).json}

        assert names("--folder", indexed / "below") == {"dated.jpg"}
        assert names("--since", "2020-05-17", "--until", "2020-05-17") == {"dated.jpg"}
        assert "dated.jpg" not in names("--until", "2020-05-16")
        assert names("--since", "2100-01-01") == names("--until", "0001-01-01") == set()
        assert names("--since", "0001-01-01") == names("--until", "9999-12-31") == names()
        nothing = run("search", "red", "--since", "2100-01-01")
        assert "No photo matches these filters." in nothing.err

    def test_phrases_are_read_from_standard_input(
        self, run: Run, indexed: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lines = b"red\n\n  blue  \r\n\xff\xfe\ngreen"
        monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=io.BytesIO(lines)))
        answers = [json.loads(line) for line in run("search", "-", "--top", "1").out.splitlines()]
        others = [answer for answer in answers if answer is not answers[3]]
        assert [Path(answer[0]["path"]).name if answer else None for answer in others] == [
            "red.png", None, "blue.png", "green.png",
        ]  # fmt: skip
        assert len(answers) == 5 and len(answers[3]) == 1

    def test_empty_standard_input_gives_no_results(
        self, run: Run, indexed: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=io.BytesIO(b"")))
        assert run("search", "-") == CommandResult(0, "", "")

    @pytest.mark.parametrize("words", [[], [""], ["   "], ["\t\n"]])
    def test_a_missing_query_is_reported(self, run: Run, indexed: Path, words: list[str]) -> None:
        completed = run("search", *words)
        assert (
            completed.code == 2
            and "Give a phrase to search for" in completed.err
            and completed.out == ""
        )

    @pytest.mark.parametrize(
        ("words", "code", "expected"),
        [
            (["red", "--top", "0"], 2, "above 0"),
            (["red", "--top", "many"], 2, "above 0"),
            (["red", "--since", "2020"], 2, "is not a date"),
            (["red", "--folder", ""], 2, "is a variable unset?"),
            (["--relevnt", "red"], 2, "--relevnt"),
            (["red", "blue"], 2, "unexpected extra argument (blue)"),
            (["red", "--encoder", "nonsense"], 1, "There is no model “nonsense”"),
            (["red", "--encoder", "mute"], 1, "No photo has been indexed with “mute”"),
            (["--photo", "/nowhere/x.jpg"], 1, "There is no photo /nowhere/x.jpg"),
            (["--photo", "."], 1, "it is a folder"),
            (["--photo", __file__], 1, "test_search_command.py: "),
            (["red", "--region", "0,0,1,1"], 2, "add --photo FILE"),
            (["--photo", "x", "--region", "0,0,1"], 2, "is not a region of a photo"),
            (["--photo", "x", "--region", "0,0,2,1"], 2, "from 0 to 1"),
            (["--photo", "/nowhere/x.jpg", "--region", "0,0,1,1"], 1, "There is no photo"),
            (["--photo", __file__, "--region", "0,0,1,1"], 1, "test_search_command.py: "),
            (
                ["--photo", "x", "--photo", "y", "--photo", "z", "--region", "0,0,1,1"],
                2,
                "one --region for each --photo",
            ),
        ],
    )
    def test_invalid_input_is_reported(
        self, run: Run, indexed: Path, words: list[str], code: int, expected: str
    ) -> None:
        completed = run("search", *words)
        assert completed.code == code and expected in completed.err
        assert code == 0 or completed.out == ""

    def test_a_phrase_is_rejected_by_an_encoder_without_text(self, run: Run, indexed: Path) -> None:
        run("index", indexed, "--encoder", "mute")
        completed = run("search", "red", "--encoder", "mute")
        assert completed.code == 1 and "does not understand phrases" in completed.err
        assert (
            run("search", "--photo", indexed / "red.png", "--encoder", "mute", "--json").json[0][
                "score"
            ]
            >= 0.99
        )
        # The library's own choice is one that reads phrases.
        assert run("search", "red").code == 0

    def test_searching_an_empty_library_is_explained(self, run: Run) -> None:
        completed = run("search", "red")
        assert completed.code == 1 and "python run.py index FOLDER" in completed.err

    def test_a_library_at_another_path_is_searched(
        self, run: Run, photos: Path, tmp_path: Path
    ) -> None:
        run("index", photos, "--encoder", "tiny", "--library", tmp_path / "other")
        assert len(run("search", "red", "--json", "--library", tmp_path / "other").json) == 4
        assert run("search", "red").code == 1

    @pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="names are text there")
    def test_a_file_name_that_is_not_valid_text_is_printed(self, run: Run, own: Path) -> None:
        name = os.fsdecode(b"caf\xe9.png")
        (own / name).write_bytes(pictures.encoded(pictures.plain("white", (48, 32)), "PNG"))
        run("index", own)
        assert run("search", "white", "--top", "1").out.rstrip("\n").endswith(str(own / name))
        assert run("search", "white", "--top", "1", "--json").json[0]["path"] == str(own / name)

    def test_the_query_language_is_understood(self, run: Run, indexed: Path) -> None:
        def names(query: str) -> list[str]:
            return [Path(row["path"]).name for row in run("search", query, "--json").json]

        assert names("name:red")[:1] == ["red.png"] and len(names("name:red")) == 1
        assert set(names("format:jpeg")) == {"dated.jpg"}
        assert set(names("-format:jpeg")) == {"red.png", "green.png", "blue.png"}
        assert names("date:2020 red") == ["dated.jpg"]
        assert set(names("(name:red OR name:blue) green")) == {"red.png", "blue.png"}
        assert names("red + blue")[-1] not in {"red.png", "blue.png"}
        assert names(f'"{indexed / "blue.png"}"')[0] == "blue.png"

    def test_a_file_name_finds_that_file_first(self, run: Run, indexed: Path) -> None:
        for name in ("green.png", "green", "dated.jpg"):
            first = run("search", name, "--json").json[0]
            assert Path(first["path"]).name.startswith(name)
            assert first["match"] == "strong" and first["relevance"] == 1.0

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("camra:canon", "Did you mean “camera:”?"),
            ("iso:>many", "does not fit “iso:”"),
            ('"red', "quotation mark"),
            ("(red", "bracket"),
            ("./nowhere.jpg", "There is no photo"),
            ("-camra:canon", "Did you mean “camera:”?"),
        ],
    )
    def test_an_invalid_query_is_reported(
        self, run: Run, indexed: Path, query: str, expected: str
    ) -> None:
        completed = run("search", query)
        assert completed.code in (1, 2) and expected in completed.err and completed.out == ""
        assert len(completed.err.splitlines()) == 1

    def test_results_can_be_limited_to_relevant_photos(self, run: Run, indexed: Path) -> None:
        every = run("search", "red", "--json").json
        good = [row for row in every if row["match"] in ("strong", "fair")]
        assert run("search", "red", "--relevant", "--json").json == good
        assert 0 < len(good) < len(every)

    @pytest.mark.parametrize("line", ["iso:>x", "./none.jpg", "photo:999"])
    def test_lines_of_standard_input_that_cannot_be_answered_are_skipped(
        self, run: Run, indexed: Path, monkeypatch: pytest.MonkeyPatch, line: str
    ) -> None:
        lines = f"red\n{line}\nblue\n".encode()
        monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=io.BytesIO(lines)))
        completed = run("search", "-", "--top", "1")
        answers = [json.loads(line) for line in completed.out.splitlines()]
        assert [len(answer) for answer in answers] == [1, 0, 1]
        assert completed.code == 1 and completed.err.startswith("Line 2: ")

    @pytest.mark.parametrize("query", ["NOT red", "- red", "photos without red"])
    def test_a_query_that_only_subtracts_ranks_the_opposite(
        self, run: Run, indexed: Path, query: str
    ) -> None:
        best = run("search", "red", "--json").json[0]["path"]
        found = run("search", query, "--json").json
        assert found[-1]["path"] == best and all(each["match"] != "strong" for each in found)

    def test_several_words_without_quotes_are_explained(self, run: Run, indexed: Path) -> None:
        completed = run("search", "two", "dogs")
        assert completed.code == 2 and "in quotation marks" in completed.err

    def test_words_that_are_subtracted_are_named(self, run: Run, indexed: Path) -> None:
        assert run("search", "blue without red, 1965").err.startswith(
            "Understood as blue, 1965 - red: taken in 1965, without “red”."
            " To search by meaning instead: 1:blue without red, 1965\n"
        )
        assert "Understood" not in run("search", "blue - red").err

    def test_words_that_became_conditions_are_named(self, run: Run, indexed: Path) -> None:
        completed = run("search", "red 1965", "--json")
        assert completed.json == []
        assert completed.err == (
            "Understood as a condition: taken in 1965."
            ' To search by meaning instead: red + 1:"1965"\n'
        )
        assert "No photo matches these filters." in run("search", "red 1965").err
        assert run("search", 'red + 1:"1965"', "--json").err == ""
        assert "Did you mean: elephant + red\n" in run("search", "elefant + red").err
        said = run("search", "dark, 2019, newest").err
        assert said.startswith("Understood as conditions and an order: dark, taken in 2019, newest")
        assert 'To search by meaning instead: 1:dark + 1:"2019" + 1:newest\n' in said
