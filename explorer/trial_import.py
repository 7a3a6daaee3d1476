"""Importing what a first start does, right after it was installed.

Packages are installed uncompiled, as most modules of theirs are never imported. This compiles those
that are, and shows whether the packages work on this machine.

Like bootstrap.py, this keeps to what old Pythons understand and to the standard library.
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
# It would report to its makers.
sys.modules["openvino_telemetry"] = None
for name in sys.argv[1:]:
    if importlib.util.find_spec(name.partition(".")[0]):
        importlib.import_module(name)
"""


def try_imports(python):
    """Import MODULES, those that are there, in a process of that Python. They are compiled even
    where Python is told not to, as the folder is ours. Raises SetupError where one fails."""
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
            " folder .venv and start again to install them anew.".format(
                lines[-1] if lines else "exit code {}".format(done.returncode)
            )
        )
