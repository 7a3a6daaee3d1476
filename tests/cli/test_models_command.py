"""The `models` command: what it prints, and its exit codes."""

from __future__ import annotations

import pytest

from tests.fixtures.command_line import Run


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
            (["get"], 2, "Give the model to fetch"),
            (["get", "nonsense"], 1, "There is no encoder"),
            (["list", "clip"], 2, "models get clip"),
        ],
    )
    def test_invalid_input_is_reported(
        self, run: Run, words: list[str], code: int, expected: str
    ) -> None:
        completed = run("models", *words)
        assert completed.code == code and expected in completed.err
