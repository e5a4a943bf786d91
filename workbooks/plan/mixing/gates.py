"""Gates: which engine may not serve which workload, why, and what nobody has answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workbooks.plan.mixing.speeds import too_large
from workbooks.portfolio.terms import Engine, Portfolio, Strategy, Workload


def refusal(workload: Workload, engine: Engine) -> str:
    """Why an engine may not serve a workload, or nothing; what is not known is no refusal."""
    return next(_reasons(workload, engine), "")


def _reasons(workload: Workload, engine: Engine) -> Iterator[str]:
    if engine.for_workloads and workload.name not in engine.for_workloads:
        yield f"serves only {', '.join(engine.for_workloads)}"
    allowed = workload.allowed_regions
    if allowed and engine.region and engine.region not in allowed:
        yield f"processes data in {engine.region}; allowed is {', '.join(allowed)}"
    if workload.stays_inside and engine.leaves_network:
        yield "data leaves the network"
    least, reached = workload.least_accuracy_share, engine.accuracy_share
    if least is not None and reached is not None and reached < least:
        yield f"reaches {100 * reached:.6g}% of the accuracy; {100 * least:.6g}% is needed"
    limit, taken = workload.ttft_limit_ms, engine.ttft_ms
    if limit is not None and taken is not None and taken > limit:
        yield f"takes {taken:g} ms to the first token; at most {limit:g} is allowed"
    least, reached = workload.least_user_tokens_per_second, engine.user_tokens_per_second
    if least is not None and reached is not None and reached < least:
        yield f"gives each user {reached:g} tokens a second; {least:g} are needed"
    if workload.needs_fine_tuning and engine.allows_fine_tuning is False:
        yield "does not allow the fine-tuning that is needed"
    if engine.is_pool and (reason := too_large(workload, engine)):
        yield reason


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
    if workload.least_user_tokens_per_second is not None and engine.user_tokens_per_second is None:
        yield f"how many tokens a second {engine.name} gives each user"
    if workload.needs_fine_tuning and engine.allows_fine_tuning is None:
        yield f"whether {engine.name} allows the fine-tuning"


def serving(strategy: Strategy) -> Iterator[tuple[str, str, str]]:
    """Yield each workload with each engine that may come to serve it, and in which role.

    Where it goes, where it is until it moves, and what takes what a full pool of it cannot.
    """
    stays = {n: e for n, e in strategy.moves.items() if e.takes_time or e.dual_run_months}
    ways = (strategy.routes, {name: each.before for name, each in stays.items()})
    pairs = [
        (workload, engine)
        for routes in ways
        for workload, shares in routes.items()
        for engine, share in shares.items()
        if share > 0
    ]
    yield from ((*pair, "") for pair in pairs)
    for pool in strategy.nodes:
        for workload, engine in pairs:
            if engine == pool:
                yield workload, strategy.overflow[pool], ", the overflow"


def open_gates(portfolio: Portfolio, strategy: Strategy) -> Iterator[str]:
    """Yield what gates ask of the engines of a strategy, and nobody has said."""
    pairs = {(workload, engine) for workload, engine, _ in serving(strategy)}
    for workload in portfolio.workloads:
        for engine in portfolio.engines:
            if (workload.name, engine.name) in pairs:
                for question in unanswered(workload, engine):
                    yield f"{question}, which {workload.name} asks"


def refusals(portfolio: Portfolio) -> dict[tuple[str, str], str]:
    """Return the reason of every forbidden pair, by workload and engine."""
    return {
        (workload.name, engine.name): reason
        for workload in portfolio.workloads
        for engine in portfolio.engines
        if (reason := refusal(workload, engine))
    }


def check_served(portfolio: Portfolio, refused: Mapping[tuple[str, str], str]) -> None:
    """Refuse a portfolio in which gates leave a workload no engine.

    Raises
    ------
    ValueError
        With the first such workload, and why each engine is out for it.
    """
    for workload in portfolio.workloads:
        reasons = [refused.get((workload.name, each.name), "") for each in portfolio.engines]
        if all(reasons):
            named = zip(portfolio.engines, reasons, strict=True)
            why = "; ".join(f"{engine.name} {reason}" for engine, reason in named)
            raise ValueError(f"no engine may serve workload {workload.name!r}: {why}")
