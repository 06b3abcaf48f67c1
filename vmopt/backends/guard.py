"""Runs a script as long as the process that wants it lives: ``python -P guard.py PARENT SCRIPT JOB``.

A process in a session of its own gets no signal from the terminal, and outlives a parent that is killed. This one looks
for its parent, and kills its group, the solvers that the script has started included, when it has gone.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time

EVERY = 0.5
"""Seconds between two looks."""


def watch(parent: int) -> None:
    """Kill this process group when its parent is another."""
    while os.getppid() == parent:
        time.sleep(EVERY)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    if os.name == "posix":
        threading.Thread(target=watch, args=(int(sys.argv[1]),), daemon=True).start()
    script = sys.argv[2]
    sys.argv = sys.argv[2:]
    runpy.run_path(script, run_name="__main__")
