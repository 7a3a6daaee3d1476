"""A copy with edits or notes beside it is removed only if they are beside the keeper as well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from explorer.removal.remove import dry_run, remove
from explorer.removal.results import RemovalResult
from explorer.removal.undo import undo
from tests.fixtures.small_library import SmallLibrary
from tests.photos.metadata.packets import subject, xmp

WORK = xmp('xmp:Rating="5" darktable:history_end="7"', subject("Anna"))
TAGS = xmp('xmp:Rating="5"', subject("Anna"))
ONLY = "only it has these edits or notes beside it: "


def both(two_copies: SmallLibrary, **options: Any) -> RemovalResult:
    """What a removal of b.jpg for a.jpg would do, and does."""
    wanted, before = [two_copies.removal("b.jpg", "a.jpg", tier="identical")], two_copies.tree()
    (would,) = dry_run(two_copies.library, wanted, **options).results
    assert two_copies.tree() == before
    (result,) = remove(two_copies.library, wanted, **options).results
    assert would.done == result.done and would.reason == result.reason
    assert result.done or two_copies.tree() == before
    return result


@pytest.mark.parametrize("sidecars", [False, True])
@pytest.mark.parametrize("kept", ["", xmp(), TAGS, xmp('xmp:Label="red"')])
def test_edits_that_the_sidecar_of_the_keeper_lacks_are_kept(
    two_copies: SmallLibrary, kept: str, sidecars: bool
) -> None:
    two_copies.add_file("a.xmp", kept)
    two_copies.add_file("b.xmp", WORK)
    result = both(two_copies, sidecars=sidecars)
    assert result.reason.startswith(f"{ONLY}b.xmp (") and "darktable:history_end" in result.reason


@pytest.mark.parametrize(
    "kept",
    [
        WORK,
        WORK + " ",
        xmp('xmp:Label="red" xmp:Rating="5" darktable:history_end="7"', subject("Anna")),
    ],
)
def test_a_copy_goes_if_the_keeper_has_all_of_its_sidecar(
    two_copies: SmallLibrary, kept: str
) -> None:
    two_copies.add_file("a.xmp", kept)
    two_copies.add_file("b.xmp", WORK)
    before = two_copies.tree()
    assert both(two_copies).done
    undo(two_copies.library)
    assert two_copies.tree() == before


@pytest.mark.parametrize("name", ["b.xmp", "b.XMP"])
def test_a_sidecar_is_saved_beside_a_keeper_without_one_on_request(
    two_copies: SmallLibrary, name: str
) -> None:
    two_copies.add_file(name, WORK)
    assert both(two_copies).reason.startswith(f"{ONLY}{name} (")
    assert both(two_copies, sidecars=True).done
    assert (two_copies.photos / "a.jpg.xmp").read_text() == WORK


def test_notes_that_can_be_merged_are_merged_on_request(two_copies: SmallLibrary) -> None:
    two_copies.add_file("a.jpg.xmp", xmp('xmp:Label="red"'))
    two_copies.add_file("b.xmp", TAGS)
    assert not both(two_copies).done and both(two_copies, sidecars=True).done
    text = (two_copies.photos / "a.jpg.xmp").read_text()
    assert "Anna" in text and 'Rating="5"' in text and 'Label="red"' in text


@pytest.mark.parametrize("ending", ["aae", "pp3", "jpg.dop", "on1", "acr", "jpg.dr4", "jpg.cos"])
@pytest.mark.parametrize("sidecars", [False, True])
def test_settings_of_other_programs_must_be_beside_the_keeper_as_they_are(
    two_copies: SmallLibrary, ending: str, sidecars: bool
) -> None:
    two_copies.add_file(f"b.{ending}", "settings")
    assert both(two_copies, sidecars=sidecars).reason == f"{ONLY}b.{ending}"
    two_copies.add_file(f"a.{ending}", "SETTINGS")
    assert both(two_copies, sidecars=sidecars).reason == f"{ONLY}b.{ending}"
    two_copies.add_file(f"a.{ending}", "settings")
    assert both(two_copies, sidecars=sidecars).done


def test_settings_in_a_folder_of_their_program_go_and_return_with_their_photo(
    two_copies: SmallLibrary,
) -> None:
    """Also those of two versions of one program, which have the same name."""
    for version in ("131", "153"):
        two_copies.add_file(f"CaptureOne/Settings{version}/b.jpg.cos", "settings")
    two_copies.add_file("NKSC_PARAM/b.jpg.nksc", "other settings")
    before = two_copies.tree()
    assert both(two_copies).reason.startswith(ONLY)
    removal = two_copies.removal("b.jpg", "a.jpg", tier="moment")
    outcome = remove(two_copies.library, [removal], str(two_copies.base / "aside"))
    assert [result.state for result in outcome.results] == ["removed"]
    assert {path for path, what in two_copies.tree().items() if what[0] == "file"} == {"a.jpg"}
    undo(two_copies.library)
    assert two_copies.tree() == before


def test_a_link_to_the_sidecar_that_goes_is_not_another_one(two_copies: SmallLibrary) -> None:
    two_copies.add_file("b.pp3", "settings")
    (two_copies.photos / "a.pp3").symlink_to("b.pp3")
    assert both(two_copies).reason == f"{ONLY}b.pp3"


def test_empty_and_linked_sidecars_and_those_of_other_shots_may_go(
    small_library: SmallLibrary,
) -> None:
    for name, text in (("a", "one"), ("b", "one"), ("c", "one"), ("d", "two")):
        small_library.add_photo(f"{name}.jpg", text)
    small_library.add_file("b.pp3", "")
    small_library.add_file("e.pp3", "settings")
    (small_library.photos / "c.pp3").symlink_to("e.pp3")
    small_library.add_file("d.xmp", WORK)
    small_library.add_file("d.pp3", "settings")
    wanted = [small_library.removal(f"{name}.jpg", "a.jpg") for name in "bc"]
    wanted.append(small_library.removal("d.jpg", "a.jpg", tier="moment"))
    assert len(remove(small_library.library, wanted).removed) == 3
    assert {Path(each).name for each in small_library.tree()} == {"a.jpg", "e.pp3"}
