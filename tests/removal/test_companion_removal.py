"""Companions are removed with their photo, and a film only where another copy of it stays."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from explorer.library.removals.removal_journal import RemovalJournal
from explorer.library.stores.protected_folder_store import protect_folder
from explorer.removal import file_state, safe_move
from explorer.removal.remove import dry_run, remove
from explorer.removal.results import TRASH, RemovalResult
from explorer.removal.undo import history, undo
from tests.fixtures.removal import Where
from tests.fixtures.small_library import SmallLibrary


def live(small_library: SmallLibrary) -> None:
    """Two copies of a Live Photo, with the same sidecars."""
    for folder in ("kept", "gone"):
        small_library.add_photo(f"{folder}/IMG_1.HEIC", "still")
        small_library.add_file(f"{folder}/IMG_1.MOV", "film")
        small_library.add_file(f"{folder}/IMG_1.AAE", "recipe")
        small_library.add_file(f"{folder}/IMG_1.HEIC.xmp", "words")


def one(small_library: SmallLibrary, *, to: str = TRASH, **options: Any) -> RemovalResult:
    """The removal of the second for the sake of the first."""
    return remove(
        small_library.library,
        [small_library.removal("gone/IMG_1.HEIC", "kept/IMG_1.HEIC")],
        to,
        **options,
    ).results[0]


def refused(small_library: SmallLibrary, words: str, **options: Any) -> None:
    before = small_library.tree()
    result = one(small_library, **options)
    assert result.state in ("refused", "failed") and words in result.reason, result
    assert small_library.tree() == before


def test_a_photo_and_its_companions_are_removed_and_restored(
    small_library: SmallLibrary, where: Where
) -> None:
    live(small_library)
    before, to = small_library.tree(), where(small_library)
    wanted = [small_library.removal("gone/IMG_1.HEIC", "kept/IMG_1.HEIC")]
    (would,) = dry_run(small_library.library, wanted, to).results
    assert sorted((Path(each.path).name, each.bytes) for each in would.companions) == [
        ("IMG_1.AAE", 6),
        ("IMG_1.HEIC.xmp", 5),
        ("IMG_1.MOV", 4),
    ]
    assert (would.state, would.freed) == ("would", 5 + 4 + 6 + 5) and small_library.tree() == before
    outcome = remove(small_library.library, wanted, to)
    assert (outcome.results[0].companions, outcome.freed, outcome.companion_count) == (
        would.companions,
        would.freed,
        3,
    )
    assert {path for path, what in small_library.tree().items() if what[0] == "file"} == {
        "kept/IMG_1.HEIC",
        "kept/IMG_1.MOV",
        "kept/IMG_1.AAE",
        "kept/IMG_1.HEIC.xmp",
    }
    _, restored = undo(small_library.library)
    assert [(each.note, each.path == each.back) for each in restored] == [
        ("", True)
    ] * 4 and not history(small_library.library)[0].away
    assert small_library.tree() == before


def test_all_files_are_journaled_before_the_first_is_moved(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(small_library)
    seen = list[list[str]]()
    real = safe_move.move

    def look(*given: Any) -> list[str]:
        seen.append(
            [
                Path(entry.path).name
                for run in RemovalJournal(small_library.library.dir).runs()
                for entry in run.entries
            ]
        )
        return real(*given)

    monkeypatch.setattr(safe_move, "move", look)
    one(small_library, to=str(small_library.base / "aside"))
    assert seen == [["IMG_1.AAE", "IMG_1.HEIC.xmp", "IMG_1.MOV", "IMG_1.HEIC"]] * 4


@pytest.mark.parametrize(
    ("lose", "words"),
    [
        (
            lambda f: (f.photos / "kept/IMG_1.MOV").unlink(),
            "there is no second copy of its video IMG_1.MOV: the photo to keep has none",
        ),
        (
            lambda f: (f.photos / "kept/IMG_1.MOV").write_text("mlif"),
            "the photo to keep has another video",
        ),
        (
            lambda f: (f.photos / "kept/IMG_1.MOV").rename(f.photos / "kept/IMG_2.MOV"),
            "the photo to keep has none",
        ),
        (
            lambda f: (
                (f.photos / "kept/IMG_1.MOV").unlink(),
                (f.photos / "kept/IMG_1.MOV").symlink_to("../gone/IMG_1.MOV"),
            ),
            "the photo to keep has none",
        ),
        (lambda f: protect_folder(f.library.catalog, str(f.photos / "gone")), "protected"),
    ],
)
def test_the_only_film_is_kept_together_with_its_photo(
    small_library: SmallLibrary, lose: Any, words: str
) -> None:
    live(small_library)
    lose(small_library)
    refused(small_library, words)


def test_another_link_to_the_same_film_may_be_removed(small_library: SmallLibrary) -> None:
    live(small_library)
    (small_library.photos / "kept/IMG_1.MOV").unlink()
    os.link(small_library.photos / "gone/IMG_1.MOV", small_library.photos / "kept/IMG_1.MOV")
    before = small_library.tree()
    result = one(small_library)
    assert (result.state, result.freed) == ("removed", 5 + 6 + 5)
    undo(small_library.library)
    assert small_library.tree() == before


def test_a_linked_film_is_removed_as_a_link(small_library: SmallLibrary) -> None:
    live(small_library)
    small_library.add_file("films/1.MOV", "the only one")
    (small_library.photos / "gone/IMG_1.MOV").unlink()
    (small_library.photos / "gone/IMG_1.MOV").symlink_to("../films/1.MOV")
    before = small_library.tree()
    assert one(small_library).state == "removed" and (small_library.photos / "films/1.MOV").exists()
    undo(small_library.library)
    assert small_library.tree() == before


@pytest.mark.parametrize("tier", ["moment", "lookalike"])
def test_another_shot_is_removed_with_its_own_film(small_library: SmallLibrary, tier: str) -> None:
    """The user said of this very shot that it is to go: its film is no film of the one kept."""
    live(small_library)
    small_library.add_photo("gone/IMG_1.HEIC", "another shot")
    small_library.add_file("gone/IMG_1.MOV", "another film")
    before = small_library.tree()
    outcome = remove(
        small_library.library,
        [small_library.removal("gone/IMG_1.HEIC", "kept/IMG_1.HEIC", tier=tier)],
    )
    assert [result.state for result in outcome.results] == [
        "removed"
    ] and outcome.companion_count == 3
    undo(small_library.library)
    assert small_library.tree() == before


def test_a_photo_removed_without_a_keeper_takes_its_companions_along(
    small_library: SmallLibrary,
) -> None:
    live(small_library)
    before = small_library.tree()
    outcome = remove(
        small_library.library, [small_library.removal("gone/IMG_1.HEIC", None)], without_keeper=True
    )
    assert outcome.companion_count == 3
    undo(small_library.library)
    assert small_library.tree() == before


def test_an_unreadable_file_is_removed_alone(small_library: SmallLibrary) -> None:
    """Its film may be all that is left of it."""
    path = small_library.add_unreadable("IMG_1.jpg", "broken")
    small_library.add_file("IMG_1.mov", "film")
    outcome = remove(
        small_library.library, [small_library.removal(path, None)], without_keeper=True
    )
    assert [result.state for result in outcome.results] == ["removed"] and set(
        small_library.tree()
    ) == {"IMG_1.mov"}
    undo(small_library.library)


def test_a_companion_of_two_photos_is_removed_with_the_second(small_library: SmallLibrary) -> None:
    for ending in ("jpg", "heic"):
        small_library.add_photo(f"a.{ending}", ending)
        small_library.add_photo(f"b.{ending}", ending)
    small_library.add_file("b.thm", "words")
    before = small_library.tree()
    wanted = [small_library.removal("b.jpg", "a.jpg"), small_library.removal("b.heic", "a.heic")]
    assert [
        [Path(each.path).name for each in result.companions]
        for result in dry_run(small_library.library, wanted).results
    ] == [[], ["b.thm"]]
    outcome = remove(small_library.library, wanted[:1])
    assert outcome.companion_count == 0 and "b.thm" in small_library.tree()
    outcome = remove(small_library.library, wanted[1:])
    assert outcome.companion_count == 1 and set(small_library.tree()) == {"a.jpg", "a.heic"}
    for run in history(small_library.library):
        undo(small_library.library, run.id)
    assert small_library.tree() == before


@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_if_one_file_cannot_be_removed_all_are_kept(
    small_library: SmallLibrary, where: Where, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    live(small_library)
    real, calls = safe_move.move, 0

    def stuck(*given: Any) -> list[str]:
        nonlocal calls
        calls += 1
        if calls == at + 1:
            raise PermissionError(13, "Permission denied")
        return real(*given)

    monkeypatch.setattr(safe_move, "move", stuck)
    refused(
        small_library,
        "you are not allowed to move " + ("it:" if at == 3 else "its companion file, IMG_1."),
        to=where(small_library),
    )
    assert not history(small_library.library)[0].away


def test_sidecar_text_is_kept_if_the_identical_photo_has_none(small_library: SmallLibrary) -> None:
    live(small_library)
    words = (
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'>"
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
        "<rdf:Description rdf:about='' xmlns:d='http://darktable.sf.net/' d:history='mine'/>"
        "</rdf:RDF></x:xmpmeta>"
    )
    small_library.add_file("gone/IMG_1.HEIC.xmp", words)
    (small_library.photos / "kept/IMG_1.HEIC.xmp").unlink()
    refused(small_library, "only it has these edits or notes beside it: IMG_1.HEIC.xmp (d:history)")
    before = small_library.tree()
    one(small_library, sidecars=True)
    assert (small_library.photos / "kept/IMG_1.HEIC.xmp").read_text() == words
    undo(small_library.library)
    assert small_library.tree() == before


def test_a_film_that_changes_while_read_is_not_a_copy(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(small_library)
    wanted = [small_library.removal("gone/IMG_1.HEIC", "kept/IMG_1.HEIC")]
    real = file_state.file_hash

    def touch(path: str) -> str:
        digest = real(path)
        if path.endswith("kept/IMG_1.MOV"):
            os.utime(path, ns=(1, 1))
        return digest

    monkeypatch.setattr(file_state, "file_hash", touch)
    (result,) = dry_run(small_library.library, wanted).results
    assert result.state == "refused"
    assert result.reason.startswith("there is no second copy of its video IMG_1.MOV")
