"""Measured usage as a scenario that a budget is planned from."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from workbooks import tables
from workbooks.scenario.inputs import INPUTS
from workbooks.scenario.reading import ready
from workbooks.scenario.writing import toml
from workbooks.usage.actuals import Actuals
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.implied import implied
from workbooks.usage.ledger import INPUT_KINDS

BASE = "mid-size"
SHARES = (
    "output_share",
    "cached_share",
    "cache_write_share",
    "cache_write_1h_share",
    "batch_share",
)
STEEPEST_GROWTH = 100.0
"""A trend beyond it says nothing of the next month either."""


def base() -> dict[str, Any]:
    """Return the ready scenario that gives everything but the workload."""
    return tomllib.loads(ready()[BASE].read_text(encoding="utf-8"))


def workload(actuals: Actuals) -> str:
    """Return the text of a scenario file whose workload was measured.

    Every measured entry has its source and date. What usage cannot tell is taken from the ready
    scenario for a mid-size company, marked as such; what the exports do not tell is left out,
    with a comment, and takes the default of the plan.

    Raises
    ------
    UsageError
        If the exports have no token totals, or tokens of unknown direction.
    """
    refuse_without_tokens(actuals)
    rest = base()
    period = f"{actuals.first} to {actuals.last}"
    lines = [
        f"# Usage of {period}, as `evenpoint usage import` read it.",
        f"# Everything but [workload] is the ready scenario {BASE}: replace it with your own.",
        "",
        _line("title", f"Measured usage, {period}"),
        _line("purpose", rest["purpose"]),
        _line("currency", rest["currency"]),
        f"start_month = {actuals.next_month}",
        _line("horizon_months", rest["horizon_months"]),
        "",
        "[workload]",
        *_measured(actuals),
        *_rest(rest, actuals),
    ]
    if seasons := actuals.season_factors:
        lines += ["", "[series]", _line("season_factor", [round(each, 4) for each in seasons])]
    return "\n".join(lines) + "\n"


def refuse_without_tokens(actuals: Actuals) -> None:
    """Raise a UsageError if there are no token totals to plan with."""
    refuse_uncounted(actuals)
    if lost := float(actuals.language.undirected.sum()):
        raise UsageError(
            f"{lost:,.0f} tokens have no direction, as they are called neither input nor output, "
            "which differ in price, so the volume would be too small; export both columns, name "
            'them with --columns "…,input=HEADER,output=HEADER", or import the log of the gateway '
            "or the provider, which has both"
        )
    if actuals.tokens_per_month is None:
        names = ", ".join(export.name for export in actuals.exports)
        counts = (
            f"only tokens of {', '.join(actuals.apart)}" if actuals.apart else "no token counts"
        )
        raise UsageError(f"{names}: {counts}, so there is no volume to plan with")


def refuse_uncounted(actuals: Actuals) -> None:
    """Raise a UsageError if tokens are counted in units of unknown size."""
    if (share := actuals.uncounted_share) is not None:
        raise UsageError(
            f"{share:.0%} of the bill says tokens in units of unknown size, so the volume would be "
            f"too small; {implied(actuals.language)}"
        )


def _measured(actuals: Actuals) -> Iterator[str]:
    names = ", ".join(export.name for export in actuals.exports if export.has_tokens)
    covered = f"{actuals.days_with_data} of {actuals.days} days have data"
    source = f"{names}, {actuals.first} to {actuals.last}"
    growth = actuals.growth_per_year
    months = f"trend of {len(actuals.full_months)} whole months, low and high by its error"
    ends = INPUTS["growth_per_year"].quantity
    steady = growth and growth[0] >= ends.low and growth[2] <= STEEPEST_GROWTH
    level = actuals.next_tokens_per_month if steady else actuals.tokens_per_month
    on = f"; in {actuals.next_month:%Y-%m} by the {months}" if steady else ""
    yield _entry("tokens_per_month", level, f"{source}; {covered}{on}", actuals)
    if growth and steady and growth[2] > ends.high:
        why = f"by the {months} it is {growth[1]:+.0%} a year, and a plan takes {ends.high:.0%}"
        yield f"# growth_per_year: {why}: say how long it goes on, month by month or a year"
    elif steady:
        yield _entry("growth_per_year", growth, f"{source}; {months}: judge it", actuals)
    else:
        yield "# growth_per_year: unknown, for it takes three whole months with a steady trend"
    for name in (*SHARES, "peak_factor"):
        value = getattr(actuals, name)
        if value is None and name != "cache_write_1h_share":  # nothing written has no life
            yield _unknown(name)
        elif value is not None:
            yield _entry(name, (value,) * 3, source, actuals)


def _unknown(name: str) -> str:
    """Say that the exports do not tell a figure; a peak is assumed, for 1 would be no peak."""
    if name != "peak_factor":
        return f"# {name}: unknown, for not every export tells it"
    usual = next(each for each in tables.assumptions() if each.name == name)
    cases = {"low": usual.low, "base": usual.base, "high": usual.high}
    told = f"assumptions table, for not every export has hours: {usual.source}"
    return _line(name, {**cases, "source": told})


def _entry(name: str, cases: tuple[float, ...] | None, source: str, actuals: Actuals) -> str:
    low, base, high = (float(f"{each:.6g}") for each in cases or ())
    known = {"base": base} if low == base == high else {"low": low, "base": base, "high": high}
    return _line(name, {**known, "source": source, "as_of": str(actuals.last)})


def _rest(rest: Mapping[str, Any], actuals: Actuals) -> Iterator[str]:
    known = {"api_model": _largest(actuals), **lengths(actuals)}
    for title, section in rest.items():
        if isinstance(section, Mapping) and title not in ("workload", "series"):
            yield from ("", f"[{title}]")
            if title == "api":
                yield from _last_bill(actuals, rest["currency"])
            yield from (_line(name, known.get(name) or value) for name, value in section.items())


def lengths(actuals: Actuals) -> dict[str, Any]:
    """Return the mean request as entries, where the exports count requests."""
    rows = actuals.language[actuals.language.requests.notna()]
    requests = float(rows.requests.sum())
    if not requests or not all(actuals.all_know([name]) for name in ("requests", "output")):
        return {}
    read, answered = rows[list(INPUT_KINDS)].sum().sum(), rows.output.sum()
    means = [float(each) / requests for each in (read, answered)]
    if min(means) < 1:
        return {}
    source = f"mean of the requests from {actuals.first} to {actuals.last}"
    notes = {"source": source, "as_of": str(actuals.last)}
    pair = zip(("input_tokens", "output_tokens"), means, strict=True)
    return {name: {"base": float(f"{each:.6g}"), **notes} for name, each in pair}


def _last_bill(actuals: Actuals, currency: str) -> Iterator[str]:
    """Yield what a month cost: as billed, or else at list, if all its tokens have such a cost."""
    rows, counted = actuals.rows, actuals.tokens > 0
    for column, sums, label in (
        ("cost", actuals.billed, "as billed"),
        ("list_cost", actuals.listed, "at list prices, model by model"),
    ):
        if not rows[column][counted].isna().any() and set(sums) == {currency}:
            month = (actuals.tokens_per_month or (0.0, 0.0, 0.0))[1]
            bill = sums[currency] * month / float(actuals.tokens.sum())
            source = f"{label} from {actuals.first} to {actuals.last}, for as many tokens"
            for name, value in (("bill", bill), ("bill_tokens", month)):
                entry = {"base": float(f"{value:.6g}"), "source": source}
                yield _line(f"last_{name}_per_month", entry)
            return
    yield f"# last_bill_per_month: unknown, for not all tokens have a cost in {currency}"


def _largest(actuals: Actuals) -> dict[str, str] | None:
    """Return the model with a list price that has the most tokens, as an entry."""
    tokens = actuals.volume.groupby(actuals.rows.list_name).sum().sort_values()
    if not len(tokens) or not tokens.iloc[-1]:
        return None
    share = tokens.iloc[-1] / actuals.volume.sum()
    source = f"{share:.0%} of the tokens from {actuals.first} to {actuals.last}"
    return {"base": str(tokens.index[-1]), "source": source, "as_of": str(actuals.last)}


def _line(name: str, value: Any) -> str:
    return f"{name} = {toml(value)}"
