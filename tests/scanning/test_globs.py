from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from explorer.scanning.globs import MAX_LENGTH, MAX_WILDCARDS, PatternList, parse
from tests.thoroughness import times


def left_out(lines: list[str], *paths: str) -> set[str]:
    """Those of the paths that are left out; a slash at the end marks a folder."""
    patterns = PatternList(lines)
    return {
        path for path in paths if patterns.verdict(path.rstrip("/"), is_folder=path.endswith("/"))
    }


@pytest.mark.parametrize(
    ("glob", "matched", "others"),
    [
        ("*.png", ["a.png", "x/b.png", ".png", "a\nb.png"], ["a.png.jpg", "apng", "x.png/y"]),
        ("a*b*c", ["abc", "aXbYc", "abbcc", "acbc", "abcbc"], ["ab", "acb", "abcd", "xabc"]),
        ("*a*", ["a", "bab"], ["b"]),
        ("a**b", ["ab", "axxb"], ["a/b", "abc"]),
        ("?.jpg", ["a.jpg", "é.jpg"], ["ab.jpg", ".jpg", "x/ab.jpg"]),
        ("a?*", ["ab", "abc"], ["a"]),
        ("[a-c]x", ["ax", "cx"], ["dx", "x", "-x"]),
        ("[!a-c]x", ["dx", "-x"], ["ax", "cx", "x"]),
        ("[^a]", ["b"], ["a", "bb"]),
        ("[]a]", ["]", "a"], ["b"]),
        ("[!]a]", ["b"], ["]", "a"]),
        ("[a-]", ["a", "-"], ["b"]),
        ("[\\]x]", ["]", "x"], ["\\"]),
        ("[a\\-c]", ["a", "-", "c"], ["b"]),
        ("[[:digit:]]x", ["1x"], ["ax"]),
        ("[[:space:]_]x", [" x", "_x", "\tx"], ["ax"]),
        ("[![:alpha:]]", ["1", "é"], ["a", "Z"]),
        ("[[:]", ["[", ":"], ["a"]),
        ("\\#a", ["#a"], ["\\#a"]),
        ("\\!a", ["!a"], ["a"]),
        ("\\*a", ["*a"], ["ba"]),
        ("?\\**a", ["x*a", "x*ba"], ["xa", "xba"]),
        ("a\\ ", ["a "], ["a", "a\\"]),
        ("a\\\\", ["a\\"], ["a"]),
        ("a \t", ["a"], ["a "]),
        ("a/b", ["a/b"], ["x/a/b", "a/b/c", "a", "b"]),
        ("/a", ["a"], ["x/a"]),
        ("/a/", ["a/"], ["a", "x/a/"]),
        ("a/", ["a/", "x/a/"], ["a", "x/a"]),
        ("**/a", ["a", "x/a", "x/y/a"], ["xa", "a/x"]),
        ("**/a/b", ["a/b", "x/a/b"], ["a", "a/x/b"]),
        ("a/**", ["a/b", "a/b/c", "a/b/"], ["a", "a/", "x/a/b"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["ab", "a/bb", "x/a/b"]),
        ("a/**/b/c/**/d", ["a/b/c/d", "a/x/b/c/y/z/d", "a/b/b/c/d"], ["a/b/d", "a/c/b/d", "a/b/c"]),
        ("**/x*/y*/**/z", ["x1/y1/z", "q/x/x/y/r/z"], ["x/z", "x/q/y/z"]),
        ("**", ["a", "a/b", "a/"], []),
        ("**/", ["a/", "a/b/"], ["a", "a/b"]),
        ("/**", ["a", "a/b"], []),
        ("/*/b", ["a/b"], ["b", "x/a/b"]),
        ("*", ["a", ".a", "a/b"], []),
    ],
)
def test_a_pattern_matches_what_it_matches_in_git(
    glob: str, matched: list[str], others: list[str]
) -> None:
    assert left_out([glob], *matched, *others) == set(matched)
    assert not left_out(["!" + glob], *matched)
    # However the list finds it: alone, or behind others.
    assert left_out(["q*q", "qq", "/q/q", glob], *matched, *others) == set(matched)


@pytest.mark.parametrize(
    ("glob", "why"),
    [
        ("[z-a].jpg", "z-a runs backwards"),
        ("[bad", "not closed"),
        ("x[", "not closed"),
        ("[]", "not closed"),
        ("[!]", "not closed"),
        ("[a-", "not closed"),
        ("a[b/c", "not closed"),
        ("[[:nonsense:]]", "no class of characters [:nonsense:]"),
        ("a\\", "backslash"),
        ("a//b", "two slashes"),
        ("/", "matches nothing"),
        ("//", "matches nothing"),
        ("!", "matches nothing"),
        ("x" * (MAX_LENGTH + 1), "characters"),
    ],
)
def test_a_pattern_that_can_match_nothing_is_reported(glob: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        parse(glob)
    patterns = PatternList(["*.png", glob, "*.gif"])
    (problem,) = patterns.problems
    assert problem.startswith("line 2, “") and why in problem and len(problem) < 200
    assert patterns.verdict("a.png", is_folder=False) and patterns.verdict("a.gif", is_folder=False)


def test_a_long_pattern_is_reported_by_its_beginning() -> None:
    for number in (60, 61):
        (problem,) = PatternList(["[".ljust(number, "x")]).problems
        assert ("x" * 59 + "”" in problem) is (number == 60)
        assert ("x" * 58 + "…”" in problem) is (number == 61)


def test_the_last_matching_pattern_decides_in_every_order() -> None:
    assert left_out(["a.jpg", "!*.jpg"], "a.jpg") == set()
    assert left_out(["!*.jpg", "a.jpg"], "a.jpg", "b.jpg") == {"a.jpg"}
    assert left_out(["/x/a.jpg", "!a.jpg"], "x/a.jpg") == set()
    assert left_out(["!a.jpg", "/x/a.jpg"], "x/a.jpg", "a.jpg") == {"x/a.jpg"}
    assert left_out(["*.jpg", "!a.*", "*a*"], "a.jpg") == {"a.jpg"}
    # What speaks of folders only has no word on a file.
    assert left_out(["a", "!a/"], "a", "x/a/") == {"a"}
    assert left_out(["*", "!*/"], "a", "b/") == {"a"}
    assert PatternList(["a"]).verdict("b", is_folder=False) is None


def test_empty_lines_and_comments_are_not_patterns() -> None:
    patterns = PatternList(["", "  ", "# a", "#", "\r"])
    assert not patterns.problems and patterns.verdict("# a", is_folder=False) is None
    assert parse("a".rjust(MAX_LENGTH, "a")) is not None


def test_the_number_of_patterns_tried_on_each_path_is_limited() -> None:
    patterns = PatternList(
        [f"*{n}x" for n in range(MAX_WILDCARDS)] + ["*.gif"] + [f"{n}.jpg" for n in range(5000)]
    )
    (problem,) = patterns.problems
    assert problem.startswith(f"line {MAX_WILDCARDS + 1}, “*.gif”") and "most" in problem
    assert patterns.verdict(f"{MAX_WILDCARDS - 1}x", is_folder=False) and not patterns.verdict(
        "a.gif", is_folder=False
    )
    assert patterns.verdict("4999.jpg", is_folder=False)


@pytest.mark.parametrize(
    "glob",
    [
        "*a" * 16,
        "*" * 16 + "b",
        "*a*b" * 100 + "c",
        "**/a/" * 60 + "b",
        "?*" * 200 + "b",
        "*[ab]" * 60 + "c",
    ],
)
def test_no_pattern_takes_exponential_time(glob: str) -> None:
    """Backtracking over the first of these would take longer than anybody lives."""
    patterns = PatternList([glob])
    assert not patterns.problems
    began = time.process_time()
    assert not patterns.verdict("a" * 250 + "x", is_folder=False)
    assert not patterns.verdict("/".join("a" * 200), is_folder=False)
    assert time.process_time() - began < 5


def _git_says(folder: Path, glob: str, paths: list[str]) -> set[str]:
    (folder / ".gitignore").write_bytes(glob.encode() + b"\n")
    asked = "\0".join(paths) + "\0"
    command = [
        "git",
        "-C",
        str(folder),
        "-c",
        "core.ignorecase=false",
        "check-ignore",
        "--no-index",
        "--stdin",
        "-z",
    ]
    said = subprocess.run(command, input=asked.encode(), capture_output=True, check=False)
    return set(filter(None, said.stdout.decode().split("\0")))


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=times(60, 300),
    derandomize=True,
)
@example("[[/]")
@example("a[/b]b")
@example("[!/]")
@given(
    st.text(st.sampled_from("ab*?[]!-/^"), min_size=1, max_size=8).filter(
        lambda text: not text.startswith(("!", "#"))
    )
)
def test_patterns_match_as_in_git(tmp_path: Path, glob: str) -> None:
    repository = tmp_path / "repository"
    if not repository.exists():
        subprocess.run(
            ["git", "init", "-q", str(repository)],
            check=True,
            env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull},
        )
    paths = ["a", "b", "ab", "ba", "aa", "aab", "abab", "a-b", "-", "]", "[", "!", "^"]
    patterns = PatternList([glob])
    ours = {path for path in paths if patterns.verdict(path, is_folder=False)}
    assert ours == _git_says(repository, glob, paths)
    # Of a path with folders, git asks of each folder, too.
    for path in ("a/b", "a/a/b", "ab/b", "b/a/b/ab"):
        names = path.split("/")
        said = any(
            patterns.verdict("/".join(names[:n]), is_folder=n < len(names))
            for n in range(1, len(names) + 1)
        )
        assert ({path} if said else set()) == _git_says(repository, glob, [path])
