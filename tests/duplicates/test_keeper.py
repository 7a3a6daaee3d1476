from __future__ import annotations

import dataclasses
import itertools
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.keep_rules import DEFAULT_RULES, RULES_BY_NAME
from explorer.duplicates.keeper import choose_keeper, keep_rules, set_keep_rules
from explorer.errors import UsageError
from explorer.library.library import Library
from explorer.library.stores.setting_store import put_setting
from explorer.photos.quality.jpeg_quality import jpeg_quality
from explorer.removal.companions import Companion, Companions
from tests import pictures


def item(path: str = "/p/a.jpg", **facts: Any) -> GroupFile:
    dull: dict[str, Any] = {
        "file_id": 1, "photo_id": 1, "path": path, "bytes": 1000, "width": 40, "height": 30,
        "format": "JPEG",
        "taken_at": "2020-01-01T10:00:00", "camera": None,
    }  # fmt: skip
    return GroupFile(**(dull | facts))


def no_quality(path: str) -> int | None:
    return None


ITEMS = st.lists(
    st.builds(
        GroupFile,
        file_id=st.integers(1, 10**6),
        photo_id=st.integers(1, 3),
        path=st.builds(
            "/{}/{}.{}".format,
            st.sampled_from("abc"),
            st.text("xyz", min_size=1, max_size=3),
            st.sampled_from(["jpg", "dng"]),
        ),
        bytes=st.integers(1, 3).map(lambda n: n * 1000),
        width=st.integers(1, 3),
        height=st.integers(1, 3),
        format=st.sampled_from(["JPEG", "HEIF", "PNG", "WEBP"]),
        taken_at=st.sampled_from([None, "2019-01-01T00:00:00", "2020-01-01T00:00:00"]),
        camera=st.none(),
        protected=st.booleans(),
        metadata=st.integers(0, 2),
        modified=st.integers(0, 2).map(float),
        symlink=st.booleans(),
    ),
    min_size=1,
    max_size=7,
    unique_by=lambda item: (item.path, item.file_id),
)
ORDERS = st.permutations(list(RULES_BY_NAME)).flatmap(
    lambda names: st.integers(0, len(names)).map(lambda n: names[:n])
)


@settings(deadline=None)
@given(items=ITEMS, rules=ORDERS, seed=st.integers())
def test_the_choice_does_not_depend_on_the_order_given(
    items: list[GroupFile], rules: list[str], seed: int
) -> None:
    shuffled = random.Random(seed).sample(items, len(items))
    assert choose_keeper(items, rules, quality=no_quality) == choose_keeper(
        shuffled, rules, quality=no_quality
    )


@settings(deadline=None)
@given(items=ITEMS, rules=ORDERS)
def test_the_rules_make_a_total_order(items: list[GroupFile], rules: list[str]) -> None:
    """Removing a file that is not kept changes nothing: the keeper beats each other file alone."""
    kept, _ = choose_keeper(items, rules, quality=no_quality)
    for other in items:
        if other is not kept:
            rest = [file for file in items if file is not other]
            assert choose_keeper(rest, rules, quality=no_quality)[0] is kept
            assert choose_keeper([other, kept], rules, quality=no_quality)[0] is kept


@settings(deadline=None)
@given(items=ITEMS, rules=ORDERS)
def test_a_link_is_kept_only_if_all_files_are_links(
    items: list[GroupFile], rules: list[str]
) -> None:
    kept, _ = choose_keeper(items, rules, quality=no_quality)
    assert not kept.symlink or all(each.symlink for each in items)


