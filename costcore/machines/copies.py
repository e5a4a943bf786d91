"""On how many GPUs a copy of the model serves most: 1, 2, 4, 8 …, each tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from costcore.language.timeline import Line
from costcore.language.trace import given
from costcore.machines.step import step_ms, weights_ms

COPY_GPUS = (1, 2, 4, 8, 16, 32, 64)
RACK_GPUS = 64.0


def room_count(m: Any, gpus: Any) -> Any:
    """Requests a copy of some GPUs can work on at once; 0 where not even one fits.

    Each holds memory for its whole answer: TensorRT-LLM's scheduler evicts none by default.
    """
    free = gpus * m.usable_gb - m.weights_gb
    most = np.minimum(free / m.request_gb, m.max_batch_count * gpus)
    return np.where(free >= m.request_gb, most, 0.0)


def busy_count(m: Any, gpus: Any) -> Any:
    """Copies in use: no more than requests."""
    return np.minimum(np.floor(m.gpus_count / gpus), m.asked_count)


def staged_count(batch_count: Any, gpus: Any) -> Any:
    """Requests in each stage, if a copy is cut into stages of some layers that work in turn."""
    return np.maximum(batch_count / gpus, 1.0)


def staged_ms(m: Any, gpus: Any, requests: Any, weights: Any) -> Any:
    """Time until each request of a copy cut into stages has a token."""
    return step_ms(m, 1.0, requests, weights) * (1 + (gpus - 1) * m.stage_idle_share)


def _candidate(gpus: int) -> Iterator[Line]:
    """The requests and the speed of copies of so many GPUs."""
    on, of = float(gpus), f"Copies on {gpus} GPU" + "s" * (gpus > 1)

    def batch(m: Any) -> Any:
        busy = getattr(m, f"busy_on_{gpus}_count")
        possible = np.logical_and(busy >= 1, m.most_replica_gpus >= gpus)
        asked = m.asked_count / np.maximum(busy, 1.0)
        return np.where(possible, np.minimum(getattr(m, f"room_on_{gpus}_count"), asked), 0.0)

    def speed(m: Any) -> Any:
        served = getattr(m, f"busy_on_{gpus}_count") * getattr(m, f"batch_on_{gpus}_count") * 1e3
        steps = [getattr(m, f"{cut}_on_{gpus}_ms") for cut in ("step", "cut")[: 1 + (gpus > 1)]]
        return served / (steps[0] if gpus == 1 else np.minimum(*steps))

    yield Line(f"busy_on_{gpus}_count", f"{of}: in use", lambda m: busy_count(m, on))
    yield Line(f"room_on_{gpus}_count", f"{of}: room", lambda m: room_count(m, on))
    yield Line(f"batch_on_{gpus}_count", f"{of}: requests at once", batch)
    yield from _steps("batch", "step", gpus, of, lambda m, r, w: step_ms(m, on, r, w))
    if gpus > 1:
        yield Line(
            f"stage_on_{gpus}_count",
            f"{of}, cut into stages: requests in each",
            lambda m: staged_count(getattr(m, f"batch_on_{gpus}_count"), on),
        )
        cut = f"{of}, cut into stages"
        yield from _steps("stage", "cut", gpus, cut, lambda m, r, w: staged_ms(m, on, r, w))
    yield Line(f"speed_on_{gpus}_tokens_per_second", f"{of}: output", speed)


def _steps(
    requests: str, step: str, gpus: int, of: str, rule: Callable[[Any, Any, Any], Any]
) -> Iterator[Line]:
    """What weights take for so many requests, and the whole step."""
    count, weights = f"{requests}_on_{gpus}_count", f"{step}_weights_on_{gpus}_ms"
    split = float(gpus) if step == "step" else 1.0
    yield Line(weights, f"{of}: weights", lambda m: weights_ms(m, getattr(m, count), split))
    yield Line(
        f"{step}_on_{gpus}_ms",
        f"{of}: a step",
        lambda m: rule(m, getattr(m, count), getattr(m, weights)),
    )


def _best(gpus: int) -> Iterator[Line]:
    """The fastest copies so far; at the same speed those on fewer GPUs."""
    speed, best = f"speed_on_{gpus}_tokens_per_second", f"best_to_{gpus}_tokens_per_second"
    found, before = f"best_to_{gpus}_gpus", f"best_to_{gpus // 2}_"

    def most(m: Any) -> Any:
        now = getattr(m, speed)
        return now if gpus == 1 else np.maximum(now, getattr(m, f"{before}tokens_per_second"))

    def on(m: Any) -> Any:
        now = getattr(m, speed)
        if gpus == 1:
            return np.where(now >= 0, 1.0, np.nan)
        faster = now > getattr(m, f"{before}tokens_per_second")
        return np.where(faster, float(gpus), getattr(m, f"{before}gpus"))

    yield Line(best, f"Most output of copies on up to {gpus}", most)
    yield Line(found, "They are on", on)


COPY_LINES = (
    Line(
        "most_replica_gpus",
        "Most GPUs of a copy",
        lambda m: np.where(m.form == "rack", RACK_GPUS, m.server_gpus),
        heading="Which copies serve most",
    ),
    *(line for gpus in COPY_GPUS for line in _candidate(gpus)),
    *(line for gpus in COPY_GPUS for line in _best(gpus)),
    Line(
        "replica_gpus",
        "GPUs that hold one copy",
        lambda m: given(m.chosen_replica_gpus, getattr(m, f"best_to_{COPY_GPUS[-1]}_gpus")),
    ),
)
"""More GPUs only add candidates, and each is faster on better hardware: so is the best."""
