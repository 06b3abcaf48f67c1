"""Tests of the stages that auto chooses, by the shape of the instance and the time that there is."""

from __future__ import annotations

import numpy as np
import pytest

from vmopt.generate import generate
from vmopt.methods import auto, column_generation, neighbourhood
from vmopt.methods.patterns.parameters import DEFAULT
from vmopt.model.instance import Instance
from vmopt.problem import compile

PATTERNS = (column_generation.run, column_generation.run_once)


def stages(instance: Instance, seconds: float) -> list[object]:
    return [stage for stage, _ in auto._stages(compile(instance), seconds)]


@pytest.mark.parametrize(("seconds", "dives"), [(1.0, False), (3600.0, True)])
def test_different_vms_are_dived_for_where_there_is_time(seconds: float, dives: bool) -> None:
    """Tests that hosts of few VMs, all different, are left to exchanges where a dive would not end in time."""
    chosen = stages(generate("large", hosts=100), seconds)
    assert (column_generation.run in chosen) is dives
    assert neighbourhood.run in chosen


def test_where_kinds_are_very_many_no_time_goes_into_patterns() -> None:
    """Tests that VMs of more classes than patterns are made of do without them, however often each class comes."""
    kinds = DEFAULT.most_vm_classes + 1
    demand = np.repeat(np.column_stack([np.arange(1, kinds + 1), np.arange(kinds, 0, -1)]), 3, axis=0)
    instance = Instance.from_arrays(demand, np.full((200, 2), 3 * kinds))
    assert not set(stages(instance, 3600.0)) & set(PATTERNS)
    assert neighbourhood.run in stages(instance, 3600.0)


@pytest.mark.parametrize(("hosts", "combined"), [(1, False), (5, True)])
def test_patterns_of_many_different_vms_are_combined_on_few_hosts(hosts: int, combined: bool) -> None:
    """Tests that patterns fill several hosts of some forty VMs each, and walks a single one."""
    rng = np.random.default_rng(0)
    instance = Instance.from_arrays(
        rng.integers(1, 101, (40 * hosts, 5)),
        rng.integers(900, 1100, (hosts, 5)),
        value=rng.integers(1, 101, 40 * hosts),
    )
    assert (column_generation.run_once in stages(instance, 60.0)) is combined
