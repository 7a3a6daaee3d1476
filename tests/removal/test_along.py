"""What belongs to a photo goes with it, and comes back with it; and nothing goes of which there is
no second."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from explorer.library.decision_store import protect
from explorer.library.removal_journal import Journal
from explorer.removal import safe_move, trash
from explorer.removal.preflight import TRASH
from explorer.removal.remove import dry_run, remove
from explorer.removal.results import Result
from explorer.removal.undo import history, settle, undo
from tests.fixtures.field import Field, tree
from tests.fixtures.removal import Where


def live(field: Field) -> None:
    """Two copies of a Live Photo, with sidecars of the second."""
    for folder in ("kept", "gone"):
        field.put(f"{folder}/IMG_1.HEIC", "still")
        field.beside(f"{folder}/IMG_1.MOV", "film")
    field.beside("gone/IMG_1.AAE", "recipe")
    field.beside("gone/IMG_1.HEIC.xmp", "words")


def one(field: Field, *, to: str = TRASH, **options: Any) -> Result:
    """The removal of the second for the sake of the first."""
    return remove(
        field.library, [field.removal("gone/IMG_1.HEIC", "kept/IMG_1.HEIC")], to, **options
    ).results[0]


def refused(field: Field, words: str, **options: Any) -> None:
    before = field.tree()
    result = one(field, **options)
    assert result.state in ("refused", "failed") and words in result.reason, result
    assert field.tree() == before


def test_everything_goes_and_comes_back(field: Field, where: Where) -> None:
    live(field)
    before, to = field.tree(), where(field)
    wanted = [field.removal("gone/IMG_1.HEIC", "kept/IMG_1.HEIC")]
    (would,) = dry_run(field.library, wanted, to).results
    assert sorted((Path(each.path).name, each.bytes) for each in would.along) == [
        ("IMG_1.AAE", 6), ("IMG_1.HEIC.xmp", 5), ("IMG_1.MOV", 4),
    ]  # fmt: skip
    assert (would.state, would.freed) == ("would", 5 + 4 + 6 + 5) and field.tree() == before
    outcome = remove(field.library, wanted, to)
    assert (outcome.results[0].along, outcome.freed, outcome.along) == (would.along, would.freed, 3)
    assert {path for path, what in field.tree().items() if what[0] == "file"} == {
        "kept/IMG_1.HEIC",
        "kept/IMG_1.MOV",
    }
    _, restored = undo(field.library)
    assert [(each.note, each.path == each.back) for each in restored] == [
        ("", True)
    ] * 4 and not history(field.library)[0].away
    assert field.tree() == before


def test_the_journal_speaks_of_all_of_them_before_the_first_moves(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(field)
    seen = list[list[str]]()
    real = safe_move.move

    def look(*given: Any) -> None:
        seen.append(
            [
                Path(entry.path).name
                for run in Journal(field.library.dir).runs()
                for entry in run.entries
            ]
        )
        real(*given)

    monkeypatch.setattr(safe_move, "move", look)
    one(field, to=str(field.base / "aside"))
    assert seen == [["IMG_1.AAE", "IMG_1.HEIC.xmp", "IMG_1.MOV", "IMG_1.HEIC"]] * 4


@pytest.mark.parametrize(
    ("lose", "words"),
    [
        (
            lambda f: (f.photos / "kept/IMG_1.MOV").unlink(),
            "its film IMG_1.MOV is not there a second time: the one to keep has none",
        ),
        (
            lambda f: (f.photos / "kept/IMG_1.MOV").write_text("mlif"),
            "the one to keep has another film",
        ),
        (
            lambda f: (f.photos / "kept/IMG_1.MOV").rename(f.photos / "kept/IMG_2.MOV"),
            "the one to keep has none",
        ),
        (
            lambda f: (
                (f.photos / "kept/IMG_1.MOV").unlink(),
                (f.photos / "kept/IMG_1.MOV").symlink_to("../gone/IMG_1.MOV"),
            ),
            "the one to keep has none",
        ),
        (lambda f: protect(f.library.catalog, str(f.photos / "gone")), "protected"),
    ],
)
def test_the_only_film_stays_and_its_photo_with_it(field: Field, lose: Any, words: str) -> None:
    live(field)
    lose(field)
    refused(field, words)


def test_another_name_of_the_same_film_may_go(field: Field) -> None:
    live(field)
    (field.photos / "kept/IMG_1.MOV").unlink()
    os.link(field.photos / "gone/IMG_1.MOV", field.photos / "kept/IMG_1.MOV")
    before = field.tree()
    result = one(field)
    assert (result.state, result.freed) == ("removed", 5 + 6 + 5)
    undo(field.library)
    assert field.tree() == before


def test_a_film_that_is_a_link_goes_as_a_link(field: Field) -> None:
    live(field)
    field.beside("films/1.MOV", "the only one")
    (field.photos / "gone/IMG_1.MOV").unlink()
    (field.photos / "gone/IMG_1.MOV").symlink_to("../films/1.MOV")
    before = field.tree()
    assert one(field).state == "removed" and (field.photos / "films/1.MOV").exists()
    undo(field.library)
    assert field.tree() == before


@pytest.mark.parametrize("tier", ["moment", "lookalike"])
def test_another_shot_goes_with_the_film_of_that_shot(field: Field, tier: str) -> None:
    """The person said of this very shot that it is to go: its film is no film of the one kept."""
    live(field)
    field.put("gone/IMG_1.HEIC", "another shot")
    field.beside("gone/IMG_1.MOV", "another film")
    before = field.tree()
    outcome = remove(
        field.library, [field.removal("gone/IMG_1.HEIC", "kept/IMG_1.HEIC", tier=tier)]
    )
    assert [result.state for result in outcome.results] == ["removed"] and outcome.along == 3
    undo(field.library)
    assert field.tree() == before


def test_a_photo_removed_for_its_own_sake_goes_with_all_that_is_its_own(field: Field) -> None:
    live(field)
    before = field.tree()
    outcome = remove(field.library, [field.removal("gone/IMG_1.HEIC", None)], without_keeper=True)
    assert outcome.along == 3
    undo(field.library)
    assert field.tree() == before


def test_what_could_not_be_read_goes_alone(field: Field) -> None:
    """Its film may be all that is left of it."""
    path = field.fail("IMG_1.jpg", "broken")
    field.beside("IMG_1.mov", "film")
    outcome = remove(field.library, [field.removal(path, None)], without_keeper=True)
    assert [result.state for result in outcome.results] == ["removed"] and set(field.tree()) == {
        "IMG_1.mov"
    }
    undo(field.library)


def test_what_two_photos_share_goes_with_the_second(field: Field) -> None:
    for ending in ("jpg", "heic"):
        field.put(f"a.{ending}", ending)
        field.put(f"b.{ending}", ending)
    field.beside("b.xmp", "words")
    before = field.tree()
    wanted = [field.removal("b.jpg", "a.jpg"), field.removal("b.heic", "a.heic")]
    assert [
        [Path(each.path).name for each in result.along]
        for result in dry_run(field.library, wanted).results
    ] == [[], ["b.xmp"]]
    outcome = remove(field.library, wanted[:1])
    assert outcome.along == 0 and "b.xmp" in field.tree()
    outcome = remove(field.library, wanted[1:])
    assert outcome.along == 1 and set(field.tree()) == {"a.jpg", "a.heic"}
    for run in history(field.library):
        undo(field.library, run.id)
    assert field.tree() == before


@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_where_one_cannot_go_all_stay(
    field: Field, where: Where, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    live(field)
    real, calls = safe_move.move, 0

    def stuck(*given: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == at + 1:
            raise PermissionError(13, "Permission denied")
        real(*given)

    monkeypatch.setattr(safe_move, "move", stuck)
    refused(
        field,
        "you are not allowed to move " + ("it:" if at == 3 else "what belongs to it, IMG_1."),
        to=where(field),
    )
    assert not history(field.library)[0].away


def test_a_film_that_is_lost_in_that_moment_brings_all_back(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(field)
    before = field.tree()
    real = trash.send

    def lose(*given: Any) -> None:
        real(*given)
        (field.photos / "kept/IMG_1.MOV").unlink(missing_ok=True)

    monkeypatch.setattr(trash, "send", lose)
    result = one(field)
    assert (result.state, result.reason) == ("failed", "the one to keep is not there any more")
    assert field.tree() == {path: what for path, what in before.items() if path != "kept/IMG_1.MOV"}


def test_a_film_that_is_lost_later_in_the_same_run_brings_all_back(field: Field) -> None:
    live(field)
    field.put("x.jpg", "x")
    field.put("y.jpg", "x")
    before = field.tree()

    def lose(done: int, total: int) -> None:
        if done == 1:
            (field.photos / "kept/IMG_1.MOV").unlink()

    wanted = [field.removal("gone/IMG_1.HEIC", "kept/IMG_1.HEIC"), field.removal("y.jpg", "x.jpg")]
    assert [result.state for result in remove(field.library, wanted, tick=lose).results] == [
        "failed",
        "removed",
    ]
    undo(field.library)
    assert field.tree() == {path: what for path, what in before.items() if path != "kept/IMG_1.MOV"}


def test_where_the_name_is_taken_they_come_back_under_names_that_go_together(
    field: Field, where: Where
) -> None:
    live(field)
    before = field.tree()
    one(field, to=where(field))
    field.beside("gone/IMG_1.HEIC", "a newcomer")
    # With this name the still would come back without its film beside it.
    field.beside("gone/IMG_1 (restored).MOV", "a stranger")
    undo(field.library)
    now = field.tree()
    for old, new in (("HEIC", "HEIC"), ("MOV", "MOV"), ("AAE", "AAE"), ("HEIC.xmp", "HEIC.xmp")):
        assert now[f"gone/IMG_1 (restored 2).{new}"] == before[f"gone/IMG_1.{old}"]
    assert now["gone/IMG_1.HEIC"][1] == b"a newcomer"


def test_where_only_a_sidecars_name_is_taken_the_photo_has_its_own(field: Field) -> None:
    live(field)
    before = field.tree()
    one(field)
    field.beside("gone/IMG_1.HEIC.xmp", "new words")
    _, restored = undo(field.library)
    now = field.tree()
    assert (
        now["gone/IMG_1.HEIC"] == before["gone/IMG_1.HEIC"]
        and now["gone/IMG_1.HEIC.xmp"][1] == b"new words"
    )
    assert now["gone/IMG_1.HEIC (restored).xmp"] == before["gone/IMG_1.HEIC.xmp"]
    assert [each.note for each in restored if each.note] == [
        "its name was taken, so it is now IMG_1.HEIC (restored).xmp"
    ]


def test_in_a_folder_they_lie_under_names_that_go_together(field: Field) -> None:
    aside = field.base / "aside"
    live(field)
    one(field, to=str(aside))
    live(field)
    one(field, to=str(aside))
    names = {Path(path).name for path, what in tree(aside).items() if what[0] == "file"}
    assert {
        "IMG_1.HEIC",
        "IMG_1.MOV",
        "IMG_1 (2).HEIC",
        "IMG_1 (2).MOV",
        "IMG_1 (2).HEIC.xmp",
        "IMG_1 (2).AAE",
    } <= names


def test_cut_off_before_the_photo_itself_went_all_come_back(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(field)
    before = field.tree()
    real, calls = trash.send, 0

    def cut(*given: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        real(*given)

    with monkeypatch.context() as patch:
        patch.setattr(trash, "send", cut)
        # As the power does it: nothing of the run is ended.
        patch.setattr("explorer.removal.remove._Run.end", lambda *_: None)
        with pytest.raises(KeyboardInterrupt):
            one(field)
    assert field.tree() != before
    settle(field.library, Journal(field.library.dir))
    assert field.tree() == before and not history(field.library)[0].away


def test_sidecars_words_are_kept_where_the_same_photo_has_none(field: Field) -> None:
    live(field)
    words = "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>" \
            "<rdf:Description rdf:about='' xmlns:d='http://darktable.sf.net/' d:history='mine'/></rdf:RDF></x:xmpmeta>"  # fmt: skip
    field.beside("gone/IMG_1.HEIC.xmp", words)
    before = field.tree()
    one(field, sidecars=True)
    assert (field.photos / "kept/IMG_1.HEIC.xmp").read_text() == words
    undo(field.library)
    assert field.tree() == before
