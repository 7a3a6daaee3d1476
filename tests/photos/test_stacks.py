from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.photos.stacks import (
    edit_original_stems,
    is_named_after,
    is_one_stack,
    never_duplicates,
    normalized_name,
    original_in_folder,
    possible_original_stems,
)

TIERS = ("identical", "pixels", "picture", "moment", "lookalike")

# An original and what programs in any language, and people, call an edit of it.
EDITS = [
    ("IMG_0.jpg", "IMG_0-edited.jpg"), ("IMG_0.jpg", "IMG_0-edited(1).jpg"),
    ("IMG_0.jpg", "IMG_0-bewerkt.jpg"),
    ("IMG_0.jpg", "IMG_0-編集済み.jpg"), ("IMG_0.jpg", "IMG_0 ha editado.jpg"),
    ("IMG_0.jpg", "IMG_0-edytowane.jpg"),
    ("IMG_0.JPG", "img_0 (Edited).heic"), ("IMG_0.jpg", "IMG_0.edit.png"),
    ("IMG_0.jpg", "IMG_0[b&w].jpg"),
    ("IMG_0.jpg", "IMG_0, cropped.jpg"), ("IMG_0.JPG", "IMG_E0.JPG"), ("img_0.heic", "IMG_E0.JPG"),
    ("a b.jpg", "A B - retusche.tif"),
    (unicodedata.normalize("NFC", "Café.jpg"), unicodedata.normalize("NFD", "Café-bewerkt.jpg")),
    (unicodedata.normalize("NFD", "Café.jpg"), unicodedata.normalize("NFC", "CAFÉ~schön.jpg")),
]  # fmt: skip
# Numbers alone: copies, edits (Samsung's `~2`), frames of a burst, other photos of one name.
NUMBERED = [
    ("IMG_0.jpg", "IMG_0 (1).jpg"), ("IMG_0.jpg", "IMG_0(2).png"), ("IMG_0.jpg", "IMG_0~2.jpg"),
    ("IMG_0.jpg", "IMG_0 2.jpg"),
    ("IMG_0.jpg", "IMG_0_001.jpg"),
]  # fmt: skip
RAWS = [("DSC_1.NEF", "DSC_1.JPG"), ("a.CR2", "a.jpg")]
OTHERS = [
    ("IMG_0.jpg", "IMG_01.jpg"), ("IMG_0.jpg", "IMG_0b.jpg"), ("IMG_1234.JPG", "IMG_E1235.JPG"),
    ("a.jpg", "a.png"), ("a.jpg", "a.jpeg"),
    ("edited.jpg", "beach.jpg"), ("credited.jpg", "cr.jpg"), ("a.NEF", "a.CR2"),
    ("IMG_0.jpg", "xIMG_0-edited.jpg"),
    ("IMG_1-a.jpg", "IMG_1-b.jpg"), ("a.jpg", "a\u0331.jpg"), ("b.jpg", "IMG_E0.jpg"),
    ("DSC_0.jpg", "DSC_E0.jpg"),
    ("IMG_0.jpg", "IMG_EE0.jpg"),
]  # fmt: skip


def together(one: str, other: str, tier: str) -> bool:
    found = is_one_stack(f"/p/{one}", f"/p/{other}", tier)
    assert found == is_one_stack(f"/p/{other}", f"/p/{one}", tier)
    assert not is_one_stack(f"/p/{one}", f"/q/{other}", tier)
    return found


@pytest.mark.parametrize(("original", "edit"), EDITS)
def test_an_original_and_its_edit_are_a_set_wherever_they_differ(original: str, edit: str) -> None:
    assert is_named_after(edit, original) and not is_named_after(original, edit)
    assert [tier for tier in TIERS if together(original, edit, tier)] == [
        "picture",
        "moment",
        "lookalike",
    ]
    assert normalized_name(original).rpartition(".")[0] in edit_original_stems(edit)


@pytest.mark.parametrize(("original", "numbered"), NUMBERED)
def test_numbered_different_pictures_are_a_set_and_shots_are_not(
    original: str, numbered: str
) -> None:
    assert is_named_after(numbered, original)
    assert [tier for tier in TIERS if together(original, numbered, tier)] == ["picture"]
    assert normalized_name(original).rpartition(".")[0] not in edit_original_stems(numbered)


@pytest.mark.parametrize(("raw", "photo"), RAWS)
def test_raw_and_jpeg_are_always_a_set(raw: str, photo: str) -> None:
    assert all(together(raw, photo, tier) for tier in TIERS)


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_unrelated_names_are_not_a_set(one: str, other: str) -> None:
    assert not is_named_after(one, other) and not is_named_after(other, one)
    assert not any(together(one, other, tier) for tier in TIERS)


def test_all_stems_a_name_may_derive_from_are_listed() -> None:
    assert list(possible_original_stems("A b-c.jpg")) == ["a", "a b"]
    assert list(possible_original_stems("IMG_E12.jpg")) == ["img_12", "img"]
    assert (
        list(possible_original_stems("-a.jpg")) == []
        and list(possible_original_stems("a.jpg")) == []
    )


def test_the_nearest_original_in_the_folder_is_found() -> None:
    stems = {("/p", "img_0"), ("/p", "img_0-edited"), ("/q", "img_9")}
    assert original_in_folder("/p/IMG_0-edited(1).jpg", stems) == "img_0-edited"
    assert original_in_folder("/p/IMG_0-edited.jpg", stems) == "img_0"
    assert original_in_folder("/p/IMG_0.jpg", stems) is None
    assert original_in_folder("/p/IMG_9-edited.jpg", stems) is None


NAMES = st.text(st.sampled_from("ab1 -_(~é\u0301"), min_size=1, max_size=5).map(
    lambda stem: f"{stem}.jpg"
)


@settings(deadline=None)
@given(one=NAMES, other=NAMES)
def test_the_stem_of_a_name_is_among_its_possible_stems(one: str, other: str) -> None:
    assert is_named_after(one, other) == (
        normalized_name(other).removesuffix(".jpg") in possible_original_stems(one)
    )


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        *((*pair, True) for pair in RAWS),
        *((*pair, False) for pair in (*NUMBERED, *OTHERS)),
        ("IMG_0.jpg", "IMG_0-edited.jpg", True),
        ("IMG_0.JPG", "img_0 (Edited).heic", True),
        ("IMG_0.jpg", "IMG_0-modifié(1).jpg", False),
        ("IMG_0.jpg", "IMG_0_bearbeitet2.png", True),
        ("IMG_0.JPG", "IMG_E0.JPG", True),
        # A person may have written any other word: it is shown, and decided upon.
        ("IMG_0.jpg", "IMG_0-bewerkt.jpg", False),
    ],
)
def test_raw_files_and_known_edits_are_never_duplicates(
    one: str, other: str, expected: bool
) -> None:
    assert never_duplicates(f"/p/{one}", f"/p/{other}") is expected
    assert never_duplicates(f"/p/{other}", f"/p/{one}") is expected
    assert not never_duplicates(f"/p/{one}", f"/q/{other}")
