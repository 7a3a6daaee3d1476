"""Which photos are one and the same picture: found as photos arrive, verified on their pixels, kept as rows.

Each new photo is compared with all that came before it. Candidates are those with a similar perceptual hash in any of the eight
orientations, and its nearest by embedding; the corners of both (`photos/sketches.py`) say whether and how one may lie on the other, and
only then are their previews laid onto each other and compared (`photos/comparison.py`). A photo's sketch is written in the same
transaction as its pairs: cut off anywhere, the next run takes the photos that have none.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import cv2
import numpy as np

from explorer.encoders.base import Encoder
from explorer.indexing.decode_pool import DecodePool
from explorer.indexing.same_moment import Moment, another_moment
from explorer.library import pairs as store
from explorer.library import stages
from explorer.library.library import Library
from explorer.library.pairs import PAIRS_VERSION, Pair
from explorer.library.writer import Writer
from explorer.photos import comparison, orientations, sketches
from explorer.photos.comparison import Grey, Matrix, Measures
from explorer.photos.sketches import Sketch

Tick = Callable[[int, int], None]

# New photos compared in one transaction.
BATCH = 64
# Photos whose previews and sketches are kept at hand, 200 KB each.
_AT_HAND = 400
# Photos that hang together by pairs are all compared with each other, as any may become the one that is kept; where they are more than
# so many, each is compared with so many of the largest.
_CLOSED, _HUBS = 8, 3


class PairStage:
    """Keeps the pairs. Holds the hashes of all photos in memory between runs; the process that uses it is the only one that writes them."""

    what = "Looking for duplicates"

    def __init__(self, library: Library, writer: Writer, encoder: Encoder) -> None:
        self._library, self._writer = library, writer
        self._encoder_id = writer.encoder(encoder.name, encoder.version, encoder.dim)
        self._known: _Known | None = None
        self._seen = 0

    def run(self, tick: Tick) -> None:
        catalog = self._library.catalog
        now = catalog.change()
        if stages.reached(catalog, "pairs", str(PAIRS_VERSION)) == now:
            return
        if self._known is None:
            with self._writer.transaction():
                store.drop_pairs(self._writer, PAIRS_VERSION)
            self._known = _Known(store.looks(catalog, PAIRS_VERSION))
        else:
            self._known.update(store.looks(catalog, PAIRS_VERSION, after=self._seen))
        self._seen = now
        new = self._known.waiting()
        if new:
            self._compare(new, tick)
        # No transaction: it would count as a change, which every other stage would follow with one of its own.
        stages.set_reached(self._writer, "pairs", str(PAIRS_VERSION), catalog.change())

    def _compare(self, new: list[int], tick: Tick) -> None:
        known = self._known
        assert known is not None  # noqa: S101
        # Until all is written: what is in memory must not be ahead of the catalog.
        self._known = None
        with ThreadPoolExecutor(max(1, os.cpu_count() or 1)) as threads, DecodePool(1, None) as pool:
            looker = Looker(self._library, known, threads)
            closer = Closer(self._library, self._writer, pool)
            groups = _Groups(known, store.pairs(self._library.catalog, PAIRS_VERSION, ("pixels", "picture")))
            for start in range(0, len(new), BATCH):
                tick(start, len(new))
                batch = new[start : start + BATCH]
                fresh = dict(zip(batch, threads.map(looker.sketch, batch), strict=True))
                sound = [i for i in batch if fresh[i] is not None]
                candidates = groups.thinned(self._candidates(known, sound))
                found = looker.compare_all((a, b, None) for a, b in candidates)
                judged = [pair for pair in (closer.judge(looked) for looked in found if looked) if pair]
                groups.add(judged)
                judged += self._missing(groups, judged, set(candidates), looker, closer)
                with self._writer.transaction():
                    store.put_sketches(self._writer, ((i, fresh[i] or b"") for i in batch), PAIRS_VERSION)
                    store.put_pairs(self._writer, judged, PAIRS_VERSION)
                    closer.write()
                known.mark(batch)
        self._known = known

    def _candidates(self, known: _Known, new: list[int]) -> list[tuple[int, int]]:
        """Pairs (a < b) that are worth a closer look, each once."""
        pairs = set(known.similar(new))
        for photo_id in new:
            for other, score in stages.neighbours_of(self._library.catalog, self._encoder_id, photo_id)[:_NEIGHBOURS]:
                if score >= _LEAST_COSINE and known.has(other):
                    pairs.add((min(photo_id, other), max(photo_id, other)))
        return sorted(pairs)

    def _missing(self, groups: _Groups, judged: list[Pair], done: set[tuple[int, int]], looker: Looker, closer: Closer) -> list[Pair]:
        """Pairs of photos that hang together through others and have not been compared: any of them may become the one that is kept."""
        touched = {i for pair in judged if pair.kind in ("pixels", "picture") for i in (pair.a, pair.b)}
        guessed = [(a, b, groups.through_another(a, b)) for a, b in groups.open_pairs(touched)]
        wanted = [(a, b, guess) for a, b, guess in guessed if guess is not None or (a, b) not in done]
        found = list[Pair]()
        for (a, b, _), seen in zip(wanted, looker.compare_all(wanted), strict=True):
            found.append((closer.judge(seen) if seen else None) or Pair(a, b, "different", 0.0, {}))
        groups.add(found)
        return found


# Nearest photos by embedding that are looked at, and from which cosine on. A copy that is turned and cropped at once may be no nearer.
_NEIGHBOURS, _LEAST_COSINE = 12, 0.3
# Bits by which hashes may differ, and by which their even words alone may (`photos/orientations.py`).
_MOST_BITS, _MOST_EVEN = 80, 20
# Corners that must agree before pixels are compared, and so many that nothing else is tried.
_VOTES, _ENOUGH_VOTES = 6, 25
# A way to lay one picture onto another that would leave nothing of it.
_FLAT = 1e-3
# Corners that say that two photos show one scene.
_SCENE = 14


class _Known:
    """All photos' hashes, by id."""

    def __init__(self, looks: store.Looks) -> None:
        self._place = dict[int, int]()
        self._ids = np.zeros(0, np.int64)
        self._hashes = np.zeros((0, 32), np.uint8)
        self._pixels = np.zeros(0, np.int64)
        self._digests = list[str]()
        self._compared, self._visible = np.zeros(0, bool), np.zeros(0, bool)
        self.update(looks)

    def update(self, looks: store.Looks) -> None:
        places = [self._place.get(i) for i in looks.ids.tolist()]
        for row, place in enumerate(places):
            if place is not None:
                self._visible[place] = looks.visible[row]
        fresh = [row for row, place in enumerate(places) if place is None]
        start = len(self._ids)
        self._ids = np.concatenate([self._ids, looks.ids[fresh]])
        self._hashes = np.concatenate([self._hashes, looks.hashes[fresh]])
        self._pixels = np.concatenate([self._pixels, looks.pixels[fresh]])
        self._digests += [looks.digests[row] for row in fresh]
        self._compared = np.concatenate([self._compared, looks.compared[fresh]])
        self._visible = np.concatenate([self._visible, looks.visible[fresh]])
        self._place.update((int(i), start + n) for n, i in enumerate(looks.ids[fresh]))
        self._table = orientations.Table(self._hashes)

    def waiting(self) -> list[int]:
        return [int(i) for i in self._ids[self._visible & ~self._compared]]

    def mark(self, ids: Iterable[int]) -> None:
        self._compared[[self._place[i] for i in ids]] = True

    def has(self, photo_id: int) -> bool:
        return photo_id in self._place

    def hash(self, photo_id: int) -> bytes:
        return bytes(self._hashes[self._place[photo_id]].tobytes())

    def largest(self, ids: Iterable[int]) -> list[int]:
        """These photos, the one with most pixels first."""
        return sorted(ids, key=lambda i: (-int(self._pixels[self._place[i]]), i))

    def digest(self, photo_id: int) -> str:
        return self._digests[self._place[photo_id]]

    def similar(self, new: list[int]) -> Iterator[tuple[int, int]]:
        """Pairs with similar hashes of these photos, with one another and with those that have been compared."""
        rows = np.array([self._place[i] for i in new], np.int64)
        among = self._compared.copy()
        among[rows] = True
        near = self._table.near(self._hashes[rows], _MOST_BITS, _MOST_EVEN)
        for row, column in zip(rows[near.rows].tolist(), near.columns.tolist(), strict=True):
            # All black and all white pictures have no hash worth the name.
            if row != column and among[column]:
                a, b = int(self._ids[row]), int(self._ids[column])
                yield min(a, b), max(a, b)


