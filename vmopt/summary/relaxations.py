"""What is worth saying of a relaxation: its bound, what is scarce, and what capacity and limits are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vmopt.arrays import BoolArray
from vmopt.summary.figures import apart, number, percent, seconds
from vmopt.summary.layout import Fact, Table

if TYPE_CHECKING:
    from vmopt.relaxation import Relaxation

MAX_HOST_CLASSES = 20
MAX_RULE_PRICES = 20
SCARCE = 1e-3
"""Part of the worth of all capacity from which on a resource is called scarce."""
NEGLIGIBLE = 1e-9
"""Part of the bound below which what a price adds is rounding."""


def facts(relaxation: Relaxation) -> list[Fact]:
    """Say the bound, what is scarce, and who says so."""
    reached, bound = apart(relaxation.objective, relaxation.bound)
    return [
        Fact("bound", f"{bound}: no placement is worth more"),
        Fact("reached", f"{reached}, with fractions of VMs"),
        *_scarcity(relaxation),
        Fact("solved by", f"{relaxation.backend}, {seconds(relaxation.seconds)}"),
    ]


def prices_of(relaxation: Relaxation) -> Table:
    """Tabulate what one more unit (the user's own) of each resource would be worth in a host of each class."""
    instance, classes = relaxation.instance, relaxation.instance.host_classes
    first = classes.first[:MAX_HOST_CLASSES]
    per_unit = np.where(_matters(relaxation), relaxation.prices * instance.scale, 0.0)
    rows = [
        (instance.host_names[int(host)], f"{int(classes.count[c]):,}", *(number(p, 3) for p in per_unit[c].tolist()))
        for c, host in enumerate(first)
    ]
    if len(classes) > MAX_HOST_CLASSES:
        rest = int(classes.count[MAX_HOST_CLASSES:].sum())
        rows.append((f"{len(classes) - MAX_HOST_CLASSES:,} more classes", f"{rest:,}", *[""] * len(instance.resources)))
    return Table(("hosts like", "hosts", *(f"{name} price" for name in instance.resources)), rows)


def rule_prices_of(relaxation: Relaxation) -> Table | None:
    """Tabulate what one more unit of the limits of rules would be worth, the dearest first; None where nothing."""
    dear = [row for row in relaxation.rule_table if row.limit * row.price > NEGLIGIBLE * relaxation.bound]
    if not dear:
        return None
    dear.sort(key=lambda row: -row.price)
    rows = [(p.rule, p.group, p.domain, number(p.limit), number(p.price, 3)) for p in dear[:MAX_RULE_PRICES]]
    if len(dear) > MAX_RULE_PRICES:
        rows.append((f"{len(dear) - MAX_RULE_PRICES:,} more limits", "", "", "", ""))
    return Table(("rule", "group", "where", "limit", "price"), rows)


def _matters(relaxation: Relaxation) -> BoolArray:
    """Which prices are more than rounding: those that make the capacity of their class worth something."""
    classes = relaxation.instance.host_classes
    worth = classes.count[:, None] * classes.capacity * relaxation.prices
    return np.asarray(worth > NEGLIGIBLE * relaxation.bound)


def _scarcity(relaxation: Relaxation) -> list[Fact]:
    """Each resource's part in the worth of all capacity: ``sum_c m_c C[c,k] lam[c,k]``."""
    classes, names = relaxation.instance.host_classes, relaxation.instance.resources
    prices = np.where(_matters(relaxation), relaxation.prices, 0.0)
    worth = (classes.count[:, None] * classes.capacity * prices).sum(axis=0)
    part = worth / worth.sum() if worth.any() else worth
    order = np.argsort(-part, kind="stable")
    scarce = [f"{names[k]} {percent(float(part[k]), 1)}" for k in order if part[k] > SCARCE]
    plenty = [names[k] for k in order if part[k] <= SCARCE]
    told = f"{', '.join(scarce)} of the worth of all capacity" if scarce else "nothing: more capacity would add nothing"
    more = [Fact("plenty", ", ".join(plenty))] if plenty else []
    return [Fact("scarce", told), *more]
