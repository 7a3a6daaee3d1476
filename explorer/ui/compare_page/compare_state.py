"""The state of the Compare models page, which its URL holds: the query, the models, and how many
photos of each are shown.

`q`, `like` and `example` are as on the Search page. `model` names a model to compare, and may be
repeated; without it, all models that have encoded photos are compared. `top` is the number of
photos.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from explorer.errors import EncoderError
from explorer.indexing.preview_encoder import preview_pixels
from explorer.search.comparison.model_comparison import embedded_models
from explorer.search.engine import SearchEngine
from explorer.search.language.interpret_phrases import interpret
from explorer.search.language.parse_query import parse
from explorer.search.language.query_tree import QueryTree
from explorer.search.language.syntax_error import QuerySyntaxError
from explorer.search.query import ExamplePhoto, Query
from explorer.text_format import whole_number
from explorer.ui import resources
from explorer.ui.search_page import example_photos, search_state

PHRASE, LIKE, UPLOAD = search_state.PHRASE, search_state.LIKE, search_state.UPLOAD
MODEL, TOP = "model", "top"
TOPS = (5, 10, 20, 50)
"""The numbers of photos to choose from."""
DEFAULT_TOP = 10
# Session state: how often the widgets were replaced.
_GENERATION = "_compare-generation"


class CompareRequest(NamedTuple):
    """What the URL asks for."""

    text: str
    """The text as typed, in the query language."""
    tree: QueryTree
    """The parsed text."""
    like: tuple[int, ...]
    """The ids of the library's photos to search by."""
    uploads: tuple[str, ...]
    """The tokens of the uploads to search by (`example_photos`)."""
    missing: bool
    """Whether a photo or an upload that the URL names no longer exists."""
    models: tuple[str, ...]
    """The models to compare; all of them have encoded photos."""
    top: int
    """Number of photos of each model."""
    error: QuerySyntaxError | None = None
    """Why the text is not a valid query."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is searched for."""
        return not (self.text or self.like or self.uploads)


def request_from_url() -> CompareRequest:
    """What the URL asks for now."""
    params = st.query_params
    text, tree, error = params.get(PHRASE, "").strip(), QueryTree(), None
    try:
        tree = interpret(parse(text))
    except QuerySyntaxError as problem:
        error = problem
    named = [part for part in params.get(LIKE, "").split(",") if part]
    numbers = [number for part in named if (number := whole_number(part)) is not None]
    like = tuple(resources.library().catalog.photos(numbers))
    tokens = [token for token in params.get(UPLOAD, "").split(",") if token]
    uploads = tuple(token for token in tokens if example_photos.picture(token) is not None)
    missing = len(like) < len(named) or len(uploads) < len(tokens)
    known = embedded_models(resources.library().catalog)
    models = tuple(name for name in known if name in params.get_all(MODEL)) or tuple(known)
    top = whole_number(params.get(TOP, ""))
    return CompareRequest(
        text, tree, like, uploads, missing, models, top if top in TOPS else DEFAULT_TOP, error
    )


class WidgetKeys(NamedTuple):
    """The keys of the page's widgets."""

    phrase: str
    models: str
    top: str


def widget_keys() -> WidgetKeys:
    """The keys of the current widgets."""
    number = st.session_state.get(_GENERATION, 0)
    return WidgetKeys(f"compare-q-{number}", f"compare-models-{number}", f"compare-top-{number}")


def renew_widgets(request: CompareRequest) -> None:
    """Replace the widgets if they show anything other than what the URL asks for. To be called
    before they are drawn.

    The old widgets cannot be given new values: a browser that has not yet received these would send
    the old values, as if the user had typed them again.
    """
    state, keys = st.session_state, widget_keys()
    if not all(key in state for key in keys):
        return
    shown = (state[keys.phrase] or "").strip(), tuple(_chosen()), state[keys.top]
    if shown != (request.text, request.models, request.top):
        state[_GENERATION] = state.get(_GENERATION, 0) + 1


def _chosen() -> list[str]:
    """The models that are chosen in the widget."""
    known = embedded_models(resources.library().catalog)
    return [name for name in known if name in (st.session_state.get(widget_keys().models) or [])]


def widget_changed() -> None:
    """Put the values of the widgets into the URL."""
    state, keys, chosen = st.session_state, widget_keys(), _chosen()
    known = list(embedded_models(resources.library().catalog))
    top = state.get(keys.top) or DEFAULT_TOP
    _set_url(
        {
            PHRASE: (state.get(keys.phrase) or "").strip(),
            LIKE: st.query_params.get(LIKE, ""),
            UPLOAD: st.query_params.get(UPLOAD, ""),
        },
        chosen if chosen != known else [],
        "" if top == DEFAULT_TOP else str(top),
    )


def search_by(*, phrase: str = "", like: str = "", upload: str = "") -> None:
    """Compare by this query alone, and keep the models and the number of photos."""
    _set_url(
        {PHRASE: phrase, LIKE: like, UPLOAD: upload},
        st.query_params.get_all(MODEL),
        st.query_params.get(TOP, ""),
    )


def search_like(photo_id: int) -> None:
    """Compare by this photo of the library."""
    search_by(like=str(photo_id))


def drop_photos() -> None:
    """Compare by the phrase alone."""
    search_by(phrase=st.query_params.get(PHRASE, ""))


def _set_url(query: dict[str, str], models: Sequence[str], top: str) -> None:
    """Replace the URL, as one step in the browser's history."""
    found: dict[str, str | list[str]] = {key: value for key, value in query.items() if value}
    if models:
        found[MODEL] = list(models)
    if top:
        found[TOP] = top
    st.query_params.from_dict(found)


def query_for(request: CompareRequest, engine: SearchEngine) -> Query:
    """The query for one model. Uploads, and photos of the library that the model has not encoded,
    are encoded now from their previews. Raises EncoderError for a photo without a usable
    preview."""
    known = [photo for photo in request.like if engine.has_vector(photo)]
    others = [photo for photo in request.like if photo not in known]
    library = resources.library()
    previews: list[bytes] = []
    for row in library.catalog.photos(others).values():
        try:
            previews.append(library.previews.path(row["hash"]).read_bytes())
        except OSError as error:
            raise EncoderError(
                f"{engine.encoder_name} has not encoded this photo, and it has no preview."
            ) from error
    previews += [example_photos.picture(token) or b"" for token in request.uploads]
    examples = tuple(_encoded(preview, engine) for preview in previews)
    files = search_state.known_files(request.tree)
    return Query(request.tree, tuple(known), examples, files)


def _encoded(preview: bytes, engine: SearchEngine) -> ExamplePhoto:
    pixels = preview_pixels(io.BytesIO(preview), engine.encoder.spec)
    if pixels is None:
        raise EncoderError(
            f"{engine.encoder_name} cannot encode this photo: its preview is damaged."
        )
    return engine.encode_photo(pixels)
