"""One script per published figure: `python -m benchmarks.NAME --data DIR`."""

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")  # CPU time is counted as in a guarded worker, which has one thread
