"""The objects that all sessions of the server share: the library, the search engine, and the decode
processes for uploads, parts of photos, and renditions for screens.

They are module state rather than entries in Streamlit's cache, because the routes and the lifespan
need them outside of any session.
"""

from __future__ import annotations

import threading

from explorer.config import library_dir
from explorer.decoding.pool import DecodePool
from explorer.decoding.screen_renderer import ScreenRenderer
from explorer.errors import ExplorerError
from explorer.library.library import Library
from explorer.photos.decoded_photo import DecodedPhoto
from explorer.photos.input_spec import InputSpec
from explorer.search.engine import SearchEngine
from explorer.search.ranking.region import RegionEncoder
from explorer.ui import photo_lists

# Limits for decoding an upload, in seconds of wall-clock time and of CPU time.
_UPLOAD_TIMEOUT, _UPLOAD_CPU_SECONDS = 60.0, 30.0

_lock = threading.RLock()
_library: Library | None = None
_engine: SearchEngine | None = None
_pool: tuple[InputSpec, DecodePool] | None = None
_regions: RegionEncoder | None = None
_screens: ScreenRenderer | None = None
_early_exits = 0


def library() -> Library:
    """The library of this server, opened or created on first use. Raises LibraryError."""
    global _library  # noqa: PLW0603
    with _lock:
        if _library is None:
            _library = Library.open(library_dir(), create=True)
        return _library


def engine() -> SearchEngine:
    """The search engine of the library, with the encoder that the library uses."""
    global _engine  # noqa: PLW0603
    with _lock:
        if _engine is None:
            _engine = SearchEngine(library())
        return _engine


def indexer_ended(times: int) -> None:
    """Record how many times in a row the indexer has exited soon after its start."""
    global _early_exits  # noqa: PLW0603
    _early_exits = times


def indexer_keeps_ending() -> bool:
    """Whether the indexer has exited early more than once in a row."""
    return _early_exits > 1


def warm() -> None:
    """Load what the first search needs, unless the library is empty."""
    try:
        if any(photos for *_, photos in library().catalog.encoders()):
            engine().search_phrase("photo", top=1)
            engine().order.sorted()
            engine().columns.dated()
    except ExplorerError:
        # The Search page reports the error.
        pass


def decode_upload(data: bytes) -> DecodedPhoto:
    """Decode an uploaded photo in a separate process. Raises PhotoError."""
    global _pool  # noqa: PLW0603
    spec = engine().encoder.spec
    with _lock:
        if _pool is None or _pool[0] != spec:
            if _pool is not None:
                _pool[1].close()
            _pool = (
                spec,
                DecodePool(1, spec, timeout=_UPLOAD_TIMEOUT, cpu_timeout=_UPLOAD_CPU_SECONDS),
            )
        pool = _pool[1]
    # Outside the lock: a slow photo must not block the pages.
    return pool.decode_bytes(data)


def region_encoder() -> RegionEncoder:
    """The encoder of parts of photos, which uses the library's encoder."""
    global _regions  # noqa: PLW0603
    encoder = engine().encoder
    with _lock:
        if _regions is None or _regions.encoder is not encoder:
            if _regions is not None:
                _regions.close()
            _regions = RegionEncoder(encoder)
        return _regions


def screen_renderer() -> ScreenRenderer:
    """The decode processes that render photos for a screen."""
    global _screens  # noqa: PLW0603
    with _lock:
        if _screens is None:
            _screens = ScreenRenderer()
        return _screens


def close() -> None:
    """Close everything; the next use opens it again."""
    global _library, _engine, _pool, _regions, _screens, _early_exits  # noqa: PLW0603
    with _lock:
        if _screens is not None:
            _screens.close()
        if _regions is not None:
            _regions.close()
        if _pool is not None:
            _pool[1].close()
        if _library is not None:
            _library.close()
        _library = _engine = _pool = _regions = _screens = None
        photo_lists.clear()
        _early_exits = 0
