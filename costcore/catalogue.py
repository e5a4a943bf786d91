"""Every function a spreadsheet can call, listed once.

Each host, the function help, the documents and the tests are read from
`FUNCTIONS`. To add a function, write it in `costcore`, give each new argument
name a line in `quantities`, and add one entry here.
"""

from __future__ import annotations

from costcore.answers.breakeven import (
    breakeven_load,
    breakeven_price,
    breakeven_ranges,
    breakeven_tokens,
)
from costcore.answers.hybrid import spillover_cost, spillover_nodes
from costcore.answers.options import cheapest_option, token_price
from costcore.answers.outcome import outcome_cost
from costcore.answers.risk import tco_range, win_probability
from costcore.answers.why import breakeven_why
from costcore.language.sheet_function import Example, SheetFunction
from costcore.machines.functions import SIZING_FUNCTIONS
from costcore.money.cashflow import equivalent_annual_cost, single_irr
from costcore.money.horizon import breakeven_months, tco_3yr, tco_api_3yr, tco_nyr, tco_schedule
from costcore.nodes.capacity import capacity_tokens, nodes_needed, peak_factor
from costcore.nodes.hosting import own_per_month, rent_per_month, selfhost_cost, selfhost_price
from costcore.portfolio.functions import PORTFOLIO_FUNCTIONS
from costcore.tokens.api import blended_price, cache_breakeven_share, routed_price
from costcore.tokens.tiers import tiered_cost

__all__ = ["CATEGORY", "FUNCTIONS", "Example", "SheetFunction", "function"]

CATEGORY = "LLM costs"

_PRICES = (
    ("model", "input", "output", "valid_from", "valid_to"),
    ("openai/o3", 10.0, 40.0, "2025-04-16", "2025-06-10"),
    ("openai/o3", 2.0, 8.0, "2025-06-10", None),
)
_OPTIONS = (
    ("API", 0.0, 0.0, None, 2.5),
    ("Managed platform", 0.0, 0.0, None, 1.8),
    ("Own nodes", 6_667.0, 5_400.0, 8e9, 0.0),
)
_STAIRCASE = "by hand: the second node covers 3,000; 690 = (3,000 + 2 x 5,400) / 20"
_GUIDE = "CTO guide 'The Trillion Token Tipping Point': 155,000 + 36 x 2,450 + 3 x 10,000"

