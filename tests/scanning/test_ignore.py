from __future__ import annotations

from pathlib import Path

import pytest

from explorer.errors import UsageError
from explorer.library.stores.file_store import files_below
from explorer.library.stores.root_store import add_root, set_exclude_globs
from explorer.scanning.ignore import IGNORE_FILE, IgnoreRules, validate_globs
from explorer.scanning.root_scan import ScanTarget
from tests.fixtures.indexing import IndexingSetup
from tests.systems.simulated import run_on


def left_out(rules: IgnoreRules, *paths: str) -> set[str]:
    """Those of the paths that are left out; a slash at the end marks a folder."""
    return {
        path for path in paths if rules.excludes(path.rstrip("/"), is_folder=path.endswith("/"))
    }


def test_hidden_and_system_folders_are_excluded_unless_included_again(tmp_path: Path) -> None:
    paths = (".hidden/", "@eaDir/", "a/.cache/", "a/.x.jpg", "a/b.jpg", "photos/")
    assert left_out(IgnoreRules(str(tmp_path)), *paths) == {
        ".hidden/",
        "@eaDir/",
        "a/.cache/",
        "a/.x.jpg",
    }
    assert left_out(IgnoreRules(str(tmp_path), ["!.hidden/"]), *paths) == {
        "@eaDir/",
        "a/.cache/",
        "a/.x.jpg",
    }


def test_lock_files_named_like_photos_are_excluded(tmp_path: Path) -> None:
    paths = ("~$a.jpg", "a/~$b.jpg", "~$mine/", "~$mine/c.jpg", "~a.jpg", "a~$.jpg")
    assert left_out(IgnoreRules(str(tmp_path)), *paths) == {"~$a.jpg", "a/~$b.jpg"}
    assert left_out(IgnoreRules(str(tmp_path), ["!~$a.jpg"]), *paths) == {"a/~$b.jpg"}


@pytest.mark.parametrize(
    ("globs", "expected"),
    [
        (["*.png"], {"a.png", "x/b.png"}),
        (["Screenshots/"], {"Screenshots/", "x/Screenshots/"}),
        (["/Screenshots/"], {"Screenshots/"}),
        (["x/*.png"], {"x/b.png"}),
        (["**/raw"], {"x/raw/", "raw"}),
        (["*.png", "!b.png"], {"a.png"}),
        (["# not a glob", "  "], set()),
        (["[bad", "*.png"], {"a.png", "x/b.png"}),
    ],
)
def test_globs_match_as_in_git(tmp_path: Path, globs: list[str], expected: set[str]) -> None:
    paths = ("a.png", "x/b.png", "Screenshots/", "x/Screenshots/", "x/raw/", "raw", "a.jpg")
    assert left_out(IgnoreRules(str(tmp_path), globs), *paths) == expected


def test_an_ignore_file_applies_to_its_folder_and_the_innermost_decides(tmp_path: Path) -> None:
    (tmp_path / "x" / "y").mkdir(parents=True)
    (tmp_path / IGNORE_FILE).write_text("# mine\n*.png\n\n!keep.png\n")
    (tmp_path / "x" / IGNORE_FILE).write_bytes(b"\xef\xbb\xbf/only.jpg\r\n")
    (tmp_path / "x" / "y" / IGNORE_FILE).write_text("!*.png\n")
    rules = IgnoreRules(str(tmp_path))
    paths = ("a.png", "keep.png", "x/a.png", "x/only.jpg", "x/y/only.jpg", "only.jpg", "x/y/a.png")
    assert left_out(rules, *paths) == {"a.png", "x/a.png", "x/only.jpg"}
    assert not rules.excludes_branch("x/y") and not rules.excludes_branch("")


def test_everything_below_an_excluded_folder_is_excluded(tmp_path: Path) -> None:
    rules = IgnoreRules(str(tmp_path), ["raw/"])
    folders = ("raw", "raw/deep/er", "x/raw", "x/raw/y", "x", "x/y", "raws/x")
    assert {folder for folder in folders if rules.excludes_branch(folder)} == {*folders[:4]}


def test_names_that_are_not_utf8_can_be_listed_in_an_ignore_file(tmp_path: Path) -> None:
    from explorer.library.paths import to_text

    (tmp_path / IGNORE_FILE).write_bytes(b"caf\xe9.jpg\n")
    assert left_out(IgnoreRules(str(tmp_path)), to_text("caf\udce9.jpg"), "cafe.jpg") == {
        to_text("caf\udce9.jpg")
    }


def test_an_invalid_glob_is_rejected_with_a_message() -> None:
    assert validate_globs([" *.png ", "", "*.png", "a/"]) == ["*.png", "a/"]
    with pytest.raises(UsageError, match="one line"):
        validate_globs(["a\nb"])


def test_a_bad_pattern_is_rejected_with_the_reason() -> None:
    with pytest.raises(
        UsageError,
        match=r"“\[z-a\].jpg” is not a pattern of file names, as the range z-a runs backwards",
    ):
        validate_globs(["*.png", "[z-a].jpg"])
    validate_globs(["*" * 16 + "x"])


