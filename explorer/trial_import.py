"""Import the modules that a first start needs, right after they are installed.

Packages are installed without compiling them, because most of their modules are never imported.
Importing compiles those that are, and shows whether the packages work on this machine.

Like bootstrap.py, this is limited to the standard library and to the syntax of old Pythons.
"""

import os
import subprocess

from explorer.pip_install import SetupError

MODULES = (
    "torch efficientnet_lite_pytorch safetensors.torch openvino tokenizers threadpoolctl"
    " streamlit.web.bootstrap pandas cv2 faiss pillow_heif PIL.ImageOps sqlite_utils lark click"
    " tqdm watchdog.observers httpx psutil defusedxml.ElementTree platformdirs filelock ftfy"
).split()

_CODE = """
import importlib, importlib.util, sys
# This keeps openvino from sending usage statistics.
sys.modules["openvino_telemetry"] = None
for name in sys.argv[1:]:
    if importlib.util.find_spec(name.partition(".")[0]):
        importlib.import_module(name)
"""


def try_imports(python):
    """Import those of MODULES that are installed, in a process of that Python. They are compiled
    even if Python is configured not to, because the folder is ours. Raises SetupError if one
    fails."""
    environment = dict(os.environ, PYTHONWARNINGS="ignore")
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [python, "-c", _CODE] + MODULES,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
    )
    if done.returncode:
        lines = done.stdout.decode("utf-8", "replace").strip().splitlines()
        raise SetupError(
            "The packages are installed, but one does not work on this computer: {}. Delete the"
            " folder .venv and start again to reinstall them.".format(
                lines[-1] if lines else "exit code {}".format(done.returncode)
            )
        )
