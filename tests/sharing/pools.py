"""Random pools, small and awkward: ties, nothing asked for, nothing offered, reservations."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from vmopt.sharing import POLICIES

POLICY = st.sampled_from(tuple(POLICIES))


@st.composite
def pools(draw: st.DrawFn, *, max_vms: int = 6, max_resources: int = 3, reserved: bool = True, whole: bool = False):
    """Draw the arguments of `share`: capacity, demand, weights and a reservation that fits (or None)."""
    n_vms, n_resources = draw(st.integers(1, max_vms)), draw(st.integers(1, max_resources))
    amount = st.integers(0, 20) if whole else st.integers(0, 20) | st.floats(0.125, 20)
    table = st.lists(st.lists(amount, min_size=n_resources, max_size=n_resources), min_size=n_vms, max_size=n_vms)
    demand = np.array(draw(table), dtype=float)
    capacity = np.array(draw(st.lists(st.integers(0, 50), min_size=n_resources, max_size=n_resources)), dtype=float)
    weights = np.array(draw(st.lists(st.sampled_from([0.5, 1, 1, 2, 3]), min_size=n_vms, max_size=n_vms)), dtype=float)
    reservation = None
    if reserved and draw(st.booleans()):
        part = draw(st.sampled_from([0.25, 0.5, 1.0]))
        reservation = np.floor(demand * part)
        while (over := reservation.sum(axis=0) > capacity).any():
            reservation[:, over] = np.floor(reservation[:, over] / 2)
    return {"capacity": capacity, "demand": demand, "weights": weights, "reservation": reservation}
