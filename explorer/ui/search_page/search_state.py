"""The state of the Search page, which its URL holds: phrase, photos, dates, folder and the order of
the results. The gallery's position (`at`) and zoom are there, too, but only its script uses them.

The URL is authoritative: reload, back, forward and bookmarks show the same photos. The page's
widgets follow it (`search_widgets.py`).
"""

from __future__ import annotations

import datetime as dt
import os
from typing import NamedTuple

import numpy as np
import streamlit as st

from explorer.config import APP_FILES
from explorer.errors import UsageError
from explorer.library.file_lookup import find_photo_file
from explorer.library.queries.filters import Filters
from explorer.library.stores.saved_search_store import newest_photo
from explorer.search.language.interpret_phrases import interpret
from explorer.search.language.parse_query import parse
from explorer.search.language.query_tree import QueryTree
from explorer.search.language.syntax_error import QuerySyntaxError
from explorer.search.query import Query, file_paths
from explorer.search.ranking.object_match import MAX_VERIFIED, same_object_first_of
from explorer.search.ranking.ranked_photos import RankedPhotos, ReorderedPhotos
from explorer.search.ranking.region import PhotoPart, parse_parts
from explorer.text_format import whole_number
from explorer.ui import resources
from explorer.ui.search_page import example_photos, region_photos
from explorer.ui.search_page.url_dates import url_date

PHRASE, LIKE, UPLOAD, REGION, SINCE, UNTIL, FOLDER, SORT, GROUP, STACK = PARAMETERS = (
    "q",
    "like",
    "example",
    "region",
    "since",
    "until",
    "folder",
    "sort",
    "group",
    "stack",
)
"""The parameters that define a search."""
_FILTERS, PHOTOS, _OPTIONS = ((SINCE, UNTIL, FOLDER), (LIKE, UPLOAD, REGION), (SORT, GROUP, STACK))


# Session state: the parameters of the search that was last shown.
_LAST = "_last-search"
# Session state: the parameters of a search that a page wants to open on the Search page.
_WANTED = "_wanted-search"
# Session state: the last result, with its request and the largest id of a photo before it.
_RESULTS = "_results"


class SearchRequest(NamedTuple):
    """The search requested by the URL."""

    text: str
    """The text as typed, in the query language."""
    query: Query
    """The parsed text, and the photos to search by."""
    filters: Filters
    missing: bool
    """Whether a photo or an upload named in the URL no longer exists."""
    regions: tuple[bytes, ...] = ()
    """The parts of photos to search by, as JPEG."""
    error: QuerySyntaxError | None = None
    """Why the text is not a valid query; None if it is."""


def url_parameters() -> dict[str, str]:
    """The parameters of the URL that describe the search."""
    return {key: value for key in PARAMETERS if (value := st.query_params.get(key, "").strip())}


def set_url(**search: str | None) -> None:
    """Replace the search in the URL, as one step in the browser's history."""
    st.query_params.from_dict({key: value for key, value in search.items() if value})


def remember() -> None:
    """Remember the search in the URL as the last one of this window."""
    st.session_state[_LAST] = url_parameters()


def restore() -> None:
    """Return to the last search of this window if the URL has none: the navigation links to the
    Search page without a search."""
    last: dict[str, str] = st.session_state.get(_LAST, {})
    if last and not url_parameters():
        set_url(**last)


def change_url(parameter: str, value: str) -> None:
    """Change one parameter of the search."""
    set_url(**(url_parameters() | {parameter: value}))


def request_from_url() -> SearchRequest:
    """The search requested by the current URL."""
    return request_of(url_parameters())


def request_of(parameters: dict[str, str]) -> SearchRequest:
    """The search requested by these URL parameters."""
    photo_ids, missing = list[int](), False
    for part in parameters.get(LIKE, "").split(","):
        number = whole_number(part)
        if number is not None and resources.engine().has_vector(number):
            photo_ids.append(number)
        elif part:
            missing = True
    uploads = [example_photos.find(token) for token in upload_tokens(parameters)]
    missing = missing or None in uploads
    parts, sound = region_parts(parameters)
    regions = [region_photos.find(part) for part in parts]
    missing = missing or None in regions or not sound
    examples = tuple(example for example in uploads if example)
    examples += tuple(region.example for region in regions if region)
    text, error, tree = parameters.get(PHRASE, ""), None, QueryTree()
    try:
        tree = interpret(parse(text))
    except QuerySyntaxError as problem:
        error = problem
    return SearchRequest(
        text,
        Query(tree, tuple(photo_ids), examples, known_files(tree)),
        filters_of(parameters),
        missing,
        tuple(region.preview for region in regions if region),
        error,
    )


