"""What a successful outcome costs, not what a token costs."""

from __future__ import annotations

import numpy as np

from costcore.language.elementwise import Numbers, elementwise

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
    failed = failed_share(success_share, max_attempts)
    attempts = expected_attempts(success_share, max_attempts, failed)
    tried = tried_cost(attempt_cost, attempts, failed_attempts(attempts, failed), debug_cost)
    carried = carried_cost(tried, success_share, failed)
    return np.where(repair_cost > 0, repaired_cost(tried, failed, repair_cost), carried)


def failed_share(success_share: Numbers, max_attempts: Numbers) -> Numbers:
    """Share of the tasks that all attempts fail."""
    surely = max_attempts * success_share > SURELY
    return np.where(surely, 0.0, (1 - success_share) ** max_attempts)


def expected_attempts(success_share: Numbers, max_attempts: Numbers, failed: Numbers) -> Numbers:
    """Attempts a task takes on average."""
    return np.where(success_share > 0, (1 - failed) / success_share, max_attempts)


def failed_attempts(attempts: Numbers, failed: Numbers) -> Numbers:
    """Attempts of a task that fail."""
    return attempts - (1 - failed)


def tried_cost(
    attempt_cost: Numbers, attempts: Numbers, failures: Numbers, debug_cost: Numbers
) -> Numbers:
    """Cost of the attempts of a task, and of looking into those that fail."""
    return attempt_cost * attempts + np.where(debug_cost > 0, debug_cost * failures, 0.0)


def repaired_cost(tried: Numbers, failed: Numbers, repair_cost: Numbers) -> Numbers:
    """Cost of a successful outcome where a person repairs what fails."""
    return tried + repair_cost * failed


def carried_cost(tried: Numbers, success_share: Numbers, failed: Numbers) -> Numbers:
    """Cost of a successful outcome where those that succeed carry the others."""
    return np.where(success_share > 0, tried / (1 - failed), np.inf)