class Looked(NamedTuple):
    """What comparing two photos has shown, a < b. matrix: lays b onto a, both as unit squares."""

    a: int
    b: int
    votes: int
    measures: Measures | None
    relation: dict[str, object]


class _Picture(NamedTuple):
    """A preview in grey, and its corners: as it is, and mirrored."""

    grey: Grey
    sketches: tuple[Sketch, Sketch]


class Looker:
    """Compares pairs; safe to be used by several threads at once, as nearly all of it is OpenCV's work."""

    def __init__(self, library: Library, known: _Known, threads: ThreadPoolExecutor) -> None:
        self._library, self._known, self._threads = library, known, threads
        # Pairs are compared in as many threads as there are cores; threads of its own would only get in their way.
        cv2.setNumThreads(1)
        self._pictures: OrderedDict[int, _Picture | None] = OrderedDict()
        self._corners = functools.lru_cache(maxsize=10 * _AT_HAND)(self._kept_corners)

    def sketch(self, photo_id: int) -> bytes | None:
        """The photo's corners, to be kept; None where it has no preview that can be read."""
        picture = self._picture(photo_id)
        return None if picture is None else sketches.pack(picture.sketches[0])

    def _picture(self, photo_id: int) -> _Picture | None:
        if photo_id in self._pictures:
            return self._pictures[photo_id]
        grey = _read(self._library.previews.path(self._known.digest(photo_id)))
        made = None
        if grey is not None:
            made = _Picture(grey, (sketches.sketch(grey), sketches.sketch(np.ascontiguousarray(grey[:, ::-1]))))
        self._pictures[photo_id] = made
        while len(self._pictures) > _AT_HAND:
            with contextlib.suppress(KeyError):
                self._pictures.popitem(last=False)
        return made

    def _kept_corners(self, photo_id: int) -> Sketch | None:
        packed = store.sketch_of(self._library.catalog, photo_id, PAIRS_VERSION)
        return None if packed is None else sketches.unpack(packed)

    def compare_all(self, pairs: Iterable[tuple[int, int, Matrix | None]]) -> list[Looked | None]:
        """`compare` for each, in all threads at once."""
        return list(self._threads.map(lambda pair: self.compare(*pair), pairs))

    def compare(self, a: int, b: int, guess: Matrix | None = None) -> Looked | None:
        """None where nothing speaks for one picture. guess: how b would lie on a if both are copies of a third, as unit squares."""
        # Of the older one the corners that are kept are enough to begin with; a picture at hand has them mirrored, too.
        swapped = b not in self._pictures
        old, new = (b, a) if swapped else (a, b)
        picture = self._picture(new)
        at_hand = self._pictures.get(old)
        corners = at_hand.sketches[0] if at_hand else self._corners(old)
        if picture is None or corners is None:
            return None
        matches = [sketches.match(corners, picture.sketches[mirrored]) for mirrored in (0, 1)]
        mirrored = int(matches[1].votes > matches[0].votes)
        best = matches[mirrored]
        distance, way = orientations.way(self._known.hash(a), self._known.hash(b))
        few = best.matrix is None or best.votes < _VOTES
        if few and distance > _MOST_BITS and guess is None:
            return None
        one, other = self._picture(a), self._picture(b)
        if one is None or other is None:
            return None
        ways = [] if guess is None else [comparison.from_unit(guess, one.grey.shape, other.grey.shape)]
        if best.matrix is not None and not few:
            shapes = ((one if swapped else other).grey.shape, (other if swapped else one).grey.shape)
            onto = sketches.onto(best.matrix, corners, picture.sketches[mirrored], shapes[1], shapes[0], mirrored=bool(mirrored))
            ways += [comparison.inverse(onto) if swapped else onto] if abs(np.linalg.det(onto[:, :2])) > _FLAT else []
        if distance <= _MOST_BITS and best.votes < _ENOUGH_VOTES:
            ways.append(comparison.whole(way, one.grey.shape, other.grey.shape))
        near = best.votes >= _ENOUGH_VOTES
        measured = [m for m in (comparison.measure(one.grey, other.grey, way, near=near) for way in ways) if m is not None]
        if not measured and best.votes < _SCENE:
            return None
        top = max(measured, key=lambda m: m.median, default=None)
        return Looked(a, b, best.votes, top, {} if top is None else comparison.relation(top, one.grey.shape, other.grey.shape))