FUNCTIONS = (
    SheetFunction(
        breakeven_tokens,
        returns="tokens_per_month",
        example=Example((20.0, 5_400.0, 388.8e6, 3_000.0, 0.0, 1.0, "first"), 690e6, _STAIRCASE),
    ),
    SheetFunction(
        breakeven_ranges,
        returns="tokens_per_month",
        example=Example(
            (20.0, 5_400.0, 388.8e6, 3_000.0),
            ((690e6, 777.6e6, 2.0), (960e6, 1166.4e6, 3.0), (1230e6, float("inf"), 4.0)),
            _STAIRCASE,
        ),
        answers="a table",
        traces=False,
    ),
    SheetFunction(
        breakeven_why,
        returns="text",
        example=Example(
            (20.0, 5_400.0, 388.8e6, 3_000.0),
            "Self-hosting wins from 690 M tokens a month, with gaps until 1,230 M.",
            _STAIRCASE,
        ),
        answers="text",
        traces=False,
    ),
    SheetFunction(
        breakeven_price,
        returns="price_per_mtok",
        example=Example((500e6, 5_400.0, 388.8e6), 21.6, "by hand: 2 x 5,400 over 500"),
    ),
    SheetFunction(
        breakeven_load,
        returns="share",
        example=Example((20.0, 5_400.0, 540e6), 0.5, "by hand: 5,400 over 540 x 20"),
    ),
    SheetFunction(
        breakeven_months,
        returns="months",
        example=Example((90_000.0, 5_000.0, 2_000.0), 30.0, "by hand: 90,000 over 3,000"),
        traces=False,
    ),
    SheetFunction(
        tco_3yr,
        returns="cost",
        example=Example((155_000.0, 2_450.0, 10_000.0), 273_200.0, _GUIDE),
    ),
    SheetFunction(
        tco_nyr,
        returns="cost",
        example=Example(
            (5.0, 155_000.0, 2_450.0, 10_000.0), 352_000.0, "155,000 + 60 x 2,450 + 5 x 10,000"
        ),
    ),
    SheetFunction(
        tco_schedule,
        returns="cost",
        example=Example(
            (2.0, 1_200.0, 100.0, 0.0, 200.0),
            ((2_400.0, 500.0, 2_400.0, 2_400.0), (1_000.0, 500.0, 1_000.0, 3_400.0)),
            "by hand: 1,200 + 12 x 100; 12 x 100 - 200; depreciation (1,200 - 200) / 2",
        ),
        answers="a table",
        traces=False,
    ),
    SheetFunction(
        tco_api_3yr,
        returns="cost",
        example=Example((3_750.0,), 135_000.0, "CTO guide: 36 x 3,750"),
    ),
    SheetFunction(
        blended_price,
        returns="price_per_mtok",
        example=Example((3.0, 15.0, 0.25), 6.0, "by hand: 3 x 0.75 + 15 x 0.25"),
    ),
    SheetFunction(
        capacity_tokens,
        returns="tokens_per_month",
        example=Example((150.0, 1.0, 720.0), 388.8e6, "post 'Cost Crossover Analysis': ~388M"),
    ),
    SheetFunction(
        nodes_needed,
        returns="nodes",
        example=Example((500e6, 388.8e6, 3.0, 0.75, 1.0), 7.0, "by hand: 500 x 4 / 388.8, and 1"),
    ),
    SheetFunction(
        selfhost_cost,
        returns="cost_per_month",
        example=Example((500e6, 5_400.0, 388.8e6, 3_000.0), 13_800.0, "3,000 + 2 x 5,400"),
    ),
    SheetFunction(
        selfhost_price,
        returns="price_per_mtok",
        example=Example((500e6, 5_400.0, 388.8e6, 3_000.0), 27.6, "13,800 over 500"),
    ),
    SheetFunction(
        rent_per_month,
        returns="cost_per_month",
        example=Example((1.875, 4.0, 1.0, 720.0), 5_400.0, "4 x 1.875 x 720"),
    ),
    SheetFunction(
        own_per_month,
        returns="cost_per_month",
        example=Example(
            (36_000.0, 36.0, 0.0, 0.10, 1.0, 0.10, 1.5, 200.0),
            1_579.935,
            "by hand: 1,000 + 300 + 1 x 0.73 x 1.5 x 730 x 0.10 + 200",
        ),
    ),
    SheetFunction(
        outcome_cost,
        returns="cost",
        example=Example((0.01, 0.5, 2.0, 1.0), 0.265, "0.01 x 1.5 + 1 x 0.25"),
    ),
    SheetFunction(
        routed_price,
        returns="price_per_mtok",
        example=Example(((0.8, 0.2), (0.10, 0.75)), 0.23, "0.8 x 0.10 + 0.2 x 0.75"),
        answers="one number",
        traces=False,
    ),
    SheetFunction(
        tiered_cost,
        returns="cost_per_month",
        example=Example(
            (4e9, 1.0, (1e9, 3e9), (0.1, 0.3)),
            3_500.0,
            "by hand: 1,000 at 1.00, 2,000 at 0.90 and 1,000 at 0.70",
        ),
        answers="one number",
        traces=False,
    ),
    SheetFunction(
        cache_breakeven_share,
        returns="share",
        example=Example((3.0, 3.75, 0.3), 0.75 / 3.45, "0.75 more a write, 3.45 saved a read"),
    ),
    SheetFunction(
        equivalent_annual_cost,
        returns="cost_per_year",
        example=Example((300.0, 0.0, 3.0), 100.0, "without a rate, a third of it"),
    ),
    SheetFunction(
        single_irr,
        returns="period_rate",
        example=Example(((100.0, -121.0),), 0.21, "121 a period later are 21 % more"),
        answers="one number",
        traces=False,
    ),
    SheetFunction(
        spillover_cost,
        returns="cost_per_month",
        example=Example(((1e6, 3e6), 1.0, 800.0, 1e6, 2.0), 2_260.0, "800 + 730 x 2 / 2 x 2"),
        traces=False,
    ),
    SheetFunction(
        spillover_nodes,
        returns="nodes",
        example=Example(
            ((1e6, 3e6), 800.0, 1e6, 2.0), 1.0, "the first node saves 1,460, the second 730"
        ),
        answers="one number",
        traces=False,
    ),
    SheetFunction(
        peak_factor,
        returns="factor",
        example=Example(((10.0, 20.0, 60.0, 30.0),), 2.0, "60 over 30"),
        answers="one number",
        traces=False,
    ),
    SheetFunction(
        token_price,
        returns="price_per_mtok",
        example=Example(
            ("openai/o3", "input", _PRICES, "2025-06-09"), 10.0, "OpenAI cut o3 on 2025-06-10"
        ),
        answers="one number",
        traces=False,
    ),
    SheetFunction(
        cheapest_option,
        returns="text",
        example=Example((1e9, _OPTIONS), "Managed platform", "1,800 against 2,500 and 12,067"),
        answers="text",
        traces=False,
    ),
    SheetFunction(
        tco_range,
        returns="cost",
        example=Example(
            ((155_000.0, 155_000.0, 155_000.0), 2_450.0, 10_000.0),
            273_200.0,
            f"a range without width; {_GUIDE}",
        ),
        answers="one number",
        traces=False,
    ),
    SheetFunction(
        win_probability,
        returns="share",
        example=Example(
            ((440e6, 540e6, 640e6), 10.0, 5_400.0),
            0.5,
            "540 M tokens at 10 are 5,400, the middle of an even range",
        ),
        answers="one number",
        traces=False,
    ),
    *PORTFOLIO_FUNCTIONS,
    *SIZING_FUNCTIONS,
)


def function(name: str) -> SheetFunction:
    """Return the entry called `name`, in either case.

    Raises
    ------
    LookupError
        If there is none.
    """
    for entry in FUNCTIONS:
        if entry.name == name.upper():
            return entry
    raise LookupError(f"no function {name!r}")
