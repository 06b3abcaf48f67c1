"""Solutions of tiers in files, on the command line, in summaries and in simulations."""

from __future__ import annotations

import json

import jsonschema
import pytest

import vmopt
from tests.tiers.instances import TIERS
from vmopt import io
from vmopt.cli.entry import main
from vmopt.model import Host, Instance
from vmopt.model.requests import Requests

CLUSTER = Instance.from_arrays(
    [[6], [4], [3], [2]], [[8]], priority=[5, 0, 0, -(2**31)], objective=TIERS, resources=["cpu"]
)


@pytest.fixture(scope="module")
def solution():
    return vmopt.solve(CLUSTER, gap=0, time_limit=60, threads=1)


@pytest.fixture
def written(solution, tmp_path):
    io.write_solution(solution, tmp_path / "s.json")
    return tmp_path / "s.json", json.loads((tmp_path / "s.json").read_text())


def test_a_solution_round_trips(solution, written) -> None:
    """Tests that levels and their proofs come back, and that the file follows the schema."""
    path, document = written
    jsonschema.validate(document, io.schema("solution"))
    read = io.read_solution(CLUSTER, path)
    for one, other in zip(read.levels, solution.levels, strict=True):
        assert (one.priority, one.value, one.status, one.seconds) == (
            other.priority,
            other.value,
            other.status,
            other.seconds,
        )
        assert (one.bound, one.bound_by) == (other.bound, other.bound_by)
        assert (one.proof is None) == (other.proof is None)
        if one.proof is not None and other.proof is not None:
            assert one.proof.prices.tolist() == other.proof.prices.tolist()
            assert one.proof.per_vm.tolist() == other.proof.per_vm.tolist()


LIES = [
    ("value", 0.25, "priority 0 claims value 0.25, but its placed VMs are worth 0.0"),
    ("bound", -0.5, "priority 0 claims bound -0.5"),
    ("priority", 1, "are not those of the instance"),
    ("proof", 7, "proof 7 is not there"),
    ("proof", None, "said to be by prices, but there are none"),
    ("status", "infeasible", "use 'optimal' or 'feasible'"),
    ("bound", 0.5, "add up to"),
]


@pytest.mark.parametrize(("key", "lie", "why"), LIES)
def test_levels_that_the_data_do_not_bear_out_are_refused(written, key, lie, why) -> None:
    """Tests one false claim after the other."""
    path, document = written
    document["levels"][1][key] = lie
    path.write_text(json.dumps(document))
    with pytest.raises(vmopt.FileError, match=why):
        io.read_solution(CLUSTER, path)


def test_prices_that_prove_less_are_refused(written, capsys, tmp_path) -> None:
    """Tests that a bound by prices is proven again, also by `vmopt verify`."""
    path, document = written
    io.write_json(CLUSTER, tmp_path / "c.json")
    assert main(["verify", str(tmp_path / "c.json"), str(path)]) == 0
    assert "proven again by prices or is all of it" in capsys.readouterr().out
    document["level_proofs"][document["levels"][1]["proof"]]["prices"] = [[0.0]]
    path.write_text(json.dumps(document))
    with pytest.raises(vmopt.FileError, match=r"claims bound 0\.0, but its proof shows 0\.875"):
        io.read_solution(CLUSTER, path)
    assert main(["verify", str(tmp_path / "c.json"), str(path)]) == 1
    assert "its proof shows 0.875" in capsys.readouterr().out


def test_the_command_line_takes_the_weighting(tmp_path, capsys) -> None:
    """Tests that a file without tiers, even with priorities of 0, is solved and verified by tiers where asked."""
    plain = {"format": "vmopt-instance", "version": 1, "resources": ["cpu"]}
    plain |= {"hosts": [{"capacity": {"cpu": 8}}]}
    plain |= {"vms": [{"demand": {"cpu": d}, "priority": p} for d, p in ((6, 5), (4, 0), (2, -7))]}
    file, out = str(tmp_path / "c.json"), str(tmp_path / "s.json")
    (tmp_path / "c.json").write_text(json.dumps(plain))
    assert main(["solve", file, "-q"]) == 2
    assert "tiers" in capsys.readouterr().err
    asked = ["--weighting", "tiers"]
    assert main(["solve", file, "-q", "--gap", "0", "-o", out, *asked]) == 0
    table = capsys.readouterr().out.splitlines()
    header = next(n for n, line in enumerate(table) if line.startswith("priority"))
    assert [line.split()[:2] for line in table[header + 1 : header + 4]] == [[p, "optimal"] for p in ("5", "0", "-7")]
    assert main(["verify", file, out, *asked]) == 0
    assert main(["compare", file, "-q", "-m", "greedy-priority,auto", *asked]) == 0
    assert main(["bound", file, *asked]) == 0
    assert main(["solve", file, "-q", "--weighting", "rank"]) == 2
    assert "'tiers'" in capsys.readouterr().err


def test_files_are_made_with_tiers(tmp_path) -> None:
    """Tests `generate` and `import csv`."""
    made = str(tmp_path / "g.json")
    assert main(["generate", "flavor", "--hosts", "2", "--weighting", "tiers", "-q", "-o", made]) == 0
    assert io.read(made).tiers.priority.tolist() == [5, 4, 3, 2, 1]
    (tmp_path / "h.csv").write_text("cpu\n8\n")
    (tmp_path / "v.csv").write_text("cpu,priority\n4,-7\n4,0\n")
    files = [str(tmp_path / "h.csv"), str(tmp_path / "v.csv")]
    assert main(["import", "csv", *files, "--weighting", "tiers", "-q", "-o", str(tmp_path / "i.json")]) == 0
    assert io.read(tmp_path / "i.json").priority.tolist() == [-7, 0]


def test_many_levels_are_few_rows() -> None:
    """Tests that levels which run as a whole share a row, and that the table stays short."""
    instance = Instance.from_arrays([[1]] * 40, [[30]], priority=list(range(40)), objective=TIERS)
    lines = vmopt.solve(instance, gap=0, time_limit=60, threads=1).summary().splitlines()
    header = next(n for n, line in enumerate(lines) if line.startswith("priority"))
    assert lines[header + 1].split()[:6] == ["39", "to", "10", "optimal", "30", "of"]
    assert len(lines) - header <= 15


def test_the_optimal_policy_starts_the_higher_tier() -> None:
    """Tests that one VM of a higher tier goes before several that are worth more together."""
    requests = Requests.from_arrays(
        [0, 0, 0], [[5], [4], [4]], duration=[60] * 3, priority=[0, -1, -1], objective=TIERS, resources=["cpu"]
    )
    timeline = vmopt.simulate([Host("h", {"cpu": 8})], requests, policy="optimal")
    assert timeline.started.tolist()[0] == 0
    assert min(timeline.started.tolist()[1:]) >= 60


def test_sharing_by_weights_needs_weights() -> None:
    """Tests that elastic VMs are shared anew by tiers only under the policy that serves one after the other."""
    requests = Requests.from_arrays(
        [0, 0],
        [[6], [6]],
        duration=[60] * 2,
        priority=[0, -1],
        reservation=[[1], [1]],
        objective=TIERS,
        resources=["cpu"],
    )
    hosts = [Host("h", {"cpu": 8})]
    with pytest.raises(vmopt.OptionError, match="priorities are tiers"):
        vmopt.simulate(hosts, requests, policy="priority", reallocate="proportional")
    timeline = vmopt.simulate(hosts, requests, policy="priority", reallocate=True)
    assert timeline.started.tolist() == [0, 0]
