"""What each goal means, word for word from the docstrings, in fractions, one VM and one host after the other."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isnan
from typing import Any

from tests.rules.violations import violation

Placement = Sequence[int]
ZERO = Fraction(0)


def exact(number: Any) -> Fraction:
    """A number as the decimal that it prints as."""
    return Fraction(repr(float(number)))


def level_value(level: Any, instance: Any, at: Placement) -> Fraction:
    """A sum of goals with weights; what is to be maximised counts against the others where there are several."""
    if len(level.terms) == 1 and level.terms[0][1].name == "utilisation":
        return exact(level.terms[0][0]) * utilisation(instance, at)
    return sum(
        (
            exact(w) * (-1 if goal.name == "utilisation" else 1) * measured(goal, instance, at)
            for w, goal in level.terms
        ),
        ZERO,
    )


def measured(goal: Any, instance: Any, at: Placement) -> Fraction:
    """What a placement has of a goal."""
    if goal.name == "utilisation":
        return utilisation(instance, at)
    if goal.name == "fewest-hosts":
        return fewest_hosts(goal, instance, at)
    if goal.name == "penalties":
        return penalties(instance)(at)
    if goal.name == "balance":
        return BALANCES[goal.kind](goal, instance, at)
    return OTHERS[goal.name](goal, instance, at)


def utilisation(instance: Any, at: Placement) -> Fraction:
    """sum_i W[i] R[i] x[i], less the penalties where no level names them; tiers trade nothing for these."""
    total = sum((worth(instance, vm) for vm, host in enumerate(at) if host >= 0), ZERO)
    named = any(goal.name == "penalties" for level in instance.objective.goal_levels for goal in level.goals)
    return total if named or instance.objective.weighting == "tiers" else total - penalties(instance)(at)


def tier_values(instance: Any, at: Placement) -> list[Fraction]:
    """What the placed VMs of each priority are worth, the highest priority first."""
    ranks = sorted({int(p) for p in instance.priority}, reverse=True)
    placed = [vm for vm, host in enumerate(at) if host >= 0]
    return [sum((worth(instance, vm) for vm in placed if int(instance.priority[vm]) == rank), ZERO) for rank in ranks]


def worth(instance: Any, vm: int) -> Fraction:
    """W[i] R[i], or the value that the VM was given."""
    if instance.own_value is not None and not isnan(instance.own_value[vm]):
        return exact(instance.own_value[vm])
    share = _share(instance, vm)
    weight = {"priority": exact(instance.priority[vm]), "demand": share, "tiers": Fraction(1)}
    return share * weight[instance.objective.weighting]


def _share(instance: Any, vm: int) -> Fraction:
    """The mean over the resources, of which there are any, of what the VM asks of all there is."""
    given = instance.objective.resource_weights
    total, share = ZERO, ZERO
    for k, name in enumerate(instance.resources):
        there = int(instance.capacity[:, k].sum())
        weight = Fraction(1) if given is None else exact(given.get(name, 0.0))
        if there:
            total += weight
            share += weight * int(instance.demand[vm, k]) / there
    return share / total if total else ZERO


def penalties(instance: Any) -> Any:
    """sum_r penalty[r] * violation[r] over the soft rules, as a function of the placement."""
    soft = [rule for rule in instance.rules if rule.penalty is not None]
    return lambda at: sum((exact(rule.penalty) * exact(violation(rule, instance, at)) for rule in soft), ZERO)


def fewest_hosts(goal: Any, instance: Any, at: Placement) -> Fraction:
    """Sum of the costs of the hosts that run anything."""
    return sum((_cost(goal.cost, instance, host) for host in {h for h in at if h >= 0}), ZERO)


def _cost(cost: Any, instance: Any, host: int) -> Fraction:
    """1, or from a label, from pairs of name and cost, or one number a host."""
    if cost is None:
        return Fraction(1)
    if isinstance(cost, str):
        return exact(instance.host_labels[host][cost])
    if cost and isinstance(cost[0], tuple):
        return exact(dict(cost)[instance.host_names[host]])
    return exact(cost[host])


def named(goal: Any, instance: Any) -> list[tuple[int, Fraction]]:
    """Columns of the resources that count, with their weights."""
    if goal.resources is None:
        return [(k, Fraction(1)) for k in range(len(instance.resources))]
    return [(list(instance.resources).index(name), exact(weight)) for name, weight in goal.resources]


def capacity(instance: Any, host: int, k: int) -> Fraction:
    """In the user's own unit."""
    return Fraction(int(instance.capacity[host, k]), int(instance.scale[k]))


