"""A map of photos in two dimensions: those that are alike lie near each other.

The map is UMAP's in its plan (McInnes, Healy and Melville, UMAP: Uniform Manifold Approximation and
Projection, 2018: the weights of section 3.1, attraction to neighbours and repulsion from random
others), with t-SNE's kernel 1/(1 + d²) and a start from the two main axes of the vectors (Kobak and
Berens, The art of using t-SNE for single-cell transcriptomics, 2019). All photos move at once: each
is drawn to one of its neighbours and pushed from some others at every step, so that a step is a few
operations on whole arrays. Every step's chances come from its number: a map that was cut off goes
on as if it had not been.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]
Parts = npt.NDArray[np.int32]

# Rows worked on at once.
BLOCK = 8192

# How many steps a map takes, how many of a photo's neighbours draw it, and from how many others it
# is pushed at each step.
STEPS, DRAWING, PUSHING = 1000, 15, 6
# How far from each other, along the main axis, photos start (standard deviation), and the longest
# way of one step.
_START, _LONGEST = 10.0, 4.0
# In how many parts a photo's chances are cut.
_PARTS = 32


def weights(scores: Scores) -> Scores:
    """How strongly each neighbour draws, 0 to 1: exp(-(d - nearest d) / σ), σ such that each row's
    weights add up to log2 of its number.

    scores: (n, k) cosines, best first, -2 where there is nobody.
    """
    there = scores > -2
    far = np.where(there, 1 - scores, np.inf)
    far = far - far[:, :1].clip(max=2)
    number = there.sum(axis=1)
    wanted = np.log2(np.maximum(number, 2))
    low, high = np.full(len(scores), 1e-6), np.full(len(scores), 4.0)
    for _ in range(30):
        middle = np.sqrt(low * high)
        over = np.exp(-far / middle[:, None]).sum(axis=1) > wanted
        high, low = np.where(over, middle, high), np.where(over, low, middle)
    return np.where(there, np.exp(-far / np.sqrt(low * high)[:, None]), 0).astype(np.float32)


def chances(near: Rows, scores: Scores) -> Parts:
    """(n, parts) rows of neighbours: taking one part at random takes each neighbour as often as its
    weight says; -1 where there is none.

    near: (n, k) rows of the nearest photos, best first, -1 where there is nobody. scores: (n, k)
    their cosines.
    """
    marks = (np.arange(_PARTS) + 0.5) / _PARTS - 1e-6
    found = np.empty((len(near), _PARTS), np.int32)
    for at in range(0, len(near), BLOCK):
        some = near[at : at + BLOCK, :DRAWING]
        drawn = weights(
            np.where(some >= 0, scores[at : at + BLOCK, :DRAWING], -2).astype(np.float32)
        )
        ends = np.cumsum(drawn / np.maximum(drawn.sum(axis=1, keepdims=True), 1e-9), axis=1)
        which = (ends[:, None, :] < marks[None, :, None]).sum(axis=2).clip(max=some.shape[1] - 1)
        found[at : at + BLOCK] = np.take_along_axis(some, which, axis=1)
    return found


def start(number: int, vectors: Callable[[int, int], npt.NDArray[np.float32]]) -> Places:
    """Where photos start: their vectors on their two main axes. vectors: those from one row to
    before another, (some, dim)."""
    blocks = [(at, min(at + BLOCK, number)) for at in range(0, number, BLOCK)]
    mean = sum(vectors(*block).sum(axis=0, dtype=np.float64) for block in blocks) / number
    spread = np.zeros((len(mean), len(mean)))
    for block in blocks:
        centred = (vectors(*block) - mean).astype(np.float32)
        spread += centred.T @ centred
    axes = _main_axes(spread)
    # An axis has no direction of its own: its largest part points up.
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), range(axes.shape[1])])
    places = np.concatenate([(vectors(*block) - mean) @ axes for block in blocks])
    # Photos of one content each have a place of their own.
    jitter = np.random.default_rng(0).standard_normal(places.shape) * 1e-3
    found: Places = (places / max(float(places[:, 0].std()), 1e-9) * _START + jitter).astype(
        np.float32
    )
    return found


def _main_axes(spread: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The two main axes, (dim, 2), by subspace iteration (Golub and Van Loan, Matrix Computations,
    section 8.2.4): all of the hundreds that there are would take seconds, and a start need not be
    exact."""
    some = np.random.default_rng(0).standard_normal((len(spread), min(8, len(spread))))
    for _ in range(40):
        some, _ = np.linalg.qr(spread @ some)
    _, turns = np.linalg.eigh(some.T @ spread @ some)
    found: npt.NDArray[np.float64] = some @ turns[:, -2:][:, ::-1]
    return found


def step(places: Places, parts: Parts, number: int, of: int = STEPS) -> None:
    """Move all photos once, in place. parts: as `chances` makes them. number: of this step, 0 to
    `of` - 1."""
    count = len(places)
    if count < 2:
        return
    random = np.random.default_rng([11, number])
    rate = np.float32(1 - number / of)
    to = parts[np.arange(count), random.integers(0, _PARTS, count)]
    away = places[np.where(to >= 0, to, np.arange(count))] - places
    move = away * (2 / (1 + np.einsum("ij,ij->i", away, away)))[:, None]
    for _ in range(PUSHING):
        away = places - places[random.integers(0, count, count)]
        squared = np.einsum("ij,ij->i", away, away)
        move += away * (2 / ((0.01 + squared) * (1 + squared))).clip(max=_LONGEST)[:, None]
    places += np.clip(move, -_LONGEST, _LONGEST) * rate


def beside(near: Places, scores: Scores, seed: int) -> Places:
    """A place for one more photo: amid those of its neighbours that lie together. near: (k, 2)
    their places, scores: (k,) their cosines, best first. seed: the same one gives the same place.
    """
    drawn = weights(scores[None, :])[0]
    apart = np.linalg.norm(near[:, None] - near[None], axis=2)
    # The mean of neighbours in two corners of the map lies in neither: half of them, around the one
    # that lies amid the others, decide.
    middle = int((apart @ drawn).argmin())
    half = np.argsort(apart[middle], kind="stable")[: len(near) // 2 + 1]
    place = (near[half] * drawn[half, None]).sum(axis=0) / drawn[half].sum()
    loose = 0.25 * float(apart[middle][half].mean()) + 1e-3
    moved: Places = (place + np.random.default_rng([13, seed]).standard_normal(2) * loose).astype(
        np.float32
    )
    return moved


def turned(places: Places, known: Places, chosen: Rows) -> Places:
    """A new map turned (and mirrored) such that photos lie as near as can be to where they lay.

    known: (k, 2) where the rows in `chosen` lay.
    """
    if len(chosen) < 3:
        return places
    new, old = places[chosen] - places[chosen].mean(axis=0), known - known.mean(axis=0)
    left, _, right = np.linalg.svd(new.T @ old)
    found: Places = (
        (places - places[chosen].mean(axis=0)) @ (left @ right) + known.mean(axis=0)
    ).astype(np.float32)
    return found