def test_bad_lines_are_reported_and_the_others_apply(tmp_path: Path) -> None:
    (tmp_path / IGNORE_FILE).write_text("*.png\n[z-a].jpg\n[x\n*.gif\n")
    rules = IgnoreRules(str(tmp_path), ["[", "*.bmp"])
    assert left_out(rules, "a.png", "a.gif", "a.bmp", "a.jpg") == {"a.png", "a.gif", "a.bmp"}
    assert rules.problems == [
        "in the patterns for this folder, line 1, “[”: a bracket [ is not closed",
        f"in {IGNORE_FILE}, line 2, “[z-a].jpg”: the range z-a runs backwards (and 1 more)",
    ]


def test_ignore_files_of_any_editor_are_read(tmp_path: Path) -> None:
    for number, data in enumerate(
        [b"a.jpg\r\nb.jpg\r\n", "a.jpg\nb.jpg".encode("utf-16"), b"\xef\xbb\xbfa.jpg\nb.jpg\n"]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / IGNORE_FILE).write_bytes(data)
        assert left_out(IgnoreRules(str(folder)), "a.jpg", "b.jpg", "c.jpg") == {"a.jpg", "b.jpg"}
    # These characters end a line in a text, but are part of a name.
    (tmp_path / IGNORE_FILE).write_text("a\u2028b.jpg\nc\x85d.jpg\n")
    assert left_out(IgnoreRules(str(tmp_path)), "a\u2028b.jpg", "c\x85d.jpg", "b.jpg", "d.jpg") == {
        "a\u2028b.jpg",
        "c\x85d.jpg",
    }


def test_an_ignore_file_is_read_up_to_the_size_limit(tmp_path: Path) -> None:
    path = tmp_path / IGNORE_FILE
    path.write_bytes(b"a.jpg\n".ljust(1 << 20, b"\n"))
    assert left_out(IgnoreRules(str(tmp_path)), "a.jpg") == {"a.jpg"}
    path.write_bytes(path.read_bytes() + b"\n")
    rules = IgnoreRules(str(tmp_path))
    assert not left_out(rules, "a.jpg")
    assert rules.problems == [f"{IGNORE_FILE} is not used: it has more than 1,048,576 bytes"]
    # It is read once.
    assert not left_out(rules, "b.jpg") and len(rules.problems) == 1


def test_names_are_matched_without_case_on_case_insensitive_systems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = ["Screenshots/", "*.PNG"]
    assert left_out(IgnoreRules(str(tmp_path), rules), "screenshots/", "a.png", "A.PNG") == {
        "A.PNG"
    }
    run_on(monkeypatch, "macos")
    assert left_out(IgnoreRules(str(tmp_path), rules), "screenshots/", "a.png", "A.PNG") == {
        "screenshots/",
        "a.png",
        "A.PNG",
    }


def test_newly_excluded_photos_leave_and_return_without_being_encoded(setup: IndexingSetup) -> None:
    for number in range(6):
        setup.draw(f"shots/{number}.png", number)
    setup.draw("shots/bad.jpg", 7).write_bytes(b"broken")
    setup.draw("a.jpg", 8)
    setup.run()
    before = setup.present()
    set_exclude_globs(setup.writer, setup.root, ["shots/"])
    summary = setup.run()
    assert (summary.left_out, summary.missing, summary.unchanged) == (6, 0, 1)
    assert set(setup.present()) == {"a.jpg"} and not setup.failed()
    counts, (root,) = setup.library.catalog.counts(), setup.library.catalog.roots()
    assert counts.missing == 0 and root["left_out"] == 6 and root["exclude"] == ["shots/"]
    assert setup.run().left_out == 0
    setup.agrees()
    set_exclude_globs(setup.writer, setup.root, [])
    summary = setup.run()
    assert (summary.indexed, summary.encoded, summary.unchanged) == (0, 0, 7)
    assert setup.present() == before and setup.encoder.encoded == 7
    setup.agrees()


def test_adding_and_deleting_an_ignore_file_excludes_and_restores_photos(
    setup: IndexingSetup,
) -> None:
    for number in range(3):
        setup.draw(f"{number}.jpg", number)
    setup.run()
    before = setup.present()
    ignore = setup.photos / IGNORE_FILE
    ignore.write_text("[12].jpg\n")
    setup.run()
    assert set(setup.present()) == {"0.jpg"} and ignore.read_text() == "[12].jpg\n"
    ignore.unlink()
    setup.run()
    assert setup.present() == before and setup.encoder.encoded == 3


def test_exclusions_of_a_folder_remain_when_it_becomes_part_of_another(
    setup: IndexingSetup,
) -> None:
    setup.draw("a.jpg", 0)
    setup.draw("raw/b.jpg", 1)
    setup.draw("deep/raw/c.jpg", 2)
    set_exclude_globs(setup.writer, setup.root, ["/raw", "c.*"])
    setup.run()
    assert set(setup.present()) == {"a.jpg"}
    outer = add_root(setup.writer, str(setup.photos.parent))
    with setup.library.lock():
        pass
    setup.indexer.run([ScanTarget(outer, str(setup.photos.parent))])
    files = files_below(setup.writer, outer).values()
    assert {file.path for file in files if file.state == "present"} == {"photos/a.jpg"}
