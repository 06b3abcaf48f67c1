"""Tests of the text of instances and relaxations."""

from __future__ import annotations

import numpy as np
import pytest

from tests.summary.builders import CLUSTER, PRICES, facts_of, relaxation_of
from vmopt import summary
from vmopt.model.instance import Instance
from vmopt.model.objective import Objective


class TestInstance:
    """The lines of an instance."""

    def test_text(self):
        """Tests that counts, classes, priorities and amounts of an instance are told."""
        text = summary.instance_text(CLUSTER)
        assert facts_of(text.partition("\n\n")[0]) == {
            "VMs": "5 in 5 classes",
            "hosts": "2 in 2 classes",
            "objective": "priority weighting",
            "priorities": "1 to 5",
        }
        assert [line.split() for line in text.splitlines()[-2:]] == [
            ["cpu", "12", "19", "158.3", "%"],
            ["memory", "48", "60", "125.0", "%"],
        ]

    def test_own_units(self):
        """Tests that amounts are told in the units they were given in."""
        instance = Instance.from_arrays([[0.25], [0.5]], [[1.5]], resources=["cpu"])
        assert summary.instance_text(instance).splitlines()[-1].split()[:3] == ["cpu", "1.5", "0.75"]

    def test_extras(self):
        """Tests that containers, own values and weighting are told where there are any."""
        instance = CLUSTER.replace(
            is_container=[True, False, True, False, False],
            value=[1, None, None, None, 2],
            objective=Objective("demand"),
        )
        facts = facts_of(summary.instance_text(instance).partition("\n\n")[0])
        assert facts["containers"] == "2 of the VMs"
        assert facts["values"] == "2 VMs with a value of its own"
        assert facts["objective"] == "demand weighting"

    def test_no_capacity(self):
        """Tests that a resource of which there is none is told, not divided by."""
        assert "none offered" in summary.instance_text(Instance.from_arrays([[4, 1]], [[8, 0]]))


class TestRelaxation:
    """The lines of a relaxation."""

    def test_scarce_and_plenty(self):
        """Tests that resources with a price are called scarce, the dearest first, and the others plenty."""
        facts = facts_of(summary.relaxation_text(relaxation_of(CLUSTER, PRICES)).partition("\n\n")[0])
        assert facts["scarce"] == "cpu 88.2 %, memory 11.8 % of the worth of all capacity"
        assert "plenty" not in facts
        alone = facts_of(summary.relaxation_text(relaxation_of(CLUSTER, PRICES * [1, 0])).partition("\n\n")[0])
        assert alone["plenty"] == "memory"

    @pytest.mark.parametrize("tiny", [0.0, 1e-24])
    def test_nothing_scarce(self, tiny):
        """Tests that prices of 0, and those that are rounding, mean that nothing is scarce."""
        text = summary.relaxation_text(relaxation_of(CLUSTER, PRICES * tiny))
        assert facts_of(text.partition("\n\n")[0])["scarce"].startswith("nothing")
        assert [line.split()[2:] for line in text.splitlines()[-2:]] == [["0", "0"], ["0", "0"]]

    def test_prices_in_own_units(self):
        """Tests that a price is for one unit as the user gave it, not for the integer unit inside."""
        instance = Instance.from_arrays([[0.25]], [[0.5]], resources=["cpu"], host_names=["h1"])
        text = summary.relaxation_text(relaxation_of(instance, np.array([[0.75]])))
        assert text.splitlines()[-1].split() == ["h1", "1", "3"]

    def test_class_rows(self):
        """Tests that prices stand in the row of a host of their class."""
        instance = CLUSTER.replace(capacity=[[4, 16], [8, 32]], host_names=["small", "large"])
        rows = [line.split() for line in summary.relaxation_text(relaxation_of(instance, PRICES)).splitlines()[-2:]]
        assert rows == [["large", "1", "0.2", "0.01"], ["small", "1", "0.2", "0"]]

    def test_many_classes(self):
        """Tests that hundreds of host classes are cut to the first twenty and a count of the rest."""
        instance = Instance.from_arrays([[1]], [[c] for c in range(1, 301)])
        text = summary.relaxation_text(relaxation_of(instance, np.ones((300, 1))))
        assert text.splitlines()[-1].split() == ["280", "more", "classes", "280"]