def _read(path: os.PathLike[str]) -> Grey | None:
    try:
        data = np.fromfile(path, np.uint8)
        grey = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if len(data) else None
    except (OSError, cv2.error):
        return None
    return None if grey is None else np.asarray(grey, np.uint8)


class Closer:
    """Says what a pair is, and looks into the files themselves where previews cannot tell."""

    def __init__(self, library: Library, writer: Writer, pool: DecodePool) -> None:
        self._library, self._writer, self._pool = library, writer, pool
        self._fresh = dict[int, bytes]()
        self._moment = functools.lru_cache(maxsize=1024)(self._moment_of)

    def judge(self, looked: Looked) -> Pair | None:
        """The pair to be kept, or None."""
        a, b, measures = looked.a, looked.b, looked.measures
        if measures is None or not comparison.is_same_picture(measures):
            return Pair(a, b, "scene", round(min(1.0, looked.votes / sketches.KEPT), 4), {}) if looked.votes >= _SCENE else None
        score = round(max(0.0, min(1.0, measures.median)), 4)
        one, other = self._moment(a), self._moment(b)
        if one and other:
            if comparison.may_be_same_pixels(measures, (one.width, one.height), (other.width, other.height)):
                pixels = [self._pixels(i, moment.path) for i, moment in ((a, one), (b, other))]
                if pixels[0] is not None and pixels[0] == pixels[1]:
                    return Pair(a, b, "pixels", 1.0, looked.relation)
            if another_moment(one, other, self._fraction):
                return Pair(a, b, "scene", score, {})
        return Pair(a, b, "picture", score, looked.relation)

    def write(self) -> None:
        """Keep the hashes of pixels that were made."""
        for photo_id, digest in self._fresh.items():
            store.put_pixel_hash(self._writer, photo_id, digest)
        self._fresh.clear()

    def _moment_of(self, photo_id: int) -> Moment | None:
        rows = store.copies(self._library.catalog, [photo_id])
        if not rows:
            return None
        row = rows[0]
        return Moment(row.photo_id, row.path, row.width, row.height, row.taken_at, row.taken_source, row.camera)

    def _pixels(self, photo_id: int, path: str) -> bytes | None:
        if photo_id not in self._fresh:
            kept = store.pixel_hashes(self._library.catalog, [photo_id]).get(photo_id)
            looked = None if kept else self._pool.look_closer(path, "pixels")
            digest = kept or (bytes.fromhex(looked[1]) if looked and looked[1] and self._is(photo_id, looked[0]) else None)
            if digest is None:
                return None
            self._fresh[photo_id] = digest
        return self._fresh[photo_id]

    def _fraction(self, moment: Moment) -> str | None:
        looked = self._pool.look_closer(moment.path, "fraction")
        return looked[1] if looked and self._is(moment.photo_id, looked[0]) else None

    def _is(self, photo_id: int, digest: bytes) -> bool:
        """Whether a file still holds that photo."""
        return self._library.catalog.photo_id(digest) == photo_id


