"""Inputs in the shapes of public files and reports; expected sums were added up by hand."""

import tomllib
from pathlib import Path

import pytest

from tests.workbooks.usage.exports import totals
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.importing import import_usage
from workbooks.usage.workload import workload

PUBLIC = Path(__file__).parent / "public"
SUMS = {
    # Microsoft counts consumed tokens one by one; the machine's 5.00 is another service
    "unit_focus_azure_units.csv": {"uncached": 117_108_000, "output": 2_340_000, "cost": 316.17},
    "words_gcp_output_named_by_input_size.jsonl": {
        "uncached": 1_983_966, "output": 461_280, "cost": 1.743197,
    },
    "words_gcp_caching_storage.jsonl": {  # 5,000,000 token hours of storage are no tokens
        "uncached": 1_000_000, "output": 60_000, "cost": 5.68,
    },
    "words_azure_cache_write.csv": {
        "uncached": 10_000_000, "cache_write_5m": 3_000_000, "output": 1_000_000, "cost": 75,
    },
    "model_focus_skupricedetails.csv": {
        "uncached": 6_000_000, "output": 1_500_000, "cost": 38.5,
    },
    "replay_litellm_cache_hit.csv": {
        "requests": 1, "uncached": 1000, "output": 200, "cost": 0.0042,
    },
    "reasoning_langfuse_beside.json": {  # 324 + 1,364 + 495 = 2,183, the stated total
        "requests": 1, "uncached": 324, "output": 1859, "reasoning": 495, "cost": 0.02,
    },
    "layout_openai_activity_2025.csv": {
        "requests": 20, "uncached": 4000, "cache_read": 1000, "output": 250,
    },
    "layout_daily_totals_with_cost.csv": {
        "uncached": 9_280_000, "output": 1_302_000, "cost": 10.76,
    },
    "layout_azure_paygo.csv": {"uncached": 5_000_000, "output": 500_000, "cost": 14},
    "layout_gcp_console_cost_table.csv": {
        "uncached": 20_122_880, "output": 1_236_546, "cost": 13.13607,
    },
    "layout_litellm_daily_activity.json": {
        "requests": 38, "uncached": 10_000, "output": 2000, "cost": 0.99,
    },
    "layout_deepseek_amount.csv": {
        "requests": 300, "uncached": 500_000, "cache_read": 1_000_000, "output": 200_000,
    },
    "layout_anthropic_titlecase.tsv": {
        "uncached": 100, "cache_write_5m": 20, "cache_read": 300, "output": 40,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", SUMS)
def test_an_input_comes_down_to_its_sums(name: str) -> None:
    """Directions, units, layouts and replays."""
    assert totals(import_usage([PUBLIC / name])) == SUMS[name]


def test_what_cannot_be_counted_refuses_the_volume() -> None:
    """66.00 of 71.60 dollars are in units of unknown size: 92 %."""
    found = import_usage([PUBLIC / "unit_cur_marketplace_mixed.csv"])
    assert found.tokens_per_month is None
    assert set(found.rows.model) == {"NovaPro", "Claude Sonnet 4.6"}
    with pytest.raises(UsageError, match="92% of the bill says tokens in units of unknown size"):
        workload(found)


def test_the_model_is_read_from_the_details_of_the_price() -> None:
    """Not from the meter, which says only Input Tokens."""
    sums = import_usage([PUBLIC / "model_focus_skupricedetails.csv"]).by_month()
    assert sums.uncached.droplevel("month").to_dict() == {"model-a": 5e6, "model-b": 1e6}


def test_a_replay_is_named_apart() -> None:
    """With its reason."""
    (aside,) = import_usage([PUBLIC / "replay_litellm_cache_hit.csv"]).exports[0].asides
    assert aside.rows == 1
    assert aside.reason.startswith("answers from a gateway's own cache")


def test_the_share_of_cache_writes_is_in_the_scenario() -> None:
    """20 M of 22 M tokens of input were written to a cache."""
    found = import_usage([PUBLIC / "scenario_cache_write_share.csv"])
    entry = tomllib.loads(workload(found))["workload"]["cache_write_share"]
    assert entry["base"] == pytest.approx(20 / 22, abs=1e-6)


def test_pages_that_follow_are_named() -> None:
    """One of three."""
    (export,) = import_usage([PUBLIC / "pages_langfuse_total_pages.json"]).exports
    assert any("page 1 of 3" in note for note in export.notes)


def test_the_currency_may_stand_above_the_table() -> None:
    """And the days of a span are counted to the last one."""
    found = import_usage([PUBLIC / "layout_gcp_console_cost_table.csv"])
    assert list(found.billed) == ["AUD"]
    assert (found.days, found.days_with_data) == (31, 31)


def test_a_general_layout_drops_no_cost(tmp_path: Path) -> None:
    """A column of money that it cannot read is told, with how to say what it is."""
    path = tmp_path / "a.csv"
    path.write_text("Date,Model,Input Tokens,Output Tokens,Net Amount\n2026-08-01,m,1,1,5\n")
    with pytest.raises(UsageError, match="a column Net Amount that"):
        import_usage([path])
