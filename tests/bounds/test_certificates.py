"""Certificates: a bound that was lowered to the last step keeps its proof, in files and on the command line too."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import vmopt
from vmopt import io
from vmopt.bounds import AllPlaced, Bound, Claim, PatternBound, Prices
from vmopt.bounds.recheck import proven
from vmopt.cli.app import app
from vmopt.errors import FileError, PlacementError

SEEDS = range(20)


def in_steps(seed: int) -> vmopt.Instance:
    """A small instance whose values are integers."""
    rng = np.random.default_rng(seed)
    demand = rng.integers(1, 12, (10, 2))
    return vmopt.Instance.from_arrays(demand, rng.integers(14, 30, (2, 2)), value=rng.integers(1, 40, 10))


@cache
def solved(seed: int) -> vmopt.Solution:
    return vmopt.solve(in_steps(seed), method="column-generation", gap=0, threads=1, time_limit=60)


def test_no_certificate_is_lost_to_steps() -> None:
    """Tests that what column generation proves can be proven again from the data, or is said to be by enumeration."""
    solutions = [solved(seed) for seed in SEEDS]
    assert not any(isinstance(s.certificate.proof, Claim) for s in solutions)
    by_proof = [s for s in solutions if isinstance(s.certificate.proof, Prices | PatternBound)]
    assert any(s.certificate.step for s in by_proof)
    for solution in by_proof:
        shown = proven(solution.instance, solution.certificate)
        assert shown is not None
        assert shown <= solution.bound * (1 + 1e-9)


@pytest.fixture(scope="module")
def lowered() -> vmopt.Solution:
    return next(s for s in map(solved, SEEDS) if s.certificate.step and s.pattern_bound is not None)


def test_steps_survive_a_file(lowered: vmopt.Solution, tmp_path: Path) -> None:
    """Tests that proof and step come back, and that a bound one step too low is refused."""
    path = tmp_path / "s.json"
    io.write_solution(lowered, path)
    read = io.read_solution(lowered.instance, path)
    assert (read.bound, read.bound_by, read.certificate.step) == (
        lowered.bound,
        lowered.bound_by,
        lowered.certificate.step,
    )
    assert read.pattern_bound is not None
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, "step": 2 * document["step"]}))
    with pytest.raises(FileError, match="do not come in steps of"):
        io.read_solution(lowered.instance, path)


def test_verify_rechecks_the_step(lowered: vmopt.Solution, tmp_path: Path) -> None:
    """Tests that the command line proves the bound again, step included."""
    io.write(lowered.instance, tmp_path / "c.json")
    io.write_solution(lowered, tmp_path / "s.json")
    ran = CliRunner().invoke(app, ["verify", str(tmp_path / "c.json"), str(tmp_path / "s.json")])
    assert ran.exit_code == 0
    assert "proven again by the patterns, values in steps of" in " ".join(ran.output.split())


def test_files_without_steps_are_still_read(lowered: vmopt.Solution, tmp_path: Path) -> None:
    """Tests that a file that names its steps in words only, as a claim, is read as the claim that it is."""
    path = tmp_path / "s.json"
    io.write_solution(lowered, path)
    document = json.loads(path.read_text())
    del document["step"]
    words = "patterns, values in steps of 1"
    path.write_text(json.dumps({**document, "bound_by": words, "pattern_bound": None}))
    assert io.read_solution(lowered.instance, path).certificate.proof == Claim(words)


def test_steps_that_values_do_not_come_in_prove_nothing() -> None:
    """Tests that a bound may be lowered to multiples of what all values are multiples of, and of nothing else."""
    instance = vmopt.Instance.from_arrays([[4], [5]], [[8]], value=[6, 9])
    prices = Prices(np.array([[1.7]]))
    assert proven(instance, Bound(12.0, prices, step=3.0)) == 12.0
    with pytest.raises(PlacementError, match="steps of 2"):
        proven(instance, replace(Bound(12.0, prices), step=2.0))


def test_a_claim_has_nothing_to_recheck() -> None:
    """Tests that the word of a backend is told apart from a proof."""
    assert proven(in_steps(0), Bound(1.0, Claim("some-solver"))) is None


def test_all_together_is_added_up(tmp_path: Path) -> None:
    """Tests that a bound said to be what all VMs are worth is refused where they are worth more."""
    instance = in_steps(0)
    everything = Bound(float(instance.value.sum()), AllPlaced())
    assert proven(instance, everything) == everything.value
    solution = replace(solved(0), certificate=everything)
    io.write_solution(solution, tmp_path / "s.json")
    document = json.loads((tmp_path / "s.json").read_text())
    (tmp_path / "s.json").write_text(json.dumps({**document, "bound": solution.objective, "gap": 0.0}))
    with pytest.raises(FileError, match="VMs all together show"):
        io.read_solution(instance, tmp_path / "s.json")


@pytest.mark.parametrize(("by", "other"), [("cp-sat", "highs"), ("", "cp-sat"), ("some-solver", "cp-sat")])
def test_claims_are_searched_for_again(tmp_path: Path, by: str, other: str) -> None:
    """Tests that what one solver claims is found again by another, whatever its name."""
    instance = in_steps(1)
    best = vmopt.solve(instance, gap=0, threads=1)
    io.write(instance, tmp_path / "c.json")
    io.write_solution(replace(best, certificate=Bound(best.objective, Claim(by))), tmp_path / "s.json")
    ran = CliRunner().invoke(app, ["verify", str(tmp_path / "c.json"), str(tmp_path / "s.json"), "--recheck"])
    assert ran.exit_code == 0
    assert f"found again by a search with {other}" in " ".join(ran.output.split())
