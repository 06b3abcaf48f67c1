"""Test sets: what they hold, what they need, and what they say where it is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import vmopt
from benchmarks.sets import SETS, Case, TestSet, data_folder
from benchmarks.sets.changes import with_capacity, with_first_hosts, with_priorities
from benchmarks.settings import Settings
from tests.io.data import without_data
from tests.patience import PATIENCE

GENERATED = ("generated", "scale", "growth", "plain", "anytime", "gpus", "knapsacks", "rules", "rules-plain")
PUBLISHED = tuple(name for name in SETS if name not in GENERATED)


def cases(name: str) -> dict[str, Case]:
    """Cases of a set by name; the test is skipped where its data are absent."""
    if SETS[name].missing():
        without_data()
    found = list(SETS[name].cases())
    assert len({case.name for case in found}) == len(found) > 0
    return {case.name: case for case in found}


@pytest.mark.parametrize("name", SETS)
def test_names_are_unique(name: str) -> None:
    """Tests that every set has cases, each with a name of its own and seconds to run."""
    assert SETS[name].name == name
    assert all(case.seconds > 0 for case in cases(name).values())


@pytest.mark.parametrize("name", GENERATED)
def test_generated_sets_need_no_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    """Tests that generated sets run without a data folder."""
    monkeypatch.setenv("VMOPT_DATA", str(tmp_path / "nowhere"))
    assert SETS[name].missing() is None
    assert next(SETS[name].cases()).make(0).n_vms > 0


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    """Tests that without data a set says what it needs, where that is published, and how to name the folder."""
    monkeypatch.setenv("VMOPT_DATA", str(tmp_path))
    told = SETS[name].missing()
    assert told is not None
    for part in (name, SETS[name].files[0], str(tmp_path), "published at http", "--data FOLDER", "VMOPT_DATA"):
        assert part in told


def test_only_what_is_absent_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Tests that files that are there, plain or gzip-ed, are not asked for."""
    monkeypatch.setenv("VMOPT_DATA", str(tmp_path))
    assert data_folder() == tmp_path
    folder = tmp_path / "huawei_topology_vm"
    folder.mkdir()
    (folder / "PM_res.csv.gz").touch()
    (folder / "VM_data_C1.csv").touch()
    told = SETS["huawei"].missing()
    assert told is not None
    assert "VM_data_C2" in told
    assert "VM_data_C1" not in told
    assert "PM_res" not in told
    (folder / "VM_data_C2.csv").touch()
    assert SETS["huawei"].missing() is None


@pytest.mark.parametrize("name", [name for name in SETS if name not in ("scale", "growth", "rules")])
def test_seeds(name: str) -> None:
    """Tests that instances depend on the seed where the set says so, and nowhere else."""
    first, *_, last = cases(name).values()
    assert all(case.make(0) == case.make(0) for case in (first, last))
    assert any(case.make(0) != case.make(1) for case in (first, last)) is SETS[name].seeded


def test_alibaba_priorities() -> None:
    """Tests that priorities are drawn for the list without QoS, and for no other."""
    lists = cases("alibaba-gpu")
    drawn, again = (lists["multigpu30"].make(seed).priority for seed in (0, 1))
    assert set(drawn.tolist()) == {1, 2, 3, 4, 5}
    assert (drawn != again).any()
    assert (lists["default"].make(0).priority == lists["default"].make(1).priority).all()


@pytest.mark.parametrize("name", ["huawei", "cloud-balancing"])
def test_not_everything_fits(name: str) -> None:
    """Tests that on the first 55 % of the hosts more is asked for than there is, in the large cases."""
    for case in list(cases(name).values())[-2:]:
        instance = case.make(0)
        assert (instance.demand.sum(axis=0) > instance.total).any()
        assert set(instance.priority.tolist()) == {1, 2, 3, 4, 5}


def test_growth_keeps_its_load() -> None:
    """Tests that hosts grow with the VMs, so that about 1.3 times the capacity is asked for at every size."""
    for name in ("flavor-1e3", "flavor-1e4", "distinct-1e3", "distinct-1e4"):
        instance = cases("growth")[name].make(0)
        assert instance.n_vms == 10 ** int(name[-1])
        assert (instance.demand.sum(axis=0) / instance.total).max() == pytest.approx(1.3, abs=0.1)


def test_anytime_is_one_cluster_at_several_limits() -> None:
    """Tests that cases differ in their time limit, and that every kind comes at 1, 6 and 60 s, and with 8 resources."""
    found = cases("anytime")
    assert found["flavor-200-r3-1s"].make(3) == found["flavor-200-r3-60s"].make(3) == vmopt.generate(hosts=200, seed=3)
    for kind in ("flavor", "distinct", "large"):
        assert {case.seconds for name, case in found.items() if name.startswith(kind)} == {1, 6, 60}
        assert any(len(case.make(0).resources) == 8 for name, case in found.items() if name.startswith(kind))


def test_knapsacks_are_of_their_kind() -> None:
    """Tests that capacities are the stated part of what is asked for, and that every VM fits somewhere."""
    found = cases("knapsacks")
    for name, tightness in (("one-5x100-0.25", 0.25), ("one-30x500-0.75", 0.75), ("few-100x5-1.7", 1 / 1.7)):
        instance = found[name].make(2)
        assert instance.total / instance.demand.sum(axis=0) == pytest.approx(tightness, rel=0.01)
        assert (instance.demand[:, None] <= instance.capacity).all(axis=2).any(axis=1).all()
        assert instance != found[name].make(3)
    assert {len(case.make(0).resources) for case in found.values()} == {5, 10, 30}


