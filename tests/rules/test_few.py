"""Groups that are kept by their members: rules mean what they mean with a column."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from vmopt.rules.few import FewOf
from vmopt.rules.members import FEW_PART, MANY_RULES

N_VMS, N_HOSTS = 40, 20


def drawn(seed: int, n_rules: int, *, by_name: bool) -> vmopt.Instance:
    """Draw rules about a VM or two each, by name or by a column."""
    rng = np.random.default_rng(seed)
    rules: list[vmopt.Rule] = []
    for sort in rng.choice([vmopt.Fence, vmopt.Ban, vmopt.MustRun], n_rules, p=[0.45, 0.45, 0.1]):
        vms, hosts = rng.choice(N_VMS, 2, replace=False), rng.choice(N_HOSTS, rng.choice([1, 12]), replace=False)
        whom = [f"vm-{v}" for v in vms] if by_name else np.isin(np.arange(N_VMS), vms)
        where = [f"host-{h}" for h in hosts] if by_name else np.isin(np.arange(N_HOSTS), hosts)
        rules.append(sort(whom) if sort is vmopt.MustRun else sort(whom, where, penalty=rng.choice([None, 0.5])))
    return vmopt.Instance.from_arrays([[1]] * N_VMS, [[4]] * N_HOSTS, rules=rules)


@pytest.mark.parametrize("by_name", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_the_same_by_members_and_by_columns(seed: int, by_name: bool) -> None:
    """Tests that breaches, violations and classes are those of the same rules one by one, which have columns."""
    many = drawn(seed, 2 * MANY_RULES, by_name=by_name)
    assert any(isinstance(here.group, FewOf) for here in many.rules_in_force)
    assert any(not isinstance(here.domain, FewOf) for here in many.rules_in_force)
    rng = np.random.default_rng(seed)
    for host_index in rng.integers(-1, N_HOSTS, (5, N_VMS)):
        for rule, here in zip(many.rules, many.rules_in_force, strict=True):
            alone = rule.on(many.replace(rules=[rule]))
            assert not isinstance(alone.group, FewOf)
            assert list(map(str, here.breaches(host_index))) == list(map(str, alone.breaches(host_index)))
            assert here.violation(host_index) == alone.violation(host_index)
    keys = [key for here in many.rules_in_force for key in here.vm_keys]
    assert len(many.vm_classes) == len(np.unique(np.column_stack(keys), axis=0))
    keys = [key for here in many.rules_in_force for key in here.host_keys]
    assert len(many.host_classes) == len(np.unique(np.column_stack(keys), axis=0))


def test_many_of_all_have_a_column() -> None:
    """Tests that a rule about more than a few has its column, however many rules there are."""
    crowd = vmopt.Fence([f"vm-{v}" for v in range(int(FEW_PART * N_VMS) + 1)], "host-0")
    rules = [crowd, *(vmopt.Fence(f"vm-{v % N_VMS}", f"host-{v % N_HOSTS}") for v in range(MANY_RULES))]
    instance = vmopt.Instance.from_arrays([[1]] * N_VMS, [[4]] * N_HOSTS, rules=rules)
    assert [isinstance(here.group, FewOf) for here in instance.rules_in_force[:2]] == [False, True]
