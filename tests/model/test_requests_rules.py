"""Tests of the labels and rules of requests: what is kept when VMs are left out, and what files hold."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from vmopt.rules import Groups

LABELS = [{"app": "web"}, {"app": "web"}, {"app": "db"}, {}]
RACKS = vmopt.Instance.from_rows(
    [vmopt.Host(h, {"cpu": 9}, {"rack": h[0]}) for h in ("a1", "a2", "b1")], [vmopt.VM("v", {"cpu": 1})]
)


def requests(*rules, **more):
    """Four VMs with labels."""
    return vmopt.Requests.from_arrays(
        [0, 1, 2, 3], [[1], [1], [2], [3]], resources=["cpu"], vm_labels=LABELS, rules=rules, **more
    )


class TestOn:
    """Rules are resolved when there are hosts."""

    def test_labels(self):
        """Tests that rules by label of VMs and of hosts find both."""
        asked = requests(vmopt.Spread.by_label("app", over="rack"), vmopt.Fence(Groups.labelled("app", "db"), "b1"))
        spread, fence = asked.on(RACKS).rules_in_force
        assert spread.group.of.tolist() == [1, 1, 0, -1]
        assert spread.domain.of.tolist() == [0, 0, 1]
        assert fence.domain.of.tolist() == [-1, -1, 0]

    def test_squeezed(self):
        """Tests that requests at another pace keep labels and rules."""
        rule = vmopt.Spread.by_label("app")
        faster = requests(rule, duration=[60] * 4).at_load(0.5, RACKS)
        assert faster.rules == (rule,)
        assert faster.vm_labels[2]["app"] == "db"

    def test_no_rule(self):
        """Tests that something else is refused."""
        with pytest.raises(vmopt.InstanceError, match="give rules such as"):
            requests("spread")


class TestTake:
    """What is left of rules for some of the VMs."""

    @pytest.mark.parametrize(
        ("rule", "left"),
        [
            (vmopt.Spread(["vm-0", "vm-2"]), vmopt.Spread(["vm-2"])),
            (vmopt.Spread([["vm-0", "vm-1"], ["vm-2"]], most=[1, 2]), vmopt.Spread(["vm-2"], most=[2])),
            (vmopt.Spread("vm-*"), vmopt.Spread("vm-*")),
            (vmopt.Gather(["vm-[01]", "vm-3"]), vmopt.Gather(["vm-3"])),
            (vmopt.Spread.by_label("app"), vmopt.Spread.by_label("app")),
            (vmopt.Spread.by_label("app", most=[1, 2]), vmopt.Spread.by_label("app", most=[1])),
            (vmopt.Gather(np.array([4, 4, 7, 7])), vmopt.Gather(np.array([1, 1]))),
            (vmopt.Apart("vm-0", ["vm-2", "vm-3"]), None),
            (vmopt.Fence("vm-3", "a1"), vmopt.Fence("vm-3", "a1")),
            (vmopt.Ban(["vm-0", "vm-1"], "a1"), None),
            (vmopt.Empty("a1"), vmopt.Empty("a1")),
            (vmopt.Quota(3), vmopt.Quota(3)),
            (vmopt.Quota(3, of="vm-1"), None),
        ],
    )
    def test_take(self, rule, left):
        """Tests that groups keep those who are left, and who speaks of nobody is gone."""
        taken = requests(rule).take([2, 3])
        assert taken.rules == (() if left is None else (left,))
        assert len(taken.on(RACKS).rules_in_force) == len(taken.rules)

    def test_pairs_by_label(self):
        """Tests that a pair that has lost one side is gone, though a label would still speak of the other."""
        sides = np.array([0, -1, -1, 1]), np.array([-1, 0, 1, -1])
        left = requests(vmopt.Apart(*sides, most=[3, 4])).take([1, 2, 3]).rules[0]
        assert left == vmopt.Apart(np.array([-1, -1, 1]), np.array([-1, 1, -1]), most=[4])


class TestFiles:
    """JSON holds labels and rules."""

    def test_round_trip(self, tmp_path):
        """Tests that hosts and requests come back as they were, with the rules of hosts among them."""
        asked = requests(vmopt.Spread.by_label("app", over="rack"), vmopt.Gather(np.array([0, 0, -1, -1])))
        hosts = RACKS.replace(rules=[vmopt.Empty("a2")])
        vmopt.io.write_requests(hosts, asked, tmp_path / "r.json")
        again, read = vmopt.io.read_requests(tmp_path / "r.json")
        assert read.rules == (*asked.rules, vmopt.Empty("a2"))
        assert read.vm_labels == asked.vm_labels
        assert again == asked.on(hosts)
        assert '"version": 2' in (tmp_path / "r.json").read_text().replace('":2', '": 2')

    def test_without(self, tmp_path):
        """Tests that files without labels and rules are of the version that has none."""
        plain = vmopt.Requests.from_arrays([0], [[1]], resources=["cpu"])
        vmopt.io.write_requests([vmopt.Host("h", {"cpu": 2})], plain, tmp_path / "r.json")
        text = (tmp_path / "r.json").read_text()
        assert '"version": 1' in text.replace('":1', '": 1')
        assert "labels" not in text
        assert "rules" not in text
