"""Named tiny cases of every rule."""

from __future__ import annotations

from tests.rules.cases.case import Case
from tests.rules.cases.company import ALONE, APART, GATHER, NEAR
from tests.rules.cases.counting import QUOTA, REACH, SKEW, SPREAD
from tests.rules.cases.elsewhere import BAN, EMPTY, FENCE, MUST_RUN, WHOLE

CASES: dict[str, list[Case]] = {
    "spread": SPREAD,
    "skew": SKEW,
    "reach": REACH,
    "gather": GATHER,
    "whole": WHOLE,
    "apart": APART,
    "alone": ALONE,
    "near": NEAR,
    "fence": FENCE,
    "ban": BAN,
    "quota": QUOTA,
    "empty": EMPTY,
    "must-run": MUST_RUN,
}

__all__ = ["CASES", "Case"]
