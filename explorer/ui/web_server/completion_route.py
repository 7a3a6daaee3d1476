"""The route that completes a query while it is typed (`static/query_completion.js`)."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from explorer.errors import ExplorerError
from explorer.search.language.completion import complete
from explorer.text_format import whole_number
from explorer.ui.search_page.library_values import values_of

# Longer texts are not completed.
_MAX_CHARACTERS = 2000


async def completions(request: Request) -> Response:
    """The completions of a query's text (`q`) at the cursor (`at`), as a JSON list of objects with
    the whole new text (`text`) and a description of what it finds (`help`)."""
    text = request.query_params.get("q", "")
    cursor = whole_number(request.query_params.get("at", ""))

    def find() -> list[dict[str, str]]:
        if len(text) > _MAX_CHARACTERS:
            return []
        at = len(text) if cursor is None else min(cursor, len(text))
        try:
            return [
                {"text": text[: each.start] + each.text + text[each.end :], "help": each.help}
                for each in complete(text, at, values_of)
            ]
        except ExplorerError:
            # The library cannot be read now; the search itself reports that.
            return []

    return JSONResponse(await run_in_threadpool(find), headers={"Cache-Control": "no-store"})
