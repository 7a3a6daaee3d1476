"""Checks before a removal."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import UsageError
from explorer.removal import file_identity, file_state
from explorer.removal.checked_files import RemovalRefused
from explorer.removal.preflight import Preflight
from explorer.removal.remove import dry_run, remove
from explorer.removal.results import TRASH, Removal
from explorer.removal.undo import undo
from tests.fixtures.small_library import SmallLibrary, digest


@pytest.mark.parametrize("carry_out", [False, True])
def test_a_folder_reached_by_a_link_is_the_watched_folder(
    two_copies: SmallLibrary, carry_out: bool
) -> None:
    """A dry run says the same."""
    (two_copies.base / "link").symlink_to(two_copies.photos)
    for to in ("link", "link/new"):
        with pytest.raises(UsageError, match="is in the library"):
            (remove if carry_out else dry_run)(
                two_copies.library,
                [two_copies.removal("b.jpg", "a.jpg")],
                str(two_copies.base / to),
            )
    (two_copies.base / "link2").symlink_to(two_copies.library.dir)
    with pytest.raises(UsageError, match="belongs to the library itself"):
        (remove if carry_out else dry_run)(
            two_copies.library,
            [two_copies.removal("b.jpg", "a.jpg")],
            str(two_copies.base / "link2/x"),
        )


@pytest.mark.parametrize("carry_out", [False, True])
def test_a_keeper_that_is_itself_removed_under_another_path_is_rejected(
    two_copies: SmallLibrary, carry_out: bool
) -> None:
    two_copies.add_photo("c.jpg", "one")
    (two_copies.photos / "link").symlink_to(".")
    two_copies.index("link/a.jpg")
    wanted = [two_copies.removal("b.jpg", "link/a.jpg"), two_copies.removal("a.jpg", "c.jpg")]
    first, second = (remove if carry_out else dry_run)(two_copies.library, wanted).results
    assert first.reason == "the photo to keep is to be removed as well" and second.done


def test_a_dry_run_reports_links_like_a_removal(two_copies: SmallLibrary) -> None:
    two_copies.add_link("soft.jpg", "a.jpg", hard=False)
    two_copies.add_link("hard.jpg", "a.jpg", hard=True)
    wanted = [
        two_copies.removal("soft.jpg", "b.jpg"),
        two_copies.removal("hard.jpg", "b.jpg"),
        two_copies.removal("b.jpg", "a.jpg"),
    ]
    would, did = dry_run(two_copies.library, wanted[:2]), remove(two_copies.library, wanted[:2])
    for outcome in (would, did):
        assert [result.freed for result in outcome.results] == [0, 0]
        assert [
            "is a link" in outcome.results[0].reason,
            "several hard links" in outcome.results[1].reason,
        ] == [True, True]
    assert dry_run(two_copies.library, wanted[2:]).results[0].freed == 3
    undo(two_copies.library)


def test_an_empty_file_frees_no_space_and_has_no_note(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "")
    small_library.add_photo("b.jpg", "")
    (result,) = dry_run(small_library.library, [small_library.removal("b.jpg", "a.jpg")]).results
    assert (result.state, result.reason, result.freed) == ("would", "", 0)


def test_a_keeper_that_changes_while_read_is_rejected(
    two_copies: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = file_state.file_hash

    def touch(path: str) -> str:
        found = real(path)
        if path.endswith("a.jpg"):
            os.utime(path, ns=(1, 1))
        return found

    monkeypatch.setattr(file_state, "file_hash", touch)
    (result,) = dry_run(two_copies.library, [two_copies.removal("b.jpg", "a.jpg")]).results
    assert result.reason == "the photo to keep has changed since the library last read it"


def test_a_file_that_changes_while_read_is_kept(
    two_copies: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = file_state.file_hash

    def touch(path: str) -> str:
        found = real(path)
        if path.endswith("b.jpg"):
            os.utime(path, ns=(1, 1))
        return found

    monkeypatch.setattr(file_state, "file_hash", touch)
    (result,) = dry_run(two_copies.library, [two_copies.removal("b.jpg", "a.jpg")]).results
    assert result.reason == "it has changed since the library last read it"


@pytest.mark.parametrize("same", ["size", "time"])
def test_a_file_repaired_since_the_plan_is_kept(small_library: SmallLibrary, same: str) -> None:
    """Nobody knows whether it can be read now: also where its bytes are those of the plan."""
    path = Path(small_library.add_unreadable("broken.jpg", "half a photo"))
    facts = path.stat()
    path.write_text("half A photo" if same == "size" else "a whole photo")
    if same == "time":
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    wanted = Removal(str(path), digest(path), tier="unreadable")
    # By a link to it that the library knows, size and time are those of the file.
    (result,) = remove(
        small_library.library, [Removal(wanted.path, "", tier="unreadable")], without_keeper=True
    ).results
    assert result.state == "refused" and path.exists()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (FileNotFoundError(2, "No such file"), "no longer exists"),
        (NotADirectoryError(20, "Not a directory"), "no longer exists"),
        (PermissionError(13, "Permission denied"), "you are not allowed to read"),
        (OSError(5, "Input/output error"), "(Input/output error)"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["a.jpg", "b.jpg"])
def test_an_unreadable_file_is_kept_with_a_reason(
    two_copies: SmallLibrary, name: str, error: OSError, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, wanted = file_state.file_hash, two_copies.removal("b.jpg", "a.jpg")

    def fail(path: str) -> str:
        if path.endswith(name):
            raise error
        return real(path)

    monkeypatch.setattr(file_state, "file_hash", fail)
    (result,) = dry_run(two_copies.library, [wanted]).results
    assert words in result.reason and ("the photo to keep" in result.reason) == (name == "a.jpg")


def test_folders_are_probed_for_a_shared_file(two_copies: SmallLibrary) -> None:
    two_copies.add_photo("sub/deep/c.jpg", "two")
    found = Preflight(two_copies.library, [], TRASH, without_keeper=False).folders()
    assert set(found) == {str(two_copies.photos), str(two_copies.photos / "sub/deep")}


def test_an_unusable_destination_is_reported(
    two_copies: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    (two_copies.base / "file").write_text("")
    (result,) = remove(
        two_copies.library,
        [two_copies.removal("b.jpg", "a.jpg")],
        str(two_copies.base / "file/below"),
    ).results
    assert result.state == "refused" and "cannot be created" in result.reason

    def readonly(*_: Any) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(file_identity, "folder_showing", readonly)
    (result,) = remove(
        two_copies.library, [two_copies.removal("b.jpg", "a.jpg")], str(two_copies.base / "aside")
    ).results
    assert (
        result.state == "refused"
        and "cannot be written to" in result.reason
        and "Read-only" in result.reason
    )
    assert (two_copies.photos / "b.jpg").exists()


def test_a_folder_is_tried_once_for_each_removal(
    two_copies: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_copies.add_photo("c.jpg", "one")
    calls, real = list[str](), file_identity.folder_showing
    monkeypatch.setattr(
        file_identity,
        "folder_showing",
        lambda folder, *given: calls.append(folder) or real(folder, *given),
    )
    remove(
        two_copies.library,
        [two_copies.removal("b.jpg", "a.jpg"), two_copies.removal("c.jpg", "a.jpg")],
        str(two_copies.base / "aside"),
    )
    assert calls == [str(two_copies.base / "aside")]
    undo(two_copies.library)
    remove(two_copies.library, [two_copies.removal("b.jpg", "a.jpg")])
    assert len(calls) == 1


def test_a_refusal_is_a_result_and_not_an_error() -> None:
    assert str(RemovalRefused("why")) == "why"


def test_a_path_with_two_dots_is_rejected(two_copies: SmallLibrary) -> None:
    (two_copies.photos / "sub").mkdir()
    path = str(two_copies.photos / "sub" / ".." / "b.jpg")
    removal = replace(two_copies.removal("b.jpg", "a.jpg"), path=path)
    before = two_copies.tree()
    for carry_out in (dry_run, remove):
        (result,) = carry_out(two_copies.library, [removal]).results
        assert not result.done and "“..”" in result.reason
    assert two_copies.tree() == before


def test_an_unreadable_file_with_another_time_has_changed(small_library: SmallLibrary) -> None:
    """Its bytes are the same, but nobody has tried to read it since."""
    path = small_library.add_unreadable("broken.jpg", "no photo at all")
    removal = Removal(path, digest(Path(path)))
    preflight = Preflight(small_library.library, [removal], TRASH, without_keeper=True)
    assert preflight(removal).note
    facts = Path(path).stat()
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns + 1))
    with pytest.raises(RemovalRefused, match="it has changed since the library last read it"):
        preflight(removal)


def test_only_proven_damage_without_keeper_is_removed(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    broken = small_library.add_unreadable("broken.jpg", "no photo at all")
    later = small_library.add_unreadable("later.jxl", "a photo", fault="unsupported")
    unknown = small_library.add_unreadable("unknown.jpg", "perhaps", fault=None)
    gone = small_library.add_unreadable("gone.jpg", "was here")
    wanted = [
        *(Removal(path, digest(Path(path))) for path in (broken, later, unknown, gone)),
        replace(small_library.removal("broken.jpg", "a.jpg"), path=broken),
    ]
    Path(gone).unlink()
    check = Preflight(small_library.library, wanted[:4], TRASH, without_keeper=True)
    assert check(wanted[0]).photo.path == broken
    for removal, reason in zip(
        wanted[1:],
        ("cannot be read yet", "cannot be read yet", "no longer exists", "not a copy of another"),
        strict=True,
    ):
        with pytest.raises(RemovalRefused, match=reason):
            check(removal)


def test_a_photo_with_an_unreadable_sidecar_is_refused(
    two_copies: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_copies.add_file("b.xmp", "words")
    real = file_state.file_hash

    def fails(path: str) -> str:
        if path.endswith(".xmp"):
            raise OSError(5, "Input/output error")
        return real(path)

    monkeypatch.setattr(file_state, "file_hash", fails)
    (result,) = remove(two_copies.library, [two_copies.removal("b.jpg", "a.jpg")]).results
    assert result.state == "refused" and result.reason.startswith(
        "its sidecar b.xmp cannot be read"
    )


def test_a_system_folder_is_no_destination(two_copies: SmallLibrary) -> None:
    bin_folder = two_copies.base / "@Recycle"
    bin_folder.mkdir()
    (two_copies.base / "link").symlink_to(bin_folder)
    # Whoever empties a bin that is a link empties the folder that it leads to.
    (two_copies.base / "plain").mkdir()
    (two_copies.base / ".Trash-1000").symlink_to("plain")
    for to in ("@Recycle", "@Recycle/mine", "link/mine", ".Trash-1000/mine"):
        with pytest.raises(UsageError, match="may be deleted without asking you"):
            dry_run(
                two_copies.library,
                [two_copies.removal("b.jpg", "a.jpg")],
                str(two_copies.base / to),
            )
