"""Contradiction: a verified placement shows that what somebody claimed is wrong, and the caller is warned of it."""

from __future__ import annotations

import warnings

SEARCH, OFFER = 3, 4
"""Frames up to who called the search, directly, and by way of its own handling of an offer."""


def of_claim(by: str, bound: float, objective: float) -> None:
    """Warn of a bound that came too low."""
    warnings.warn(
        f"{by} claims that nothing is worth more than {bound:.9g}, but a verified placement is worth "
        f"{objective:.9g}: its bound is ignored.",
        RuntimeWarning,
        stacklevel=SEARCH,
    )


def of_bound(by: str, bound: float, objective: float) -> None:
    """Warn of a bound that was taken, and that a better placement beats."""
    warnings.warn(
        f"{by} claimed the bound {bound:.9g}, but a verified placement is worth {objective:.9g}: the claim is dropped.",
        RuntimeWarning,
        stacklevel=OFFER,
    )


def of_infeasibility(by: str) -> None:
    """Warn of a proof that there is no placement."""
    warnings.warn(
        f"{by} claims that there is no placement, but one is verified: the claim is ignored.",
        RuntimeWarning,
        stacklevel=SEARCH,
    )
