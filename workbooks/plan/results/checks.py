"""What must hold for a workbook's numbers to be right: 0 where it does, 1 where not."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.quantities import QUANTITIES
from costcore.language.timeline import Line, Rule
from costcore.language.trace import weighted, words
from workbooks.plan.lines.option import TITLES
from workbooks.plan.lines.vintages import Holdings
from workbooks.plan.results.comparison import HOSTED

VOLUME = QUANTITIES["tokens_per_month"]


def holds(name: str, label: str, rule: Rule) -> Line:
    """Return a check: 0 where a rule holds, 1 where it does not."""
    return Line(f"{name}_check", label, lambda m: np.where(rule(m), 0, 1))


def close(m: Any, one: Any, other: Any) -> Any:
    """Say whether two amounts are one, up to the plan's tolerance."""
    return np.absolute(one - other) <= m.tolerance_cost


def too_few(tokens: Any) -> Any:
    """Say whether a volume by month is one that nobody means: typed in millions."""
    return VOLUME.small(np.max(tokens, axis=0))


def meant(name: str, title: str, tokens: str) -> Line:
    """Return the check that a volume by month is none, or one that somebody means."""
    none = f"in its busiest month no tokens, or at least {VOLUME.least:,.0f}"
    label = f"{title}: {none}: they are not in millions"
    return Line(f"{name}_check", label, lambda m: np.where(too_few(getattr(m, tokens)), 1, 0))


def _years_add_up(option: str) -> Line:
    def rule(m: Any) -> Any:
        years = np.sum(getattr(m, f"{option}_cash_per_year"), axis=0)
        return close(m, years, getattr(m, f"{option}_cash_cost"))

    return holds(f"{option}_years", f"{TITLES[option]}: years add up to the plan", rule)


def _in_the_books(option: str) -> Line:
    """What was bought is in the books until it is depreciated or has left."""

    def rule(m: Any) -> Any:
        parts = (f"{option}_{part}_per_month" for part in ("depreciation", "written_off", "kept"))
        bought = np.sum(getattr(m, f"{option}_purchases_per_month"), axis=0)
        return close(m, bought, sum(np.sum(getattr(m, part), axis=0) for part in parts))

    title = f"{TITLES[option]}: purchases = depreciation + written off + book value"
    return holds(f"{option}_book", title, rule)


def _obligations(option: str) -> Line:
    """Whatever is owed by contract is used or wasted, to the cent."""

    def rule(m: Any) -> Any:
        owed, used, wasted = (
            np.sum(getattr(m, f"{option}_{part}_per_month"), axis=0)
            for part in ("owed", "used", "wasted")
        )
        return close(m, owed, used + wasted)

    return holds(f"{option}_contracts", f"{TITLES[option]}: owed = used + wasted", rule)


def _months_add_up(option: str) -> Line:
    def rule(m: Any) -> Any:
        months = weighted(getattr(m, f"{option}_due_per_month"), m.bill_factor) * m.kept_share
        return close(m, months, getattr(m, f"{option}_compared_cost"))

    title = f"{TITLES[option]}: months of the comparison add up to its present value"
    return holds(f"{option}_due", title, rule)


GENERAL = (
    holds(
        "reason",
        "Self-hosting that saves over the plan does so in some month",
        lambda m: (m.saving_cost <= m.tolerance_cost) | (m.ahead_months > 0),
    ),
    holds(
        "ahead",
        "Self-hosting that costs more over the plan does so in some month",
        lambda m: (m.saving_cost >= -m.tolerance_cost) | (m.ahead_months < m.horizon_months),
    ),
    holds(
        "npv",
        "Cloud API: present value = NPV of the sheet",
        lambda m: close(m, m.sheet_npv_cost * (1 - m.tax_rate_share), m.api_present_cost),
    ),
    holds(
        "capacity",
        "Self-hosted: nodes serve the volume of every month",
        lambda m: np.sum(m.own_short_tokens, axis=0) <= m.tolerance_cost,
    ),
    holds(
        "case",
        "Live case is 1, 2 or 3",
        lambda m: (m.live_case == 1) | (m.live_case == 2) | (m.live_case == 3),
    ),
    holds(
        "price",
        "API price is plausible: from 0 to 1,000 per Mtok",
        lambda m: (m.api_price_per_mtok >= 0) & (m.api_price_per_mtok < 1000),
    ),
    meant("volume", "Volume", "volume_tokens_per_month"),
    holds("node", "A node serves something", lambda m: m.node_plan_tokens_per_month > 0),
)


def _of_lengths(m: Any) -> Any:
    """Up to a quarter of all tokens, for both are guesses at first."""
    return (m.sized_count == 0) | (4 * np.absolute(m.output_share - m.lengths_output_share) <= 1)


def _as_measured(m: Any) -> Any:
    """A speed of one's own is of whatever one says it is."""
    wanted = words(m.sizing_model, " ", m.weight_precision)
    typed = np.isfinite(m.node_tokens_per_second)
    return (m.sized_count == 0) | typed | (m.measured_model_text == wanted)


def _fast(m: Any) -> Any:
    """What was measured at the very lengths of the plan is believed, whatever the model says."""
    modelled = m.node_speed_tokens_per_second <= m.modelled_high_tokens_per_second
    return np.where((m.sized_count == 0) | (m.as_measured_count == 1), True, modelled)


SIZED = (
    holds("measured", "The measured system runs the model, in its format", _as_measured),
    holds("fits", "The model fits on a node, in its format", lambda m: m.unfit_count == 0),
    holds("speed", "A node is as fast as measured, or as the sizing model's high at most", _fast),
    holds("lengths", "Output of all tokens is that of prompt and answer, about", _of_lengths),
)
"""What must hold where a model is sized: its speed, its memory and the prices are of one load."""
MASTER = Line("master_check", "Checks that fail", lambda m: np.sum(m.all_checks, axis=0))


LAID_OUT = holds(
    "layout",
    "Nothing is bought without a book value: to buy, make the sheets anew by budget --from",
    lambda m: m.acquisition_kind != "buy",
)
OWNS_NONE = holds(
    "layout",
    "No node is owned, to be depreciated: to own some, make the sheets anew by budget --from",
    lambda m: (m.acquisition_kind != "buy") & (m.existing_nodes == 0),
)


def checks(
    options: tuple[str, ...], holdings: Holdings, owing: tuple[str, ...] = (), rest: str = "api"
) -> tuple[Line, ...]:
    """Return the checks of a plan that compares these options, some of them owing by contract.

    `rest` is what the sheets let a hybrid buy its rest from.
    """
    mixed = holds(
        "rest",
        "Hybrid: the rest goes where the sheets were made for; else make them by budget --from",
        lambda m: m.hybrid_rest_kind == rest,
    )
    hosted = tuple(option for option in HOSTED if option in options)
    added = *map(_years_add_up, options), *map(_months_add_up, options)
    books = (
        tuple(map(_in_the_books, hosted))
        if holdings.buys
        else (LAID_OUT if holdings.any else OWNS_NONE,)
    )
    laid_out = (mixed,) if "hybrid" in options else ()
    return (*added, *books, *map(_obligations, owing), *laid_out, *GENERAL)
