"""What a copy does at a rate of requests: the batch that settles, and the prompts that queue.

Requests arrive at random. The batch settles where as many answers end as begin (Little's law); a
first token waits for the running step, its own prompt and the prompts before it (M/D/1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costcore.language.elementwise import Numbers
from costcore.machines.roofline import DEFAULTS, sized
from costcore.machines.step import step_ms, weights_ms

Floats = NDArray[np.float64]
PROMPT_TOKENS_A_STEP = 8192.0
"""Tokens an engine puts into one step: default of TensorRT-LLM, and of vLLM on large cards."""
FULLEST_SHARE = 0.995
"""Beyond it a queue of prompts is taken to be this busy, for it has no mean at 1."""
LONGEST_PROMPT_TOKENS = 8192.0
LARGEST_MODEL_B = 300.0
"""Beyond them published answer times are missed by more than 2x, so none is given."""
HALVINGS = 50


def standard_normal(percentile: Numbers) -> Floats:
    """Return the quantile of the standard normal, to 5e-4 (Abramowitz and Stegun 26.2.23).

    >>> [round(float(standard_normal(share)), 2) for share in (0.1, 0.9, 0.99)]
    [-1.28, 1.28, 2.33]
    """
    share = np.asarray(percentile, float)
    tail = np.sqrt(-2 * np.log(np.minimum(share, 1 - share)))
    top = 2.515517 + tail * (0.802853 + tail * 0.010328)
    bottom = 1 + tail * (1.432788 + tail * (0.189269 + tail * 0.001308))
    return np.asarray(np.where(share < 0.5, -1, 1) * (tail - top / bottom), float)


@dataclass(frozen=True)
class Copy:
    """A copy of a model on its GPUs, asked with prompts and answers of some lengths."""

    m: Any
    """Inputs and lines of the sizing model."""
    spread_factor: Numbers
    """Longest prompt over the mean; 1 where all are equally long."""

    @property
    def most_requests(self) -> Floats:
        """Requests it can work on at once; 0 where it does not fit."""
        return np.asarray(np.where(self.m.fits_count == 1, self.m.batch_count, 0.0), float)

    def token_ms(self, requests: Numbers) -> Floats:
        """Time between two tokens of an answer, with so many in progress."""
        gpus = self.m.replica_gpus
        step = step_ms(self.m, gpus, requests, weights_ms(self.m, requests, gpus))
        return np.asarray(step / self.m.speed_share, float)

    def reading_ms(self, requests: Numbers, prompt_tokens: Numbers) -> Floats:
        """A step that reads prompt tokens beside the answers in progress."""
        m = self.m
        tokens = requests + prompt_tokens
        visits = tokens / m.visits_factor
        prompts = prompt_tokens * m.request_attention_ms * m.output_tokens / m.input_tokens
        weights = weights_ms(m, visits, m.replica_gpus)
        shared = weights + requests * m.request_cache_ms + prompts
        shared = (shared + visits * m.request_activation_ms) / m.replica_gpus
        exchanged = visits * m.request_exchange_ms * (1 - 1 / m.replica_gpus)
        step = np.maximum(shared + exchanged + m.layers_ms + m.prompts_ms, m.launch_ms)
        return np.asarray(step / m.speed_share, float)

    @property
    def most_per_second(self) -> Floats:
        """Requests a second beyond which the queue never ends."""
        return self._ended(self.most_requests)

    def _ended(self, held: Floats) -> Floats:
        """Answers that end in a second, with so many in progress."""
        token = self.token_ms(np.maximum(held, 1e-9))
        return np.asarray(held / token / self.m.output_tokens * 1e3, float)

    def settled(self, per_second: Numbers) -> Floats:
        """Answers in progress at a rate; nan where requests come faster than they are answered."""
        most = self.most_requests
        low = np.zeros(np.broadcast_shapes(np.shape(per_second), most.shape))
        high = low + most
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            slower = self._ended(middle) < per_second
            low, high = np.where(slower, middle, low), np.where(slower, high, middle)
        overload = np.asarray(per_second) > self.most_per_second
        return np.where(overload | (most <= 0), np.nan, low)

    def user_tokens_per_second(self, per_second: Numbers, percentile: Numbers) -> Floats:
        """Speed that a share of the users gets at least; 0 in overload."""
        held = self.settled(per_second)
        return np.where(np.isnan(held), 0.0, self._speed(held, percentile))

    def _speed(self, held: Floats, percentile: Numbers) -> Floats:
        more = standard_normal(percentile) * np.sqrt(np.maximum(held, 1.0))
        return np.asarray(1e3 / self.token_ms(np.maximum(held + more, 1e-6)), float)

    def ttft_ms(self, per_second: Numbers, percentile: Numbers) -> Floats:
        """Time to the first token that a share of the requests does not exceed; inf in overload."""
        held = self.settled(per_second)
        return np.where(np.isnan(held), np.inf, self._first_ms(held, per_second, percentile))

    def _first_ms(self, held: Floats, per_second: Numbers, percentile: Numbers) -> Floats:
        token = self.token_ms(np.maximum(held, 0.01))
        waiting = percentile * token * np.where(held > 0.5, 1.0, held)
        own = self._own_ms(held, percentile)
        return np.asarray(waiting + own + self._queue_ms(held, per_second, percentile), float)

    def _own_ms(self, held: Floats, percentile: Numbers) -> Floats:
        """Reading one's own prompt, in as many steps as it takes."""
        tail = np.minimum(-np.log(1 - np.asarray(percentile, float)), self.spread_factor)
        middle = np.where(np.asarray(self.spread_factor) > 1, np.log(2), 1.0)
        longer = np.where(np.asarray(percentile) > 0.5, np.maximum(tail, 1.0), middle)
        tokens = self.m.input_tokens * longer
        steps = np.maximum(np.ceil(tokens / PROMPT_TOKENS_A_STEP), 1.0)
        return np.asarray(steps * self.reading_ms(held, tokens / steps), float)

    def _queue_ms(self, held: Floats, per_second: Numbers, percentile: Numbers) -> Floats:
        """Waiting for the prompts before: exponential beyond its start, with the mean of M/D/1."""
        own = self.reading_ms(held, PROMPT_TOKENS_A_STEP) / PROMPT_TOKENS_A_STEP
        service = self.m.input_tokens * own
        busy = np.minimum(np.asarray(per_second) * service / 1e3, FULLEST_SHARE)
        varied = np.where(np.asarray(self.spread_factor) > 1, 2.0, 1.0)
        mean = service * varied / (2 * (1 - busy))
        beyond = np.log(np.maximum(busy / (1 - np.asarray(percentile, float)), 1.0))
        return np.asarray(beyond * mean, float)

    def most_within(
        self, ttft_limit_ms: Numbers, user_limit: Numbers, percentile: Numbers
    ) -> Floats:
        """Requests a second with first token and speed within their limits; 0 where none is."""
        limits = (ttft_limit_ms, user_limit, percentile)
        shape = np.broadcast_shapes(self.most_requests.shape, *map(np.shape, limits))
        most = np.zeros(shape) + self.most_requests

        def within(held: Floats) -> NDArray[np.bool_]:
            soon = self._first_ms(held, self._ended(held), percentile) <= ttft_limit_ms
            return np.asarray(soon & (self._speed(held, percentile) >= user_limit))

        low, high = most * 1e-4, most * (1 - 1e-3)
        possible = (most > 0) & within(low)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            fine = within(middle)
            low, high = np.where(fine, middle, low), np.where(fine, high, middle)
        return np.where(possible, self._ended(low), 0.0)


def copy_of(case: Mapping[str, Any], spread_factor: Numbers = 1.0) -> Copy:
    """Return one copy of a case whose copies are chosen; as many requests as there is room for."""
    gpus = case["chosen_replica_gpus"]
    alone = {**DEFAULTS, **case, "gpus_count": gpus, "concurrency_count": np.nan}
    return Copy(SimpleNamespace(**{**alone, **sized(alone)}), spread_factor)


def unknown(case: Mapping[str, Any]) -> Any:
    """Where answer times are not told: very long prompts, and models of DeepSeek-R1's class."""
    long = np.asarray(case["input_tokens"], float) > LONGEST_PROMPT_TOKENS
    return long | np.isnan(case["params_active_b"]) | (case["params_total_b"] > LARGEST_MODEL_B)
