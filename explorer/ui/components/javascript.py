"""Assemble the scripts of the components, each with the modules that it imports.

Streamlit takes a component's script as one string and serves it from a blob URL, which cannot
import other files. The files in `static/` import their testable parts from `static/modules/`,
where Node can test them; here, each import is replaced by the contents of the file.
"""

from __future__ import annotations

import re
from pathlib import Path

from explorer.ui.static_files import STATIC

_IMPORT = re.compile(r'^import \{[^}]*\} from "(\./[\w/]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const|function|async function|class)", re.MULTILINE)


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
