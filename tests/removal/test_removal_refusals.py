"""Removals that are refused."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from explorer.errors import UsageError
from explorer.library.stores.protected_folder_store import protect_folder
from explorer.photos.containers.contents import NOTHING_PACKED, ContentPart, FileContents
from explorer.removal.remove import dry_run, remove
from explorer.removal.results import Removal
from explorer.removal.undo import history, undo
from tests.fixtures.removal import Where
from tests.fixtures.small_library import SmallLibrary


def reason(small_library: SmallLibrary, wanted: Removal, **options: Any) -> str:
    """Why it is refused; nothing may have changed."""
    before = small_library.tree()
    for outcome in (
        dry_run(small_library.library, [wanted]),
        remove(small_library.library, [wanted], **options),
    ):
        assert [result.state for result in outcome.results] == ["refused"]
        assert outcome.run is None
    assert small_library.tree() == before
    assert history(small_library.library) == []
    return outcome.results[0].reason


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda f: (f.photos / "b.jpg").write_text("two"), "changed"),
        (lambda f: (f.photos / "b.jpg").unlink(), "no longer exists"),
        (lambda f: (f.photos / "a.jpg").write_text("two"), "the photo to keep has changed"),
        (lambda f: (f.photos / "a.jpg").unlink(), "the photo to keep no longer exists"),
        (
            lambda f: ((f.photos / "a.jpg").unlink(), (f.photos / "a.jpg").symlink_to("b.jpg")),
            "only a link",
        ),
        (
            lambda f: ((f.photos / "a.jpg").unlink(), (f.photos / "a.jpg").mkdir()),
            "only a link, or not a file",
        ),
        (lambda f: protect_folder(f.library.catalog, str(f.photos)), "protected"),
        (
            lambda f: ((f.photos / "b.jpg").unlink(), (f.photos / "b.jpg").mkdir()),
            "it is not a file",
        ),
    ],
)
def test_a_file_changed_since_the_plan_is_kept(
    small_library: SmallLibrary, break_it: Callable[[SmallLibrary], Any], words: str
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    wanted = small_library.removal("b.jpg", "a.jpg")
    break_it(small_library)
    assert words in reason(small_library, wanted)


def test_a_file_unknown_to_the_library_is_kept(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    (small_library.photos / "new.jpg").write_text("one")
    (small_library.base / "outside.jpg").write_text("one")
    assert "not in the library" in reason(small_library, small_library.removal("new.jpg", "a.jpg"))
    assert "not in the library" in reason(
        small_library, small_library.removal("../outside.jpg", "a.jpg")
    )
    assert "the photo to keep is not in the library" in reason(
        small_library, small_library.removal("a.jpg", "new.jpg")
    )


def test_a_plan_for_older_content_is_rejected(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    wanted = small_library.removal("b.jpg", "a.jpg")
    small_library.add_photo("b.jpg", "another photo")
    assert "since the plan was made" in reason(small_library, wanted)


@pytest.mark.parametrize(
    ("tier", "found", "goes"),
    [
        ("picture", None, False),
        ("picture", "different", False),
        ("picture", "scene", False),
        ("picture", "picture", True),
        ("picture", "pixels", True),
        ("pixels", "picture", False),
        ("pixels", "pixels", True),
        ("identical", "pixels", False),
        ("", None, False),
        ("", "picture", True),
        ("what a hand wrote", "scene", False),
        ("moment", None, True),
        ("lookalike", None, True),
    ],
)
def test_a_copy_is_removed_only_for_a_photo_it_was_compared_with(
    small_library: SmallLibrary, tier: str, found: Any, goes: bool
) -> None:
    """A plan in which somebody has entered another photo to keep."""
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "two")
    if found:
        small_library.add_pair("a.jpg", "b.jpg", found)
    wanted = small_library.removal("b.jpg", "a.jpg", tier=tier)
    if goes:
        assert remove(small_library.library, [wanted]).removed
        undo(small_library.library)
    else:
        assert "not compared with the photo to keep" in reason(small_library, wanted)


def test_a_file_is_never_its_own_keeper(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    assert "to be removed as well" in reason(small_library, small_library.removal("a.jpg", "a.jpg"))
    (small_library.photos / "alias").symlink_to(".")
    small_library.index("alias/a.jpg")
    assert "to be removed as well" in reason(
        small_library, small_library.removal("alias/a.jpg", "a.jpg")
    )


def test_one_file_under_two_paths_is_recognized(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mount or a system that ignores case: real paths differ, the entry is one."""
    small_library.add_photo("a.jpg", "one")
    (small_library.photos / "mount").symlink_to(".")
    small_library.index("mount/a.jpg")
    monkeypatch.setattr(os.path, "realpath", lambda path, **_: os.path.normpath(path))
    assert "this same file" in reason(small_library, small_library.removal("mount/a.jpg", "a.jpg"))


