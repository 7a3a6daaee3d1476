"""`duplicates` on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.cli.app import main
from explorer.duplicates import find_groups
from explorer.library.library import Library
from explorer.library.stores import pair_store as store
from explorer.library.stores.pair_store import PAIRS_VERSION, Pair
from explorer.photos.containers.contents import ContentPart, FileContents
from explorer.photos.metadata.exif_header import ExifHeader
from tests.factory import LibraryBuilder, by_camera, measured


@pytest.fixture
def builder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LibraryBuilder]:
    """Two files of one photo, and a larger and a smaller copy of another."""
    (tmp_path / "photos").mkdir()
    monkeypatch.setenv("EXPLORER_LIBRARY", str(tmp_path / "library"))
    monkeypatch.setattr(find_groups, "read_header", lambda path: ExifHeader())
    builder = LibraryBuilder(Library.open(tmp_path / "library"), str(tmp_path / "photos"))
    yield builder
    builder.close()


def fill(builder: LibraryBuilder) -> None:
    builder.put("a.jpg", 1)
    builder.put("b/a.jpg", 1)
    large = builder.put("large.jpg", 2, **by_camera(width=800, height=600))
    small = builder.put("b/small.jpg", 3, **measured(width=400, height=300))
    store.put_pairs(
        builder.writer,
        [Pair(large, small, "picture", 0.98, {"matrix": [1, 0, 0, 0, 1, 0], "plain": 3})],
        PAIRS_VERSION,
    )


def run(capsysbinary: Any, *words: str) -> tuple[int, str, str]:
    code = main(["duplicates", *words])
    out, err = capsysbinary.readouterr()
    return code, out.decode(), err.decode()


def test_output_is_readable_text(
    builder: LibraryBuilder, tmp_path: Path, capsysbinary: Any
) -> None:
    fill(builder)
    code, out, _ = run(capsysbinary)
    photos = tmp_path / "photos"
    lines = out.splitlines()
    assert code == 0 and len(lines) == 4
    assert lines[0].startswith(f"the same file: keep {photos / 'a.jpg'} (")
    assert lines[1] == f"    {photos / 'b' / 'a.jpg'} (identical file, byte for byte)"
    assert lines[2].startswith(
        f"the same picture: keep {photos / 'large.jpg'} (only it has camera metadata"
    )
    assert lines[3] == f"    {photos / 'b' / 'small.jpg'} (half the size)"


def test_output_is_json(builder: LibraryBuilder, tmp_path: Path, capsysbinary: Any) -> None:
    fill(builder)
    groups = json.loads(run(capsysbinary, "--json")[1])
    assert [group["tier"] for group in groups] == ["identical", "picture"]
    for group in groups:
        assert group["keep"] == group["photos"][0]["path"] and not group["doubt"]
        assert len({photo["path"] for photo in group["photos"]}) == 2
    assert (
        groups[1]["photos"][1]["relation"] == "half the size"
        and groups[1]["photos"][1]["score"] == 0.98
    )
    assert groups[0]["photos"][0]["id"] == groups[0]["photos"][1]["id"]


def test_output_is_limited_to_one_tier_and_one_folder(
    builder: LibraryBuilder, tmp_path: Path, capsysbinary: Any
) -> None:
    fill(builder)
    assert [
        group["tier"] for group in json.loads(run(capsysbinary, "--json", "--tier", "picture")[1])
    ] == ["picture"]
    builder.put("c/x.jpg", 4)
    builder.put("c/y.jpg", 4)
    found = json.loads(run(capsysbinary, "--json", "--folder", str(tmp_path / "photos" / "c"))[1])
    assert [Path(photo["path"]).name for photo in found[0]["photos"]] == ["x.jpg", "y.jpg"] and len(
        found
    ) == 1


def test_a_plan_for_remove_is_written(
    builder: LibraryBuilder, tmp_path: Path, capsysbinary: Any
) -> None:
    fill(builder)
    code, _, err = run(capsysbinary, "--plan", str(tmp_path / "plan.json"))
    assert code == 0 and "2 files" in err
    removals = json.loads((tmp_path / "plan.json").read_text())["removals"]
    assert sorted(Path(row["path"]).name for row in removals) == ["a.jpg", "small.jpg"]


def test_other_shots_are_in_no_plan(
    builder: LibraryBuilder, tmp_path: Path, capsysbinary: Any
) -> None:
    fill(builder)
    one, other = (builder.put(f"IMG_000{number}.jpg", f"shot {number}") for number in (1, 2))
    store.put_pairs(builder.writer, [Pair(one, other, "scene", 0.9, {})], PAIRS_VERSION)
    plan = tmp_path / "plan.json"
    code, out, err = run(capsysbinary, "--tier", "moment", "--plan", str(plan))
    assert code == 0 and "IMG_0002.jpg" in out and "0 files" in err
    assert "one by one on the Duplicates page" in err
    assert json.loads(plan.read_text())["removals"] == []
    _, _, err = run(capsysbinary, "--plan", str(plan))
    assert "2 files" in err and "Duplicates page" not in err
    assert {row["tier"] for row in json.loads(plan.read_text())["removals"]} == {
        "identical",
        "picture",
    }


def test_nothing_is_suggested_while_the_original_is_unknown(
    builder: LibraryBuilder, tmp_path: Path, capsysbinary: Any
) -> None:
    large, small = (
        builder.put(name, name, **measured(width=width, height=3 * width // 4))
        for name, width in (("large.jpg", 800), ("small.jpg", 400))
    )
    store.put_pairs(
        builder.writer,
        [Pair(large, small, "picture", 0.98, {"matrix": [1, 0, 0, 0, 1, 0], "plain": 3})],
        PAIRS_VERSION,
    )
    _, out, err = run(capsysbinary, "--plan", str(tmp_path / "plan.json"))
    first, *files = out.splitlines()
    assert first.startswith(
        "the same picture: nothing is suggested (it is not clear which one is the original:"
        " nothing shows"
    )
    assert files == [
        f"    {tmp_path / 'photos' / 'large.jpg'}",
        f"    {tmp_path / 'photos' / 'small.jpg'} (half the size; kept: it may be the original)",
    ]
    assert "0 files" in err
    (group,) = json.loads(run(capsysbinary, "--json")[1])
    assert (group["keep"], group["keep_because"], group["reclaimable"]) == (
        None,
        "",
        0,
    ) and "is not clear" in group["doubt"]
    assert [photo["stays"] for photo in group["photos"]] == ["it may be the original"] * 2


def test_an_empty_result_is_stated_plainly(builder: LibraryBuilder, capsysbinary: Any) -> None:
    assert run(capsysbinary, "--json") == (0, "[]\n", "")
    code, out, err = run(capsysbinary)
    assert (code, out) == (0, "") and "no photos yet" in err
    builder.put("a.jpg", 1)
    assert "No duplicates were found." in run(capsysbinary)[2]


def test_the_contents_of_files_are_listed(builder: LibraryBuilder, capsysbinary: Any) -> None:
    film, page = ContentPart("film", "0" * 32), ContentPart("page", "1" * 32)
    large = builder.put(
        "large.jpg",
        2,
        **by_camera(width=800, height=600, contents=FileContents((page, film)).packed()),
    )
    small = builder.put(
        "small.jpg", 3, **measured(width=400, height=300, contents=FileContents((film,)).packed())
    )
    store.put_pairs(
        builder.writer,
        [Pair(large, small, "picture", 0.98, {"matrix": [1, 0, 0, 0, 1, 0], "plain": 3})],
        PAIRS_VERSION,
    )
    _, out, _ = run(capsysbinary, "--json")
    assert [photo["contents"] for photo in json.loads(out)[0]["photos"]] == [
        ["2 pages", "video inside"],
        ["video inside"],
    ]
    _, out, _ = run(capsysbinary)
    keep, other = out.splitlines()
    assert (
        keep.endswith("; 2 pages; video inside)")
        and "; video inside" in other
        and "kept: " not in other
    )
    again = builder.put("again.jpg", 4, **by_camera(width=800, height=600))
    store.put_pairs(
        builder.writer,
        [Pair(large, again, "pixels", 1.0, {"matrix": [1, 0, 0, 0, 1, 0]})],
        PAIRS_VERSION,
    )
    _, out, _ = run(capsysbinary)
    # Once is enough where it is the reason.
    assert out.splitlines()[0].endswith("(it contains more: 2 pages, video inside)")
