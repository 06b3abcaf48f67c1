from pathlib import Path

import jsonschema
import numpy as np
import orjson
import pytest

import vmopt
from tests.inside.draws import cluster
from vmopt import VM, Host, OneOf, Part, Pieces
from vmopt.errors import FileError, InstanceError
from vmopt.rules.inside import inside_of, misplaced

MIG = {
    "1g.5gb": (1, range(7)),
    "1g.10gb": (2, [0, 2, 4, 6]),
    "2g.10gb": (2, [0, 2, 4]),
    "3g.20gb": (4, [0, 4]),
    "4g.20gb": (4, [0]),
    "7g.40gb": (8, [0]),
}


def sliced(profiles: str, n_gpus: int = 1) -> vmopt.Instance:
    gpu = Part(slots=8, profiles=MIG)
    vms = [VM(f"v{n}", {"cpu": 1}, pieces=[Pieces("gpu", profile=name)]) for n, name in enumerate(profiles.split())]
    return vmopt.Instance.from_rows([Host("h", {"cpu": 64}, parts={"gpu": [gpu] * n_gpus})], vms)


@pytest.mark.parametrize(
    ("profiles", "fit"),
    [
        ("3g.20gb 4g.20gb", 2),
        ("4g.20gb 4g.20gb", 1),
        ("3g.20gb 3g.20gb 1g.5gb", 2),
        ("2g.10gb 2g.10gb 2g.10gb 2g.10gb", 3),
        ("2g.10gb 2g.10gb 2g.10gb 1g.10gb", 4),
        (" ".join(["1g.5gb"] * 8), 7),
        ("7g.40gb 1g.5gb", 1),
    ],
)
@pytest.mark.parametrize("method", ["auto", "exact", "greedy-priority"])
def test_slices_start_where_they_may(profiles: str, fit: int, method: str) -> None:
    solution = vmopt.solve(sliced(profiles), method=method, time_limit=20)
    assert len(solution.placement) == fit
    assert vmopt.check_landings(solution.instance, solution.host_index, solution.parts) == ()


@pytest.mark.parametrize(
    ("sizes", "whole", "fit"),
    [([1 / 3] * 4, 1, 3), ([5 / 6, 1 / 6], 1, 2), ([2 / 3, 2 / 3, 2 / 3], 2, 3), ([0.7, 0.1, 0.2, 0.1], 1, 3)],
)
def test_floats_of_pieces_are_read_as_demands_are(sizes: list[float], whole: int, fit: int) -> None:
    vms = [VM(f"v{n}", {"cpu": 1}, pieces=[Pieces("gpu", 1, {"share": size})]) for n, size in enumerate(sizes)]
    instance = vmopt.Instance.from_rows([Host("h", {"cpu": 9}, parts={"gpu": [{"share": whole}]})], vms)
    solution = vmopt.solve(instance, gap=0, threads=1)
    assert solution.n_placed == fit
    assert vmopt.verify(instance, solution) == ()


def test_rows_come_back_from_columns() -> None:
    hosts, vms = cluster(5)
    again = vmopt.Instance.from_rows(hosts, vms)
    inside = inside_of(again)
    assert inside is not None
    for n, host in enumerate(hosts):
        assert again.host(n).parts == {kind: tuple(parts) for kind, parts in host.parts.items()}
    for n, vm in enumerate(vms):
        assert OneOf.of(again.vm(n).pieces or ()) == OneOf.of(vm.pieces or ())


