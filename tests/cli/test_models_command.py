"""The `models` command: what it prints, and its exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.encoders.downloads import fetch_state, weights
from tests.fixtures.command_line import Run


@pytest.fixture(autouse=True)
def _models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A models folder of the test's own, for what is remembered in it."""
    monkeypatch.setenv("EXPLORER_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub-cache"))


class TestModels:
    def test_output_is_json(self, run: Run) -> None:
        models = {model["name"]: model for model in run("models", "--json").json}
        assert set(models) >= {"starter", "clip", "siglip2", "resnet50", "vit"}
        assert (
            models["starter"]["available"]
            and models["starter"]["has_text"]
            and not models["resnet50"]["has_text"]
        )

    def test_output_is_readable_text(self, run: Run) -> None:
        expected = run("models").out
        assert "starter" in expected and "models get clip" in expected

    @pytest.mark.parametrize(
        ("words", "code", "expected"),
        [
            (["get"], 2, "Give the model to download"),
            (["get", "nonsense"], 1, "There is no model"),
            (["list", "clip"], 2, "models get clip"),
            (["use"], 2, "Give the model to use"),
            (["drop"], 2, "Give the model to drop"),
            (["pause", "clip"], 2, "takes no name"),
            (["use", "nonsense"], 1, "There is no model"),
            (["use", "clip"], 1, "There is no library"),
        ],
    )
    def test_invalid_input_is_reported(
        self, run: Run, words: list[str], code: int, expected: str
    ) -> None:
        completed = run("models", *words)
        assert completed.code == code and expected in completed.err


class TestModelsOfALibrary:
    def test_the_list_says_what_the_library_has(self, run: Run, indexed: Path) -> None:
        rows = {row["name"]: row for row in run("models", "--json").json}
        photos = rows["tiny"]["photos"]
        assert photos and rows["tiny"]["in_use"] and not rows["clip"]["photos"]
        told = run("models").out
        assert f"{photos} photos encoded, in use" in told and "more than 100" in told

    def test_another_model_waits_until_it_is_complete(self, run: Run, indexed: Path) -> None:
        said = run("models", "use", "mute")
        assert said.code == 0 and "takes over once all photos are encoded" in said.err
        rows = {row["name"]: row for row in run("models", "--json").json}
        assert rows["tiny"]["in_use"] and rows["mute"]["upcoming"]
        assert "takes over when all photos are encoded" in run("models").out
        # Searches go on with the one in use.
        assert run("search", "red", "--json").json
        said = run("models", "use", "tiny")
        assert "“tiny” is in use." in said.err
        assert not any(row["upcoming"] for row in run("models", "--json").json)

    def test_a_model_that_has_to_be_fetched_is_asked_for(self, run: Run, indexed: Path) -> None:
        fetch_state.choose("paused")
        said = run("models", "use", "clip")
        assert "downloads it and then encodes" in said.err and "--encoder clip" in said.err
        assert fetch_state.choice() == "automatic"

    def test_a_model_without_text_comes_with_a_warning(self, run: Run, indexed: Path) -> None:
        said = run("models", "use", "resnet50", "--library", indexed).err
        assert "compares photos only" in said
        assert "photos only" not in run("models", "use", "clip", "--library", indexed).err

    def test_indexing_with_a_model_chooses_it(self, run: Run, indexed: Path, photos: Path) -> None:
        run("models", "use", "mute")
        assert run("index", photos, "--encoder", "tiny").code == 0
        rows = run("models", "--json").json
        assert [row["name"] for row in rows if row["in_use"]] == ["tiny"]
        assert not any(row["upcoming"] for row in rows)

    def test_dropping(self, run: Run, indexed: Path, photos: Path) -> None:
        run("index", photos, "--encoder", "mute")
        said = run("models", "drop", "tiny")
        assert said.code == 2 and "“tiny” is in use" in said.err and "models use" in said.err
        said = run("models", "drop", "mute")
        assert said.code == 0 and "Dropped the vectors of “mute”" in said.err
        assert "mute" not in [row["name"] for row in run("models", "--json").json]
        assert "for 0 photos" in run("models", "drop", "mute").err

    def test_weights_are_deleted_only_when_asked(self, run: Run, indexed: Path) -> None:
        source = weights.hub_source("laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K", "x")
        part = source.part.with_name("open_clip_model.safetensors.part")
        part.parent.mkdir(parents=True)
        part.write_bytes(bytes(1_000_000))
        assert "deleted" not in run("models", "drop", "clip").err and part.exists()
        assert "1.0 MB of the model's files" in run("models", "drop", "clip", "--weights").err
        assert not part.exists()


@pytest.mark.parametrize(
    ("word", "choice"), [("pause", "paused"), ("not-now", "declined"), ("resume", "automatic")]
)
def test_what_is_fetched_by_itself_can_be_stopped(run: Run, word: str, choice: str) -> None:
    said = run("models", word)
    assert said.code == 0 and said.err.count("\n") == 1 and not said.out
    assert fetch_state.choice() == choice
