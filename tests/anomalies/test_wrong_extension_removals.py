"""Removing files whose extension is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from explorer.anomalies.finding_removals import removals_of_findings
from explorer.library.stores.file_store import files_below, put_missing
from explorer.library.writer import Writer
from explorer.removal.remove import remove
from tests.anomalies.test_finding_removals import finding
from tests.fixtures.small_library import SmallLibrary


def test_a_wrong_extension_gives_a_reason_and_takes_companion_files_along(
    small_library: SmallLibrary,
) -> None:
    kept = small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.png", "one")
    small_library.add_file("b.png.xmp", "words")
    (found,) = removals_of_findings(
        small_library.library.catalog, [finding(small_library, "b.png", "extension")]
    ).removals
    assert (
        found == small_library.removal("b.png", "a.jpg", bytes=3, tier="extension", why="Odd.")
        and found.keeper == kept
    )
    assert [each.path for each in found.companions] == [str(small_library.photos / "b.png.xmp")]


def test_a_file_with_a_wrong_extension_deleted_meanwhile_is_skipped(
    small_library: SmallLibrary,
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.png", "one")
    found = finding(small_library, "b.png", "extension")
    writer = Writer(small_library.library.catalog)
    put_missing(writer, [files_below(writer, small_library.root)["b.png"]])
    writer.close()
    small_library.add_photo("c.png", "two")
    left = removals_of_findings(
        small_library.library.catalog,
        [replace(found, id=999), found, finding(small_library, "c.png", "extension")],
    )
    assert left.skipped == [] and [Path(each.path).name for each in left.removals] == ["c.png"]


def test_a_file_with_a_wrong_extension_is_removed_alone_and_its_identical_copy_is_kept(
    small_library: SmallLibrary,
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("a.png", "one")
    small_library.add_photo("b.png", "two")
    found = [finding(small_library, name, "extension") for name in ("a.png", "b.png")]
    removals = removals_of_findings(small_library.library.catalog, found).removals
    kept = str(small_library.photos / "a.jpg")
    assert {(Path(each.path).name, each.keeper) for each in removals} == {
        ("a.png", kept),
        ("b.png", None),
    }
    assert all(
        result.done
        for result in remove(small_library.library, removals, without_keeper=True).results
    )
    assert Path(kept).exists()


def test_no_keeper_is_chosen_if_every_file_of_a_photo_has_a_wrong_extension(
    small_library: SmallLibrary,
) -> None:
    small_library.add_photo("a.png", "one")
    small_library.add_photo("b.png", "one")
    removals = removals_of_findings(
        small_library.library.catalog,
        [finding(small_library, name, "extension") for name in ("a.png", "b.png")],
    ).removals
    assert {each.keeper for each in removals} == {None}
