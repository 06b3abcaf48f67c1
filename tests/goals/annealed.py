"""Clusters that are annealed, their states, and what the checkers say of those."""

import numpy as np

import vmopt
from vmopt.goals import Balance, Distance, FewestMoves, MovesOfGroup
from vmopt.methods.goals.anneal.make import state_of
from vmopt.methods.goals.stage import Stage
from vmopt.options import Options, checked_limits
from vmopt.rules import Near, Reach, Transient

RACKS = ("a", "a", "b", "b", "c")
LEVEL = (
    Balance({"cpu": 3.0, "disk": 1.0}, "above", level=0.5)
    + 2 * Balance(("cpu", "disk"), "ratio", target=1.5)
    + FewestMoves()
    + 5 * MovesOfGroup("app")
    + 2 * Distance([[0 if a == b else abs(a - b) + 1 for b in range(5)] for a in range(5)])
)


def random_cluster(seed, n=9, hosts=5):
    """A cluster under rules of every kind that the kernel knows, which what runs now keeps."""
    rng = np.random.default_rng(seed)
    current = rng.integers(0, hosts, n)
    partner = np.append([0, 1], np.where(rng.random(n - 2) < 0.7, np.arange(n - 2) % 2, -1))
    candidates = [
        vmopt.Spread(rng.integers(-1, 3, n)),
        vmopt.Spread(rng.integers(-1, 2, n), over="rack", most=2),
        Reach(rng.integers(-1, 2, n), "rack", least=2),
        Near(np.arange(n) % 3 - 1, partner, "rack"),
        vmopt.Ban(rng.random(n) < 0.3, rng.random(hosts) < 0.3),
    ]
    demand = rng.integers(0, 4, (n, 2))
    capacity = np.zeros((hosts, 2), dtype=np.int64)
    np.add.at(capacity, current, demand)
    arrays = {
        "demand": demand,
        "capacity": capacity + rng.integers(1, 5, (hosts, 2)),
        "resources": ("cpu", "disk"),
        "current": current,
        "move_cost": rng.integers(0, 4, n),
        "transient": "disk",
        "host_labels": [{"rack": rack} for rack in RACKS[:hosts]],
        "vm_labels": [{"app": str(a)} for a in rng.integers(0, 3, n)],
        "objective": vmopt.Objective(levels=[LEVEL if hosts == 5 else FewestMoves()]),
    }
    kept = [
        rule for rule in candidates if not vmopt.verify(vmopt.Instance.from_arrays(**arrays, rules=[rule]), current)
    ]
    return vmopt.Instance.from_arrays(**arrays, rules=[Transient(), *kept, vmopt.MustRun("vm-*")])


def stage_of(cluster, placement=None):
    options = Options(None, *checked_limits(60, 0.0, 0, 1), None)
    level = cluster.objective.goal_levels[0]
    return Stage(cluster, options, level, (), cluster.current if placement is None else placement)


TOLLS = (np.array([3.0, 7.0]), np.array([11.0]))


def state_at(cluster, placement=None):
    """A state that charges tolls."""
    state = state_of(stage_of(cluster, placement), np.arange(cluster.n_vms))
    state.charge(*TOLLS)
    return state


def total(cluster, state):
    """What a placement costs with its tolls, from the data."""
    at = state.at[:-1]
    load = np.zeros(cluster.capacity.shape, dtype=np.int64)
    np.add.at(load, at, cluster.demand)
    gone, stay = np.flatnonzero(at != cluster.current), np.zeros(cluster.n_hosts, dtype=np.int64)
    np.add.at(stay, at[gone], cluster.demand[gone, 1])
    np.add.at(stay, cluster.current, cluster.demand[:, 1])
    over, above = np.maximum(load - cluster.capacity, 0), np.maximum(stay - cluster.capacity[:, 1], 0)
    tolls = float((over @ TOLLS[0]).sum() + above.sum() * TOLLS[1][0])
    return float(cluster.objective.goal_levels[0].value(cluster, at)) + tolls, not (over.any() or above.any())


def without_capacity(cluster, placement):
    """What a placement breaks but for capacities, of which entering is one."""
    roomy = cluster.replace(capacity=cluster.capacity + 1000, objective=vmopt.Objective())
    return vmopt.verify(roomy, placement)
