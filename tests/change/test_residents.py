"""VMs that belong to their hosts: hosts are emptied without them, and lost with them."""

from __future__ import annotations

import pytest

import vmopt
from vmopt.errors import OptionError

NAMES = ["agent-0", "agent-1", "agent-2", "web", "db"]


def cluster(*rules, capacity=4, now=(0, 1, 2, 0, 1), must="*"):
    """Three hosts with an agent each, and two VMs."""
    rules = [vmopt.Resident("agent-*"), vmopt.Spread("agent-*"), vmopt.MustRun(must), *rules]
    return vmopt.Instance.from_arrays(
        [[1], [1], [1], [2], [2]], [[capacity]] * 3, vm_names=NAMES, current=now, rules=rules, resources=["cpu"]
    )


def test_a_host_is_emptied_without_its_agent():
    plan = vmopt.evacuate(cluster(), "host-0")
    assert [plan.vm_name(action) for action in plan.actions] == ["web"]
    assert "agent-0" not in plan.solution.placement
    assert plan.solution.placement["agent-1"] == "host-1"


def test_a_host_of_many_called_by_label_is_emptied_without_all_of_theirs():
    labelled = cluster().replace(host_labels=[{"rack": "a"}, {"rack": "a"}, {"rack": "b"}], capacity=[[9]] * 3)
    plan = vmopt.evacuate(labelled, "rack=a")
    assert sorted(plan.vm_name(action) for action in plan.actions) == ["db", "web"]


def test_who_is_kept_but_does_not_belong_there_keeps_a_host_from_being_emptied():
    kept = cluster(vmopt.Keep("web"))
    with pytest.raises(OptionError, match=r"keep\(\[web\]\).* Rules keep there: web\.$"):
        vmopt.evacuate(kept, "host-0")
    told = kept.replace(vm_labels=[{}, {}, {}, {"kept-for": "local data"}, {}])
    with pytest.raises(OptionError, match=r"Rules keep there: web \(local data\)\.$"):
        vmopt.evacuate(told, "host-0")


def test_agents_of_lost_hosts_are_not_missed():
    assert vmopt.headroom(cluster()).holds
    full = vmopt.headroom(cluster(capacity=3))
    assert [loss.domains[0] for loss in full.broken] == []
    tight = vmopt.headroom(cluster(capacity=3, now=(0, 1, 2, 0, 2)))
    assert tight.holds
    assert [loss.n_victims for loss in tight.losses] == [1, 0, 1]


def test_others_that_have_no_room_are_missed():
    found = vmopt.headroom(cluster(capacity=3, now=(0, 1, 2, 0, 1)).replace(demand=[[1], [1], [2], [2], [2]]))
    assert [(loss.domains, loss.out) for loss in found.broken] == [(("host-0",), ("web",)), (("host-1",), ("db",))]


@pytest.mark.parametrize("lose", ["fail", "remove_hosts", "drain"])
def test_a_question_about_a_lost_host_is_one_without_its_agent(lose):
    asked = getattr(vmopt.what_if(vmopt.solve(cluster())), lose)("host-0")
    found = asked.solve()
    assert found.after.status == "optimal"
    assert (found.after.vms, found.after.placed, found.stops) == (4, 4, ())
    assert [vm for vm, _, _ in found.moves] == ["web"]


@pytest.mark.parametrize("lose", ["fail", "remove_hosts"])
def test_who_ran_on_a_lost_host_stops_where_there_is_no_room_and_nobody_else_does(lose):
    tight = cluster(capacity=3).replace(demand=[[1], [1], [2], [2], [2]])
    found = getattr(vmopt.what_if(vmopt.solve(tight)), lose)("host-0").solve()
    assert (found.after.status, found.stops) == ("optimal", ("web",))
    assert "need not run again" in str(found)


def test_who_was_kept_on_a_lost_host_starts_elsewhere():
    found = vmopt.what_if(vmopt.solve(cluster(vmopt.Keep("web")))).fail("host-0").solve()
    assert (found.stops, [vm for vm, _, _ in found.moves]) == ((), ["web"])


def test_a_wish_that_vms_stay_makes_none_of_them_belong_anywhere():
    soft = [vmopt.Resident("agent-*", penalty=1), vmopt.MustRun("*")]
    plan = vmopt.evacuate(cluster().replace(rules=soft), "host-0")
    assert sorted(plan.vm_name(action) for action in plan.actions) == ["agent-0", "web"]
