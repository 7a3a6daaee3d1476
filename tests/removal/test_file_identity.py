from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from explorer.removal import file_identity
from explorer.removal.file_identity import (
    are_hard_links,
    delete_redundant,
    folder_showing,
    is_redundant,
    mtime_change_shows,
    proven_distinct,
    same_directory_entry,
)

OLD = (1_400_000_000_000_000_000, 1_500_000_000_123_456_789)


@pytest.fixture
def a(tmp_path: Path) -> Path:
    path = tmp_path / "a.jpg"
    path.write_text("one")
    os.utime(path, ns=OLD)
    return path


def other(a: Path, name: str, text: str = "one") -> Path:
    path = a.parent / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    os.utime(path, ns=OLD)
    return path


def hard(a: Path, name: str) -> Path:
    path = a.parent / name
    path.parent.mkdir(exist_ok=True)
    path.hardlink_to(a)
    return path


def faked(monkeypatch: pytest.MonkeyPatch, **facts: Any) -> None:
    """Every file has these facts, whatever it is."""
    for name in ("lstat", "stat"):
        real = getattr(os, name)

        def stat(path: Any, *given: Any, real: Any = real, **named: Any) -> Any:
            found = real(path, *given, **named)
            return type(
                "Facts",
                (),
                {
                    **{each: getattr(found, each) for each in dir(found) if each.startswith("st_")},
                    **facts,
                },
            )()

        monkeypatch.setattr(os, name, stat)


def test_several_paths_to_one_name_are_recognized(a: Path) -> None:
    (a.parent / "link").symlink_to(".")
    assert same_directory_entry(str(a), str(a)) and same_directory_entry(
        str(a), str(a.parent / "link/a.jpg")
    )
    assert not same_directory_entry(str(a), str(other(a, "b.jpg")))
    # Two hard links are two names, in one folder and in two; the same name by two paths stays one.
    assert not same_directory_entry(str(a), str(hard(a, "c.jpg"))) and not same_directory_entry(
        str(a), str(hard(a, "sub/a.jpg"))
    )
    assert same_directory_entry(str(a), str(a.parent / "link/a.jpg"))
    with pytest.raises(FileNotFoundError):
        same_directory_entry(str(a), str(a.parent / "none.jpg"))


def test_names_that_differ_only_in_case_are_treated_as_one(a: Path) -> None:
    """On a system that ignores case they would be; elsewhere one photo more stays than need be."""
    assert same_directory_entry(str(a), str(hard(a, "A.JPG")))


