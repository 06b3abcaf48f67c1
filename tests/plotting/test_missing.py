"""Where matplotlib is missing."""

from __future__ import annotations

import subprocess
import sys

HIDE = "import sys; sys.modules['matplotlib'] = None; "


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", HIDE + code], capture_output=True, text=True, check=False, timeout=60)


def test_pictures_name_the_extra():
    """Tests that the error is vmopt's own, is an ImportError too, and says what to install."""
    done = run(
        "import vmopt\n"
        "try:\n    vmopt.plotting\n"
        "except vmopt.ExtraError as error:\n    print(isinstance(error, ImportError), error)"
    )
    assert done.stdout.startswith("True pictures need matplotlib")
    assert "pip install 'vmopt[plot]'" in done.stdout


def test_solving_needs_no_matplotlib():
    """Tests that a solution is found, recorded and shown without matplotlib."""
    done = run(
        "import vmopt; s = vmopt.solve(vmopt.generate(hosts=3), method='greedy-priority'); print(len(s.history))"
    )
    assert int(done.stdout) >= 1, done.stderr


def test_the_command_refuses_before_it_reads(tmp_path):
    """Tests that `vmopt solve --plot` gives one line that names the extra, and exit code 2."""
    done = run(
        f"from vmopt.cli import main; sys.exit(main(['solve', 'cluster.json', '--plot', {str(tmp_path / 'a.png')!r}]))"
    )
    assert done.returncode == 2
    assert "vmopt[plot]" in done.stderr
    assert done.stderr.count("\n") == 1
