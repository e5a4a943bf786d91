"""Contracts of the company: what is owed, from when, for how long, and how it may end."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from costcore.language.quantities import MONTHS_PER_YEAR
from workbooks.scenario.entries import (
    check_keys,
    checked_code,
    checked_text,
    is_number,
    shown,
)
from workbooks.scenario.scenario import Contract, ScenarioError

SPEND = ("api", "managed")
"""Kinds that owe a minimum bill, whatever it is for."""
NODES = ("reserved", "lease")
"""Kinds that owe a fee for nodes; the plan's own are hired only beyond them."""
KINDS = (*SPEND, "dedicated", *NODES)
SIGNS = MappingProxyType(
    {"api": "api", "managed": "managed", "dedicated": "api", "reserved": "own", "lease": "own"}
)
"""The strategy that signs what is only offered, unless the contract names another."""
STRATEGIES = ("api", "managed", "own", "hybrid")
YES_NO = MappingProxyType({True: "yes", False: "no"})
SOURCES = MappingProxyType({"yes": "the contract as signed", "no": "an offer"})
"""Where the terms come from, if nothing else is said."""
FIRST, LAST = -240, 240
MOST = 12
"""Contracts a plan takes: each adds some rows for each strategy."""


NUMBERS: Mapping[str, tuple[float | None, float, float, bool]] = MappingProxyType(
    {
        "first_month": (1.0, FIRST, LAST, True),
        "term_months": (MONTHS_PER_YEAR, 1, LAST, True),
        "settled_months": (1.0, 1, MONTHS_PER_YEAR, True),
        "ramp_months": (0.0, 0, LAST, True),
        "overage_factor": (1.0, 0, 10, False),
        "rollover_share": (0.0, 0, 1, False),
        "notice_months": (None, 0, LAST, True),
        "exit_share": (0.0, 0, 1, False),
        "committed_nodes": (0.0, 0, 1e6, True),
        "committed_tokens_per_month": (0.0, 0, 1e15, False),
        "minimum_per_month": (0.0, 0, 1e15, False),
    }
)
"""Default, lowest and highest value of each number, and whether it is whole."""
KEYS = (
    *("name", "kind", "with", "signed", "strategy", "price_held", "minimum_per_year", "source"),
    "currency",
    *NUMBERS,
)
ALONE = MappingProxyType(
    {"ramp_months": 0.0, "overage_factor": 1.0, "rollover_share": 0.0, "settled_months": 1.0}
)
"""What a fee has not: only a minimum that is spent is settled, ramped, or rolled over."""


def read(content: Any, rate: float, currency: str) -> tuple[Contract, ...]:
    """Return the contracts of a scenario file, their money in the plan's `currency`.

    Money that names no currency is converted at the `rate`; what names another one keeps it.

    Raises
    ------
    ScenarioError
        With the contract, its key, the value and the rule.
    """
    if not isinstance(content, list):
        raise ScenarioError(f"contract is {shown(content)}; write each under [[contract]]")
    return checked(tuple(_contract(each, rate, currency) for each in content))


def _contract(content: Any, rate: float, currency: str) -> Contract:
    check_keys(content, KEYS, "is not part of a contract", "contract")
    name = checked_text("name of a contract", content.get("name", ""))
    yearly = content.get("minimum_per_year")
    if yearly is not None and "minimum_per_month" in content:
        rule = "give minimum_per_month, or minimum_per_year"
        raise ScenarioError(f"contract {name!r} has two minimums; {rule}")
    found: dict[str, Any] = {n: content.get(n, start) for n, (start, *_) in NUMBERS.items()}
    if yearly is not None:
        number("minimum_per_month", yearly, name)
        found["minimum_per_month"] = yearly / MONTHS_PER_YEAR
        found["settled_months"] = content.get("settled_months", MONTHS_PER_YEAR)
    found = {n: number(n, value, name) for n, value in found.items()}
    code = content.get("currency", "")
    code = checked_code(f"currency of {name!r}", code) if code else ""
    found["minimum_per_month"] *= 1.0 if code else rate
    kind = one_of("kind", content.get("kind"), name, KINDS)
    signed = _yes("signed", content.get("signed", True), name)
    return Contract(
        contract=name,
        kind=kind,
        partner=checked_text(f"with of {name!r}", content.get("with", "")),
        signed=signed,
        strategy=one_of("strategy", content.get("strategy", SIGNS[kind]), name, STRATEGIES),
        price_held=_yes("price_held", content.get("price_held", False), name),
        source=checked_text(f"source of {name!r}", content.get("source", SOURCES[signed])),
        currency="" if code == currency else code,
        **found,
    )


def _yes(key: str, value: Any, name: str) -> str:
    if not isinstance(value, bool):
        raise ScenarioError(f"{key} of {name!r} is {shown(value)}; it must be true or false")
    return YES_NO[value]


def one_of(key: str, value: Any, name: str, allowed: Sequence[str]) -> str:
    """Return one of a few words."""
    if value not in tuple(allowed):  # a tuple, for a TOML value may be unhashable
        rule = f"it must be one of {', '.join(allowed)}"
        raise ScenarioError(f"{key} of {name!r} is {shown(value)}; {rule}")
    return str(value)


def number(key: str, value: Any, name: str) -> float | None:
    """Return a number of a contract that it may have; a blank notice is None."""
    _, low, high, whole = NUMBERS[key]
    if key == "notice_months" and value is None:
        return None
    if not is_number(value) or not low <= value <= high or (whole and value % 1):
        kind = "a whole number" if whole else "a number"
        rule = f"it must be {kind} from {low:g} to {high:g}"
        raise ScenarioError(f"{key} of {name!r} is {shown(value)}; {rule}")
    return float(value)


def checked(contracts: Sequence[Contract]) -> tuple[Contract, ...]:
    """Return contracts that can be planned with.

    Raises
    ------
    ScenarioError
        With the first that cannot, and the rule.
    """
    if len(contracts) > MOST:
        raise ScenarioError(f"there are {len(contracts)} contracts; a plan takes at most {MOST}")
    for each in contracts:
        check(each)
    for one, other in itertools.combinations(contracts, 2):
        if one.contract == other.contract:
            raise ScenarioError(f"two contracts are called {one.contract!r}; rename one")
    return tuple(contracts)


def check(each: Contract) -> None:
    """Refuse a contract whose terms do not go together."""
    if not each.contract:
        raise ScenarioError("name of a contract is blank; it must be text")
    if MONTHS_PER_YEAR % each.settled_months:
        rule = "it must be 1, 2, 3, 4, 6 or 12"
        raise ScenarioError(
            f"settled_months of {each.contract!r} is {each.settled_months:g}; {rule}"
        )
    for key, usual in ALONE.items() if each.kind not in SPEND else ():
        if (held := getattr(each, key)) != usual:
            rule = f"a fee, such as {each.kind}, has none: only what is spent is settled"
            raise ScenarioError(f"{key} of {each.contract!r} is {held:g}; {rule}")
    if each.price_held == "yes" and not (each.is_signed and each.kind in SPEND):
        rule = "only a signed contract of kind api or managed holds its price"
        raise ScenarioError(f"price_held of {each.contract!r} is set; {rule}")
    needed = {"dedicated": "committed_tokens_per_month"} | dict.fromkeys(NODES, "committed_nodes")
    if each.kind in needed and not getattr(each, needed[each.kind]):
        rule = f"a contract of kind {each.kind} needs it"
        raise ScenarioError(f"{needed[each.kind]} of {each.contract!r} is 0; {rule}")