def test_a_file_without_its_keeper_is_kept_and_the_others_removed(
    small_library: SmallLibrary, where: Where
) -> None:
    small_library.add_photo("keep.jpg", "one")
    small_library.add_photo("copy.jpg", "one")
    small_library.add_photo("alone.jpg", "two")
    wanted = [
        small_library.removal("alone.jpg", None),
        small_library.removal("copy.jpg", "keep.jpg"),
    ]
    tried = dry_run(small_library.library, wanted, where(small_library))
    done = remove(small_library.library, wanted, where(small_library))
    assert [result.state for result in tried.results] == ["refused", "would"]
    assert [result.state for result in done.results] == ["refused", "removed"]
    assert "--without-keeper" in done.results[0].reason == tried.results[0].reason
    assert set(small_library.tree()) == {"keep.jpg", "alone.jpg"}


def test_removing_photos_without_a_keeper_needs_consent(
    small_library: SmallLibrary, where: Where
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "two")
    before = small_library.tree()
    wanted = [small_library.removal("a.jpg", None), small_library.removal("b.jpg", None)]
    with pytest.raises(UsageError, match="confirmation"):
        remove(small_library.library, wanted, where(small_library))
    assert small_library.tree() == before
    # With no photo kept, there is none whose sidecar would take their metadata.
    tried = dry_run(small_library.library, wanted, without_keeper=True, sidecars=True)
    assert [result.state for result in tried.results] == ["would", "would"]
    outcome = remove(small_library.library, wanted, where(small_library), without_keeper=True)
    assert [result.state for result in outcome.results] == ["removed", "removed"]
    assert small_library.tree() == {}
    undo(small_library.library)
    assert small_library.tree() == before


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("photos/aside", "is in the library"),
        ("a file", "is a file"),
        ("library/x", "belongs to the library"),
        (None, "full path"),
    ],
)
def test_unsuitable_destinations_are_rejected(
    small_library: SmallLibrary, to: str | None, words: str
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    (small_library.base / "a file").write_text("")
    with pytest.raises(UsageError, match=words):
        remove(
            small_library.library,
            [small_library.removal("b.jpg", "a.jpg")],
            "relative" if to is None else str(small_library.base / to),
        )


def test_a_destination_above_the_library_does_not_lead_into_it(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    outcome = remove(
        small_library.library, [small_library.removal("b.jpg", "a.jpg")], str(small_library.base)
    )
    assert (
        outcome.results[0].state == "refused" and "is in the library" in outcome.results[0].reason
    )


def test_duplicate_entries_are_rejected(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    with pytest.raises(UsageError, match="is in the plan more than once"):
        dry_run(small_library.library, [small_library.removal("b.jpg", "a.jpg")] * 2)


FILM = FileContents((ContentPart("film", "0" * 32),)).packed()


@pytest.mark.parametrize(
    ("goes", "kept", "words"),
    [
        (FILM, NOTHING_PACKED, "not all of its contents (video inside) are in the kept file"),
        (FileContents(complete=False).packed(), FILM, "not all of it can be read"),
        (None, FILM, "read again"),
        (FILM, None, "the contents of the kept file"),
        ("{", FILM, "read again"),
        (FILM, FILM, ""),
        (NOTHING_PACKED, FILM, ""),
        (NOTHING_PACKED, None, ""),
    ],
)
@pytest.mark.parametrize("tier", ["pixels", "picture", "", "what a hand wrote"])
def test_further_contents_of_a_file_must_be_in_the_keeper(
    small_library: SmallLibrary, tier: str, goes: Any, kept: Any, words: str
) -> None:
    """Whatever a plan says: one that is old, written by hand, or with another file put down as the
    one to keep."""
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "two")
    small_library.add_pair("a.jpg", "b.jpg", "pixels")
    small_library.set_contents("a.jpg", kept)
    small_library.set_contents("b.jpg", goes)
    wanted = small_library.removal("b.jpg", "a.jpg", tier=tier)
    if words:
        assert words in reason(small_library, wanted)
    else:
        assert (
            dry_run(small_library.library, [wanted]).removed
            and remove(small_library.library, [wanted]).removed
        )


@pytest.mark.parametrize("tier", ["moment", "lookalike"])
def test_other_shots_are_removed_with_their_contents(
    small_library: SmallLibrary, tier: str
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "two")
    small_library.set_contents("b.jpg", FILM)
    assert remove(
        small_library.library, [small_library.removal("b.jpg", "a.jpg", tier=tier)]
    ).removed


def test_identical_files_are_removed_whatever_their_contents(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    small_library.set_contents("b.jpg", None)
    assert remove(
        small_library.library, [small_library.removal("b.jpg", "a.jpg", tier="identical")]
    ).removed


def test_a_photo_without_a_keeper_is_removed_with_its_contents(small_library: SmallLibrary) -> None:
    small_library.add_photo("b.jpg", "two")
    small_library.set_contents("b.jpg", FILM)
    assert remove(
        small_library.library, [small_library.removal("b.jpg", None)], without_keeper=True
    ).removed
