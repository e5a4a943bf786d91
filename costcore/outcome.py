"""What a successful outcome costs, not what a token costs."""

from __future__ import annotations

import numpy as np

from costcore.elementwise import Numbers, elementwise

SURELY = 50
"""Successes to be expected after which the chance of none, below e^-50, is taken for zero.

LibreOffice calls the power an error where it is too small for a number.
"""


@elementwise
def outcome_cost(
    attempt_cost: Numbers,
    success_share: Numbers,
    max_attempts: Numbers = np.inf,
    repair_cost: Numbers = 0.0,
    debug_cost: Numbers = 0.0,
) -> Numbers:
    """Expected cost of one successful outcome: attempts, debugging and repair.

    A task is tried until it succeeds, at most `max_attempts` times. If all fail,
    a person repairs it; at no repair cost it is dropped, and the successful
    tasks carry the cost of the dropped ones.

    Returns
    -------
    float or ndarray, money
        ``inf`` where no task ever succeeds and nobody repairs it.

    Examples
    --------
    >>> outcome_cost(0.01, success_share=0.5)
    0.02

    A model at a tenth of the price that fails five times and then needs a person
    is the dearer one as soon as the person costs more than five of its attempts:

    >>> outcome_cost([0.10, 0.01], [1.0, 0.0], max_attempts=5, repair_cost=0.06).tolist()
    [0.1, 0.11]
    """
    surely = max_attempts * success_share > SURELY
    failed_share = np.where(surely, 0.0, (1 - success_share) ** max_attempts)
    attempts = np.where(success_share > 0, (1 - failed_share) / success_share, max_attempts)
    failures = attempts - (1 - failed_share)
    tried = attempt_cost * attempts + np.where(debug_cost > 0, debug_cost * failures, 0.0)
    dropped = np.where(success_share > 0, tried / (1 - failed_share), np.inf)
    return np.where(repair_cost > 0, tried + repair_cost * failed_share, dropped)
