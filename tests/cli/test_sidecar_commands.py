"""`edit --sidecars`, `edit --from-sidecars` and their undo."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.removal.plan import write_plan
from tests.fixtures.command_line import Run
from tests.fixtures.small_library import SmallLibrary


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallLibrary]:
    made = SmallLibrary(tmp_path)
    monkeypatch.setenv("EXPLORER_LIBRARY", str(tmp_path / "library"))
    made.add_photo("a.jpg", "one")
    made.add_photo("b.jpg", "one")
    made.add_photo("c.jpg", "two")
    yield made
    made.close()


def test_edits_are_written_listed_and_taken_back(run: Run, photos: SmallLibrary) -> None:
    before = photos.tree()
    assert "no photo here was edited" in run("edit", "--sidecars").out
    run("edit", 1, 2, "--rating", 4)
    dry = run("edit", "--sidecars", "--dry-run")
    assert dry.code == 0 and dry.out.count("would be written") == 4 and photos.tree() == before
    written = run("edit", "--sidecars", 2, "--json").json
    assert [each["state"] for each in written["results"]] == ["written"]
    everything = run("edit", "--sidecars")
    assert everything.code == 0 and "2 written, 1 already complete" in everything.out
    listed = run("undo", "--list", "--json").json
    assert [(each["to"], each["written"], each["away"]) for each in listed] == [
        ("sidecars", 2, 2), ("sidecars", 1, 1),
    ]  # fmt: skip
    assert "2 sidecars written" in run("undo", "--list").out
    undone = run("undo", "--json").json
    assert (undone["restored"], undone["lost"]) == (2, 0)
    assert "1 sidecar as before" in run("undo", written["run"]).out
    again = run("undo", written["run"])
    assert again.code == 2 and "already been undone" in again.err
    assert photos.tree() == before


def test_the_last_of_removals_and_sidecars_is_undone_first(
    run: Run, photos: SmallLibrary, tmp_path: Path
) -> None:
    before = photos.tree()
    run("edit", 2, "--rating", 4)
    run("edit", "--sidecars")
    write_plan(tmp_path / "plan.json", [photos.removal("b.jpg", "a.jpg")])
    run("remove", "--plan", tmp_path / "plan.json", "--to", tmp_path / "aside")
    assert "1 file restored" in run("undo").out
    assert "1 sidecar as before" in run("undo").out
    assert photos.tree() == before


def test_refused_sidecars_are_said_and_fail_the_command(run: Run, photos: SmallLibrary) -> None:
    photos.add_file("c.jpg.xmp", "<x>")
    run("edit", 2, "--rating", 4)
    refused = run("edit", "--sidecars")
    assert refused.code == 1 and "not valid XMP" in refused.out and "1 not written" in refused.out
    read = run("edit", "--from-sidecars")
    assert read.code == 1 and "not valid XMP" in read.out and "0 photos changed" in read.out


def test_sidecars_are_read(run: Run, photos: SmallLibrary) -> None:
    run("edit", 1, "--rating", 4)
    run("edit", "--sidecars")
    run("edit", "--undo")
    assert run("edit", "--from-sidecars", "--json").json == {
        "found": 1, "changed": 1, "failures": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((1, "--dry-run", "--rating", "3"), "goes with --sidecars"),
        (("--sidecars", "--undo"), "Give one of"),
        ((1, "--sidecars", "--rating", "3"), "Edit photos first"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    run: Run, photos: SmallLibrary, words: tuple[object, ...], says: str
) -> None:
    result = run("edit", *words)
    assert result.code == 2 and says in result.err and result.err.count("\n") == 1
