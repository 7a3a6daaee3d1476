"""Import the modules that a first start needs, right after they are installed.

Packages are installed without compiling them, because most of their modules are never imported.
Importing compiles those that are, and shows whether the packages work on this machine.
"""

import os
import subprocess

from explorer.setup.pip_install import SetupError

# The modules that convert models, and those that the program runs with. They are separate because
# on macOS torch and faiss both contain libomp, which ends a process in which it is loaded twice.
CONVERTING = "torch efficientnet_lite_pytorch safetensors.torch".split()
RUNNING = (
    "openvino tokenizers threadpoolctl streamlit.web.bootstrap pandas cv2 faiss pillow_heif"
    " PIL.ImageOps sqlite_utils lark click tqdm watchdog.observers httpx psutil"
    " defusedxml.ElementTree platformdirs filelock ftfy babel.dates"
).split()

# The message of Windows if a library that a package needs is missing: Microsoft's C++ runtime.
_DLL_MISSING = "DLL load failed"

_CODE = """
import importlib, importlib.util, sys
# This keeps openvino from sending usage statistics.
sys.modules["openvino_telemetry"] = None
for name in sys.argv[1:]:
    if importlib.util.find_spec(name.partition(".")[0]):
        importlib.import_module(name)
"""


def try_imports(python):
    """Import the modules that are installed, in two parallel processes of that Python. They are
    compiled even if Python is configured not to, because the folder is ours. Raises SetupError if
    an import fails."""
    # Imported here, because Pythons that are too old lack it.
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda modules: _try(python, modules), (CONVERTING, RUNNING)))


def _try(python, modules):
    environment = dict(os.environ, PYTHONWARNINGS="ignore")
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [python, "-c", _CODE] + modules,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
    )
    if done.returncode:
        lines = done.stdout.decode("utf-8", "replace").strip().splitlines()
        if any(_DLL_MISSING in line for line in lines):
            raise SetupError(
                "A package needs Microsoft's C++ runtime, which this computer lacks: install the"
                " “Visual C++ Redistributable” (x64) from https://aka.ms/vs/17/release/vc_redist.x64.exe"
                " and start again."
            )
        raise SetupError(
            "The packages are installed, but one does not work on this computer: {}. Delete the"
            " folder .venv and start again to reinstall them.".format(
                lines[-1] if lines else "exit code {}".format(done.returncode)
            )
        )
