"""What the starter tells and does for queries besides encoding them."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.encoders.base import unit
from explorer.encoders.starter import SENTENCE_DIM, StarterEncoder, StarterHead
from explorer.search.relevance.relevance import RelevanceModel
from explorer.search.relevance.relevance_signals import usual_likeness
from explorer.search.relevance.rival_phrases import RivalPhrases


def test_reference_photos_are_of_this_version_and_compared_with_phrases(
    encoder: StarterEncoder,
) -> None:
    photos = encoder.reference_photos
    assert photos is not None and photos.shape == (1500, encoder.dim)
    assert not photos[:, : encoder.dim - SENTENCE_DIM].any()
    # The other half of a unit vector.
    share = float(StarterHead.load().arrays["share_visual"])
    assert np.allclose(np.linalg.norm(photos, axis=1), np.sqrt(1 - share), atol=0.01)
    # Most of these photos show people and dogs, and hardly any a harpsichord.
    dog, harpsichord = encoder.encode_texts(["dog", "harpsichord"])
    assert np.sort(photos @ dog)[-30] > np.sort(photos @ harpsichord)[-30]


def test_reference_photos_of_another_version_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    other = StarterEncoder()
    monkeypatch.setitem(other.__dict__, "version", "another")
    assert other.reference_photos is None


def test_in_instance_queries_the_visual_half_counts_more() -> None:
    head = StarterHead.load()
    vectors = unit(np.random.default_rng(5).standard_normal((3, head.dim)))
    visual, found = head.dim - SENTENCE_DIM, StarterEncoder().instance_queries(vectors)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    for half in (slice(visual), slice(visual, None)):
        assert np.allclose(unit(found[:, half]), unit(vectors[:, half]), atol=1e-5)
    before, after = (
        np.linalg.norm(each[:, :visual], axis=1) / np.linalg.norm(each[:, visual:], axis=1)
        for each in (vectors, found)
    )
    assert (after > 2 * before).all()


def test_the_very_same_photo_is_a_strong_match_of_an_instance_query() -> None:
    head, random = StarterHead.load(), np.random.default_rng(7)
    visual, share = head.dim - SENTENCE_DIM, float(head.arrays["share_visual"])
    # Photos of one library have something in common.
    halves = [
        unit(random.standard_normal((1, width)) + random.standard_normal((300, width)))
        for width in (visual, SENTENCE_DIM)
    ]
    photos = np.concatenate(
        [half * np.sqrt(part) for half, part in zip(halves, (share, 1 - share), strict=True)],
        axis=1,
    ).astype(np.float32)
    model = RelevanceModel(photos, usual_likeness(photos), {}, RivalPhrases(photos[:0], photos))
    query = StarterEncoder().instance_queries(photos[:1])[0]
    scores = photos @ query
    judged = model.judge_photo(query, float(scores[0]))
    assert judged.matches(scores[:1]) == ["strong"]
    assert set(judged.matches(scores[1:])) == {"none"}
    # It would not be if its score were taken for a cosine.
    assert model.judge_photo().matches(scores[:1]) != ["strong"]
