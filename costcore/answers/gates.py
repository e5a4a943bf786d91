"""Gates come before money: an engine that may not or cannot do the work has no price."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from costcore.answers.router import Engine


def admitted(
    engines: Sequence[Engine],
    allowed_regions: Collection[str] = (),
    latency_limit_ms: float = np.inf,
) -> tuple[tuple[Engine, ...], dict[str, str]]:
    """Return the engines that pass the gates, and for each other one the reason.

    What is not known does not pass: a budget must not rest on it.

    Parameters
    ----------
    allowed_regions
        Where data may be processed; empty: anywhere.

    Returns
    -------
    engines, and reasons by name

    Examples
    --------
    >>> engines = (Engine("API", 10.0, regions=frozenset({"US"}), latency_ms=400),
    ...            Engine("Own", regions=frozenset({"EU"}), latency_ms=80))
    >>> kept, removed = admitted(engines, {"EU"}, latency_limit_ms=100)
    >>> [engine.name for engine in kept], removed["API"]
    (['Own'], 'may process data in US, allowed is EU')

    Without gates nobody needs to say where its data goes:

    >>> len(admitted([Engine("Broker")])[0])
    1
    """
    reasons = {
        e.name: why for e in engines if (why := _why_not(e, allowed_regions, latency_limit_ms))
    }
    return tuple(engine for engine in engines if engine.name not in reasons), reasons


def _why_not(engine: Engine, allowed: Collection[str], limit_ms: float) -> str:
    if allowed and not engine.regions:
        return "where it processes data is not known"
    if allowed and not engine.regions <= set(allowed):
        outside = ", ".join(sorted(engine.regions - set(allowed)))
        return f"may process data in {outside}, allowed is {', '.join(sorted(allowed))}"
    if limit_ms < np.inf and np.isnan(engine.latency_ms):
        return "its latency is not known"
    if engine.latency_ms > limit_ms:
        return f"takes {engine.latency_ms:g} ms to the first token, at most {limit_ms:g} is allowed"
    return ""
