"""The routes that serve previews and original files, by the photo's id."""

from __future__ import annotations

import mimetypes
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from explorer.library.paths import printable
from explorer.library.rows import PhotoRow
from explorer.text_format import whole_number
from explorer.ui import resources
from explorer.ui.components.photo_urls import BROWSER_FORMATS
from explorer.ui.web_server.original_files import OriginalResponse, open_photo
from explorer.ui.web_server.route_answers import PHOTO_HEADERS, answers

NO_PHOTO = "This photo does not exist."


@answers(NO_PHOTO)
def preview(request: Request) -> Response | None:
    """A photo's preview, by id. A URL with the content's hash (`?v=`) can be cached forever."""
    # The preview is found and read in one step of a worker thread. A gallery asks for dozens at
    # once, and while a page is being drawn each step waits for the interpreter; a FileResponse
    # takes four steps.
    jpeg = _preview(request)
    if jpeg is None:
        return None
    caching = {
        "Cache-Control": "private, max-age=31536000, immutable"
        if "v" in request.query_params
        else "no-cache"
    }
    return Response(jpeg, media_type="image/jpeg", headers=PHOTO_HEADERS | caching)


def _preview(request: Request) -> bytes | None:
    """The bytes of a photo's preview, a JPEG of about 512 pixels; None if there is none."""
    row = photo_of(request)
    try:
        return resources.library().previews.path(row["hash"]).read_bytes() if row else None
    except OSError:
        return None


@answers("The photo cannot be found: it was moved or deleted, or its drive is not connected.")
def original(request: Request) -> Response | None:
    """A photo's original file, by id; with `?download`, as a download.

    Only bytes with the hash of that photo are sent. A file that has changed, or a link that has
    replaced it, is not part of the library.
    """
    row = photo_of(request)
    found = open_photo(resources.library().catalog, row) if row else None
    if row is None or found is None:
        return None
    media = mimetypes.types_map.get(f".{row['format'].lower()}", f"image/{row['format'].lower()}")
    as_file = "download" in request.query_params or row["format"] not in BROWSER_FORMATS
    how = "attachment" if as_file else "inline"
    name, quoted = printable(row["name"]), quote(printable(row["name"]), safe="")
    field = f'filename="{name}"' if name == quoted else f"filename*=utf-8''{quoted}"
    headers = PHOTO_HEADERS | {
        "Cache-Control": "no-cache",
        "Content-Disposition": f"{how}; {field}",
    }
    return OriginalResponse(found, request, digest=row["hash"], media_type=media, headers=headers)


def photo_of(request: Request) -> PhotoRow | None:
    """The photo with the id in a URL; None if there is none."""
    number = whole_number(request.path_params["id"])
    return None if number is None else resources.library().catalog.photo(number)
