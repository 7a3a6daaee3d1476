"""Calibrated relevance, on a library of colours and on vectors made by rule."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.relevance import reduced
from explorer.encoders.base import Vectors, unit
from explorer.encoders.prompt_ensemble import encode_prompts
from explorer.search.relevance.background_phrases import BACKGROUND_PHRASES
from explorer.search.relevance.relevance import RelevanceModel, blend, without
from explorer.search.relevance.relevance_signals import PHRASE_SIGNALS, excesses, standardized
from explorer.search.relevance.relevance_weights import LIMITS, match_word
from explorer.search.relevance.rival_phrases import RivalPhrases
from tests.search.conftest import ImageOnlyEncoder
from tests.thoroughness import times
from tests.tiny import Tiny

_DIM = 48


class Things(Tiny):
    """An encoder whose phrases and photos are directions: `thing 3` lies near photos of kind 3."""

    dim = _DIM
    known_words: Vectors | None = None
    reference_photos: Vectors | None = None

    def __init__(self) -> None:
        self._kinds = unit(np.random.default_rng(3).standard_normal((40, _DIM)))

    def encode_texts(self, phrases: Sequence[str]) -> Vectors:
        """The direction of the kind whose number is in the phrase, else one of no kind."""
        return np.stack([self._direction(phrase) for phrase in phrases])

    def _direction(self, phrase: str) -> Vectors:
        digits = "".join(c for c in phrase if c.isdigit())
        if digits:
            return np.asarray(self._kinds[int(digits)])
        words = phrase.removeprefix("a photo of a ").removeprefix("a picture of ")
        seed = [ord(c) for c in words]
        return np.asarray(unit(np.random.default_rng(seed).standard_normal(_DIM)))

    def photos(self, kinds: list[int], each: int = 25) -> Vectors:
        random = np.random.default_rng(5)
        rows = np.repeat(self._kinds[kinds], each, axis=0)
        return unit(rows + 0.1 * random.standard_normal(rows.shape).astype(np.float32))


@pytest.fixture(scope="module")
def encoder() -> Things:
    return Things()


@pytest.fixture(scope="module")
def library(encoder: Things) -> Vectors:
    """Photos of the first 20 of 40 kinds."""
    return encoder.photos(list(range(20)))


@pytest.fixture(scope="module")
def model(encoder: Things, library: Vectors) -> RelevanceModel:
    return RelevanceModel.fit(encoder, library)


def best(model: RelevanceModel, encoder: Things, phrase: str) -> tuple[float, float]:
    """(how likely it can be answered, relevance of the best photo)."""
    vectors = encode_prompts(encoder, phrase)
    top = model.best_in_sample(vectors[0])
    judged = model.judge_phrase(vectors, top)
    return judged.answerable, float(judged.relevance(top[:1] @ vectors[0])[0])


def test_phrases_for_present_subjects_are_more_relevant_than_for_absent_ones(
    model: RelevanceModel, encoder: Things
) -> None:
    present = [best(model, encoder, f"thing {n}") for n in range(20)]
    absent = [best(model, encoder, f"thing {n}") for n in range(20, 40)]
    assert min(present) > max(absent)
    assert all(match_word(relevance) == "strong" for _, relevance in present)
    assert "strong" not in [match_word(relevance) for _, relevance in absent]


def test_relevance_separates_photos_of_the_subject(model: RelevanceModel, encoder: Things) -> None:
    vectors = encode_prompts(encoder, "thing 7")
    scores = model.sample @ vectors[0]
    words = model.judge_phrase(vectors, model.best_in_sample(vectors[0])).matches(scores)
    shown = [i for i, word in enumerate(words) if word in ("strong", "fair")]
    assert set(shown) >= set(range(7 * 25, 8 * 25)) and len(shown) <= 35


def test_meaningless_words_have_no_strong_match(model: RelevanceModel, encoder: Things) -> None:
    found = [best(model, encoder, f"zxqv{'x' * n} blorf")[1] for n in range(40)]
    assert max(found) < best(model, encoder, "thing 1")[1]
    assert "strong" not in [match_word(relevance) for relevance in found]


@settings(max_examples=times(50, 250), deadline=None)
@given(
    st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=30), st.integers(0, 39), st.booleans()
)
def test_relevance_is_between_0_and_1_and_never_falls_with_the_score(
    scores: list[float], kind: int, photo: bool
) -> None:
    encoder = Things()
    photos = encoder.photos([1, 2, 3], 10)
    rivals = RivalPhrases(encoder.encode_texts(["cat", "house", "thing 2"]), photos)
    model = RelevanceModel(photos, 0.2, dict.fromkeys(PHRASE_SIGNALS, (0.3, 0.1)), rivals)
    vectors = encode_prompts(encoder, f"thing {kind}")
    judged = (
        model.judge_photo()
        if photo
        else model.judge_phrase(vectors, model.best_in_sample(vectors[0]))
    )
    found = judged.relevance(np.sort(np.array(scores, np.float32)))
    assert ((found >= 0) & (found <= 1)).all() and (np.diff(found) >= 0).all()
    assert 0 <= judged.answerable <= 1


def test_copies_of_a_photo_match_it_and_others_do_not(
    model: RelevanceModel, library: Vectors
) -> None:
    judged = model.judge_photo()
    assert judged.matches(np.array([1.0, 0.97], np.float32)) == ["strong", "strong"]
    other = library[25:50] @ library[0]
    assert set(judged.matches(other)) == {"none"}


def test_a_known_word_needs_higher_scores(library: Vectors) -> None:
    """Words near those that the encoder was trained to see have high scores in any library."""
    answerable = []
    for words in ([26, 35], [34, 35]):
        knowing = Things()
        knowing.known_words = knowing._kinds[words]
        knowing.reference_photos = knowing.photos([36, 37])
        answerable.append(best(RelevanceModel.fit(knowing, library), knowing, "thing 26")[0])
    assert answerable[0] < answerable[1]


def test_what_scores_high_on_other_photos_needs_higher_scores(library: Vectors) -> None:
    """A phrase that matches photos in general is not answered by such scores."""
    answerable = []
    for kinds in ([30], [35]):
        knowing = Things()
        knowing.known_words = knowing._kinds[[36, 37]]
        knowing.reference_photos = knowing.photos(kinds, 40)
        answerable.append(best(RelevanceModel.fit(knowing, library), knowing, "thing 30")[0])
    assert answerable[0] < answerable[1]


def test_the_excesses_compare_the_best_with_the_best_of_the_reference() -> None:
    query = np.array([1.0, 0.0], np.float32)
    top, reference = (
        np.array([[x, 0.0] for x in scores], np.float32)
        for scores in ([0.9, 0.8, 0.7, 0.6, 0.5, *[0.4] * 10, 0.0], [0.1, *[0.4] * 30])
    )
    found = excesses(query, top, reference)
    assert found == pytest.approx({"excess": 0.3, "wide_excess": 0.1}, abs=1e-6)
    one = excesses(query, top[:1], reference[:1])
    assert one == pytest.approx({"excess": 0.8, "wide_excess": 0.8}, abs=1e-6)


def test_the_greater_excess_counts_in_standard_deviations() -> None:
    usual = {"known": (0.0, 1.0), "excess": (0.1, 0.1), "wide_excess": (0.0, 0.05)}
    few = {"known": 2.0, "excess": 0.3, "wide_excess": 0.05}
    many = {"known": 2.0, "excess": 0.2, "wide_excess": 0.15}
    assert standardized(few, usual) == pytest.approx({"known": 2, "excess": 2})
    assert standardized(many, usual) == pytest.approx({"known": 2, "excess": 3})


def test_an_encoder_that_tells_half_of_its_training_is_judged_without(library: Vectors) -> None:
    knowing = Things()
    knowing.known_words = knowing._kinds
    assert RelevanceModel.fit(knowing, library).usual.keys() == set(PHRASE_SIGNALS)


def test_the_best_photos_of_the_whole_library_are_used(encoder: Things) -> None:
    library, asked = encoder.photos(list(range(20)), 10), list[Vectors]()

    def whole(query: Vectors) -> Vectors:
        asked.append(query)
        return library[np.argsort(-(library @ query))[:100]]

    RelevanceModel.fit(encoder, library[::4], whole)
    assert len(asked) == len(BACKGROUND_PHRASES)


def test_the_benchmark_takes_what_was_left_out_from_the_sample_of_a_library(
    model: RelevanceModel, encoder: Things, library: Vectors
) -> None:
    """Else the neighbors of what is found instead show the thing that is absent."""
    left = reduced(model, library[25:])
    assert np.array_equal(left.sample, library[25:])
    thing = encode_prompts(encoder, "thing 0")[0]
    assert model.rivals.won(thing) - left.rivals.won(thing) == 25


def test_a_stored_model_gives_the_same_grades(model: RelevanceModel, encoder: Things) -> None:
    again = RelevanceModel.restored(encoder, model.sample, model.arrays())
    for phrase in ("thing 1", "thing 30", "qqq"):
        assert best(again, encoder, phrase) == best(model, encoder, phrase)
    knowing = Things()
    knowing.known_words, knowing.reference_photos = knowing._kinds, model.sample
    with pytest.raises(ValueError, match="another version"):
        RelevanceModel.restored(knowing, model.sample, model.arrays())


def test_an_encoder_without_text_and_an_empty_library_have_no_relevant_phrase(
    encoder: Things,
) -> None:
    vectors = encode_prompts(encoder, "thing 1")
    for model in (
        RelevanceModel.fit(ImageOnlyEncoder(), encoder.photos([1])),
        RelevanceModel.fit(encoder, np.zeros((0, _DIM), np.float32)),
    ):
        judged = model.judge_phrase(vectors, encoder.photos([1]))
        assert judged.answerable == 0
        assert judged.matches(np.ones(2, np.float32)) == ["none", "none"]
        assert len(judged.relevance(np.zeros(0, np.float32))) == 0
        assert model.judge_photo().matches(np.ones(1, np.float32)) == ["strong"]


def test_match_grades_have_labels() -> None:
    limits = [LIMITS.strong, LIMITS.fair, LIMITS.weak, 0.0]
    assert [match_word(each) for each in limits] == ["strong", "fair", "weak", "none"]
    assert [match_word(each - 1e-6) for each in limits[:3]] == ["fair", "weak", "none"]


def test_all_parts_of_a_query_count() -> None:
    phrase, photo = np.array([0.9, 0.9, 0.1]), np.array([0.9, 0.1, 0.1])
    assert np.allclose(blend([phrase, photo]), [0.9, 0.3, 0.1], atol=1e-6)
    assert np.allclose(without(phrase, photo), [0.09, 0.81, 0.09], atol=1e-6)


def test_frequent_subjects_are_phrases_that_many_photos_prefer(encoder: Things) -> None:
    directions = encoder.encode_texts(["cat", "beach", "house"])
    random = np.random.default_rng(8)
    counts = (60, 30, 3)
    photos = unit(
        np.repeat(directions, counts, axis=0)
        + 0.05 * random.standard_normal((sum(counts), _DIM)).astype(np.float32)
    )
    model = RelevanceModel.fit(encoder, photos)
    assert model.frequent_subjects(5) == ["cat", "beach"]
    assert model.frequent_subjects(1) == ["cat"] and model.frequent_subjects(0) == []


def test_a_library_without_text_has_no_frequent_subjects(library: Vectors) -> None:
    assert RelevanceModel.fit(ImageOnlyEncoder(), library).frequent_subjects(5) == []


def test_a_clear_subject_of_many_photos_has_good_matches(encoder: Things) -> None:
    """Also where the phrase has such scores on photos in general."""
    cat = encoder.encode_texts(["cat"])
    random = np.random.default_rng(8)
    photos = unit(np.repeat(cat, 60, axis=0) + 0.12 * random.standard_normal((60, _DIM)))
    others = encoder.photos(list(range(20)))
    knowing = Things()
    knowing.known_words, knowing.reference_photos = cat, np.repeat(cat, 30, axis=0)
    many = RelevanceModel.fit(knowing, np.concatenate([others, photos]).astype(np.float32))
    few = RelevanceModel.fit(knowing, np.concatenate([others, photos[:6]]).astype(np.float32))
    assert match_word(best(many, knowing, "cat")[1]) in ("fair", "strong")
    assert best(few, knowing, "cat")[0] < best(many, knowing, "cat")[0]


def test_of_a_single_clear_hit_hardly_anything_else_is_a_good_match(encoder: Things) -> None:
    """Of a thing that no photo of the reference set shows, one photo is enough."""
    knowing = Things()
    knowing.known_words = encoder.encode_texts(["cat", "dog"])
    knowing.reference_photos = encoder.photos(list(range(30)))
    photos = np.concatenate([encoder.photos(list(range(20))), encoder.photos([37], each=1)])
    model, vectors = RelevanceModel.fit(knowing, photos), encode_prompts(encoder, "thing 37")
    scores = photos @ vectors[0]
    words = model.judge_phrase(vectors, model.best_in_sample(vectors[0])).matches(scores)
    good = [i for i, word in enumerate(words) if word in ("fair", "strong")]
    assert len(photos) - 1 in good and len(good) < 4
    assert match_word(best(model, encoder, "thing 38")[1]) in ("weak", "none")
