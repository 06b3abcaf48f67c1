"""ProcessTask: a solver in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from vmopt.backends import guard


class ProcessTask:
    """A script of this package run by a second Python, at the head of a process group of its own.

    There a solver may print what it likes, hang, crash or start processes of its own: nothing is seen of it, and the
    whole group is killed when waiting ends, and when this process ends (see `guard`). Its files, and those of solvers
    that it starts, go to the job's directory.

    Parameters
    ----------
    script : Path
        The script, told the job's directory as its only argument.
    job : Path
        Directory with whatever the script reads and writes.
    """

    def __init__(self, script: Path, job: Path) -> None:
        self._errors = job / "stderr.txt"
        home = dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(job))
        with self._errors.open("wb") as errors:
            # -P: the directory of the script holds a pulp.py, which would hide the package of that name.
            self._process = subprocess.Popen(
                [sys.executable, "-P", guard.__file__, str(os.getpid()), str(script), str(job)],
                cwd=job,
                env=os.environ | home,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,
            )

    def ended(self, seconds: float) -> bool:
        """Wait up to `seconds` for the end; whether it has come."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self) -> None:
        """Send the group what Ctrl-C sends; on Windows, where that cannot be, do nothing."""
        self._signal("SIGINT")

    def abandon(self) -> None:
        """Kill the group, down to the last process that the script or its solver has started."""
        self._signal("SIGKILL")
        self._process.kill()
        self._process.wait()

    def _signal(self, name: str) -> None:
        if hasattr(os, "killpg"):
            try:
                os.killpg(self._process.pid, getattr(signal, name))
            except ProcessLookupError:
                pass
            except PermissionError:  # macOS says so of a group that has only ended processes left
                pass

    def last_words(self) -> str:
        """Return the last line written to standard error, which is the error of a script that failed."""
        lines = self._errors.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"it ended with code {self._process.returncode}"