class _Groups:
    """Photos that hang together by pairs of one picture."""

    def __init__(self, known: _Known, pairs: Iterable[Pair]) -> None:
        self._known = known
        self._near: defaultdict[int, set[int]] = defaultdict(set)
        # How b lies on a (a < b), as unit squares.
        self._onto = dict[tuple[int, int], Matrix]()
        # What was compared in this run and is no pair.
        self._tried = set[tuple[int, int]]()
        self.add(pairs)

    def add(self, pairs: Iterable[Pair]) -> None:
        for pair in pairs:
            if pair.kind in ("pixels", "picture") and self._known.has(pair.a) and self._known.has(pair.b):
                self._near[pair.a].add(pair.b)
                self._near[pair.b].add(pair.a)
                if values := pair.relation.get("matrix"):
                    self._onto[pair.a, pair.b] = np.array(values, np.float64).reshape(2, 3)

    def _members(self, photo_id: int) -> set[int]:
        members, ends = {photo_id}, [photo_id]
        while ends:
            for i in self._near.get(ends.pop(), set()) - members:
                members.add(i)
                ends.append(i)
        return members

    def through_another(self, a: int, b: int) -> Matrix | None:
        """How b lies on a if both lie as they do on a third photo."""
        for other in sorted(self._near[a] & self._near[b]):
            ways = self._lying(a, other), self._lying(other, b)
            if ways[0] is not None and ways[1] is not None:
                return comparison.compose(ways[0], ways[1])
        return None

    def _lying(self, a: int, b: int) -> Matrix | None:
        onto = self._onto.get((min(a, b), max(a, b)))
        return onto if onto is None or a < b else comparison.inverse(onto)

    def thinned(self, candidates: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """The candidates without those that are one of very many copies, and not one of the largest."""
        hubs = dict[int, set[int] | None]()
        for photo_id in {i for pair in candidates for i in pair} - hubs.keys():
            if photo_id not in hubs:
                members = self._members(photo_id)
                largest = set(self._known.largest(members)[:_HUBS]) if len(members) > _CLOSED else None
                hubs.update(dict.fromkeys(members, largest))
        return [pair for pair in candidates if all(hubs[i] is None or i in (hubs[i] or ()) for i in pair)]

    def open_pairs(self, touched: set[int]) -> list[tuple[int, int]]:
        """Pairs (a < b) that are to be compared within the groups of these photos, and are not pairs yet."""
        seen, found = set[int](), set[tuple[int, int]]()
        for start in sorted(touched):
            if start in seen:
                continue
            members = self._members(start)
            seen |= members
            some = self._known.largest(members)
            for a in some if len(some) <= _CLOSED else some[:_HUBS]:
                found |= {(min(a, b), max(a, b)) for b in some if b != a and b not in self._near[a]}
        found -= self._tried
        self._tried |= found
        return sorted(found)
