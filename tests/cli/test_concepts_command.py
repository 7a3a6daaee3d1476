"""`concepts`: a concept is made, corrected, searched by, renamed and deleted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixtures.command_line import Run


@pytest.fixture
def ids(run: Run, indexed: Path) -> list[int]:
    """The ids of all photos."""
    return [hit["id"] for hit in run("search", "red", "--json").json]


def test_a_concept_lives_on_the_command_line(run: Run, ids: list[int]) -> None:
    assert "no concepts yet" in run("concepts").err
    (made,) = run("concepts", "make", "Our boat", ids[0], "--json").json
    assert (made["name"], made["examples"], made["photos"]) == ("Our boat", 1, ids[:1])
    (changed,) = run("concepts", "add", "our BOAT", ids[1], "--not", "--json").json
    assert changed["counter_photos"] == ids[1:2]
    found = [hit["id"] for hit in run("search", 'concept:"our boat"', "--json").json]
    assert found[0] == ids[0] and ids[1] not in found
    (changed,) = run("concepts", "remove", "our boat", ids[1], "--json").json
    assert changed["counter_examples"] == 0
    assert run("concepts", "rename", "our boat", "The boat", "--json").json[0]["name"] == "The boat"
    unknown = run("search", "concept:boot")
    assert unknown.code == 2 and "There is no concept “boot”" in unknown.err
    assert run("concepts", "delete", "the boat", "--json").json == []
    (made,) = run("concepts", "make", "\udce9 A\x1bb", ids[2], ids[0], ids[1], "--json").json
    assert (made["name"], made["photos"]) == ("A b", [ids[2], ids[0], ids[1]])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("make",), "Give the concept"),
        (("make", "A"), "Give photos"),
        (("make", "A", "soon"), "is not the id of a photo"),
        (("add", "A", 1), "no concept “A”"),
        (("list", "--not"), "--not goes with"),
        (("list", "A"), "takes no name"),
    ],
)
def test_wrong_words_are_refused_in_one_line(
    run: Run, indexed: Path, words: tuple[object, ...], says: str
) -> None:
    result = run("concepts", *words)
    assert result.code == 2 and says in result.err and result.err.count("\n") == 1
