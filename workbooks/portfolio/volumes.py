"""The volume of a workload, as tokens or as what drives them: users, requests, lengths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from costcore.portfolio.volume import tokens_of_requests
from workbooks.scenario.entries import is_number, shown
from workbooks.scenario.scenario import ScenarioError

CASES = ("low", "base", "high")
NOTES = ("source", "as_of", "owner")
DRIVERS = ("requests_per_day", "users", "user_requests_per_day")


def with_volume(table: Mapping[str, Any], hours_per_month: float) -> dict[str, Any]:
    """Return a workload with tokens a month and its output share, from its drivers where given.

    Raises
    ------
    ScenarioError
        If it says its volume twice, or not at all.
    """
    found = dict(table)
    given = [name for name in DRIVERS if name in table]
    if "tokens_per_month" in table:
        if given:
            raise ScenarioError(f"tokens_per_month and {given[0]} both say its volume; give one")
    else:
        found["tokens_per_month"] = _tokens(table, given, hours_per_month)
    lengths = [cases(table, name) for name in ("input_tokens", "output_tokens") if name in table]
    if len(lengths) == 2 and not sum(each["base"] for each in lengths) > 0:
        raise ScenarioError("input_tokens and output_tokens are both 0; a request has some")
    if len(lengths) == 2 and "output_share" not in table:
        prompt, answer = (each["base"] for each in lengths)
        source = "the mean request's output, of its tokens"
        found["output_share"] = {"base": answer / (prompt + answer), "source": source}
    return found


def request_tokens(table: Mapping[str, Any]) -> float | None:
    """Return the tokens of a mean request; None where nobody has said."""
    lengths = [cases(table, name) for name in ("input_tokens", "output_tokens") if name in table]
    return sum(each["base"] for each in lengths) if len(lengths) == 2 else None


def _tokens(table: Mapping[str, Any], given: list[str], hours_per_month: float) -> dict[str, Any]:
    if "requests_per_day" in given and len(given) > 1:
        raise ScenarioError(f"requests_per_day and {given[-1]} both say its volume; give one")
    people = ("users", "user_requests_per_day")
    wanted = people if set(given) & set(people) else ("requests_per_day",)
    for name in (*wanted, "input_tokens", "output_tokens"):
        if name not in table:
            rule = "give tokens_per_month, or requests and their lengths"
            raise ScenarioError(f"{name} is missing; {rule}")
    drivers = [cases(table, name) for name in wanted]
    prompt, answer = (cases(table, name) for name in ("input_tokens", "output_tokens"))
    tokens: dict[str, Any] = {}
    for case in CASES:
        requests = 1.0
        for driver in drivers:
            requests *= driver[case]
        lengths = prompt["base"], answer["base"]
        tokens[case] = tokens_of_requests(requests, *lengths, hours_per_month)
    said = [table[name] for name in wanted if isinstance(table[name], Mapping)]
    notes = {note: each[note] for each in reversed(said) for note in NOTES if note in each}
    return {**tokens, **notes}


def cases(table: Mapping[str, Any], name: str) -> dict[str, float]:
    """Return low, base and high of a driver, or of a length.

    Raises
    ------
    ScenarioError
        If one of them is no number of at least 0.
    """
    value = table[name]
    given: Mapping[str, Any] = value if isinstance(value, Mapping) else {"base": value}
    if "base" not in given:
        raise ScenarioError(f"{name} has no base; give base, or all of low, base and high")
    cases = {case: given.get(case, given["base"]) for case in CASES}
    for case, number in cases.items():
        if number is None or not is_number(number) or number < 0:
            raise ScenarioError(f"{name} ({case}) is {shown(number)}; it must be at least 0")
    return {case: float(number or 0.0) for case, number in cases.items()}
