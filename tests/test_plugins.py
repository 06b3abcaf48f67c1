"""Methods, backends and policies that other packages bring, installed as these are: by an entry point."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MODULE = '''
"""Another package."""
import dataclasses
import numpy as np
from vmopt.backends.registry import get
from vmopt.methods.info import MethodInfo

def lonely(search):
    """One VM a host, in their order."""
    host_index = np.full(search.instance.n_vms, -1)
    for vm, host in zip(range(search.instance.n_vms), range(search.instance.n_hosts)):
        if (search.instance.demand[vm] <= search.instance.capacity[host]).all():
            host_index[vm] = host
    search.offer(host_index, "lonely")

def as_it_comes(search):
    lonely(search)

BASELINE = MethodInfo("alone", "one VM a host, and no more", "another:as_it_comes", levels="bounded")

class Renamed:
    """A backend of another name."""
    def __init__(self):
        self._own = get("cp-sat")
        self.name = "renamed"
    def __getattr__(self, name):
        return getattr(self._own, name)
    @property
    def capabilities(self):
        return self._own.capabilities
    def unavailable(self):
        return None
    def version(self):
        return "1"
    def solve(self, program, options):
        return self._own.solve(program, options)

class Never:
    """Nobody starts."""
    name = "never"
    window = 0.0
    def decide(self, moment):
        pass
'''
ENTRIES = """
[vmopt.methods]
lonely = another:lonely
alone = another:BASELINE
broken = another:not_there
auto = another:lonely
[vmopt.backends]
renamed = another:Renamed
nothing = another:BASELINE
[vmopt.policies]
never = another:Never
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of packages that holds one with entry points."""
    folder = tmp_path_factory.mktemp("packages")
    (folder / "another.py").write_text(MODULE)
    about = folder / "another-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: another\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(ENTRIES)
    return folder


def run(installed: Path, code: str) -> object:
    """Run Python where the package is installed; return what it prints as JSON."""
    path = os.pathsep.join([str(installed), str(Path(__file__).parents[1])])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", "import json, vmopt\n" + code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_a_method_serves_all_that_own_ones_do(installed: Path) -> None:
    """Tests rules, elastic VMs, tiers, goals and a current placement with a method that knows none of them."""
    found = run(
        installed,
        """
        A = vmopt.Instance.from_arrays
        plain = A([[4], [3], [2]], [[8], [8]])
        asked = [
            plain,
            plain.replace(rules=[vmopt.Apart("vm-0", "vm-1"), vmopt.MustRun("vm-2")]),
            plain.replace(reservation=[[1], [1], [1]]),
            plain.replace(priority=[2, 1, 1], objective=vmopt.Objective("tiers")),
            plain.replace(objective=vmopt.Objective(levels=[vmopt.Utilisation(), vmopt.FewestHosts()])),
            plain.replace(current=[1, 1, -1]),
        ]
        out = []
        for instance in asked:
            for method in ("lonely", "alone"):
                solution = vmopt.solve(instance, method=method, time_limit=5, threads=1)
                out.append([solution.n_placed, len(vmopt.verify(instance, solution))])
        print(json.dumps(out))
        """.replace("\n        ", "\n"),
    )
    assert isinstance(found, list)
    assert [violations for _, violations in found] == [0] * 12
    assert all(placed >= 2 for placed, _ in found)


def test_they_are_listed_and_named_in_errors(installed: Path) -> None:
    """Tests the lists, that own names stay, and that a broken package takes nothing with it."""
    names, summary, policies, backends, errors = run(
        installed,
        """
        from vmopt.simulation import policies
        errors = []
        for asked in ({"method": "broken"}, {"method": "lonley"}, {"backend": "nothing"}, {"backend": "renamd"}):
            try:
                vmopt.solve(vmopt.Instance.from_arrays([[1]], [[1]]), **asked)
            except vmopt.OptionError as error:
                errors.append(str(error))
        known = {info.name: info for info in vmopt.methods()}
        print(json.dumps([
            list(known), known["lonely"].summary, [info.name for info in policies()],
            [info.name for info in vmopt.backends()], errors,
        ]))
        """.replace("\n        ", "\n"),
    )
    assert names[-2:] == ["lonely", "alone"]
    assert names[0] == "auto"
    assert names.count("auto") == 1
    assert summary == "One VM a host, in their order"
    assert policies[-1] == "never"
    assert backends[-1] == "renamed"
    assert "another names 'another:not_there' for it, and loading that fails: AttributeError" in errors[0]
    assert "did you mean 'lonely'?" in errors[1]
    assert "TypeError" in errors[2] or "makes no vmopt.backends.Backend" in errors[2]
    assert "Did you mean 'renamed'?" in errors[3]


def test_own_names_are_not_taken(installed: Path) -> None:
    """Tests that a package that brings another `auto` is told, and left out."""
    told, value = run(
        installed,
        """
        import warnings
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            vmopt.methods()
        solution = vmopt.solve(vmopt.Instance.from_arrays([[4], [4]], [[8]], value=[4, 4]), threads=1)
        print(json.dumps([[str(each.message) for each in told], solution.objective]))
        """.replace("\n        ", "\n"),
    )
    assert any("another:lonely is left out: vmopt has 'auto' of its own" in each for each in told)
    assert any("'broken' cannot be used" in each for each in told)
    assert value == 8.0


def test_a_backend_and_a_policy_serve(installed: Path) -> None:
    """Tests that what is plugged in does the work."""
    value, policy, running = run(
        installed,
        """
        cluster = vmopt.Instance.from_arrays([[4], [5], [3]], [[8]], value=[4, 5, 3])
        solution = vmopt.solve(cluster, method="exact", backend="renamed", gap=0, threads=1)
        from vmopt.simulation import simulate
        requests = vmopt.Requests.from_arrays([0, 10], [[6], [2]], duration=[60, 60], resources=["cpu"])
        timeline = simulate([vmopt.Host("h1", {"cpu": 8})], requests, policy="never", until=100.0)
        print(json.dumps([solution.objective, timeline.policy, int(timeline.series["running"].max())]))
        """.replace("\n        ", "\n"),
    )
    assert value == 8.0
    assert (policy, running) == ("never", 0)