def load(instance: Any, at: Placement, host: int, k: int) -> Fraction:
    """In the user's own unit."""
    asked = sum(int(instance.demand[vm, k]) for vm, on in enumerate(at) if on == host)
    return Fraction(asked, int(instance.scale[k]))


def fullness(instance: Any, at: Placement, k: int) -> list[Fraction]:
    """u[h,k] of the hosts that have any of the resource."""
    there = [h for h in range(instance.n_hosts) if instance.capacity[h, k] > 0]
    return [load(instance, at, h, k) / capacity(instance, h, k) for h in there]


def fullest(goal: Any, instance: Any, at: Placement) -> Fraction:
    """max_{h,k} u[h,k]."""
    return max((u for k, _ in named(goal, instance) for u in fullness(instance, at, k)), default=ZERO)


def spread(goal: Any, instance: Any, at: Placement) -> Fraction:
    """max_k (max_h u[h,k] - min_h u[h,k])."""
    columns = [fullness(instance, at, k) for k, _ in named(goal, instance)]
    return max((max(column) - min(column) for column in columns if column), default=ZERO)


def above(goal: Any, instance: Any, at: Placement) -> Fraction:
    """sum_{h,k} w[k] max(0, load[h,k] - level * capacity[h,k]), or what each host's own level is."""
    total = ZERO
    for place, (k, weight) in enumerate(named(goal, instance)):
        for h in range(instance.n_hosts):
            table = not isinstance(goal.level, float)
            level = exact(goal.level[h][place]) if table else exact(goal.level) * capacity(instance, h, k)
            total += weight * max(ZERO, load(instance, at, h, k) - level)
    return total


def ratio(goal: Any, instance: Any, at: Placement) -> Fraction:
    """sum_h max(0, target * free[h,k1] - free[h,k2])."""
    (one, _), (other, _) = named(goal, instance)
    total = ZERO
    for h in range(instance.n_hosts):
        first, second = (capacity(instance, h, k) - load(instance, at, h, k) for k in (one, other))
        total += max(ZERO, exact(goal.target) * first - second)
    return total


def fragments(goal: Any, instance: Any, at: Placement) -> Fraction:
    """sum_{h,k} w[k] (free[h,k] mod size)."""
    return sum(
        (
            weight * ((capacity(instance, h, k) - load(instance, at, h, k)) % exact(goal.size))
            for k, weight in named(goal, instance)
            for h in range(instance.n_hosts)
        ),
        ZERO,
    )


BALANCES = {"max": fullest, "spread": spread, "above": above, "ratio": ratio, "fragments": fragments}


def moved(instance: Any, at: Placement) -> list[int]:
    """VMs that run now, and change host or stop."""
    return [vm for vm, now in enumerate(instance.current.tolist()) if now >= 0 and at[vm] != now]


def fewest_moves(goal: Any, instance: Any, at: Placement) -> Fraction:
    """sum_i cost[i] [h'(i) != h(i)]."""
    if goal.cost is not None:
        k = list(instance.resources).index(goal.cost)
        return sum((Fraction(int(instance.demand[vm, k]), int(instance.scale[k])) for vm in moved(instance, at)), ZERO)
    given = instance.move_cost
    return sum((Fraction(1) if given is None else exact(given[vm]) for vm in moved(instance, at)), ZERO)


def moves_of_group(goal: Any, instance: Any, at: Placement) -> Fraction:
    """max_g sum_{i in g} [h'(i) != h(i)]."""
    groups = [instance.vm_labels[vm][goal.label] for vm in moved(instance, at) if goal.label in instance.vm_labels[vm]]
    return Fraction(max(map(groups.count, groups), default=0))


def distance(goal: Any, instance: Any, at: Placement) -> Fraction:
    """sum_i cost[h(i), h'(i)] over the VMs that run now and run then."""
    pairs = [(now, then) for now, then in zip(instance.current.tolist(), at, strict=True) if now >= 0 and then >= 0]
    return sum((exact(goal.cost[now][then]) for now, then in pairs), ZERO)


def latency(goal: Any, instance: Any, at: Placement) -> Fraction:
    """sum_p rate[p] * latency[p] / sum_p rate[p], where all hosts hang on one switch."""
    (link,) = set(goal.network.latency.tolist())
    sent = zip(goal.traffic.source.tolist(), goal.traffic.target.tolist(), goal.traffic.rate.tolist(), strict=True)
    rates = [(Fraction(rate), at[one] >= 0 and at[other] >= 0 and at[one] != at[other]) for one, other, rate in sent]
    return 2 * Fraction(link) * sum((rate for rate, far in rates if far), ZERO) / sum(rate for rate, _ in rates)


OTHERS = {
    "fewest-moves": fewest_moves,
    "moves-of-group": moves_of_group,
    "distance": distance,
    "latency": latency,
}
