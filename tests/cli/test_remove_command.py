"""`remove` and `undo` on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from explorer.cli.app import main
from explorer.library.edits.edit_operations import set_favourite
from explorer.library.stores.album_store import add_to_album
from explorer.library.stores.edit_store import edit_photos
from explorer.removal.plan import write_plan
from tests.fixtures.small_library import SmallLibrary, digest


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A library with a copy to be removed, and a plan for it."""
    small_library = SmallLibrary(tmp_path)
    monkeypatch.setenv("EXPLORER_LIBRARY", str(tmp_path / "library"))
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    write_plan(tmp_path / "plan.json", [small_library.removal("b.jpg", "a.jpg")])
    yield small_library
    small_library.close()


def run(capsysbinary: Any, *words: str) -> tuple[int, str, str]:
    code = main(words)
    out, err = capsysbinary.readouterr()
    return code, out.decode(), err.decode()


def test_a_dry_run_a_removal_and_an_undo_succeed_in_turn(
    plan: SmallLibrary, tmp_path: Path, capsysbinary: Any
) -> None:
    before = plan.tree()
    code, out, _ = run(capsysbinary, "remove", "--plan", str(tmp_path / "plan.json"), "--dry-run")
    assert (
        code == 0
        and f"would remove {plan.photos / 'b.jpg'}" in out
        and "1 file would be removed (3 bytes)" in out
    )
    assert plan.tree() == before
    code, out, err = run(capsysbinary, "remove", "--plan", str(tmp_path / "plan.json"))
    assert code == 0 and "1 file removed (3 bytes)" in out and "run.py undo" in err
    assert set(plan.tree()) == {"a.jpg"}
    code, out, _ = run(capsysbinary, "undo", "--list")
    assert code == 0 and "1 file to the trash, 1 not restored" in out
    code, out, _ = run(capsysbinary, "undo", "--last")
    assert code == 0 and out == "1 file restored\n"
    assert plan.tree() == before
    code, _, err = run(capsysbinary, "undo")
    assert code == 2 and "nothing to undo" in err


def test_output_is_json(plan: SmallLibrary, tmp_path: Path, capsysbinary: Any) -> None:
    code, out, _ = run(
        capsysbinary,
        "remove",
        "--plan",
        str(tmp_path / "plan.json"),
        "--to",
        str(tmp_path / "aside"),
        "--json",
    )
    found = json.loads(out)
    assert code == 0
    assert found == {
        "run": found["run"], "dry_run": False, "removed": 1, "kept": 0, "along": 0, "bytes": 3,
        "results": [{
            "path": str(plan.photos / "b.jpg"), "state": "removed", "reason": "", "freed": 3,
            "at": str(tmp_path / "aside" / "photos" / "b.jpg"), "keep": str(plan.photos / "a.jpg"),
            "along": [],
        }],
        "bad": [],
    }  # fmt: skip
    code, out, _ = run(capsysbinary, "undo", "--list", "--json")
    (listed,) = json.loads(out)
    assert (listed["run"], listed["removed"], listed["away"]) == (found["run"], 1, 1)
    code, out, _ = run(capsysbinary, "undo", found["run"], "--json")
    path = str(plan.photos / "b.jpg")
    assert json.loads(out) == {
        "run": found["run"],
        "restored": 1,
        "lost": 0,
        "results": [{"path": path, "back": path, "note": ""}],
    }


def test_files_that_are_kept_are_reported_with_exit_code_1(
    plan: SmallLibrary, tmp_path: Path, capsysbinary: Any
) -> None:
    (plan.photos / "a.jpg").unlink()
    for extra in ([], ["--dry-run"]):
        code, out, _ = run(capsysbinary, "remove", "--plan", str(tmp_path / "plan.json"), *extra)
        assert code == 1 and "the photo to keep no longer exists" in out and "1 kept" in out
    assert set(plan.tree()) == {"b.jpg"}


def with_bad_entries(tmp_path: Path) -> str:
    """The plan with bad entries before and behind its good one, as a hand leaves them; gives its
    name."""
    text = (tmp_path / "plan.json").read_text()
    entry = json.dumps(json.loads(text)["removals"][0])
    deep = '{"path": ' + "[" * 100_000 + "]" * 100_000 + "}"
    rows = [
        entry.replace("b.jpg", "b\\u0000.jpg"),
        entry.replace("b.jpg", "\\ud800.jpg"),
        entry,
        entry,
        deep,
    ]
    rows.append(entry.replace('"bytes": 0', '"bytes": ' + "9" * 5000))
    (tmp_path / "edited.json").write_text(
        '{"format": "photo-explorer-plan", "version": 1, "removals": [' + ",\n".join(rows) + "]}"
    )
    return str(tmp_path / "edited.json")


