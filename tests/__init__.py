"""The tests. They run beside each other, one process per core: threads with which a library would
share out each small sum or search among the cores only wait for one another."""

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
