"""Why a bill is not the budget: price, volume, mix and exchange rate, which add up exactly.

A variance is actual less budget, so a positive one has cost more. Each model's difference is
split around two prices: its own budgeted one, and the pooled one of all models together,

    price   (actual price - budget price) * actual tokens
    volume  (actual tokens - budget tokens) * pooled budget price
    mix     (actual tokens - budget tokens) * (budget price - pooled budget price)

whose sum is the difference for every model, not only for the total. Added over the models,
the budgeted tokens drop out of the mix, and it is the usual one: actual tokens at their own
budget prices, less the same tokens at the pooled price. There is no single agreed formula for
the mix; this one is stated so that it can be checked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from costcore.language.elementwise import Numbers
from costcore.language.quantities import TOKENS_PER_MTOK
from costcore.tokens.api import priced


def mean_price(cost: Numbers, tokens: Numbers) -> Numbers:
    """Price of an average token, money per million; 0 where there are no tokens.

    >>> float(mean_price(12.0, 4e6)), float(mean_price(12.0, 0.0))
    (3.0, 0.0)
    """
    with np.errstate(all="ignore"):
        return np.where(tokens > 0, np.divide(cost, tokens) * TOKENS_PER_MTOK, 0.0)


def volume_variance(
    actual_tokens: Numbers, budget_tokens: Numbers, pooled_per_mtok: Numbers
) -> Numbers:
    """Cost of more tokens than budgeted, at the pooled budget price of all models.

    >>> volume_variance(5e6, 4e6, 3.0)
    3.0
    """
    return priced(actual_tokens - budget_tokens, pooled_per_mtok)


def mix_variance(
    actual_tokens: Numbers,
    budget_tokens: Numbers,
    budget_per_mtok: Numbers,
    pooled_per_mtok: Numbers,
) -> Numbers:
    """Cost of tokens having moved to dearer models than budgeted.

    Fewer tokens on a model that is dearer than the pool save money:

    >>> mix_variance(3e6, 4e6, 10.0, 4.0)
    -6.0
    """
    return priced(actual_tokens - budget_tokens, budget_per_mtok - pooled_per_mtok)


def request_variance(
    actual_count: Numbers, budget_count: Numbers, budget_tokens: Numbers, pooled_per_mtok: Numbers
) -> Numbers:
    """Part of the volume variance that comes from more requests, each as long as budgeted.

    Twice the requests of 2,000 tokens, at 5 per million:

    >>> request_variance(2_000.0, 1_000.0, 2e6, 5.0)
    10.0
    """
    return priced((actual_count - budget_count) * (budget_tokens / budget_count), pooled_per_mtok)


def length_variance(
    actual_count: Numbers,
    budget_count: Numbers,
    actual_tokens: Numbers,
    budget_tokens: Numbers,
    pooled_per_mtok: Numbers,
) -> Numbers:
    """Part of the volume variance that comes from more tokens in a request.

    With `request_variance` it adds up to `volume_variance`:

    >>> length_variance(2_000.0, 1_000.0, 5e6, 2e6, 5.0)
    5.0
    >>> volume_variance(5e6, 2e6, 5.0) - request_variance(2_000.0, 1_000.0, 2e6, 5.0)
    5.0
    """
    longer = actual_tokens - actual_count * (budget_tokens / budget_count)
    return priced(longer, pooled_per_mtok)


def run_rate(actual_cost: Numbers, budget_cost: Numbers) -> Numbers:
    """What was spent over what was budgeted, to scale the months to come; 1 without a budget.

    >>> float(run_rate(120.0, 100.0)), float(run_rate(120.0, 0.0))
    (1.2, 1.0)
    """
    with np.errstate(all="ignore"):
        return np.where(budget_cost > 0, np.divide(actual_cost, budget_cost), 1.0)


def error_share(forecast_cost: Numbers, actual_cost: Numbers) -> Numbers:
    """Forecast less actual, over the actual: positive where too much was forecast.

    A month without cost has no share, and answers nan:

    >>> float(error_share(110.0, 100.0)), float(error_share(110.0, 0.0))
    (0.1, nan)
    """
    with np.errstate(all="ignore"):
        missed = np.divide(forecast_cost - actual_cost, actual_cost)
        return np.where(actual_cost > 0, missed, np.nan)


def accuracy(error_shares: ArrayLike) -> tuple[float, float]:
    """Mean absolute error (MAPE) and mean error (bias) of forecasts; nan where there is none.

    Misses in both directions cancel in the bias, not in the MAPE:

    >>> accuracy([0.1, -0.1, float("nan")])
    (0.1, 0.0)
    """
    errors = np.asarray(error_shares, float)
    known = errors[np.isfinite(errors)]
    if not known.size:
        return float("nan"), float("nan")
    return float(np.mean(np.abs(known))), float(np.mean(known))


@dataclass(frozen=True, slots=True)
class Variances:
    """The parts of a difference, each of the shape of its arguments; money."""

    price: NDArray[np.float64]
    volume: NDArray[np.float64]
    mix: NDArray[np.float64]
    new: NDArray[np.float64]
    """Models that were not budgeted: all they cost."""
    retired: NDArray[np.float64]
    """Budgeted models that were not used: all they would have cost, negative."""
    untokened: NDArray[np.float64]
    """Costs that no token explains, such as fees: actual less budget."""
    fx: NDArray[np.float64]
    """The bill at the rates of its month, less at the budget's."""

    @property
    def total(self) -> NDArray[np.float64]:
        """Actual less budget."""
        known = self.price + self.volume + self.mix
        return known + self.new + self.retired + self.untokened + self.fx


