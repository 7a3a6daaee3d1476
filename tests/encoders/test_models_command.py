"""`models` and `models get NAME` on the command line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from explorer.cli.app import main
from explorer.encoders import registry
from tests.encoders.hub import Hub


def test_the_list_shows_downloaded_models_and_how_to_get_the_rest(capsysbinary: Any) -> None:
    assert main(["models"]) == 0
    text = capsysbinary.readouterr().out.decode()
    for name in registry.names():
        assert f"\n{name} " in "\n" + text
    assert "python run.py models get clip" in text and "605.2 MB" in text
    assert "photos only" in text and "Apache-2.0" in text


def test_the_list_as_json(capsysbinary: Any) -> None:
    assert main(["models", "--json"]) == 0
    listed = json.loads(capsysbinary.readouterr().out)
    assert [one["name"] for one in listed] == registry.names()
    assert listed[0]["available"] is True and listed[1]["available"] is False


def test_get_downloads_and_reports_success(
    served: Hub, reuse_conversions: None, capsysbinary: Any
) -> None:
    assert main(["models", "get", "clip"]) == 0
    said = capsysbinary.readouterr()
    assert (
        "Downloading clip" in said.err.decode()
        and "“clip” is ready" in said.err.decode()
        and not said.out
    )
    assert main(["models", "--json"]) == 0
    assert json.loads(capsysbinary.readouterr().out)[1]["available"] is True


def test_get_without_a_network_prints_one_line(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: Any
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    assert main(["models", "get", "clip"]) == 1
    said = capsysbinary.readouterr().err.decode()
    assert "cannot be reached" in said and said.count("\n") == 1


def test_get_of_an_unknown_model_prints_one_line(hub: Hub, capsysbinary: Any) -> None:
    assert main(["models", "get", "resnet50"]) == 1
    assert main(["models", "get", "nonsense"]) == 1
    said = capsysbinary.readouterr().err.decode().splitlines()
    assert (
        len(said) == 2 and "does not exist" in said[0] and "There is no model “nonsense”" in said[1]
    )


def test_get_needs_a_name(capsysbinary: Any) -> None:
    assert main(["models", "get"]) == 2
    assert "models get NAME" in capsysbinary.readouterr().err.decode()
