"""Read one field of a workload, an engine or a strategy that is no input with a range."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from costcore.tokens.tiers import MARGINAL, TIER_KINDS, rising
from workbooks.scenario.entries import check_keys, checked_text, is_number, shown
from workbooks.scenario.scenario import ScenarioError

TIERS = ("tier_tokens", "tier_discount_shares", "tier_kind")
"""Of an engine whose price falls with the tokens of a month that all workloads send it."""
OF_ENGINE = (
    *("name", "kind", "region", "leaves_network", "accuracy_share", "ttft_ms"),
    *("user_tokens_per_second", "allows_fine_tuning", "signed", "success_share", "moving_cost"),
    *("speeds", "for_workloads", *TIERS),
)
"""What an engine has beside the inputs of a plan."""


def yes(table: Mapping[str, Any], key: str, place: str) -> bool | None:
    """Return true or false; None where nobody has said."""
    value = table.get(key)
    if value is not None and not isinstance(value, bool):
        raise ScenarioError(f"{place}{key} is {shown(value)}; it must be true or false")
    return value


def texts(table: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
    """Return a list of texts."""
    value = table.get(key, [])
    if not isinstance(value, list):
        raise ScenarioError(f"{place}{key} is {shown(value)}; it must be a list of names")
    return tuple(checked_text(f"{place}{key}", each) for each in value)


def number(table: Mapping[str, Any], key: str, place: str, most: float) -> float | None:
    """Return a number from 0 to `most`; None where nobody has said."""
    value = table.get(key)
    if value is None:
        return None
    if not is_number(value) or not 0 <= value <= most:
        rule = "a number of at least 0" if math.isinf(most) else f"a number from 0 to {most:g}"
        raise ScenarioError(f"{place}{key} is {shown(value)}; it must be {rule}")
    return float(value)


def shares(table: Mapping[str, Any], key: str, place: str) -> float | Mapping[str, float]:
    """Return a share of all, or shares by workload; 1 where nobody has said."""
    value = table.get(key, 1.0)
    given = value if isinstance(value, Mapping) else {key: value}
    if not all(is_number(each) and 0 <= each <= 1 for each in given.values()):
        rule = 'it must be a share from 0 to 1, or one by workload: { "Support chat" = 0.9 }'
        raise ScenarioError(f"{place}{key} is {shown(value)}; {rule}")
    return value if isinstance(value, Mapping) else float(value)


def speeds(table: Mapping[str, Any], key: str, place: str) -> Mapping[str, float]:
    """Return tokens a second by workload."""
    value = table.get(key, {})
    if not isinstance(value, Mapping) or not all(is_number(v) and v > 0 for v in value.values()):
        rule = 'it must be tokens a second by workload: { "Support chat" = 9_000 }'
        raise ScenarioError(f"{place}{key} is {shown(value)}; {rule}")
    return value


def month(
    table: Mapping[str, Any], key: str, default: int, last: int, place: str, first: int = 1
) -> int:
    """Return a month of the plan, or a number of months."""
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not first <= value <= last:
        rule = f"it must be a whole number from {first} to {last}"
        raise ScenarioError(f"{place}{key} is {shown(value)}; {rule}")
    return value


def section(table: Mapping[str, Any], key: str, place: str) -> Mapping[str, Any]:
    """Return names with values."""
    value = table.get(key, {})
    if not isinstance(value, Mapping):
        raise ScenarioError(f"{place}{key} is {shown(value)}; it must be names with values")
    return value


def named(name: Any, among: Sequence[Any], kind: str, place: str) -> str:
    """Return a name that is one of those there are."""
    names = [each.name for each in among]
    if name not in names:
        near = difflib.get_close_matches(str(name), names, n=3, cutoff=0.4)
        hint = f"nearest: {', '.join(near)}" if near else f"there are {', '.join(names) or 'none'}"
        raise ScenarioError(f"{place}there is no {kind} {shown(name)}; {hint}")
    return str(name)


def keys(table: Mapping[str, Any], known: Iterable[str], place: str) -> None:
    """Refuse a key that is none of those known, with the nearest one."""
    try:
        check_keys(table, known, "is not part of it")
    except ScenarioError as error:
        raise ScenarioError(f"{place}{error}") from None


def tiers(table: Mapping[str, Any], is_pool: bool, place: str) -> dict[str, Any]:
    """Return the tiers of an engine's price: where each begins, what is off, and off what."""
    if not any(name in table for name in TIERS):
        return {}
    if is_pool:
        raise ScenarioError(f"{place}nodes are not billed by the token; leave its tiers out")
    above, off = (table.get(name, []) for name in TIERS[:2])
    kind = table.get(TIERS[2], MARGINAL)
    if kind not in TIER_KINDS:
        raise ScenarioError(f"{place}tier_kind is {shown(kind)}; it must be marginal or whole")
    lists = [each for each in (above, off) if isinstance(each, list) and all(map(is_number, each))]
    if len(lists) < 2 or not above or len(above) != len(off) or not rising(above, off):
        rule = "tokens must rise, and have each a discount from 0 to 1 that never falls"
        raise ScenarioError(
            f"{place}tier_tokens is {shown(above)}, tier_discount_shares {shown(off)}; {rule}"
        )
    return {TIERS[0]: tuple(map(float, above)), TIERS[1]: tuple(map(float, off)), TIERS[2]: kind}