def variances(
    budget_tokens: ArrayLike,
    budget_cost: ArrayLike,
    actual_tokens: ArrayLike,
    actual_cost: ArrayLike,
    rate_cost: ArrayLike | None = None,
) -> Variances:
    """Split actual less budget by model.

    Parameters
    ----------
    budget_tokens, budget_cost, actual_tokens, actual_cost
        The first axis is the models, which are pooled; the others broadcast.
    rate_cost
        The actual cost at the exchange rates of the budget, where the bill is in another
        currency. Left out, the exchange rate explains nothing.

    Examples
    --------
    Of two models at 10 and 2 per million the dear one is used more, the cheap one less:

    >>> parts = variances([4e6, 6e6], [40.0, 12.0], [5e6, 4e6], [55.0, 8.0])
    >>> [round(float(part.sum()), 6) for part in (parts.price, parts.volume, parts.mix)]
    [5.0, -5.2, 11.2]
    >>> round(float(parts.total.sum()), 6)  # 63 less 52
    11.0

    A model that nobody budgeted has no price to compare with, and is a line of its own:

    >>> float(variances([0.0], [0.0], [1e6], [9.0]).new[0])
    9.0
    """
    tokens_b, cost_b, tokens_a, cost_a = np.broadcast_arrays(
        *(
            np.atleast_1d(np.asarray(each, float))
            for each in (budget_tokens, budget_cost, actual_tokens, actual_cost)
        )
    )
    at_rate = cost_a if rate_cost is None else np.broadcast_to(rate_cost, cost_a.shape)
    both = (tokens_b > 0) & (tokens_a > 0)
    own = mean_price(cost_b, tokens_b)
    pooled = mean_price((cost_b * both).sum(axis=0), (tokens_b * both).sum(axis=0))
    is_new, is_retired = (tokens_a > 0) & ~both, (tokens_b > 0) & ~both
    return Variances(
        price=both * (at_rate - priced(tokens_a, own)),
        volume=both * volume_variance(tokens_a, tokens_b, pooled),
        mix=both * mix_variance(tokens_a, tokens_b, own, pooled),
        new=is_new * at_rate,
        retired=-(is_retired * cost_b),
        untokened=(tokens_a == 0) * at_rate - (tokens_b == 0) * cost_b,
        fx=cost_a - at_rate,
    )
