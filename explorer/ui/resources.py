"""What all sessions of the server share: the library, the search engine, and a decode process for
uploads.

Plain module state rather than Streamlit's cache: the routes and the lifespan need the same objects,
and they know no session.
"""

from __future__ import annotations

import threading

from explorer.config import library_dir
from explorer.decoding.pool import DecodePool
from explorer.errors import ExplorerError
from explorer.library.library import Library
from explorer.photos.decoded_photo import DecodedPhoto
from explorer.photos.input_spec import InputSpec
from explorer.search.engine import SearchEngine

# Seconds that a person waits for an upload, and of the processor's time that it may take.
_UPLOAD_PATIENCE, _UPLOAD_SECONDS = 60.0, 30.0

_lock = threading.RLock()
_library: Library | None = None
_engine: SearchEngine | None = None
_pool: tuple[InputSpec, DecodePool] | None = None
_ended = 0


def library() -> Library:
    """The library of this server, opened (and made) when first asked for. Raises LibraryError."""
    global _library  # noqa: PLW0603
    with _lock:
        if _library is None:
            _library = Library.open(library_dir(), create=True)
        return _library


def engine() -> SearchEngine:
    """The search over it, with the encoder that the library settles on."""
    global _engine  # noqa: PLW0603
    with _lock:
        if _engine is None:
            _engine = SearchEngine(library())
        return _engine


def indexer_ended(times: int) -> None:
    """Note how often in succession the indexer has ended by itself, soon after it was started."""
    global _ended  # noqa: PLW0603
    _ended = times


def indexer_keeps_ending() -> bool:
    """Whether the indexer cannot be kept running, so that starting it again by itself is not all
    there is to say."""
    return _ended > 1


def warm() -> None:
    """Load what the first search needs, so that it need not wait. Nothing is loaded for a library
    that holds nothing yet."""
    try:
        if any(photos for *_, photos in library().catalog.encoders()):
            engine().search_phrase("photo", top=1)
    except ExplorerError:
        # Whoever searches is told.
        pass


def decode_upload(data: bytes) -> DecodedPhoto:
    """Decode a photo that a person brought, in a process of its own. Raises PhotoError."""
    global _pool  # noqa: PLW0603
    spec = engine().encoder.spec
    with _lock:
        if _pool is None or _pool[0] != spec:
            if _pool is not None:
                _pool[1].close()
            _pool = (
                spec,
                DecodePool(1, spec, timeout=_UPLOAD_PATIENCE, cpu_timeout=_UPLOAD_SECONDS),
            )
        pool = _pool[1]
    # Not under the lock: a photo that takes long must not hold up the pages.
    return pool.decode_bytes(data)


def close() -> None:
    """Let go of everything; the next use opens it anew."""
    global _library, _engine, _pool, _ended  # noqa: PLW0603
    with _lock:
        if _pool is not None:
            _pool[1].close()
        if _library is not None:
            _library.close()
        _library = _engine = _pool = None
        _ended = 0
