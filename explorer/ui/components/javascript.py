"""Assemble the scripts of the components, each with the modules that it imports.

The files in `static/` import their testable parts from `static/modules/`, where Node can test them;
here, each import is replaced by the contents of the file. Streamlit takes a component's script as
one string, sends it to the browser at every run of a page, and has it loaded from a blob URL, of
which browsers keep nothing. So it gets a few lines that import the script from a route of ours,
which a browser keeps, compiled, as long as the script stays the same.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from explorer.ui.static_files import STATIC
from explorer.ui.web_server.origin_guard import SCRIPTS

_IMPORT = re.compile(r'^import \{[^}]*\} from "(\./[\w/]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const|function|async function|class)", re.MULTILINE)

_HEADERS = {"Cache-Control": "private, max-age=31536000, immutable"}

_served = dict[str, str]()
"""The scripts by the names of their files, which have the hash of the contents."""


def component_loader(name: str) -> str:
    """A script for `st.components.v2.component` that imports `static/NAME.js` and calls it."""
    script = component_script(name)
    file = f"{name}.{hashlib.sha256(script.encode()).hexdigest()[:16]}.js"
    _served[file] = script
    # A string in one line could be taken for the path of a file.
    # Chromium does not try a failed import again under the same address.
    return f"""const script = location.origin + "{SCRIPTS}{file}";
const load = () => import(script).catch(() => import(script + "?again=" + Date.now()));
export default async (component) => (await load()).default(component);
"""


def script_routes() -> list[Route]:
    """The routes from which browsers get the scripts."""
    return [Route(SCRIPTS + "{file}", _serve)]


async def _serve(request: Request) -> Response:
    script = _served.get(request.path_params["file"])
    if script is None:
        return PlainTextResponse("This script does not exist.", 404)
    return Response(script, media_type="text/javascript", headers=_HEADERS)


def component_script(name: str) -> str:
    """The script `static/NAME.js` with everything it imports. name: without `.js`."""
    modules = dict[Path, str]()
    script = _without_imports(STATIC / f"{name}.js", modules)
    return "\n".join([*modules.values(), script])


def _without_imports(path: Path, modules: dict[Path, str]) -> str:
    """The contents of a script without its imports. The modules that it imports are added to
    `modules`, each after its own imports."""
    script = path.read_text(encoding="utf-8")
    for imported in _IMPORT.findall(script):
        module = (path.parent / imported).resolve()
        if module not in modules:
            modules[module] = _EXPORT.sub("", _without_imports(module, modules))
    return _IMPORT.sub("", script)