def test_each_bad_entry_is_reported_in_a_line_and_the_good_one_is_removed(
    plan: SmallLibrary, tmp_path: Path, capsysbinary: Any
) -> None:
    before, name = plan.tree(), with_bad_entries(tmp_path)
    code, out, err = run(capsysbinary, "remove", "--plan", name, "--dry-run")
    assert (
        code == 1
        and "1 file would be removed (3 bytes), 5 invalid entries skipped" in out
        and plan.tree() == before
    )
    code, out, err = run(capsysbinary, "remove", "--plan", name)
    assert code == 1 and set(plan.tree()) == {"a.jpg"} and "run.py undo" in err
    *bad, last = out.splitlines()
    assert last == "1 file removed (3 bytes), 5 invalid entries skipped"
    assert [line.split(",")[0].split("  (")[0] for line in bad] == [
        f"invalid   entry {number}" for number in (1, 2, 4, 5, 6)
    ]
    assert (
        "is in entry 3 already" in bad[2]
        and "nested too deeply" in bad[3]
        and "5,000 digits" in bad[4]
    )
    assert run(capsysbinary, "undo")[0] == 0 and plan.tree() == before


def test_json_lists_bad_entries_with_the_results(
    plan: SmallLibrary, tmp_path: Path, capsysbinary: Any
) -> None:
    code, out, _ = run(capsysbinary, "remove", "--plan", with_bad_entries(tmp_path), "--json")
    found = json.loads(out)
    assert (
        code == 1
        and found["removed"] == 1
        and found["run"]
        and [row["state"] for row in found["results"]] == ["removed"]
    )
    assert [entry["where"] for entry in found["bad"]] == [
        f"entry {number}" for number in (1, 2, 4, 5, 6)
    ]
    assert found["bad"][2]["path"] == str(plan.photos / "b.jpg") and found["bad"][3]["path"] is None
    run(capsysbinary, "undo")


def test_nothing_is_removed_if_all_entries_are_bad(
    plan: SmallLibrary, tmp_path: Path, capsysbinary: Any
) -> None:
    before = plan.tree()
    (tmp_path / "edited.csv").write_text("path,hash,keep\nb.jpg,0,a.jpg\n")
    code, out, err = run(capsysbinary, "remove", "--plan", str(tmp_path / "edited.csv"))
    assert code == 1 and plan.tree() == before and err == ""
    assert out.splitlines()[0].startswith(
        "invalid   line 2, b.jpg  (“path” must be"
    ) and out.endswith("0 files removed (0 bytes), 1 invalid entry skipped\n")


def test_lost_files_are_reported_with_exit_code_1(
    plan: SmallLibrary, tmp_path: Path, capsysbinary: Any
) -> None:
    run(
        capsysbinary,
        "remove",
        "--plan",
        str(tmp_path / "plan.json"),
        "--to",
        str(tmp_path / "aside"),
    )
    (tmp_path / "aside" / "photos" / "b.jpg").unlink()
    code, out, _ = run(capsysbinary, "undo")
    assert code == 1 and "was deleted there" in out


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (["remove", "--plan", "absent.json"], 1, "cannot be read"),
        (["remove", "--plan", "wrong.json"], 1, "not a plan of Photo Explorer"),
        (["undo", "20200101-000000-abcd"], 2, "There is no removal"),
        (["undo", "20200101-000000-abcd", "--last"], 2, "not both"),
    ],
)
def test_wrong_arguments_are_reported_in_one_line(
    plan: SmallLibrary,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: Any,
    words: list[str],
    code: int,
    expected: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wrong.json").write_text('{"a": 1}')
    got, out, err = run(capsysbinary, *words)
    assert (got, out) == (code, "") and expected in err and err.count("\n") == 1


def test_a_missing_plan_is_requested(plan: SmallLibrary) -> None:
    assert main(["remove"]) == 2


def test_removing_photos_without_a_keeper_needs_a_flag(
    plan: SmallLibrary, tmp_path: Path, capsysbinary: Any
) -> None:
    write_plan(tmp_path / "own.json", [plan.removal("b.jpg", None)])
    code, _, err = run(capsysbinary, "remove", "--plan", str(tmp_path / "own.json"))
    assert code == 2 and "confirmation" in err
    code, _, _ = run(
        capsysbinary, "remove", "--plan", str(tmp_path / "own.json"), "--without-keeper"
    )
    assert code == 0 and set(plan.tree()) == {"a.jpg"}
    run(capsysbinary, "undo")


def test_the_result_says_how_many_edits_were_carried_over(
    plan: SmallLibrary, tmp_path: Path, capsysbinary: Any
) -> None:
    catalog, other = plan.library.catalog, plan.add_photo("other.jpg", "other")
    plan.add_pair("a.jpg", "other.jpg")
    photo = catalog.photo_id(bytes.fromhex(digest(Path(other))))
    assert photo is not None
    edit_photos(catalog, [photo], *set_favourite(True))
    add_to_album(catalog, "Anna", [photo])
    write_plan(tmp_path / "other.json", [plan.removal("other.jpg", "a.jpg")])
    code, out, _ = run(capsysbinary, "remove", "--plan", str(tmp_path / "other.json"))
    assert code == 0 and "\n2 edits of removed photos (favorites, albums" in out
    assert "were carried over to the photos that were kept." in out
