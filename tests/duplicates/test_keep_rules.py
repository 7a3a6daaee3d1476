"""What single rules prefer, and how they explain it."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.duplicates.keep_rules import DEFAULT_RULES, REGULAR_FILE, RULES, RULES_BY_NAME
from explorer.duplicates.keeper import choose_keeper
from explorer.photos.containers.contents import NOTHING, ContentPart, FileContents
from explorer.removal.companions import Companion, Companions
from tests.duplicates.test_keeper import item, no_quality

PAGE = ContentPart("page", "0" * 32)


@pytest.mark.parametrize(
    ("rule", "better", "worse", "why"),
    [
        (
            "contents",
            {"contents": FileContents((PAGE, PAGE))},
            {"contents": FileContents((PAGE,))},
            "it contains more: 3 pages",
        ),
        (
            "contents",
            {"contents": FileContents((PAGE,))},
            {"contents": None},
            "it contains more: 2 pages",
        ),
        ("newest", {"modified": 2.0}, {"modified": 1.0}, "it is the newer file"),
        ("oldest", {"modified": 1.0}, {"modified": 2.0}, "it is the older file"),
        ("shallowest", {}, {"path": "/p/q/a.jpg"}, "it is in fewer parent folders"),
        ("shortest", {"path": "/p/q/r.jpg"}, {"path": "/p/long name.jpg"}, "its path is shorter"),
        ("pixels", {"width": 41}, {}, "it has more pixels (41 × 30 vs. 40 × 30)"),
        ("named", {"path": "/p/IMG_20190612_101112.jpg"}, {"path": "/p/copy.jpg"},
         "its name has a date"),
        ("named", {"path": "/p/IMG_20190612_101112(1).jpg"}, {"path": "/p/2019-06-12.jpg"},
         "its name has a more precise date"),
        ("named", {"path": "/p/IMG_20190612_101112.jpg"}, {"path": "/p/DSC_0001.jpg"},
         "its name has a date"),
        ("named", {"path": "/p/1609459200123.jpg"}, {"path": "/p/12345678.jpg"},
         "its name has a date"),
        ("named", {"path": "/p/_MG_1234.jpg"}, {"path": "/p/beach.jpg"}, "it has a camera's name"),
        ("plain", {"path": "/p/P1010001.jpg"}, {"path": "/p/P1010001 (2).jpg"},
         "the other is named like a copy (“(2)”)"),
        ("plain", {}, {"path": "/copies/a.jpg"}, "the other is named like a copy (“copies”)"),
        ("plain", {}, {"path": "/p/a-copy.jpg"}, "the other is named like a copy (“-copy”)"),
        ("real", {}, {"symlink": True, "path": "/p/a.jpg"}, "it is a file, not a link"),
        ("raw", {"path": "/p/z.NEF"}, {}, "it is the camera's RAW file"),
        ("bare", {}, {"bordered": True}, "the other has a border added"),
        ("camera", {"camera": "Acme Z1"}, {}, "only it names its camera"),
        ("protected", {"protected": True}, {}, "it is in a protected folder"),
        ("metadata", {"metadata": 5}, {"metadata": 4}, "it has more metadata fields (5 vs. 4)"),
        ("native", {"format": "HEIF"}, {"format": "PNG"},
         "cameras write HEIF files, and the other is PNG"),
        ("earliest", {}, {"taken_at": "2020-01-01T10:00:01"},
         "its date is earlier (2020-01-01 10:00:00 vs. 2020-01-01 10:00:01)"),
        ("earliest", {}, {"taken_at": None}, "it has a date"),
    ],
)  # fmt: skip
def test_a_rule_prefers_and_explains(
    rule: str, better: dict[str, Any], worse: dict[str, Any], why: str
) -> None:
    """Against the order of the paths."""
    one, other = item(**({"path": "/p/z.jpg"} | better)), item(**worse)
    rules = [rule] if rule in RULES_BY_NAME else []
    assert choose_keeper([other, one], rules, quality=no_quality) == (one, why)


def test_settings_and_pages_name_the_rules_in_this_order() -> None:
    """Stored orders refer to the names."""
    assert {rule.name: rule.label for rule in RULES} == {
        "protected": "In a protected folder", "raw": "RAW before JPEG", "bare": "No border added",
        "camera": "Has a camera name", "pixels": "More pixels",
        "contents": "More contents (pages, a video, maps)",
        "company": "Has its video, RAW file or edits", "quality": "Higher JPEG quality",
        "metadata": "More metadata", "native": "In a camera's file format",
        "earliest": "Earliest date taken", "named": "Named by date or camera",
        "plain": "Not named like a copy",
        "oldest": "Oldest file", "shortest": "Shortest path",
        "shallowest": "Fewest parent folders", "newest": "Newest file",
    }  # fmt: skip
    assert DEFAULT_RULES == tuple(rule.name for rule in RULES[:15]) == tuple(RULES_BY_NAME)[:15]
    assert (REGULAR_FILE.name, REGULAR_FILE.label) == ("real", "A file, not a link")


@pytest.mark.parametrize("other", ["copy", "download(3)", "a"])
def test_of_files_with_the_same_bytes_the_one_with_a_dated_name_is_kept(other: str) -> None:
    dated = item("/p/deep/IMG_20190612_101112.jpg", modified=2.0)
    rival = item(f"/p/{other}.jpg", modified=1.0)
    assert choose_keeper([rival, dated], quality=no_quality)[0] == dated


def test_a_mark_of_a_copy_decides_between_equal_names() -> None:
    one, two = item("/p/q/IMG_1234.jpg"), item("/p/IMG_1234 (1).jpg")
    kept, why = choose_keeper([two, one], quality=no_quality)
    assert (kept, why) == (one, "the other is named like a copy (“(1)”)")


def test_a_file_not_read_yet_counts_as_one_that_contains_a_single_picture() -> None:
    one, other = item("/p/a.jpg", contents=NOTHING), item("/p/b.jpg", contents=None)
    _, why = choose_keeper([one, other], ["contents"], quality=no_quality)
    assert why == "all else is equal, and its path sorts first"


def test_any_jpeg_quality_is_preferred_to_none() -> None:
    jpeg, png = item("/p/b.jpg", photo_id=2), item("/p/a.png")
    kept, why = choose_keeper([png, jpeg], ["quality"], quality={"/p/b.jpg": 1}.get)
    assert (kept, why) == (jpeg, "it was saved with a higher JPEG quality")


def test_what_is_beside_a_file_counts_in_order() -> None:
    """A video more than all else, and a RAW file more than edits."""
    film, edits = Companion("/p/a.mov", "video"), Companion("/p/a.xmp", "sidecar")
    in_order = [
        Companions((film, edits), raw=True),
        Companions((film,), raw=True),
        Companions((film, edits)),
        Companions((film,)),
        Companions((edits,), raw=True),
        Companions(raw=True),
        Companions((edits,)),
        Companions(),
    ]
    files = [item(f"/p/{9 - n}.jpg", companions=each) for n, each in enumerate(in_order)]
    for n, file in enumerate(files[:-1]):
        kept, _ = choose_keeper(files[n:], ["company"], quality=no_quality)
        assert kept is file
