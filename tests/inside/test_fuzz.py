import random

import numpy as np
import pytest

import vmopt
from tests.inside.brute import feasible
from tests.inside.draws import cluster
from tests.inside.fuzz import faults


@pytest.mark.parametrize("seed", range(24))
def test_nobody_claims_what_is_not_so(seed: int) -> None:
    assert faults(seed) == []


@pytest.mark.parametrize("seed", range(40))
def test_verify_judges_as_brute_force_does(seed: int) -> None:
    hosts, vms = cluster(1000 + seed)
    instance, draw = vmopt.Instance.from_rows(hosts, vms), random.Random(seed)
    for _ in range(20):
        at = [draw.randint(-1, len(hosts) - 1) for _ in vms]
        assert (vmopt.verify(instance, np.array(at)) == ()) == feasible(hosts, vms, at)
