"""Optimal: every decision solves the waiting VMs on the free capacity."""

from __future__ import annotations

import numpy as np

from vmopt.model.instance import Instance
from vmopt.model.objective import IntArray
from vmopt.simulation.moment import Moment
from vmopt.solve import solve

WINDOW = 60.0
class Optimal:
    def __init__(self, seed: int = 0, window: float = WINDOW, method: str = "auto", time_limit: float = 0.5, gap: float=0.01, value=None, verbose=False) -> None:
        self.name = "optimal"
        self.window = window
        self._seed = seed
        self._method = method
        self._time_limit = time_limit
        self._gap = gap
        self._value = value
        self.n = 0
        self.stat = []

    def decide(self, moment: Moment) -> None:
        cluster = moment.cluster
        waiting = cluster.waiting
        classes, of = np.unique(cluster.class_of(waiting), return_inverse=True)
        asked = cluster.workload.class_asked[classes]
        fits = np.ones((len(classes), len(cluster.room)), dtype=bool)
        for a, r in zip(asked.T, cluster.room.T, strict=True):
            fits &= a[:, None] <= r
        hosts = np.flatnonzero(fits.any(axis=0))
        if not hosts.size:
            return
        vms = waiting[fits.any(axis=1)[of]]
        value = moment.instance.value[cluster.row_of[vms]]
        if self._value is not None:
            value = self._value(moment, vms, value)
            vms, value = vms[value > 0], value[value > 0]
        # keep per (class,value) no more than could ever fit
        if not vms.size: return
        inst = Instance.from_arrays(cluster.workload.asked[cluster.row_of[vms]], cluster.room[hosts], value=value)
        import time
        t=time.time()
        sol = solve(inst, method=self._method, time_limit=self._time_limit, gap=self._gap, seed=self._seed, threads=1)
        self.stat.append((len(vms), len(hosts), time.time()-t, sol.gap, sol.status.value))
        for i in np.flatnonzero(sol.host_index >= 0).tolist():
            moment.start(int(vms[i]), int(hosts[sol.host_index[i]]))
