"""Quota-guided construction: the class relaxation tells which VMs go to which kind of host, then each kind is filled.

Where kinds of hosts differ in proportions and many resources are asked for, prices alone do not tell which VMs go
where: often they are the same for all. The relaxation does: it fills every kind of host with VMs that together ask for
what it has. Rounded to whole VMs these are quotas, and the VMs of a quota are dealt to the hosts of that kind as in
`price_guided`; what is left over is added where it fits.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods import greedy
from vmopt.methods.packing.losses import Losses
from vmopt.methods.price_guided import DealParameters, DealtHosts
from vmopt.methods.relaxation import relax_within
from vmopt.methods.search import Search
from vmopt.problem import Problem

METHOD = "quota-guided"
ROUNDING = 1e-6
"""What linear programs may be off a whole number."""


@dataclass(frozen=True)
class QuotaParameters:
    """How quotas are found and dealt."""

    share: float = 0.5
    """Part of the time left that the relaxation may take: nothing begins without it, but half must be left."""
    n_deals: int = 4
    """Deals, each with other weights: fewer than without quotas, which leave less to differ in."""
    binding: float = 4
    """Power of the part that is asked for by which a resource counts: the fullest ones decide."""
    dealt: DealParameters = field(default_factory=DealParameters)
    """How each quota is dealt to its hosts."""


DEFAULT = QuotaParameters()


def run(search: Search, parameters: QuotaParameters = DEFAULT) -> None:
    """Tighten the bound by the prices of the relaxation, and offer some deals by its quotas."""
    problem = search.problem
    relaxed = relax_within(search, parameters.share)
    if relaxed is None:
        return
    search.tighten_by_prices(relaxed.prices, METHOD)
    search.priced = True
    if problem.elastic:
        return
    losses = Losses(problem, relaxed.prices)
    host_class = quotas(problem, relaxed.placement)
    rng = np.random.default_rng(search.options.seed)
    levelling, emphasis = parameters.dealt.levelling, np.ones(problem.n_resources)
    for number in range(parameters.n_deals):
        if number and search.finished:
            break
        dealt = deal(problem, losses, host_class, levelling, emphasis, parameters)
        search.offer(greedy.complete(problem, dealt), METHOD)
        levelling = parameters.dealt.levelling * rng.uniform(*parameters.dealt.drawn_levelling)
        emphasis = rng.uniform(*parameters.dealt.drawn_emphasis, len(emphasis))


def quotas(problem: Problem, placement: csr_array) -> IntArray:
    """Host class of each VM, -1 for none: the whole parts of the relaxation, and the larger fractions rounded up.

    Parameters
    ----------
    placement : (n_vm_classes, n_host_classes) csr_array
        How many VMs of each class run on hosts of each class, fractions allowed.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> from vmopt.problem import compile
    >>> cluster = compile(Instance.from_arrays([[2], [2], [2]], [[4], [5]]))
    >>> quotas(cluster, csr_array(np.array([[1.6, 0.9]]))).tolist()
    [0, 0, 1]
    """
    vms = problem.vms
    wanted = placement.toarray()
    whole = np.minimum(np.cumsum(np.floor(wanted + ROUNDING).astype(np.int64), axis=1), vms.count[:, None])
    whole = np.diff(whole, axis=1, prepend=0)
    part = wanted - whole
    for j, c in np.argwhere(part >= 0.5)[np.argsort(-part[part >= 0.5], kind="stable")].tolist():
        whole[j, c] += whole[j].sum() < vms.count[j]
    column = np.column_stack([whole, vms.count - whole.sum(axis=1)])
    kinds = np.append(np.arange(whole.shape[1]), -1)
    host_class = np.empty(problem.n_vms, dtype=np.int64)
    host_class[np.argsort(vms.of, kind="stable")] = np.repeat(np.tile(kinds, len(vms)), column.ravel())
    return host_class


def deal(
    problem: Problem,
    losses: Losses,
    host_class: IntArray,
    levelling: float,
    emphasis: FloatArray,
    parameters: QuotaParameters = DEFAULT,
) -> IntArray:
    """Deal the VMs of each quota to the hosts of its class, the largest first, in groups that are fair samples.

    Parameters
    ----------
    host_class : (n_vms,) int64 array
        Quota of each VM.
    levelling : float
        Weight of filling hosts evenly against filling them in proportion.
    emphasis : (n_resources,) array
        Factors of the scarcity of the resources.

    Returns
    -------
    (n_vms,) int64 array
        Host of each VM, -1 where it runs nowhere.
    """
    host_index = np.full(problem.n_vms, -1, dtype=np.int64)
    for c in range(len(problem.hosts)):
        hosts, vms = np.flatnonzero(losses.host_class == c), np.flatnonzero(host_class == c)
        if not len(vms):
            continue
        offered = np.maximum(problem.capacity[hosts].sum(axis=0), 1)
        scarcity = np.minimum(problem.demand[vms].sum(axis=0) / offered, 1.0) ** parameters.binding * emphasis
        scarcity /= max(float(scarcity.sum()), ROUNDING)
        order = vms[np.argsort(-(problem.demand[vms] @ (scarcity / offered)), kind="stable")]
        n_groups = max(1, round(len(hosts) / parameters.dealt.hosts_at_once))
        for group in range(n_groups):
            table = DealtHosts(problem, losses, hosts[group::n_groups], scarcity, levelling, parameters.dealt.roughly)
            for some, where in table.rounds(order[group::n_groups]):
                host_index[some] = where
    return host_index