@pytest.mark.parametrize(
    ("better", "worse", "words"),
    [
        ({"protected": True}, {"width": 400}, "protected folder"),
        ({"path": "/p/a.DNG"}, {"width": 400}, "RAW"),
        (
            {"width": 4000, "height": 3000},
            {"width": 1600, "height": 1200},
            "4,000 × 3,000 vs. 1,600 × 1,200",
        ),
        ({}, {"width": 400, "bordered": True}, "border added"),
        ({"camera": "Acme Z1"}, {"width": 400}, "names its camera"),
        ({}, {"format": "PNG", "bytes": 10**7}, "cameras write JPEG files, and the other is PNG"),
        ({"metadata": 5}, {"metadata": 2}, "5 vs. 2"),
        ({"taken_at": "2019-05-01T10:00:00"}, {}, "2019-05-01 vs. 2020-01-01"),
        ({"taken_at": "2020-01-01T09:00:00"}, {}, "2020-01-01 09:00:00 vs. 2020-01-01 10:00:00"),
        ({}, {"taken_at": None}, "has a date"),
        (
            {"path": "/p/a.jpg"},
            {"path": "/Backup 2019/a.jpg", "modified": -1.0},
            "like a copy (“Backup 2019”)",
        ),
        ({"path": "/long/path/a.jpg"}, {"path": "/p/a copy 2.jpg"}, "like a copy (“copy 2”)"),
        ({"path": "/long/path/a.jpg"}, {"path": "/p/a (1).jpg"}, "(“(1)”)"),
        ({"path": "/p/a.jpg"}, {"path": "/p/a - Kopie.jpg"}, "Kopie"),
        ({"path": "/long/path/a.jpg"}, {"path": "/p/a~2.jpg"}, "(“~2”)"),
        ({"modified": 1.0}, {"modified": 2.0}, "older"),
        ({}, {"path": "/p/more/a.jpg"}, "shorter"),
        ({"path": "/p/a.jpg"}, {"path": "/p/b.jpg"}, "sorts first"),
    ],
)
def test_each_rule_decides_and_says_so(
    better: dict[str, Any], worse: dict[str, Any], words: str
) -> None:
    one, two = (
        item(
            **(
                {"path": "/p/z.jpg" if "path" not in worse and "path" not in better else "/p/a.jpg"}
                | better
            )
        ),
        item(**worse),
    )
    kept, why = choose_keeper([two, one], quality=no_quality)
    assert kept is one
    assert words in why


def test_file_size_decides_nothing() -> None:
    one, two = item("/p/a.jpg"), item("/p/b.jpg", bytes=10**9)
    assert choose_keeper([two, one])[0] is one and not any(
        rule.name == "compression" for rule in RULES_BY_NAME.values()
    )


def test_the_order_set_by_the_user_decides() -> None:
    large, early = (
        item("/p/large.jpg", width=400),
        item("/p/early.jpg", taken_at="2001-01-01T00:00:00"),
    )
    assert choose_keeper([large, early])[0] is large
    assert choose_keeper([large, early], ["earliest", "pixels"])[0] is early
    newer = dataclasses.replace(large, path="/p/new.jpg", modified=9.0)
    assert choose_keeper([large, newer], ["newest"])[0] is newer
    assert choose_keeper([large, newer], ["oldest"])[0] is large


def test_a_partial_date_sorts_after_all_dates_within_it() -> None:
    def dated(taken_at: str | None, precision: str | None = "second") -> GroupFile:
        return item(f"/p/{taken_at} {precision}.jpg", taken_at=taken_at, taken_precision=precision)

    in_order = [
        dated("2019-12-31T23:59:00", "minute"),
        dated("2020-05-04T00:00:00", None),
        dated("2020-05-04T10:00:07"),
        dated("2020-05-04T10:00:00", "minute"),
        dated("2020-05-04T23:59:59"),
        dated("2020-05-04T00:00:00", "day"),
        dated("2020-05-05T00:00:00"),
        dated("2020-05-01T00:00:00", "month"),
        dated("2020-01-01T00:00:00", "year"),
        dated("2021-01-01T00:00:00"),
        dated(None, None),
    ]
    for first, second in itertools.combinations(in_order, 2):
        assert choose_keeper([second, first], ["earliest"])[0] is first
    assert choose_keeper([in_order[2], in_order[5]], ["earliest"])[1] == (
        "its date is more precise (2020-05-04 10:00:07 vs. 2020-05-04)"
    )
    assert choose_keeper([in_order[2], in_order[4]], ["earliest"])[1] == (
        "its date is earlier (2020-05-04 10:00:07 vs. 2020-05-04 23:59:59)"
    )
    assert (
        choose_keeper([in_order[5], in_order[6]], ["earliest"])[1]
        == "its date is earlier (2020-05-04 vs. 2020-05-05)"
    )
    assert choose_keeper([in_order[8], in_order[10]], ["earliest"])[1] == "it has a date"