def test_ids_of_zero_prove_nothing(a: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    b, c = other(a, "b.jpg"), hard(a, "c.jpg")
    (a.parent / "link").symlink_to(".")
    faked(monkeypatch, st_ino=0)
    assert not same_directory_entry(str(a), str(b)) and not same_directory_entry(str(a), str(c))
    assert same_directory_entry(str(a), str(a.parent / "link/a.jpg"))
    assert not same_directory_entry(str(a), str(hard(a, "sub/a.jpg")))
    assert not are_hard_links(str(a), str(b)) and not are_hard_links(str(a), str(c))


def test_the_paths_decide_if_only_one_has_an_id(a: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a folder that is seen directly and through a network drive."""
    (a.parent / "link").symlink_to(".")
    alias, real = str(a.parent / "link/a.jpg"), os.lstat
    monkeypatch.setattr(
        os, "lstat", lambda path: with_facts(real(path), **({"st_ino": 0} if path == alias else {}))
    )
    assert same_directory_entry(str(a), alias) and same_directory_entry(alias, str(a))
    assert not same_directory_entry(str(other(a, "b.jpg")), alias)


def test_hard_links_are_proven(a: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    c = hard(a, "sub/a.jpg")
    assert are_hard_links(str(a), str(c))
    assert not are_hard_links(str(a), str(other(a, "b.jpg")))
    (a.parent / "link").symlink_to(".")
    assert not are_hard_links(str(a), str(a.parent / "link/a.jpg"))
    with monkeypatch.context() as patch:
        # One and the same id, and only one name.
        faked(patch, st_nlink=1)
        assert not are_hard_links(str(a), str(c))
    with monkeypatch.context() as patch:
        # Ids that mean nothing: other bytes.
        faked(patch, st_ino=5, st_nlink=2)
        assert not are_hard_links(str(a), str(other(a, "d.jpg", "two"))) and are_hard_links(
            str(a), str(other(a, "e.jpg"))
        )
    link = a.parent / "soft"
    link.symlink_to("nowhere")
    os.link(link, a.parent / "soft2", follow_symlinks=False)
    assert are_hard_links(str(link), str(a.parent / "soft2"))


def test_files_removable_as_copies_are_known(a: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    b, c, different = other(a, "b.jpg"), hard(a, "c.jpg"), other(a, "d.jpg", "two")
    (a.parent / "link").symlink_to(".")
    assert is_redundant(str(b), str(a)) and is_redundant(str(c), str(a))
    assert not is_redundant(str(different), str(a)) and not is_redundant(
        str(a.parent / "link/a.jpg"), str(a)
    )
    assert [path.stat().st_mtime_ns for path in (a, b, different)] == [OLD[1]] * 3
    with monkeypatch.context() as patch:
        patch.setattr(file_identity, "mtime_change_shows", lambda *_: None)
        assert not is_redundant(str(b), str(a))
    assert delete_redundant(str(b), str(a)) and not b.exists()
    assert not delete_redundant(str(different), str(a)) and different.exists()
    assert delete_redundant(str(b), str(a))
    assert not delete_redundant(str(different), str(a.parent / "none.jpg")) and different.exists()


def test_links_to_one_target_are_recognized(a: Path) -> None:
    for name, to in (("one", "a.jpg"), ("two", "a.jpg"), ("three", "b.jpg")):
        (a.parent / name).symlink_to(to)
    one, two, three = (str(a.parent / name) for name in ("one", "two", "three"))
    assert is_redundant(two, one) and not is_redundant(three, one)
    assert not is_redundant(one, one) and not is_redundant(one, str(a))
    other(a, "b.jpg")
    assert not is_redundant(str(a), one) and not is_redundant(str(a), three)


@pytest.mark.parametrize("code", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_an_undeletable_copy_is_kept(a: Path, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    b = other(a, "b.jpg")

    def unlink(*_: Any) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "unlink", unlink)
    assert not delete_redundant(str(b), str(a)) and b.exists()
    code = errno.EIO
    with pytest.raises(OSError, match="Input/output"):
        delete_redundant(str(b), str(a))


def test_changing_one_file_changes_only_that_file(a: Path) -> None:
    b, c = other(a, "b.jpg"), hard(a, "c.jpg")
    assert (
        mtime_change_shows(str(a), str(b)) is False
        and mtime_change_shows(str(a), str(c)) is True
        and mtime_change_shows(str(a), str(a)) is True
    )
    with open(a, "rb") as file:
        assert (
            mtime_change_shows(file.fileno(), str(b)) is False
            and mtime_change_shows(file.fileno(), str(c)) is True
        )
    assert [(path.stat().st_atime_ns, path.stat().st_mtime_ns) for path in (a, b)] == [OLD] * 2


def test_a_read_only_file_proves_nothing(a: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    b = other(a, "b.jpg")

    def utime(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "utime", utime)
    assert mtime_change_shows(str(a), str(b)) is None
    # Within one file system ids tell it; of two, or if there are none, nothing does.
    assert proven_distinct(str(a), str(b))
    if (elsewhere := Path("/proc/self/status")).exists():
        assert not proven_distinct(str(a), str(elsewhere))
    faked(monkeypatch, st_ino=0)
    assert not proven_distinct(str(a), str(b))


def test_a_moved_file_and_its_keeper_are_compared(a: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    b, c = other(a, "b.jpg"), hard(a, "c.jpg")
    assert proven_distinct(str(a), str(b))
    # What is kept has another name of the same file, and is there.
    assert proven_distinct(str(a), str(c))
    with pytest.raises(FileNotFoundError):
        proven_distinct(str(a), str(a.parent / "gone.jpg"))
    # The same file under an id of its own, as an overlay shows it.
    faked(monkeypatch, st_dev=7)
    real = os.stat
    monkeypatch.setattr(
        os,
        "stat",
        lambda path, *given, **named: with_facts(
            real(path, *given, **named), st_dev=8 if path == str(c) else 7
        ),
    )
    assert not proven_distinct(str(a), str(c)) and proven_distinct(str(a), str(b))


def with_facts(facts: Any, **changed: Any) -> Any:
    return type(
        "Facts",
        (),
        {
            **{each: getattr(facts, each) for each in dir(facts) if each.startswith("st_")},
            **changed,
        },
    )()


def test_a_new_file_shows_that_folders_are_distinct(a: Path) -> None:
    (a.parent / "to").mkdir()
    (a.parent / "link").symlink_to("to")
    (a.parent / "sub").mkdir()
    folders = [str(a.parent / name) for name in ("sub", "link", "none")]
    assert folder_showing(str(a.parent / "to"), folders, "token") == folders[1]
    assert folder_showing(str(a.parent / "to"), [folders[0], folders[2]], "token") is None
    assert list((a.parent / "to").iterdir()) == []
    # One that a cut left is ours, and goes; one that is not empty is nobody's that we know.
    probe = a.parent / "to/.photo-explorer-token.probe"
    probe.touch()
    assert (
        folder_showing(str(a.parent / "to"), folders, "token") == folders[1] and not probe.exists()
    )
    probe.write_text("a stranger's")
    with pytest.raises(FileExistsError):
        folder_showing(str(a.parent / "to"), folders, "token")
    assert probe.read_text() == "a stranger's"
    with pytest.raises(FileNotFoundError):
        folder_showing(folders[2], folders, "token")


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="where open files can be counted")
def test_no_file_stays_open(a: Path) -> None:
    b = other(a, "b.jpg")
    before = os.listdir("/proc/self/fd")
    assert is_redundant(str(b), str(a)) and proven_distinct(str(a), str(b))
    assert folder_showing(str(a.parent), [str(a.parent)], "token") == str(a.parent)
    assert os.listdir("/proc/self/fd") == before


def test_relative_paths_use_the_working_directory(a: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hard(a, "c.jpg")
    monkeypatch.chdir(a.parent)
    assert (
        same_directory_entry("a.jpg", str(a))
        and not same_directory_entry("a.jpg", "c.jpg")
        and are_hard_links("a.jpg", "c.jpg")
    )
    faked(monkeypatch, st_ino=0)
    assert same_directory_entry("a.jpg", str(a)) and not same_directory_entry("a.jpg", "c.jpg")
