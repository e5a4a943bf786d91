"""Reading a scenario: whatever a file holds, it is refused in a sentence or planned in numbers."""

import datetime
import math

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from workbooks import tables
from workbooks.plan.plan import plan
from workbooks.scenario.inputs import CASES, ENDS, INPUTS, SECTIONS
from workbooks.scenario.reading import HEADER, SERIES, parse
from workbooks.scenario.scenario import ScenarioError

SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
NAMES = {
    "managed_model": ["", *(price.model for price in tables.token_prices())],
    "sizing_model": ["", *(model.model for model in tables.models())],
}
ODD_NUMBERS = st.sampled_from([0, 1, -1, 1e-9, 5e-324, 1e15, 1e16, 10**400, math.nan, math.inf])
NUMBERS = st.one_of(ODD_NUMBERS, st.floats(), st.integers())
SCALARS = st.one_of(
    NUMBERS, st.text(max_size=5), st.booleans(), st.dates(), st.datetimes(), st.times()
)
NAMES_OF_ANYTHING = st.sampled_from([*HEADER, *SERIES, *SECTIONS, *INPUTS, *ENDS, "series", "x"])
ANYTHING = st.recursive(
    SCALARS,
    lambda part: st.lists(part, max_size=3) | st.dictionaries(NAMES_OF_ANYTHING, part, max_size=3),
    max_leaves=8,
)


SECTION_OF = {each.name: section for section, inputs in SECTIONS.items() for each in inputs}
FIXED = {"hardware", "system", "gpus_per_node_count", "api_model"}
FIXED |= {"cache_write_share", "long_context_share"}  # listed rates may not fit a typed price
FREE = [name for name in INPUTS if name not in FIXED]
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "currency": st.sampled_from(["USD", "EUR", "JPY"]),
        "as_of": st.dates(datetime.date(2024, 12, 31), datetime.date(2030, 1, 1)),
        "horizon_months": st.integers(12, 60),
        "series": st.fixed_dictionaries(
            {},
            optional={
                "forecast_tokens_per_month": st.lists(st.integers(0, 10**13), max_size=12),
                "season_factor": st.lists(st.integers(0, 4), min_size=12, max_size=12),
            },
        ),
    },
)


def values(each):
    """Values an input may have on its own."""
    if not each.is_number:
        return st.sampled_from(each.choices or NAMES[each.name])
    quantity = each.quantity
    high = min(quantity.high, 1e15)
    if quantity.whole or each.name == "life_months":
        return st.integers(int(quantity.low), int(min(high, 500)))
    usual = st.floats(quantity.low, min(high, max(quantity.low + 1, 1_000)))
    extremes = st.sampled_from([quantity.low, high])
    return st.one_of(usual, usual, extremes).map(lambda x: 0.0 if 0 < abs(x) < 1e-9 else x)


def entries(each):
    """An input as a bare value or as cases."""
    value = values(each)
    if each.is_number:
        rising = st.tuples(value, value, value).map(
            lambda cases: dict(zip(ENDS, sorted(cases), strict=True))
        )
        return st.one_of(value, rising)
    words = st.fixed_dictionaries({"base": value}, optional={"low": value, "high": value})
    return st.one_of(value, words)


@st.composite
def plausible(draw):
    """Scenarios whose every value is right on its own; together they may still be wrong."""
    system = draw(st.sampled_from(tables.throughputs()))
    content = {
        "workload": {"tokens_per_month": 1e9},
        "api": {"api_model": "openai/o3"},
        "nodes": {
            "hardware": system.hardware,
            "system": system.system,
            "gpus_per_node_count": system.gpus,
            "rent_per_gpu_hour": 2,
            "lease_per_gpu_month": 900,
            "capex_per_gpu": 2e4,
            "power_kw_per_gpu": 1,
        },
    } | draw(HEADERS)
    for name in draw(st.lists(st.sampled_from(FREE), max_size=8, unique=True)):
        content.setdefault(SECTION_OF[name], {})[name] = draw(entries(INPUTS[name]))
    return content


@pytest.mark.slow
@SLOW
@given(plausible())
def test_a_scenario_is_refused_or_planned_in_finite_numbers(content):
    """Never is a break-even or a payback; a cost is always a number."""
    try:
        ours = plan(parse(content, "drawn"))
    except ScenarioError as error:
        is_one_sentence(error)
        assume(False)
    for case in CASES:
        told = ours.run(case)
        for option in ours.options:
            for view in ("cash", "expense", "present"):
                assert math.isfinite(told[f"{option}_{view}_cost"]), (case, option, view)
        for name in ("verdict_text", "reason_text", "scale_text"):
            assert "nan" not in told[name]
            assert "inf" not in told[name]


@settings(max_examples=300)
@given(plausible(), st.lists(st.tuples(NAMES_OF_ANYTHING, ANYTHING), min_size=1, max_size=2))
def test_anything_else_is_refused_in_one_sentence(content, changes):
    """Wrong types, names, numbers and shapes at any place; no other exception, ever."""
    for name, value in changes:
        section = next(
            (s for s, inputs in SECTIONS.items() if name in {i.name for i in inputs}), ""
        )
        place = content.setdefault(section, {}) if section else content
        if isinstance(place, dict):
            place[name] = value
    try:
        parse(content, "drawn")
    except ScenarioError as error:
        is_one_sentence(error)


@given(st.dictionaries(NAMES_OF_ANYTHING, ANYTHING, max_size=4), ANYTHING)
def test_no_file_at_all_is_refused_in_one_sentence(content, stray):
    """What has nothing to do with a scenario, also as the value of an input."""
    for given_content in (content, {"workload": {"tokens_per_month": stray}}):
        try:
            parse(given_content, "drawn")
        except ScenarioError as error:
            is_one_sentence(error)


def is_one_sentence(error):
    """A message fits a line or three of a screen, and has no line break of its own."""
    assert "\n" not in str(error)
    assert 10 < len(str(error)) < 700


@pytest.mark.parametrize("currency", ["EUR", "CHF"])
def test_what_is_assumed_in_dollars_is_converted_at_a_rate_of_ones_own(currency):
    """0.10 dollars a kWh (the shipped assumption) at 0.5 are 0.05, in all three cases alike.

    So is the 1 of the file, whose own currency a command replaces by that of the plan.
    """
    rate = {"from_currency": "USD", "to_currency": currency, "rate": 0.5}
    rate |= {"date": datetime.date(2026, 11, 20), "source": "treasury"}
    content = {
        "currency": "USD",
        "workload": {"tokens_per_month": 1e9},
        "api": {"api_input_price_per_mtok": 1.0, "api_output_price_per_mtok": 1.0},
        "nodes": {"node_tokens_per_second": 1.0, "rent_per_gpu_hour": 1.0},
        "rate": [rate],
    }
    entries = parse(content, "ours.toml", {"currency": currency}).entries
    power = entries["price_per_kwh"]
    assert (power.low, power.base, power.high) == pytest.approx((0.035, 0.05, 0.1))
    assert entries["api_input_price_per_mtok"].base == pytest.approx(0.5)