def test_jpeg_quality_is_read_only_if_it_decides(tmp_path: Path) -> None:
    picture = pictures.draw(1)
    low = pictures.write(tmp_path / "a.jpg", picture, quality=60)
    high = pictures.write(tmp_path / "b.jpg", picture, quality=92)
    assert choose_keeper([item(str(low)), item(str(high), photo_id=2)], ["quality"])[0].path == str(
        high
    )

    def refuse(path: str) -> int | None:
        raise AssertionError(path)

    assert choose_keeper(
        [item(str(low)), item(str(high), width=400)], DEFAULT_RULES, quality=refuse
    )[0].path == str(high)
    # Of the same bytes, either has the same quality.
    assert choose_keeper([item("/b"), item("/a")], ["quality"], quality=refuse)[0].path == "/a"


@pytest.mark.parametrize("quality", [20, 50, 75, 90, 95])
def test_jpeg_quality_is_the_setting_it_was_saved_with(tmp_path: Path, quality: int) -> None:
    path = pictures.write(tmp_path / "a.jpg", pictures.draw(2), quality=quality)
    assert jpeg_quality(path) == pytest.approx(quality, abs=1)


def test_other_formats_have_no_jpeg_quality(tmp_path: Path) -> None:
    assert jpeg_quality(pictures.write(tmp_path / "a.png", pictures.draw(2))) is None
    assert jpeg_quality(tmp_path / "absent.jpg") is None
    (tmp_path / "b.jpg").write_bytes(b"\xff\xd8\xff")
    assert jpeg_quality(tmp_path / "b.jpg") is None


def test_rules_are_remembered(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "library")
    try:
        assert keep_rules(library.catalog) == DEFAULT_RULES
        set_keep_rules(library.catalog, ["earliest", "pixels", "earliest"])
        assert keep_rules(library.catalog) == ("earliest", "pixels")
        with pytest.raises(UsageError, match="prettiest"):
            set_keep_rules(library.catalog, ["prettiest"])
        put_setting(library.catalog, "keeper_rules", '["pixels", "of a later release"]')
        assert keep_rules(library.catalog) == ("pixels",)
        # An earlier one knew a rule by bytes, which say nothing of two formats.
        put_setting(library.catalog, "keeper_rules", '["compression", "earliest"]')
        assert keep_rules(library.catalog) == ("earliest",)
        for wrong in ('"pixels"', '{"pixels": 1}', "3", ""):
            put_setting(library.catalog, "keeper_rules", wrong)
            assert keep_rules(library.catalog) == DEFAULT_RULES
        put_setting(library.catalog, "keeper_rules", "{broken")
        assert keep_rules(library.catalog) == DEFAULT_RULES
    finally:
        library.close()


def test_an_empty_group_has_no_keeper() -> None:
    with pytest.raises(ValueError, match="empty group"):
        choose_keeper([])


def test_the_name_of_a_folder_of_copies_is_printable() -> None:
    """One that is not UTF-8 could neither be shown on a page nor written to a plan."""
    items = [item("/p/a.jpg"), item("/p/Backup m\udcfc/a.jpg", file_id=2)]
    kept, why = choose_keeper(items, ["plain"], quality=no_quality)
    assert (kept.path, why) == ("/p/a.jpg", "the other is named like a copy (“Backup m\ufffd”)")


def test_the_reason_names_the_nearest_rival() -> None:
    items = [item(f"/p/{side}.jpg", width=side, height=side) for side in (100, 400, 300, 200)]
    kept, why = choose_keeper(items, quality=no_quality)
    assert kept.width == 400 and why == "it has more pixels (400 × 400 vs. 300 × 300)"


FILM, XMP, THM = (
    Companion("/p/a.mov", "video"),
    Companion("/p/a.xmp", "sidecar"),
    Companion("/p/a.thm", "sidecar"),
)


@pytest.mark.parametrize(
    ("better", "worse", "words"),
    [
        (Companions((FILM,)), Companions((XMP,), raw=True), "its video"),
        (Companions(raw=True), Companions((XMP,)), "its RAW file"),
        (Companions((XMP,)), Companions((THM,)), "a file with edits or notes"),
        (Companions((FILM, XMP), raw=True), Companions((FILM,), raw=True),
         "a file with edits or notes"), (Companions((FILM, XMP)), Companions(),
         "its video and a file with edits or notes"),
    ],
)  # fmt: skip
def test_companion_files_are_a_reason_to_keep(
    better: Companions, worse: Companions, words: str
) -> None:
    one, other = item("/p/z.jpg", companions=better), item("/p/a.jpg", companions=worse)
    assert choose_keeper([one, other], quality=no_quality) == (one, f"it has {words} beside it")
