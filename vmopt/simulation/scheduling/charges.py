"""Charges: what capacity is worth while VMs run, told from what has been asked for lately."""

from __future__ import annotations

import numpy as np

from vmopt.model.instance import Instance
from vmopt.model.objective import FloatArray, IntArray
from vmopt.simulation.kinds import State
from vmopt.simulation.moment import Moment
from vmopt.solve import relax

LATELY = 2000
"""So many VMs, those that came last, tell what is asked for."""
UNIT = 10**9
RENEW = 0.05
"""Prices are worked out anew when this part of the time they speak of has passed, or of the VMs has come."""


class Charges:
    """Prices of capacity per second, from the fluid relaxation of the stream of requests.

    VMs that came within a time L ask for ``d[i,k] * duration[i]`` of the ``C[k] * L`` that the cluster offers in that
    time, and are worth ``value[i] * duration[i]``. Which of them would be served if they could be cut at will is a
    linear program; the prices of its capacities say what a unit of a resource earns per second at the best. Where
    less is asked for than there is, they are 0 (bid prices of revenue management: Talluri and van Ryzin, 2004, ch. 3).
    L is the time since the first of the VMs that came lately, and at least their mean duration: a stream of which less
    than that has been seen says little.
    """

    def __init__(self) -> None:
        self._prices: FloatArray = np.zeros(0)
        self._n_come = 0
        self._renew_at = -np.inf

    def of(self, moment: Moment, vms: IntArray) -> FloatArray:
        """What it costs per second to run each of these VMs, in units of the objective."""
        come = np.flatnonzero((moment.cluster.state != State.FUTURE) & (moment.cluster.state != State.REJECTED))
        if not self._n_come or moment.now >= self._renew_at or come.size > (1 + RENEW) * self._n_come:
            self._renew(moment, come)
        asked = moment.cluster.workload.asked[moment.cluster.row_of[vms]]
        cost: FloatArray = asked @ self._prices
        return cost

    def _renew(self, moment: Moment, come: IntArray) -> None:
        requests, cluster = moment.requests, moment.cluster
        lately = come[np.argsort(requests.arrival[come], kind="stable")][-LATELY:]
        duration = _finite(requests.duration[lately])
        length = max(moment.now - float(requests.arrival[lately[0]]), float(duration.mean()))
        self._n_come, self._renew_at = come.size, moment.now + RENEW * length
        rows = cluster.row_of[lately]
        offered = moment.instance.capacity[cluster.open].sum(axis=0) * length
        used = np.divide(
            cluster.workload.asked[rows] * duration[:, None],
            offered,
            out=np.zeros((len(rows), len(offered))),
            where=offered > 0,
        )
        if used.sum(axis=0).max() <= 1:
            self._prices = np.zeros(len(offered))
            return
        earned = moment.instance.value[rows] * duration / length
        stream = Instance.from_arrays(
            np.ceil(np.minimum(used, 1.0) * UNIT).astype(np.int64), np.full((1, len(offered)), UNIT), value=earned
        )
        prices = relax(stream, threads=1).prices[0] * UNIT * length
        self._prices = np.divide(prices, offered, out=np.zeros(len(offered)), where=offered > 0)


def _finite(duration: FloatArray) -> FloatArray:
    """Let VMs that never end count as those that run longest."""
    known = duration[np.isfinite(duration)]
    longest = float(known.max()) if known.size else 1.0
    column: FloatArray = np.minimum(duration, longest)
    return column
