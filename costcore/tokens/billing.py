"""Price a usage log: what every row of it costs, a million rows at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from costcore.language.elementwise import as_numbers
from costcore.language.quantities import TOKENS_PER_MTOK


def usage_cost(
    model_index: ArrayLike,
    input_tokens: ArrayLike,
    cached_tokens: ArrayLike,
    output_tokens: ArrayLike,
    prices_per_mtok: ArrayLike,
) -> NDArray[np.float64]:
    """Cost of each usage row at the price of its model.

    Parameters
    ----------
    model_index : array of int, shape (rows,)
        Row of the model in `prices_per_mtok`; negative where it is not in the table,
        as in the codes of a pandas categorical.
    input_tokens, cached_tokens, output_tokens : array, shape (rows,), tokens
        Input tokens that were not cached, those read from a cache, and output.
    prices_per_mtok : array, shape (models, 3), money per million tokens
        Price of the three kinds of token, in the same order; nan where unknown.

    Returns
    -------
    ndarray, shape (rows,), money
        ``nan`` where a token that was used has no known price, or a count is negative.

    Raises
    ------
    IndexError
        If an index is past the end of the price table.
    TypeError
        If a count or a price is not a number.
    ValueError
        If the prices are not three to a model, or the columns differ in length.

    Notes
    -----
    A model has one price. Where a provider charges more for a long context, the rows with a
    long context are a model of their own: the price depends on the request, so it can be
    applied to rows that are requests and never to monthly totals.

    Examples
    --------
    A million in and 200,000 out, first at 3 and 15 and then at 0.25 and 1.25 per million:

    >>> prices = [[3, 0.3, 15], [0.25, np.nan, 1.25]]
    >>> usage_cost([0, 1], [1e6, 1e6], [0, 0], [200e3, 200e3], prices).tolist()
    [6.0, 0.5]

    The second model has no known price for cached tokens, which matters only where there
    are some; a model that is not in the table has no known price at all:

    >>> usage_cost([1, 1, -1], [1e6] * 3, [0, 5, 0], [0, 0, 0], prices).tolist()
    [0.25, nan, nan]
    """
    prices = as_numbers("prices_per_mtok", prices_per_mtok)
    if prices.ndim != 2 or prices.shape[1] != 3:
        raise ValueError(f"the prices have shape {prices.shape}; each model needs three")
    read, cached, written = np.vstack([[np.nan] * 3, prices]).T
    row = np.maximum(model_index, -1) + 1
    millionths = (
        _part(as_numbers("input_tokens", input_tokens), read.take(row))
        + _part(as_numbers("cached_tokens", cached_tokens), cached.take(row))
        + _part(as_numbers("output_tokens", output_tokens), written.take(row))
    )
    return millionths / TOKENS_PER_MTOK


def _part(tokens: NDArray[np.float64], price: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cost in millionths; tokens that were not used need no price."""
    return np.where(tokens > 0, tokens * price, np.where(tokens == 0, 0.0, np.nan))
