"""One volume divided among workloads: shares of requests or of tokens, and the other from it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from costcore.portfolio.volume import Array, request_shares, token_shares, tokens_of_requests
from workbooks.portfolio import fields
from workbooks.portfolio.volumes import cases, request_tokens
from workbooks.scenario.entries import check_keys, shown
from workbooks.scenario.scenario import ScenarioError

VOLUME = "volume"
TOTALS = ("requests_per_day", "tokens_per_month")
SHARES = {"request_share": "requests", "token_share": "tokens"}
SUM_DUST = 1e-9
Tables = Sequence[Mapping[str, Any]]


def divided(tables: Tables, volume: Any, hours_per_month: float) -> list[Mapping[str, Any]]:
    """Return the workloads with their tokens a month, where they say their share of one volume.

    Parameters
    ----------
    volume
        What is divided, from the section ``[volume]``: requests a day, or tokens a month.

    Raises
    ------
    ScenarioError
        If it is not said which share is meant, or the shares do not add to 1.
    """
    asked = [each for each in tables if set(SHARES) & set(each)]
    if volume is None and not asked:
        return list(tables)
    total, kind = _total(volume), _kind(asked)
    lengths = np.array([_size(each, kind, total) for each in asked])
    of_tokens, of_requests = _both([_share(each, kind) for each in asked], kind, lengths)
    whole = cases(volume, total)
    if total == "requests_per_day":
        mean = float(of_requests @ lengths)
        for case, requests in whole.items():
            whole[case] = float(tokens_of_requests(requests, mean, 0.0, hours_per_month))
    known = all(map(request_tokens, asked))
    found = {}
    for each, tokens, requests in zip(asked, of_tokens, of_requests, strict=True):
        told = f", {requests:.1%} of all requests" if known else ""
        source = {"source": f"{tokens:.1%} of all tokens{told}"}
        parts = {case: float(tokens * all_of_it) for case, all_of_it in whole.items()}
        rest = {name: value for name, value in each.items() if name != kind}
        found[each["name"]] = {**rest, "tokens_per_month": {**parts, **source}}
    return [found.get(each["name"], each) for each in tables]


def _both(given: Sequence[float], kind: str, lengths: Array) -> tuple[Array, Array]:
    """Return the shares of all tokens, and of all requests."""
    shares = np.array(given)
    if abs(math.fsum(given) - 1) > SUM_DUST:
        rule = "the shares of [volume] must add to 1"
        raise ScenarioError(f"{kind} of the workloads adds to {math.fsum(given):g}; {rule}")
    if kind == "request_share":
        return token_shares(shares, lengths), shares
    return shares, request_shares(shares, lengths)


def _total(volume: Any) -> str:
    if not isinstance(volume, Mapping):
        state = "is missing" if volume is None else f"is {shown(volume)}"
        raise ScenarioError(
            f"[volume] {state}; workloads with a share need it, with {' or '.join(TOTALS)}"
        )
    check_keys(volume, TOTALS, "is not in [volume]")
    if len(volume) != 1:
        raise ScenarioError(f"[volume] takes one of {' and '.join(TOTALS)}")
    return str(next(iter(volume)))


def _kind(asked: Tables) -> str:
    """Return which share is meant: of requests, or of tokens, by all alike."""
    kinds = {kind for each in asked for kind in SHARES if kind in each}
    if len(kinds) != 1:
        rule = "each workload of it says request_share, or each token_share"
        raise ScenarioError(
            f"[volume] is divided by {' and '.join(sorted(kinds)) or 'none'}; {rule}"
        )
    return kinds.pop()


def _share(table: Mapping[str, Any], kind: str) -> float:
    place = f"workload {table['name']!r}: "
    if twice := next((name for name in (*TOTALS, "users") if name in table), None):
        raise ScenarioError(f"{place}{kind} and {twice} both say its volume; give one")
    return fields.number(table, kind, place, 1.0) or 0.0


def _size(table: Mapping[str, Any], kind: str, total: str) -> float:
    """Return the tokens of a mean request; 1 where nobody has said, and nothing hangs on it."""
    size = request_tokens(table)
    if not size and (kind, total) != ("token_share", "tokens_per_month"):
        rule = f"give input_tokens and output_tokens, for a share of {SHARES[kind]} needs them here"
        raise ScenarioError(f"workload {table['name']!r}: {rule}")
    return size or 1.0
