"""Without OR-Tools vmopt can be imported, greedy baselines run, and what needs it says so once and clearly."""

import subprocess
import sys

HIDE = """
import sys
class Without:
    def __init__(self, finder): self.finder = finder
    def find_spec(self, name, path=None, target=None):
        return None if name.partition('.')[0] == 'ortools' else self.finder.find_spec(name, path, target)
    def __getattr__(self, name): return getattr(self.finder, name)
sys.meta_path = [Without(finder) for finder in sys.meta_path]
import vmopt
cluster = vmopt.generate('flavor', hosts=4, seed=1, load=1.3)
"""


def run(code):
    return subprocess.run([sys.executable, "-c", HIDE + code], capture_output=True, text=True, check=False)


def test_greedy_needs_no_solver():
    done = run("print(vmopt.solve(cluster, method='greedy-priority').n_placed)")
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0


def test_what_needs_it_says_how_to_get_it():
    for method in ("exact", "neighbourhood", "column-generation"):
        code = f"""
try:
    vmopt.solve(cluster, method={method!r}, time_limit=5)
except vmopt.BackendError as error:
    print(error)
"""
        done = run(code)
        assert done.returncode == 0, done.stderr
        assert "OR-Tools is not installed" in done.stdout + done.stderr, method


def test_auto_keeps_what_it_can_do():
    done = run("s = vmopt.solve(cluster, time_limit=5); print(s.n_placed)")
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0
    assert "OR-Tools" in done.stderr
