"""The first solve of a process, which loads the solver: it proves what the second one does."""

from __future__ import annotations

import subprocess
import sys

SLOWLY = """
import time
import vmopt
from vmopt.backends import loading

load = loading.import_module


def slowly(name):
    time.sleep(1.1)
    return load(name)


loading.import_module = slowly
rules = [vmopt.Ban("vm-2", "host-0"), vmopt.Quota(5, resource="cpu", of=["vm-0", "vm-1"])]
cluster = vmopt.Instance.from_arrays([[4], [4], [2]], [[20]], value=[8, 4, 1], resources=["cpu"], rules=rules)
for _ in range(2):
    print(vmopt.solve(cluster, method="neighbourhood", threads=1, time_limit=20).bound)
"""


def test_loading_takes_nothing_of_what_a_stage_is_given() -> None:
    """Tests a stage that gets a tenth of the time, where loading takes longer than that."""
    done = subprocess.run([sys.executable, "-c", SLOWLY], capture_output=True, text=True, check=True, timeout=300)
    first, second = map(float, done.stdout.split())
    assert first == second < 9.1
