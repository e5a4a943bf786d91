"""Who pays for a pool: its workloads by the node-hours they use, and what is idle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from costcore.language.elementwise import Numbers

CENTRAL, SPREAD = "central", "spread"
IDLE_KINDS = (CENTRAL, SPREAD)
CENTS = 100


def allocated(
    cost: float, used_nodes: Numbers, nodes: float, idle_kind: str = CENTRAL
) -> NDArray[np.float64]:
    """Divide the cost of a pool among its workloads, and what nobody uses.

    Parameters
    ----------
    used_nodes
        Mean nodes that each workload uses.
    idle_kind
        Idle capacity is a line of its own (central), or spread over the workloads pro rata.

    Returns
    -------
    ndarray, money
        One amount for each workload, then the idle one; they add up to `cost` exactly.

    Examples
    --------
    >>> allocated(4_000, [1.0, 0.5], nodes=2).tolist()
    [2000.0, 1000.0, 1000.0]
    >>> allocated(4_500, [1.0, 0.5], nodes=2, idle_kind="spread").tolist()
    [3000.0, 1500.0, 0.0]

    A pool that serves nobody is all idle, whoever may be asked to pay:

    >>> allocated(1_000, [0.0, 0.0], nodes=1, idle_kind="spread").tolist()
    [0.0, 0.0, 1000.0]
    """
    used = np.asarray(used_nodes, float)
    whole = used.sum() if idle_kind == SPREAD and used.sum() > 0 else max(nodes, used.sum())
    parts = cost * used / whole if whole else np.zeros(used.size)
    idle = 0.0 if idle_kind == SPREAD and used.sum() > 0 else cost - parts.sum()
    if not idle and parts.size:
        parts[np.argmax(parts)] += cost - parts.sum()
    return np.append(parts, idle)


def to_the_cent(amounts: Numbers) -> NDArray[np.float64]:
    """Round amounts to cents so that they add up to their rounded total.

    The cents that rounding leaves over go to those who lost most by it, as votes become seats.

    >>> to_the_cent([10 / 3, 10 / 3, 10 / 3]).tolist()
    [3.34, 3.33, 3.33]
    """
    cents = np.asarray(amounts, float) * CENTS
    whole = np.floor(np.round(cents, 6))
    left = round(float(cents.sum())) - int(whole.sum())
    rest = np.argsort(-(cents - whole), kind="stable")
    whole[rest[:left]] += 1
    return whole / CENTS
