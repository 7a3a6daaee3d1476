"""Lay out photos in two dimensions, similar photos near each other.

The method follows UMAP (McInnes, Healy and Melville, UMAP: Uniform Manifold Approximation and
Projection, 2018: the weights of section 3.1, attraction to neighbors and repulsion from random
photos), with the kernel of t-SNE, 1/(1 + d²), and a start from the first two principal axes of the
vectors (Kobak and Berens, The art of using t-SNE for single-cell transcriptomics, 2019). All photos
move at once: in every step each is attracted by one of its neighbors and repelled by some other
photos, so that a step is a few operations on whole arrays. The random numbers of a step are seeded
with its number, so a layout that was interrupted continues as if it had not been.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.float32]
"""(n, 2)."""
Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]
AttractionTable = npt.NDArray[np.int32]

# Rows processed at once.
BLOCK = 8192

# Steps of a layout, nearest neighbors that attract a photo, and photos that repel it in each step.
STEPS, ATTRACTING, REPELLING = 1000, 15, 6
# Standard deviation of the initial positions along the first axis, and the longest move in a step.
_START_DEVIATION, _MAX_MOVE = 10.0, 4.0
# Columns of an attraction table.
_COLUMNS = 32


def attraction_weights(scores: Scores) -> Scores:
    """The attraction of each neighbor, (n, k), 0 to 1.

    exp(-(d - nearest d) / σ), with σ such that the weights of a row sum to log2 of its length.
    scores: (n, k) cosines, best first, -2 where there is no neighbor.
    """
    exists = scores > -2
    distance = np.where(exists, 1 - scores, np.inf)
    distance = distance - distance[:, :1].clip(max=2)
    number = exists.sum(axis=1)
    wanted = np.log2(np.maximum(number, 2))
    low, high = np.full(len(scores), 1e-6), np.full(len(scores), 4.0)
    for _ in range(30):
        middle = np.sqrt(low * high)
        over = np.exp(-distance / middle[:, None]).sum(axis=1) > wanted
        high, low = np.where(over, middle, high), np.where(over, low, middle)
    sigma = np.sqrt(low * high)[:, None]
    return np.where(exists, np.exp(-distance / sigma), 0).astype(np.float32)


def attraction_table(near: Rows, scores: Scores) -> AttractionTable:
    """(n, 32) rows of neighbors, repeated in proportion to their weights; -1 where there is none.

    A random column of a row is a random neighbor, drawn by weight. near: (n, k) rows of the nearest
    photos, best first, -1 where there is no neighbor. scores: (n, k) their cosines.
    """
    marks = (np.arange(_COLUMNS) + 0.5) / _COLUMNS - 1e-6
    table = np.empty((len(near), _COLUMNS), np.int32)
    for at in range(0, len(near), BLOCK):
        block = near[at : at + BLOCK, :ATTRACTING]
        cosines = np.where(block >= 0, scores[at : at + BLOCK, :ATTRACTING], -2)
        weights = attraction_weights(cosines.astype(np.float32))
        ends = np.cumsum(weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9), axis=1)
        column = (ends[:, None, :] < marks[None, :, None]).sum(axis=2).clip(max=block.shape[1] - 1)
        table[at : at + BLOCK] = np.take_along_axis(block, column, axis=1)
    return table


def initial_positions(
    number: int, vectors: Callable[[int, int], npt.NDArray[np.float32]]
) -> Positions:
    """The photos' vectors projected onto their first two principal axes (PCA), (number, 2).

    vectors: returns those from a start row to before an end row, (rows, dim).
    """
    blocks = [(at, min(at + BLOCK, number)) for at in range(0, number, BLOCK)]
    mean = sum(vectors(*block).sum(axis=0, dtype=np.float64) for block in blocks) / number
    covariance = np.zeros((len(mean), len(mean)))
    for block in blocks:
        centered = (vectors(*block) - mean).astype(np.float32)
        covariance += centered.T @ centered
    axes = _main_axes(covariance)
    # The sign of an axis is arbitrary: make its largest component positive.
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), range(axes.shape[1])])
    projected = np.concatenate([(vectors(*block) - mean) @ axes for block in blocks])
    # Photos with equal vectors get different positions.
    jitter = np.random.default_rng(0).standard_normal(projected.shape) * 1e-3
    deviation = max(float(projected[:, 0].std()), 1e-9)
    positions: Positions = (projected / deviation * _START_DEVIATION + jitter).astype(np.float32)
    return positions


def _main_axes(covariance: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The first two principal axes, (dim, 2), by subspace iteration (Golub and Van Loan, Matrix
    Computations, section 8.2.4): computing all of the hundreds of axes takes seconds, and a start
    need not be exact."""
    size = (len(covariance), min(8, len(covariance)))
    basis = np.random.default_rng(0).standard_normal(size)
    for _ in range(40):
        basis, _ = np.linalg.qr(covariance @ basis)
    _, vectors = np.linalg.eigh(basis.T @ covariance @ basis)
    axes: npt.NDArray[np.float64] = basis @ vectors[:, -2:][:, ::-1]
    return axes


def step(positions: Positions, table: AttractionTable, number: int, of: int = STEPS) -> None:
    """Move all photos once, in place.

    table: from `attraction_table`. number: of this step, 0 to `of` - 1.
    """
    count = len(positions)
    if count < 2:
        return
    random = np.random.default_rng([11, number])
    rate = np.float32(1 - number / of)
    to = table[np.arange(count), random.integers(0, _COLUMNS, count)]
    offset = positions[np.where(to >= 0, to, np.arange(count))] - positions
    move = offset * (2 / (1 + np.einsum("ij,ij->i", offset, offset)))[:, None]
    for _ in range(REPELLING):
        offset = positions - positions[random.integers(0, count, count)]
        squared = np.einsum("ij,ij->i", offset, offset)
        strength = (2 / ((0.01 + squared) * (1 + squared))).clip(max=_MAX_MOVE)
        move += offset * strength[:, None]
    positions += np.clip(move, -_MAX_MOVE, _MAX_MOVE) * rate


def position_among(near: Positions, scores: Scores, seed: int) -> Positions:
    """A position for one more photo, among those of its neighbors that are close together.

    near: (k, 2) their positions. scores: (k,) their cosines, best first. seed: the same seed gives
    the same position.
    """
    weights = attraction_weights(scores[None, :])[0]
    distance = np.linalg.norm(near[:, None] - near[None], axis=2)
    # The mean of neighbors in two corners of the map is in neither. So only half of the neighbors
    # count: those around the most central one.
    central = int((distance @ weights).argmin())
    half = np.argsort(distance[central], kind="stable")[: len(near) // 2 + 1]
    mean = (near[half] * weights[half, None]).sum(axis=0) / weights[half].sum()
    deviation = 0.25 * float(distance[central][half].mean()) + 1e-3
    noise = np.random.default_rng([13, seed]).standard_normal(2)
    position: Positions = (mean + noise * deviation).astype(np.float32)
    return position


def align_with(positions: Positions, known: Positions, rows: Rows) -> Positions:
    """A layout rotated, and mirrored if needed, so that photos are as near as possible to known
    positions: the orthogonal Procrustes solution.

    known: (k, 2) positions of the photos in `rows`; with fewer than three, nothing changes.
    """
    if len(rows) < 3:
        return positions
    new, old = positions[rows] - positions[rows].mean(axis=0), known - known.mean(axis=0)
    left, _, right = np.linalg.svd(new.T @ old)
    turned = (positions - positions[rows].mean(axis=0)) @ (left @ right)
    aligned: Positions = (turned + known.mean(axis=0)).astype(np.float32)
    return aligned