def test_equal_asks_and_parts_are_one_class() -> None:
    share = [Pieces("gpu", 1, {"milli": 600})]
    hosts = [Host(f"h{n}", {"cpu": 8}, parts={"gpu": [{"milli": 1000}] * (1 + n // 2)}) for n in range(4)]
    vms = [VM(f"v{n}", {"cpu": 1}, pieces=share if n % 2 else ()) for n in range(8)]
    cluster = vmopt.Instance.from_rows(hosts, vms)
    assert cluster.vm_classes.count.tolist() == [4, 4]
    assert cluster.host_classes.count.tolist() == [2, 2]


def shares(sizes: list[int], n_gpus: int = 2) -> vmopt.Instance:
    vms = [VM(f"v{n}", {"cpu": 1}, value=1, pieces=[Pieces("gpu", 1, {"milli": size})]) for n, size in enumerate(sizes)]
    return vmopt.Instance.from_rows([Host("h", {"cpu": 64}, parts={"gpu": [{"milli": 1000}] * n_gpus})], vms)


@pytest.mark.parametrize(
    ("sizes", "most"),
    [([600, 601] * 3, 2.0), ([500] * 3 + [499] * 3, 4.0), ([334, 335, 336] * 3, 4.0), ([1000, 400] * 3, 3.5)],
)
def test_bounds_know_what_parts_leave_of_mixed_asks(sizes: list[int], most: float) -> None:
    instance = shares(sizes)
    relaxed = vmopt.relax(instance)
    assert relaxed.bound == pytest.approx(most)
    assert vmopt.verify_bound(instance, relaxed.prices, relaxed.rule_prices) == relaxed.bound
    assert relaxed.rule_table[0].group.startswith("milli of gpu")


def test_alternatives_count_at_their_least() -> None:
    either = OneOf([Pieces("gpu", 1, {"milli": 800})], [Pieces("gpu", 2, {"milli": 300})])
    vms = [VM(f"v{n}", {"cpu": 1}, value=1, pieces=either) for n in range(4)]
    instance = vmopt.Instance.from_rows([Host("h", {"cpu": 64}, parts={"gpu": [{"milli": 1000}] * 2})], vms)
    assert len(vmopt.solve(instance, gap=0).placement) == 3
    assert vmopt.relax(instance).bound == pytest.approx(3.0)


def test_limits_of_other_hosts_are_their_own() -> None:
    hosts = [Host(f"h{n}", {"cpu": 64}, parts={"gpu": [{"milli": 1000}] * n}) for n in (1, 3)]
    pods = [[Pieces("gpu", 1, {"milli": 600 + n % 2})] for n in range(8)]
    vms = [VM(f"v{n}", {"cpu": 1}, value=1, pieces=pieces) for n, pieces in enumerate(pods)]
    assert vmopt.relax(vmopt.Instance.from_rows(hosts, vms)).bound == pytest.approx(4.0)


def test_hosts_without_parts_imply_nothing() -> None:
    plain = vmopt.Instance.from_arrays([[1]], [[1]], rules=[vmopt.Spread(["vm-0"])])
    assert plain.limits_in_force == plain.rules_in_force


def test_hosts_without_parts_have_no_rule() -> None:
    assert vmopt.Instance.from_rows([Host("h", {"cpu": 1})], [VM("v", {"cpu": 1})]).rules == ()


@pytest.mark.parametrize("layout", ["rows", "columns"])
def test_json_brings_the_same_back(tmp_path: Path, layout: str) -> None:
    for instance in (*(vmopt.Instance.from_rows(*cluster(seed)) for seed in range(8)), sliced("1g.5gb 7g.40gb", 2)):
        vmopt.io.write_json(instance, tmp_path / "c.json", layout=layout)
        assert vmopt.io.read_json(tmp_path / "c.json") == instance
        jsonschema.validate(orjson.loads((tmp_path / "c.json").read_bytes()), vmopt.io.schema("instance"))


def test_json_with_unknown_keys_is_refused(tmp_path: Path) -> None:
    vmopt.io.write_json(sliced("1g.5gb"), tmp_path / "c.json")
    document = orjson.loads((tmp_path / "c.json").read_bytes())
    document["rules"][0]["pieces"]["pieces of v0"][0][0]["color"] = "red"
    (tmp_path / "c.json").write_bytes(orjson.dumps(document))
    with pytest.raises(FileError, match="'color' is unknown"):
        vmopt.io.read_json(tmp_path / "c.json")


def test_landings_of_a_state_are_judged_once_and_wrong_ones_again() -> None:
    """Tests that hosts which hold the same are judged together, and that a wrong landing is told each time."""
    hosts = [Host(f"h{n}", {"cpu": 9}, parts={"gpu": [{"milli": 1000}] * 2}) for n in range(4)]
    vms = [VM(f"v{n}", {"cpu": 1}, pieces=[Pieces("gpu", 1, {"milli": 600})]) for n in range(8)]
    instance, where = vmopt.Instance.from_rows(hosts, vms), np.repeat(np.arange(4), 2)
    here = inside_of(instance)
    assert here is not None
    assert misplaced(instance, where) == ()
    assert len(here.book.judged) == 1
    (state,) = set(here.states_of(where)[1].tolist())
    here.book.judged.clear()
    here.book._stands[state] = (), [(0, (((0, -1),),))] * 2
    for _ in range(2):
        assert "gives more milli than it has" in str(misplaced(instance, where)[0])
    assert not here.book.judged


def test_a_warm_start_keeps_its_proof() -> None:
    first = vmopt.solve(sliced("3g.20gb 3g.20gb 1g.5gb"), gap=0)
    assert vmopt.solve(first.instance, warm_start=first, gap=0).objective == first.objective


def test_stated_landings_are_judged() -> None:
    instance, at = sliced("3g.20gb 3g.20gb", 2), np.array([0, 0])
    good = {"v0": [vmopt.Landing("gpu", (0,), (0,))], "v1": [vmopt.Landing("gpu", (0,), (4,))]}
    assert vmopt.check_landings(instance, at, good) == ()
    for wrong in ((0, 0), (0, 2), (2, 4)):
        bad = {**good, "v1": [vmopt.Landing("gpu", (wrong[0],), (wrong[1],))]}
        assert vmopt.check_landings(instance, at, bad)
    assert vmopt.check_landings(instance, at, {"v0": good["v0"]})


def asking(piece: Pieces) -> vmopt.Instance:
    host = Host("h", {"cpu": 8}, parts={"gpu": [{"milli": 1000}]})
    return vmopt.Instance.from_rows([host], [VM("v", {"cpu": 1}, pieces=[piece])])


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Part(slots=4, profiles={"a": (2, [3])}), "4 slots"),
        (lambda: Part({"cpu": -1}), "0 to 2"),
        (lambda: Pieces("gpu", 0), "at least 1"),
        (
            lambda: vmopt.Inside(["a"], {}, [None], {}).on(vmopt.Instance.from_arrays([[1]], [[1]])),
            "'a' have no pieces",
        ),
        (lambda: vmopt.Inside(["a"], {"a": []}, [None], {}, penalty=1), "penalty"),
        (
            lambda: asking(Pieces("gpus")),
            "'pieces of v' asks for parts of kind 'gpus', which no host has .kinds that there are: 'gpu'",
        ),
        (lambda: asking(Pieces("gpu", 1, {"mili": 1})), "'mili' of a gpu, which no host has .* 'milli'"),
        (lambda: asking(Pieces("gpu", profile="1g")), "profile '1g' of a gpu, which no host has .*none at all"),
    ],
)
def test_what_makes_no_sense_is_refused(make: object, said: str) -> None:
    with pytest.raises(InstanceError, match=said):
        make()  # type: ignore[operator]


def test_plans_keep_to_the_parts() -> None:
    share = [Pieces("gpu", 1, {"milli": 600})]
    hosts = [Host(name, {"cpu": 8}, parts={"gpu": [{"milli": 1000}] * 2}) for name in ("a", "b", "c")]
    vms = [VM(f"v{n}", {"cpu": 1}, pieces=share, current="ab"[n // 2]) for n in range(4)]
    now = vmopt.Instance.from_rows(
        hosts, vms, rules=[vmopt.Fence(["v0", "v1"], ["b"]), vmopt.Fence(["v2", "v3"], ["a"])]
    )
    plan = vmopt.plan(vmopt.solve(now))
    assert vmopt.verify_plan(plan) == ()
    assert len(plan.actions) > 4, "somebody has to be parked"
    for state in states(plan):
        assert vmopt.verify(now.replace(rules=now.rules[2:]), state) == ()


def states(plan: vmopt.Plan) -> list[np.ndarray]:
    """Placements after each action, one after the other as they are listed."""
    at, found = plan.current.copy(), []
    for action in plan.actions:
        at[action.vm] = action.target
        found.append(at.copy())
    return found


def test_explanations_speak_of_parts_and_do_not_propose_to_drop_them() -> None:
    """Tests that who does not land is told so in a few words, and that hosts are not taken to have other parts."""
    gpus = {"two": {"gpu": [{"milli": 1000}] * 2}}
    rule = vmopt.Inside(["big"] * 5, {"big": [vmopt.Pieces("gpu", 1, {"milli": 800})]}, ["two"] * 2, gpus)
    solution = vmopt.solve(vmopt.Instance.from_arrays([[1]] * 5, [[8]] * 2, rules=[rule]), gap=0, threads=1)
    told = vmopt.explain(solution, solution.unplaced[0])
    assert "parts short of 1 gpu (800 milli) on 2 hosts" in str(told)
    assert told.step("rule") is None


@pytest.mark.parametrize("name", ["milli", "gpu.milli", "gpu"])
def test_a_balance_of_parts_is_refused_with_a_way(name: str) -> None:
    host = vmopt.Host("h", {"cpu": 8}, parts={"gpu": [{"milli": 1000}], "numa": [{"cpu": 8}]})
    vm = vmopt.VM("v", {"cpu": 1}, pieces=[vmopt.Pieces("gpu", 1, {"milli": 1})])
    instance = vmopt.Instance.from_rows([host], [vm])
    with pytest.raises(vmopt.InstanceError, match="goals know no parts of hosts, such as gpu: make each a host"):
        vmopt.Balance(name, "fragments", size=500).value(instance, np.array([0]))
    with pytest.raises(vmopt.InstanceError, match=r"'disk', but the resources are cpu"):
        vmopt.Balance("disk").value(instance, np.array([0]))