def known_files(tree: QueryTree) -> tuple[tuple[str, int], ...]:
    """The photos in the library that a query names by path. Other files are ignored, because a URL
    must not be able to open arbitrary files."""
    known = list[tuple[str, int]]()
    for path in file_paths(tree):
        found = find_photo_file(resources.library().catalog, os.path.expanduser(path))
        if found is not None and found.file.photo_id is not None:
            known.append((path, found.file.photo_id))
    return tuple(known)


def filters_of(parameters: dict[str, str]) -> Filters:
    """The filters in these parameters; invalid dates are ignored."""
    since, until = (_iso(url_date(parameters.get(key))) for key in (SINCE, UNTIL))
    return Filters(since, until, parameters.get(FOLDER))


def upload_tokens(parameters: dict[str, str] | None = None) -> list[str]:
    """The tokens (see `example_photos`) of the uploads to search by, by default those in the
    URL."""
    named = (url_parameters() if parameters is None else parameters).get(UPLOAD, "")
    return [token for token in named.split(",") if token]


def region_parts(parameters: dict[str, str] | None = None) -> tuple[list[PhotoPart], bool]:
    """The parts of photos to search by, by default those in the URL, and whether the parameter is
    valid; if it is not, the list is empty."""
    named = (url_parameters() if parameters is None else parameters).get(REGION, "")
    try:
        return parse_parts(named), True
    except UsageError:
        return [], False


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _kept(*names: str) -> dict[str, str]:
    """The named parameters that are in the URL."""
    return {key: value for key, value in url_parameters().items() if key in names}


def more_like(*photo_ids: int) -> None:
    """Search by these photos of the library alone; filters and options are kept."""
    set_url(**_kept(*_FILTERS, *_OPTIONS), **{LIKE: ",".join(map(str, photo_ids))})


def search_like(*photo_ids: int) -> None:
    """Open the Search page with photos like these, from any page, in the run that follows."""
    open_search({LIKE: ",".join(map(str, photo_ids))})


def open_search(search: dict[str, str] | None = None) -> None:
    """Open the Search page with these parameters, from any page, in the run that follows; None:
    with those in the URL then. Callbacks cannot switch pages, others may follow that change the
    URL, and a run that switches pages may be interrupted before it comes to that."""
    st.session_state[_WANTED] = search


def follow_open_search() -> None:
    """Switch to the Search page if that was requested, which ends the run."""
    if _WANTED in st.session_state:
        wanted: dict[str, str] | None = st.session_state.pop(_WANTED)
        search = url_parameters() if wanted is None else wanted
        st.switch_page(APP_FILES / "pages" / "search.py", query_params=search)


def search_by_upload(data: bytes, name: str) -> None:
    """Search by an uploaded photo. Raises PhotoError, EncoderError, LibraryError."""
    photo_id, token = example_photos.add(data, name)
    example = {LIKE: str(photo_id)} if photo_id is not None else {UPLOAD: token}
    set_url(**_kept(*_FILTERS, *_OPTIONS), **example)


def drop_photos() -> None:
    """Search without the example photos; phrase and filters are kept."""
    set_url(**_kept(PHRASE, *_FILTERS, *_OPTIONS))


def clear() -> None:
    """Show all photos."""
    set_url()


def search(request: SearchRequest) -> RankedPhotos:
    """The matching photos, best match first; newest first without a query. The last result is
    reused until the request, the library or the encoder changes."""
    library = resources.library()
    key = (
        request.text,
        request.query,
        request.filters,
        library.catalog.change(),
        resources.engine().encoder_name,
        resources.engine().concepts.all(),
    )
    cached: tuple[object, RankedPhotos, int] | None = st.session_state.get(_RESULTS)
    if cached is not None and cached[0] == key:
        return cached[1]
    newest = newest_photo(library.catalog)
    results = find(request)
    st.session_state[_RESULTS] = (key, results, newest)
    return results


def newest_searched() -> int:
    """The largest id of a photo when the last result was searched for. Later photos may be missing
    from it."""
    return int(st.session_state[_RESULTS][2])


def find(request: SearchRequest) -> RankedPhotos:
    """The matching photos, best match first; newest first if there is nothing to rank by. Raises
    QuerySyntaxError if the text is not a valid query, and EncoderError if it cannot be answered.
    """
    if request.error is not None:
        raise request.error
    ranked = resources.engine().ranked(request.query, request.filters)
    if not request.regions:
        return ranked
    head = ranked.top(MAX_VERIFIED).tolist()
    first = same_object_first_of(resources.library(), head, request.regions)
    return ReorderedPhotos(ranked, np.array(first, np.int64))
