"""Accelerators, published speeds and assumptions are plausible, dated and sourced."""

from datetime import date

import pytest

from workbooks.prices.snapshot import read_choice
from workbooks.sizing.rents import ranges
from workbooks.tables import (
    Accelerator,
    Assumption,
    Throughput,
    accelerators,
    assumptions,
    rents,
    throughputs,
)

NEWEST_SOURCE: date = read_choice()["litellm"]["retrieved"]
OLDEST_USEFUL = date(2023, 1, 1)

each_accelerator = pytest.mark.parametrize("row", accelerators(), ids=lambda row: row.hardware)
each_speed = pytest.mark.parametrize("row", throughputs(), ids=lambda row: row.system)
each_assumption = pytest.mark.parametrize("row", assumptions(), ids=lambda row: row.name)


def is_ordered(low: float | None, base: float | None, high: float | None) -> bool:
    """Say whether the known figures of a range rise, with a base wherever there is a bound."""
    known = [figure for figure in (low, base, high) if figure is not None]
    return known == sorted(known) and (base is not None or not known)


@each_accelerator
def test_specifications_are_plausible(row: Accelerator) -> None:
    """Dense figures only: lower precision is faster, a server draws more than its GPUs."""
    assert 8 <= row.memory_gb <= 512
    assert 0.1 <= row.bandwidth_tb_per_s <= 20
    assert row.bf16_dense_tflops <= (row.fp8_dense_tflops or row.bf16_dense_tflops)
    assert (row.fp8_dense_tflops or 0) <= (row.fp4_dense_tflops or row.fp8_dense_tflops or 0)
    assert (row.tdp_kw or 0) < (row.server_power_kw_per_gpu or 99)
    assert row.spec_source
    assert OLDEST_USEFUL <= row.spec_as_of <= NEWEST_SOURCE


@each_accelerator
def test_rents_and_purchase_prices_are_ordered_dated_and_sourced(row: Accelerator) -> None:
    """A price has a currency, a source and a date; where no rent is known, the row says why."""
    rent = (row.rent_low_per_gpu_hour, row.rent_base_per_gpu_hour, row.rent_high_per_gpu_hour)
    buy = (row.buy_low_per_gpu, row.buy_base_per_gpu, row.buy_high_per_gpu)
    assert is_ordered(*rent)
    assert is_ordered(*buy)
    assert row.rent_source
    for base, *about in (
        (rent[1], row.rent_currency, row.rent_as_of),
        (buy[1], row.buy_currency, row.buy_source, row.buy_as_of),
    ):
        assert {bool(item) for item in about} == {base is not None}
    for day in (row.rent_as_of, row.buy_as_of):
        assert day is None or OLDEST_USEFUL <= day <= NEWEST_SOURCE


@each_accelerator
def test_rents_are_one_statistic_of_their_providers(row: Accelerator) -> None:
    """Median, P10 and P90 of the providers: none is cheapest because of who was asked."""
    found = ranges(rents()).get(row.hardware)
    told = (row.rent_low_per_gpu_hour, row.rent_base_per_gpu_hour, row.rent_high_per_gpu_hour)
    if found is None:
        assert told == (None, None, None)
        assert row.rent_source.startswith("no ")
    else:
        assert told == (found.low, found.base, found.high)
        assert (row.rent_source, row.rent_as_of) == (found.source, found.as_of)


def test_the_median_of_a_device_by_hand() -> None:
    """For an MI300X 1.71, 1.85, 2.59, 2.99, 3.45 and twice 6; of 17 for an H100 the ninth: 3.99."""
    found = ranges(rents())
    assert found["MI300X"].base == 2.99
    assert found["H100 SXM"].base == 3.99
    assert found["H100 SXM"].source.startswith("median of 17 providers")


@each_accelerator
def test_weak_purchase_prices_ask_for_a_quote(row: Accelerator) -> None:
    """No public source prices a data-centre system well; only cards in shops have a price."""
    assert row.quote_needed in {"yes", "no"}
    if row.quote_needed == "no":
        assert row.form == "cloud" or row.hardware.startswith("RTX")


@each_speed
def test_speeds_belong_to_known_hardware(row: Throughput) -> None:
    """A measured speed can be joined with the price and the power of what it ran on."""
    assert row.hardware in {known.hardware for known in accelerators()}
    assert row.system.startswith(f"{row.gpus:g}x {row.hardware} | {row.model} ")


@each_speed
def test_speeds_are_plausible_dated_and_sourced(row: Throughput) -> None:
    """Total speed counts input and output, so it is at least the output speed."""
    assert row.tokens_per_second >= (row.output_tokens_per_second or 0) > -1
    assert row.params_active_b <= row.params_total_b
    assert row.weight_precision in {"bf16", "fp8", "fp4"}
    assert OLDEST_USEFUL <= row.as_of <= NEWEST_SOURCE
    assert row.source_url.startswith("https://")
    assert row.source


@pytest.mark.parametrize(
    "row",
    [row for row in throughputs() if row.tokens_per_second_kind == "derived"],
    ids=lambda row: row.system,
)
def test_derived_totals_follow_from_output_speed_and_lengths(row: Throughput) -> None:
    """Each output token comes with its share of the prompt: output x (in + out) / out."""
    assert row.output_tokens_per_second is not None
    assert row.input_tokens is not None
    assert row.output_tokens is not None
    length = row.input_tokens + row.output_tokens
    total = row.output_tokens_per_second * length / row.output_tokens
    assert row.tokens_per_second == pytest.approx(total, rel=2e-3)


def test_a_model_fits_the_memory_it_was_measured_on() -> None:
    """Weights at their precision, in GB per billion parameters, leave room for the cache."""
    gb_per_billion = {"bf16": 2.0, "fp8": 1.0, "fp4": 0.5625}
    memory = {row.hardware: row.memory_gb for row in accelerators()}
    for row in throughputs():
        weights = row.params_total_b * gb_per_billion[row.weight_precision]
        assert weights < row.gpus * memory[row.hardware], row.system


@each_assumption
def test_assumptions_are_ordered_and_say_how_far_to_trust_them(row: Assumption) -> None:
    """A figure with no source is called an assumption, and only such a figure."""
    assert is_ordered(row.low, row.base, row.high)
    assert row.unit
    assert row.confidence in {"high", "medium", "low", "assumption"}
    unsourced = row.source.startswith(("judgement", "derived"))
    assert unsourced == (row.confidence == "assumption")
    assert row.as_of is None or OLDEST_USEFUL <= row.as_of <= NEWEST_SOURCE


@each_assumption
def test_good_assumptions_can_be_looked_up(row: Assumption) -> None:
    """High and medium confidence rest on an address; a month's hours rest on arithmetic."""
    if row.confidence in {"high", "medium"} and row.name != "hours_per_month":
        assert row.source_url.startswith("https://")
        assert row.as_of


def test_amounts_of_money_name_their_currency() -> None:
    """An amount without a currency cannot be budgeted; a share has none."""
    for row in assumptions():
        assert bool(row.currency) == row.unit.startswith("money"), row.name
