from __future__ import annotations

from pathlib import Path

import click
import pytest

from explorer.cli.app import main
from explorer.cli.arguments import check_folders, typed_query
from explorer.cli.commands import MODULES, command_first
from explorer.cli.options import PORT, WholeNumber
from explorer.errors import UsageError
from explorer.search.language.syntax_error import QuerySyntaxError
from explorer.text_format import whole_number
from tests.fixtures.command_line import Run


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--library", "X", "status"], ["status", "--library", "X"]),
        (["--library=X", "status", "--json"], ["status", "--library=X", "--json"]),
        (["--lib", "X", "status"], ["status", "--lib", "X"]),
        (
            ["--json", "--library", "X", "search", "a dog"],
            ["search", "--json", "--library", "X", "a dog"],
        ),
        (["--top", "3", "search", "status"], ["search", "--top", "3", "status"]),
        (["status", "--library", "X"], ["status", "--library", "X"]),
        (["search", "status"], ["search", "status"]),
        # What follows an option that takes a value is that value.
        (["--library", "status"], ["open", "--library", "status"]),
        (["--library", "status", "status"], ["status", "--library", "status"]),
        (["--no-browser", "~/Pictures"], ["open", "--no-browser", "~/Pictures"]),
        (
            ["--library", "X", "--no-browser", "--port", "9000", "folder"],
            ["open", "--library", "X", "--no-browser", "--port", "9000", "folder"],
        ),
        (["--port", "9000", "demo"], ["demo", "--port", "9000"]),
        (["--", "status"], ["open", "--", "status"]),
        (["--library"], ["open", "--library"]),
        ([], ["open"]),
        (["folder", "status"], ["open", "folder", "status"]),
    ],
)
def test_options_may_precede_the_command(words: list[str], expected: list[str]) -> None:
    assert command_first(words) == expected


def test_an_unknown_option_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--encoder", "clip", "models"]) == 2
    assert "No such option '--encoder'" in capsys.readouterr().err


def test_long_options_may_be_abbreviated_while_unambiguous(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["models", "--js"]) == 0
    assert main(["remove", "--pl", "/nowhere.json", "--dry"]) == 1
    capsys.readouterr()
    assert main(["search", "red", "--t=0"]) == 2
    assert "above 0" in capsys.readouterr().err
    assert main(["index", ".", "--e=x"]) == 2
    assert "No such option '--e'" in capsys.readouterr().err
    # After a lone --, words are words.
    assert main(["open", "--", "--js"]) == 2
    assert "“--js” is neither a command nor a folder" in capsys.readouterr().err


def test_a_misplaced_command_is_not_taken_for_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    commands = MODULES
    with pytest.raises(
        UsageError, match=r"The command comes first: `python run.py status …`.*\./status"
    ):
        check_folders([str(tmp_path), "status"], commands)
    with pytest.raises(UsageError, match="Did you mean “status”"):
        check_folders(["statu"], commands)
    with pytest.raises(
        UsageError, match=r"neither a command nor a folder here\. `python run.py --help`"
    ):
        check_folders(["qqqq"], commands)
    # Folders, if only by the look of them; what they lack is reported by those who open them.
    check_folders(
        ["./status", "~status", ".status", str(tmp_path / "statu"), "", "photos/statu"], commands
    )
    check_folders([str(tmp_path), "statu"], commands)
    (tmp_path / "status").mkdir()
    check_folders(["status", "status"], commands)


def converted(kind: WholeNumber, text: str) -> int:
    return kind.convert(text, None, None)


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("007", 7), ("2147483647", 2**31 - 1)])
def test_whole_numbers_are_parsed(text: str, number: int) -> None:
    assert converted(WholeNumber(), text) == number


@pytest.mark.parametrize("text", ["0", "-1", "", "1.5", "ten", "٣", "²", "2147483648", "9" * 5000])
def test_anything_but_a_positive_whole_number_is_rejected(text: str) -> None:
    with pytest.raises(click.BadParameter) as exc_info:
        converted(WholeNumber(), text)
    assert len(exc_info.value.message) < 100


def test_ports_are_parsed() -> None:
    assert (converted(PORT, "1"), converted(PORT, "65535")) == (1, 65535)
    for text in ("0", "65536", "9" * 5000):
        with pytest.raises(click.BadParameter, match="from 1 to 65,535"):
            converted(PORT, text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0), ("00", 0), ("0012", 12), ("0" * 5000 + "7", 7), (str(2**63 - 1), 2**63 - 1),
        (str(2**63), None), ("9" * 5000, None),
        ("", None), ("-1", None), ("+1", None), (" 1", None), ("1_0", None), ("٣", None),
        ("²", None), ("1.0", None),
    ],
)  # fmt: skip
def test_numbers_in_urls_are_parsed(text: str, number: int | None) -> None:
    assert whole_number(text) == number


def test_numbers_are_accepted_up_to_a_bound() -> None:
    assert (
        whole_number("99", 99) == 99
        and whole_number("100", 99) is None
        and whole_number("0", 0) == 0
    )


@pytest.mark.parametrize(
    "words",
    [
        ["forget", ""],
        ["rescan", ""],
        ["anomalies", "--folder", ""],
        ["search", "--folder", "", "x"],
        ["duplicates", "--folder", ""],
        ["duplicates", "--plan", ""],
    ],
)
def test_an_empty_folder_is_not_taken_for_the_whole_library(
    run: Run, indexed: Path, words: list[str]
) -> None:
    completed = run(*words)
    assert completed.code == 2 and completed.out == ""
    assert completed.err.endswith("is a variable unset?\n")


def test_an_invalid_query_says_where() -> None:
    with pytest.raises(QuerySyntaxError, match=r"\(at character 5\)$"):
        typed_query(" red )dog")
    with pytest.raises(QuerySyntaxError, match=r"remove it\.$"):
        typed_query("(dog")
