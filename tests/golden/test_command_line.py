"""What scripts rely on: commands, options, JSON keys, exit codes, and which stream says what.
Things may be added; nothing may go."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.golden_adapter import Run, command_options

RECORDED = json.loads((Path(__file__).parent / "command_line.json").read_text(encoding="utf-8"))
# The keys of each command's JSON: of its one object, or of each entry of its list.
KEYS = {
    "index": "indexed unchanged moved missing failed seconds photos_per_second encoded other failures unlisted unsettled offline encoder",
    "search": "rank id path score",
    "duplicates": "tier keep keep_because key reclaimable photos",
    "duplicates.photos": "id path bytes width height format taken_at relation score protected linked stays along",
    "anomalies": "id path kind score detail",
    "status": "library photos files failed missing bytes folders worker encoders",
    "models": "name what has_text licence available download_bytes",
    "verify": "sound photos files vectors problems notes",
    "exclude": "folder exclude",
    "remove": "run dry_run removed kept along bytes results",
    "remove.results": "path state reason freed at keep along",
    "undo --list": "run at to removed away",
    "undo": "run restored lost results",
    "undo.results": "path back note",
}


def _has(rows: Any, name: str) -> None:
    for row in rows if isinstance(rows, list) else [rows]:
        assert set(KEYS[name].split()) <= set(row), name


@pytest.fixture
def indexed(run: Run, old_photos: Path) -> Path:
    assert run("index", old_photos, "--encoder", "tiny").code == 0
    return old_photos


@pytest.mark.parametrize("command", RECORDED)
def test_no_option_went(command: str) -> None:
    now = command_options()[command]
    assert set(RECORDED[command]["options"]) <= now.options
    assert RECORDED[command]["arguments"] == now.arguments
    for name, known in RECORDED[command]["choices"].items():
        assert set(known) <= now.choices[name]


def test_json_keys(run: Run, old_photos: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    for name, words in (
        ("index", ["index", old_photos, "--encoder", "tiny", "--json"]),
        ("search", ["search", "red", "--json"]),
        ("duplicates", ["duplicates", "--json", "--plan", plan]),
        ("anomalies", ["anomalies", "--json"]),
        ("status", ["status", "--json"]),
        ("models", ["models", "--json"]),
        ("verify", ["verify", "--json"]),
        ("exclude", ["exclude", old_photos, "*.tmp", "--json"]),
        ("remove", ["remove", "--plan", plan, "--to", tmp_path / "removed", "--json"]),
        ("undo --list", ["undo", "--list", "--json"]),
        ("undo", ["undo", "--json"]),
    ):
        said = run(*words)
        assert said.code == 0, said.err
        assert said.json, name
        _has(said.json, name)
        if name == "duplicates":
            _has([photo for group in said.json for photo in group["photos"]], "duplicates.photos")
        if name in ("remove", "undo"):
            assert said.json["results"]
            _has(said.json["results"], f"{name}.results")


def test_plans_are_written_as_before(run: Run, indexed: Path, tmp_path: Path) -> None:
    assert run("duplicates", "--plan", tmp_path / "plan.json").code == 0
    plan = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert (plan["format"], plan["version"]) == ("photo-explorer-plan", 1)
    assert plan["removals"]
    for removal in plan["removals"]:
        assert {"path", "hash", "bytes", "keep", "keep_hash", "tier", "why", "along"} <= set(
            removal
        )


def test_the_journal_is_written_as_before(run: Run, indexed: Path, tmp_path: Path) -> None:
    run("duplicates", "--plan", tmp_path / "plan.json")
    assert run("remove", "--plan", tmp_path / "plan.json", "--to", tmp_path / "removed").code == 0
    assert run("undo").code == 0
    lines = [
        json.loads(line)
        for line in (Path(os.environ["EXPLORER_LIBRARY"]) / "removals.jsonl")
        .read_text()
        .splitlines()
    ]
    fields = {
        "begin": "run at where planned",
        "intended": "run at number path hash keeper where root target facts along",
        "moved": "run at number target info", "end": "run at planned",
        "undoing": "run at number back", "undone": "run at number back",
    }  # fmt: skip
    assert {line["step"] for line in lines} == set(fields)
    for line in lines:
        assert set(fields[line["step"]].split()) <= set(line)
    facts = next(line["facts"] for line in lines if line["step"] == "intended")
    assert {"size", "mtime_ns", "atime_ns", "inode", "device"} <= set(facts)


# Words, exit code, and the stream on which something is said.
ENDINGS: list[tuple[list[str], int, str]] = [
    (["search", "red"], 0, "out"),
    (["search", "red", "--since", "2100-01-01"], 0, "err"),
    (["search"], 2, "err"),
    (["search", "red", "--top", "0"], 2, "err"),
    (["search", "red", "--since", "soon"], 2, "err"),
    (["search", "red", "--encoder", "nonsense"], 1, "err"),
    (["search", "--photo", "/nowhere/a.jpg"], 1, "err"),
    (["index", "/nowhere"], 1, "err"),
    (["index"], 2, "err"),
    (["duplicates"], 0, "out"),
    (["duplicates", "--tier", "none"], 2, "err"),
    (["anomalies", "--kind", "none"], 2, "err"),
    (["remove"], 2, "err"),
    (["remove", "--plan", "/nowhere/plan.json"], 1, "err"),
    (["undo", "no-such-run"], 2, "err"),
    (["status"], 0, "out"),
    (["models"], 0, "out"),
    (["verify"], 0, "out"),
    (["--version"], 0, "out"),
    (["--help"], 0, "out"),
]


def test_exit_codes_and_streams(run: Run, indexed: Path) -> None:
    for words, code, stream in ENDINGS:
        said = run(*words)
        assert said.code == code, words
        assert (said.out if stream == "out" else said.err).strip(), words
        if code:
            assert said.out == "" and "Traceback" not in said.err, words
        if code == 1:
            assert len(said.err.strip().splitlines()) == 1, words


def test_files_of_a_library(run: Run, indexed: Path, tmp_path: Path) -> None:
    run("duplicates", "--plan", tmp_path / "plan.json")
    assert run("remove", "--plan", tmp_path / "plan.json", "--to", tmp_path / "removed").code == 0
    library = Path(os.environ["EXPLORER_LIBRARY"])
    names = {path.relative_to(library).as_posix() for path in library.rglob("*") if path.is_file()}
    assert {"catalog.db", "removals.jsonl", "worker.lock"} <= names
    previews = [name for name in names if name.startswith("previews/")]
    assert len(previews) == 5 and all(
        re.fullmatch(r"previews/([0-9a-f]{2})/\1[0-9a-f]{30}\.jpg", name) for name in previews
    )
    assert (
        any(re.fullmatch(r"vectors/tiny-1-\d+\.faiss", name) for name in names)
        and "vectors/tiny-1.json" in names
    )
