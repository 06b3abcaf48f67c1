"""VMs that do not run because of the parts of hosts: what is said of them, and what would let them run."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from tests.inside.brute import best
from tests.inside.draws import cluster
from tests.thorough import met
from vmopt import VM, Host, OneOf, Part, Pieces
from vmopt.explain import Reason
from vmopt.explain.hosts import Hosts
from vmopt.explain.more_parts import more_parts
from vmopt.explain.scene import Scene
from vmopt.rules.text import shown_rule
from vmopt.summary.inside import part_in_words

GPU = {"milli": 1000}


def share(name: str, milli: int = 600, value: float | None = None) -> VM:
    return VM(name, {"cpu": 1}, value=value, pieces=[Pieces("gpu", 1, {"milli": milli})])


def solved(hosts: list[Host], vms: list[VM]) -> vmopt.Solution:
    return vmopt.solve(vmopt.Instance.from_rows(hosts, vms), gap=0)


@pytest.fixture(scope="module")
def crowded() -> vmopt.Solution:
    hosts = [Host(f"h{n}", {"cpu": 8}, parts={"gpu": [GPU] * 2}) for n in range(2)]
    vms = [share(f"pod-{n}", value=9) for n in range(4)]
    alternatives = OneOf([Pieces("gpu", 1, {"milli": 1200})], [Pieces("gpu", 3, {"milli": 400})])
    return solved(hosts, [*vms, share("late", value=1), VM("wide", {"cpu": 1}, value=1, pieces=alternatives)])


def test_parts_that_are_full_are_named_with_what_is_asked_of_them(crowded: vmopt.Solution) -> None:
    why = vmopt.explain(crowded, "late")
    (reason,) = why.hosts
    assert (reason.why, reason.hosts, reason.rule) == ("full", 2, None)
    assert reason.pieces == "1 gpu (600 milli)"
    assert why.nearest is not None
    assert why.nearest.pieces == reason.pieces
    assert why.nearest.rules == ()


def test_parts_that_are_too_small_when_empty_are_no_matter_of_rules(crowded: vmopt.Solution) -> None:
    why = vmopt.explain(crowded, "wide")
    assert (why.kind, why.certain) == (Reason.TOO_LARGE, True)
    assert (
        str(why.hosts[0])
        == "too small for it, parts short of 1 gpu (1,200 milli) or 3 gpu (400 milli each), on 2 hosts"
    )


def test_all_that_do_not_run_are_told_with_their_pieces(crowded: vmopt.Solution) -> None:
    reasons = {row.examples[0]: row.reason for row in vmopt.explain(crowded).reasons}
    assert reasons["wide"].startswith("fits no host: parts short of 1 gpu (1,200 milli)")
    assert reasons["late"].endswith(": parts short of 1 gpu (600 milli)")


def test_more_parts_let_a_vm_run_and_no_fewer_do(crowded: vmopt.Solution) -> None:
    (late,) = [step for step in vmopt.explain(crowded, "late").steps if step.kind == "part"]
    assert (late.amount, late.resource, late.host) == (1, "gpu (1,000 milli)", "h0")


def test_parts_are_no_rule_to_be_dropped(crowded: vmopt.Solution) -> None:
    assert vmopt.explain(crowded, "late").step("rule") is None
    stuck = vmopt.Instance.from_rows(
        [Host("h", {"cpu": 8}, parts={"gpu": [GPU]})], [share("a"), share("b")], rules=[vmopt.MustRun("*")]
    )
    found = vmopt.conflict(stuck)
    assert found is not None
    assert any(mend.startswith("give hosts more parts") for mend in found.mends)
    assert not any(mend.startswith("drop") for mend in found.mends)


def test_the_rule_is_shown_without_what_it_says_of_each_group(crowded: vmopt.Solution) -> None:
    assert shown_rule(crowded.instance.rules[0]) == "inside(6 of 6 in 2 groups, hosts: 2 of 2)"


def test_steps_do_what_they_say_and_fewer_do_not() -> None:
    assert sum(map(_right_steps, range(300, 300 + met(36)))) > 5


def _right_steps(seed: int) -> int:
    hosts, vms = cluster(seed)
    right = 0
    instance = vmopt.Instance.from_rows(hosts, vms)
    solution = vmopt.solve(instance, method="greedy-priority")
    for vm in np.flatnonzero(solution.host_index < 0).tolist():
        for step in more_parts(Hosts(Scene(instance, solution.host_index), vm)):
            at = instance.host_names.index_of[step.host]
            guests = [vms[n] for n in np.flatnonzero(solution.host_index == at).tolist()]
            grown = [
                _worth(_more(hosts[at], str(step.resource), n), [*guests, vms[vm]])
                for n in (int(step.amount) - 1, int(step.amount))
            ]
            assert grown[0] < len(guests) + 1 == grown[1]
            right += 1
    return right


def _worth(host: Host, vms: list[VM]) -> int:
    return best([host], [VM(vm.name, vm.demand, value=1, pieces=vm.pieces) for vm in vms])


def _more(host: Host, said: str, number: int) -> Host:
    kinds = {kind: [p if isinstance(p, Part) else Part(p) for p in some] for kind, some in host.parts.items()}
    kind, part = next((k, p) for k, some in kinds.items() for p in some if part_in_words(k, p) == said)
    return Host(host.name, host.capacity, parts={**kinds, kind: [*kinds[kind], *[part] * number]})


def test_only_the_kinds_of_parts_that_are_short_are_named() -> None:
    """Tests a host whose GPU is full, one whose node is full as well, and one whose node alone is."""
    parts = {"gpu": [GPU], "numa": [{"cpu": 4}]}
    hosts = [Host(f"h{n}", {"cpu": 40}, parts=parts) for n in range(3)]
    both = [Pieces("gpu", 1, {"milli": 600}), Pieces("numa", 1, {"cpu": 2})]
    asks = [both, both, [Pieces("numa", 1, {"cpu": 2})], [Pieces("numa", 1, {"cpu": 3})], both]
    vms = [VM(f"v{n}", {"cpu": 1}, pieces=ask) for n, ask in enumerate(asks)]
    scene = Scene(vmopt.Instance.from_rows(hosts, vms), np.array([0, 1, 1, 2, -1]))
    assert {reason.example: reason.pieces for reason in Hosts(scene, 4).reasons()} == {
        "h0": "1 gpu (600 milli)",
        "h1": "1 gpu (600 milli) and 1 numa (2 cpu)",
        "h2": "1 numa (2 cpu)",
    }