def test_published_optima() -> None:
    """Tests the best known objectives: stated optima, or everything placed."""
    assert cases("or-library")["mknap1-2"].best_known == 8706.1
    assert all(case.best_known is not None for case in cases("or-library").values())
    packing = cases("vector-packing")
    assert len(packing) == 60
    for case in list(packing.values())[:3]:
        assert case.best_known == pytest.approx(case.make(0).value.sum(), rel=1e-12)


def test_broken_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Tests that files that are there but hold something else give one error that names the file."""
    monkeypatch.setenv("VMOPT_DATA", str(tmp_path))
    (tmp_path / "vbp").mkdir()
    listed, archive = tmp_path / "vbp" / "best_known.csv", tmp_path / "vbp" / "Panigrahy_instances.tar.gz"
    archive.write_text("not a tar archive")
    listed.write_text("instance,n\nclass1_20_3_0,20\n")
    with pytest.raises(vmopt.FileError, match=r"best_known\.csv, line 1: there is no column 'family'"):
        next(SETS["vector-packing"].cases())
    listed.write_text("family,instance,class,n,optimum_bins,optimum_known\nPanigrahy,class1_20_3_0,class1,20,6,1\n")
    with pytest.raises(vmopt.FileError, match=r"Panigrahy_instances\.tar\.gz is no tar archive .* fetch it anew"):
        next(SETS["vector-packing"].cases())


def test_a_tiny_case_is_solved() -> None:
    """Tests that a case becomes a solution that reaches its published optimum."""
    case = cases("or-library")["mknap1-1"]
    assert vmopt.solve(case.make(0), time_limit=PATIENCE, threads=1, gap=0).objective == case.best_known


def test_changes() -> None:
    """Tests that fewer hosts keep their names and labels, lower capacities round down, priorities follow the seed."""
    labels = [{"rack": "1"}, {"rack": "2"}, {"rack": "3"}]
    names = ["a", "b", "c"]
    full = vmopt.Instance.from_arrays([[1.5], [2]], [[9.5], [8], [7]], host_names=names, host_labels=labels)
    fewer = with_first_hosts(full, 67)
    assert (list(fewer.host_names), fewer.host_labels) == (["a", "b"], ({"rack": "1"}, {"rack": "2"}))
    lower = with_capacity(full, 50)
    assert (lower.capacity / lower.scale).tolist() == [[4.5], [4.0], [3.5]]
    assert (lower.demand / lower.scale).tolist() == [[1.5], [2.0]]
    many = full.replace(demand=np.ones((100, 1)), priority=None)
    assert with_priorities(many, 3) == with_priorities(many, 3) != with_priorities(many, 4)


def test_sets_of_your_own() -> None:
    """Tests that a set needs a name, what it is about, and its cases; nothing else."""
    own = TestSet("own", "one case", lambda: iter([Case("a", lambda seed: vmopt.generate(hosts=1, seed=seed), 1)]))
    assert own.missing() is None
    assert next(own.cases()).best_known is None


def test_rules_stand_beside_the_same_without() -> None:
    """Tests that a case with rules differs from the one without in its rules alone, and that gaps go by size."""
    found = cases("rules")
    ruled, plain = (found[name].make(3) for name in ("flavor-50", "flavor-50-without"))
    assert len(ruled.rules) == 4
    assert ruled.without_rules == plain != ruled
    assert found["flavor-50"].gap == 0.005
    gaps = {job.instance: job.requested_gap for job in Settings().jobs(SETS["rules"])}
    assert (gaps["flavor-50"], gaps["flavor-10000-without"]) == (0.005, 0.001)
    assert {job.requested_gap for job in Settings(gap=0.5).jobs(SETS["rules"])} == {0.5}


def test_readers_leave_rules_to_their_sets() -> None:
    """Tests that the sets that were there before rules have none, and that those with rules are the same otherwise."""
    for plain, ruled in (("huawei", "huawei-rules"), ("roadef", "roadef-rules")):
        without, with_rules = cases(plain), cases(ruled)
        assert not any(without[name].make(0).rules for name in list(without)[:3])
        assert [case for case in with_rules if not with_rules[case].make(0).rules] in ([], ["a2_1"])
    ruled_case = with_rules["a1_2"]
    assert ruled_case.make(0).without_rules == without["a1_2"].make(0).replace(priority=None)
    assert ruled_case.best_known == pytest.approx(ruled_case.make(0).value.sum(), rel=1e-12)


def test_only_everything_placed_is_enough() -> None:
    """Tests that the gap of machine reassignment under rules is below what any process is worth."""
    for case in cases("roadef-rules").values():
        value = case.make(0).value
        assert (value > SETS["roadef-rules"].gap * value.sum()).all()


def test_gpus_are_asked_for_in_fractions_and_whole() -> None:
    """Tests that more GPUs are asked for than there are, and that each is by itself."""
    instance = cases("gpus")["100-hosts"].make(0)
    of_gpus = instance.resources.index("gpu_milli")
    assert instance.demand[:, of_gpus].sum() > 1.2 * instance.capacity[:, of_gpus].sum()
    asked = {int(n) for n in instance.demand[:, of_gpus]}
    assert {200, 700, 1000, 8000} <= asked
    assert len(instance.host(0).parts["gpu"]) == 8
