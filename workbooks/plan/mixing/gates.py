"""Gates: which engine may not serve which workload, why, and what nobody has answered."""

from __future__ import annotations

from collections.abc import Iterator

from workbooks.plan.mixing.speeds import too_large
from workbooks.portfolio.terms import Engine, Portfolio, Workload


def refusal(workload: Workload, engine: Engine) -> str:
    """Why an engine may not serve a workload, or nothing; what is not known is no refusal."""
    if engine.for_workloads and workload.name not in engine.for_workloads:
        return f"serves only {', '.join(engine.for_workloads)}"
    allowed = workload.allowed_regions
    if allowed and engine.region and engine.region not in allowed:
        return f"processes data in {engine.region}; allowed is {', '.join(allowed)}"
    if workload.stays_inside and engine.leaves_network:
        return "data leaves the network"
    least, reached = workload.least_accuracy_share, engine.accuracy_share
    if least is not None and reached is not None and reached < least:
        return f"reaches {reached:.0%} of the accuracy; {least:.0%} is needed"
    limit, taken = workload.ttft_limit_ms, engine.ttft_ms
    if limit is not None and taken is not None and taken > limit:
        return f"takes {taken:g} ms to the first token; at most {limit:g} is allowed"
    return too_large(workload, engine) if engine.is_pool else ""


def unanswered(workload: Workload, engine: Engine) -> Iterator[str]:
    """Yield what a gate asks of an engine and nobody has said."""
    if workload.allowed_regions and not engine.region:
        yield f"where {engine.name} processes data"
    if workload.stays_inside and engine.leaves_network is None:
        yield f"whether data leaves the network with {engine.name}"
    if workload.least_accuracy_share is not None and engine.accuracy_share is None:
        yield f"how accurate {engine.name} is"
    if workload.ttft_limit_ms is not None and engine.ttft_ms is None:
        yield f"how soon {engine.name} answers"


def refusals(portfolio: Portfolio) -> dict[tuple[str, str], str]:
    """Return the reason of every forbidden pair, by workload and engine."""
    return {
        (workload.name, engine.name): reason
        for workload in portfolio.workloads
        for engine in portfolio.engines
        if (reason := refusal(workload, engine))
    }
