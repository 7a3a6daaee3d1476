"""`search` with several models."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import types
from pathlib import Path

import pytest

from explorer.encoders import registry
from explorer.indexing.foreground import index_folders
from explorer.library.library import Library
from tests import pictures
from tests.fixtures.command_line import Run, _encoders
from tests.fixtures.three_models import MODELS

__all__ = ["_encoders"]
TWO = ("--encoder", "tiny", "--encoder", "light")
THREE = (*TWO, "--encoder", "layout")


@pytest.fixture(scope="module")
def _classes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(photos, library): two folders of photos of one kind each, indexed with three models, once
    for all tests here."""
    place = tmp_path_factory.mktemp("classes")
    for colour, other in (("red", "darkred"), ("blue", "darkblue")):
        for number, shade in enumerate((colour, other, colour)):
            size = (48 + number, 40)
            pictures.write(place / "photos" / colour / f"{number}.png", pictures.plain(shade, size))
    library = Library.open(place / "library")
    for model in MODELS.values():
        index_folders(library, [str(place / "photos")], model(), lambda _: None)
    library.close()
    return place / "photos", place / "library"


@pytest.fixture
def compared(_encoders: None, _classes: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The photos, which no test may change, and a library of them for the test alone."""
    monkeypatch.setattr(registry, "_loaders", registry._loaders | MODELS)
    shutil.copytree(_classes[1], os.environ["EXPLORER_LIBRARY"])
    return _classes[0]


def test_one_object_for_scripts(run: Run, compared: Path) -> None:
    said = run("search", "red", *THREE, "--top", "3", "--json")
    assert (said.code, said.err) == (0, "")
    found = said.json
    assert {"models", "overlap@k", "rbo", "agreed"} <= set(found)
    assert [model["encoder"] for model in found["models"]] == ["tiny", "light", "layout"]
    tiny, light, layout = found["models"]
    assert [set(row) for row in tiny["results"]] == [{"rank", "id", "path", "score"}] * 3
    assert [row["rank"] for row in tiny["results"]] == [1, 2, 3]
    assert {Path(row["path"]).parent.name for row in tiny["results"][:2]} == {"red"}
    assert light["seconds"] > 0 and layout["seconds"] is None and layout["results"] == []
    assert "cannot read phrases" in layout["problem"] and "problem" not in tiny
    first = [{row["id"] for row in model["results"]} for model in (tiny, light)]
    assert {photo["id"] for photo in found["agreed"]} == first[0] & first[1]
    assert found["overlap@k"] == round(len(first[0] & first[1]) / 3, 4)
    assert all(set(photo["ranks"]) == {"tiny", "light"} for photo in found["agreed"])
    assert 0 < found["rbo"] <= 1 and len(found["pairs"]) == 1
    assert tiny["precision@k"] > found["precision"]["chance"]
    assert "query_precision@k" not in tiny


def test_rankings_are_those_of_each_model_alone(run: Run, compared: Path) -> None:
    together = run("search", "red", *TWO, "--json").json
    for model in together["models"]:
        alone = run("search", "1:red", "--encoder", model["encoder"], "--json").json
        assert {row["id"]: row["score"] for row in model["results"]} == {
            row["id"]: row["score"] for row in alone
        }


def test_a_photo_compares_all_three(run: Run, compared: Path, tmp_path: Path) -> None:
    photo = compared / "red" / "0.png"
    found = run("search", "--photo", photo, *THREE, "--json").json
    assert [len(model["results"]) for model in found["models"]] == [5, 5, 5]
    assert found["photos"] == 5 and len(found["pairs"]) == 3
    assert str(photo) not in {row["path"] for row in found["models"][0]["results"]}
    assert found["overlap@k"] == 1 and len(found["agreed"]) == 5
    assert all(0 <= model["query_precision@k"] <= 1 for model in found["models"])
    other = pictures.write(tmp_path / "elsewhere.jpg", pictures.plain("red", (99, 77)))
    found = run("search", "--photo", other, *THREE, "--json").json
    assert found["photos"] == 6 and not any("problem" in model for model in found["models"])


def test_a_table_for_people(run: Run, compared: Path) -> None:
    said = run("search", "red", *THREE, "--top", "2")
    heading, first, second, silent, agreement, precision = said.out.splitlines()
    assert heading.split()[0] == "tiny" and "light (" in heading and "layout" not in heading
    assert first.split()[0] == "1" and first.count("red/") == 2 and second.split()[0] == "2"
    assert silent == "layout cannot read phrases; search with a photo to compare it."
    assert "overlap@2" in agreement and "rank-biased overlap" in agreement
    assert precision.startswith("precision@2 with folders as classes: tiny ")
    by_photo = run("search", "--photo", compared / "red" / "0.png", *THREE, "--top", "2").out
    assert "tiny and layout: overlap@2" in by_photo
    assert "precision@2 of this search: tiny 1.00" in by_photo


def test_lines_of_standard_input(run: Run, compared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = types.SimpleNamespace(buffer=io.BytesIO(b"red\n(\n\nblue\n./none.jpg\n"))
    monkeypatch.setattr(sys, "stdin", lines)
    said = run("search", "-", *TWO, "--top", "1")
    answers = [json.loads(line) for line in said.out.splitlines()]
    assert said.code == 1 and [line[:8] for line in said.err.splitlines()] == [
        "Line 2: ",
        "Line 5: ",
    ]
    assert [bool(answer) for answer in answers] == [True, False, False, True, False]
    assert Path(answers[3]["models"][0]["results"][0]["path"]).parent.name == "blue"


def test_one_model_named_twice_is_a_usual_search(run: Run, compared: Path) -> None:
    twice = run("search", "red", "--encoder", "tiny", "--encoder", "tiny", "--json")
    assert twice.json == run("search", "red", "--encoder", "tiny", "--json").json
    assert isinstance(twice.json, list)


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (("red", "--encoder", "tiny", "--encoder", "nonsense"), 1, "no model “nonsense”"),
        (("red", "--encoder", "tiny", "--encoder", "vit"), 1, "with “vit” yet"),
        (("date:2020", *TWO), 2, "only filters"),
        (("red", *TWO, "--relevant"), 2, "take one model"),
        (("--photo", "/nowhere.jpg", *TWO), 1, "no photo /nowhere.jpg"),
        (("red", "--encoder", "layout", "--encoder", "mute"), 1, "with “mute” yet"),
    ],
)
def test_mistakes_are_one_line(
    run: Run, compared: Path, words: tuple[str, ...], code: int, expected: str
) -> None:
    said = run("search", *words)
    assert (said.code, said.out) == (code, "") and expected in said.err
    assert len(said.err.strip().splitlines()) == 1


def test_models_that_are_gone_or_cannot_answer_are_one_line(
    run: Run, compared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry._loaders, "light", registry._loaders["resnet50"])
    registry.release("light")
    said = run("search", "red", *TWO)
    assert said.code == 1 and "The weights of" in said.err and len(said.err.splitlines()) == 1
    monkeypatch.setattr(MODELS["light"], "has_text", False)
    monkeypatch.setitem(registry._loaders, "light", MODELS["light"])
    said = run("search", "red", "--encoder", "layout", "--encoder", "light")
    assert said.code == 1 and len(said.err.splitlines()) == 1
    assert "layout cannot read phrases" in said.err and "light cannot read phrases" in said.err


def test_a_filter_that_nothing_passes(run: Run, compared: Path) -> None:
    said = run("search", "red", *TWO, "--since", "2100-01-01")
    assert said.code == 0 and "No photo that all models have encoded fits." in said.err


def test_an_empty_library_says_so(run: Run, compared: Path, tmp_path: Path) -> None:
    Library.open(tmp_path / "empty").close()
    said = run("search", "red", *TWO, "--library", tmp_path / "empty")
    assert said.code == 0 and "The library has no photos yet" in said.err
    said = run("search", "red", *TWO, "--library", tmp_path / "empty", "--json")
    assert [model["results"] for model in said.json["models"]] == [[], []]
