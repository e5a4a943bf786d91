"""Inputs in the shapes of public files and reports; expected sums were added up by hand."""

import json
import tomllib
from pathlib import Path

import pytest

from tests.workbooks.usage.exports import totals
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.exports.stated import Stated, units_of
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
    # the first total holds 159,990 once: 10 were written; the second holds 50,000 and 40,000
    "layout_cursor_usage.csv": {
        "requests": 2, "uncached": 199_990, "cache_read": 588_207, "cache_write_5m": 50_010,
        "output": 5055, "cost": 0.81,
    },
    "layout_openrouter_api.json": {
        "requests": 5, "uncached": 50, "output": 125, "reasoning": 25, "cost": 0.015,
    },
    "layout_langfuse_v2.json": {"requests": 2, "uncached": 300, "output": 40, "cost": 0.1},
    "layout_helicone.csv": {"requests": 1, "uncached": 1000, "output": 200, "cost": 0.0045},
    "layout_azure_german.csv": {"uncached": 5_000_000, "cost": 10.5},
    "layout_github_ai_usage.csv": {  # 325,070 read from a cache are more than the input
        "uncached": 6600, "cache_read": 325_070, "cache_write_5m": 32_932, "output": 5650,
        "cost": 0.3,
    },
    "layout_github_premium_requests.csv": {"cost": 0.8},
    "layout_opencode_usage.csv": {
        "requests": 469, "uncached": 2_232_329, "cache_read": 6_000_342,
        "cache_write_5m": 210_044, "cache_write_1h": 30_000, "output": 128_279,
        "cost": 17.268348,
    },
    # 50,000 tokens of training are set aside
    "layout_fireworks_metrics.csv": {"uncached": 2000, "output": 400},
    # 0.75 cents
    "layout_portkey_log.jsonl": {
        "requests": 2, "uncached": 1500, "output": 300, "cost": 0.0075,
    },
    "layout_cloudflare_gateway.json": {
        "requests": 1, "uncached": 1000, "output": 200, "cost": 0.0045,
    },
    # of the second day 10 tokens and 0.01 are of no model that it names
    "layout_ccusage_daily.json": {
        "uncached": 1334, "cache_read": 10, "cache_write_5m": 89, "output": 577, "cost": 0.47,
    },
    # 0.002 of the day are of no model that it names
    "layout_langfuse_daily.json": {"uncached": 3000, "output": 700, "cost": 0.02},
    "layout_claude_code_report.json": {  # 228 cents
        "uncached": 68_330, "cache_read": 12_990, "cache_write_5m": 3230, "output": 18_130,
        "cost": 2.28,
    },
    "layout_cursor_events.json": {
        "requests": 2, "uncached": 126, "cache_read": 11_964, "cache_write_5m": 6112,
        "output": 450, "cost": 0.213623,
    },
    "layout_langsmith_runs.jsonl": {  # without the run above both
        "requests": 2, "uncached": 1500, "output": 300, "cost": 0.009,
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
    assert set(found.rows.model) == {"nova-pro", "claude-sonnet-4.6"}
    with pytest.raises(UsageError, match="92% of the bill says tokens in units of unknown size"):
        workload(found)


def test_a_price_implies_the_unit_and_the_user_confirms_it() -> None:
    """41.25 dollars for 12.5 units are 3.30: a million tokens of Claude Sonnet 4.6 at 3.00."""
    path = PUBLIC / "unit_cur_marketplace_mixed.csv"
    with pytest.raises(UsageError, match="is 1,000,000 tokens: confirm with --unit 'Units=1M'"):
        workload(import_usage([path]))
    found = import_usage([path], stated=Stated(units=units_of(["Units=1M"])))
    assert found.volume.sum() == 19_500_000  # 5.5 M of Nova, 12.5 M in and 1.5 M out of Claude
    assert "api_model" in workload(found)


def test_only_services_that_serve_models_are_kept(tmp_path: Path) -> None:
    """A disk, a notebook and a translation are none; a stored cache is one, without tokens."""
    path = tmp_path / "focus.csv"
    rows = [
        "2,Usage,2026-08-01,31,GB,AI and Machine Learning,Azure Machine Learning,P10 Disks",
        "3,Usage,2026-08-01,9,Hours,AI and Machine Learning,Vertex AI,Notebooks N1 core",
        "4,Usage,2026-08-01,5,1M Characters,AI and Machine Learning,Translator,Text Translation",
        "5,Usage,2026-08-01,7,Token Hours,AI and Machine Learning,Gemini API,Caching Storage",
        "6,Usage,2026-08-01,8,1M Tokens,AI and Machine Learning,Some API,model-a Input Tokens",
    ]
    head = "BilledCost,ChargeCategory,ChargePeriodStart,ConsumedQuantity,ConsumedUnit"
    path.write_text("\n".join([f"{head},ServiceCategory,ServiceName,SkuMeter", *rows]) + "\n")
    found = import_usage([path])
    assert totals(found) == {"uncached": 8_000_000, "cost": 11}
    assert [(each.reason, each.rows, each.cost) for each in found.exports[0].asides] == [
        ("other services", 3, 9)
    ]


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


COSTS = "usage_date_utc,model,token_type,cost_usd\n2026-08-05,Claude Sonnet 4.5,output,{}\n"


def test_a_sign_that_contradicts_the_currency_is_refused(tmp_path: Path) -> None:
    """The cell says euro, the column US dollars; many currencies are called dollars."""
    path = tmp_path / "a.csv"
    path.write_text(COSTS.format("€3.50"))
    with pytest.raises(UsageError, match=r"line 2, cost_usd: '€3\.50' is not in USD"):
        import_usage([path])
    path.write_text(COSTS.format("$3.50"))
    assert import_usage([path]).billed == {"USD": 3.5}


def test_a_sign_tells_the_currency_that_nothing_else_tells(tmp_path: Path) -> None:
    """Of a column that is only called cost."""
    path = tmp_path / "a.csv"
    path.write_text("date,model,input_tokens,output_tokens,cost\n2026-08-05,gpt-4o,1,1,€3.50\n")
    assert import_usage([path]).billed == {"EUR": 3.5}


def test_totals_that_rows_state_are_held_against_their_parts() -> None:
    """159,990 + 10 + 578,207 + 2,055 are 10 more than the total of 740,252."""
    (export,) = import_usage([PUBLIC / "layout_cursor_usage.csv"]).exports
    assert any("totals differ from its parts by -10 tokens" in note for note in export.notes)


def test_helicone_names_cost_and_model_in_several_ways(tmp_path: Path) -> None:
    """Its API has costUSD, and request_model where nothing answered with a name."""
    path = tmp_path / "requests.json"
    record = {
        **{"request_id": "r1", "request_created_at": "2026-08-01T10:00:00Z"},
        **{"response_status": 200, "response_model": None, "request_model": "gpt-4o"},
        **{"prompt_tokens": 1000, "completion_tokens": 200, "costUSD": 0.0045},
    }
    path.write_text(json.dumps({"data": [record]}))
    found = import_usage([path])
    assert set(found.rows.model) == {"gpt-4o"}
    assert totals(found) == {"requests": 1, "uncached": 1000, "output": 200, "cost": 0.0045}


def test_a_general_layout_drops_no_cost(tmp_path: Path) -> None:
    """A column of money that it cannot read is told, with how to say what it is."""
    path = tmp_path / "a.csv"
    path.write_text("Date,Model,Input Tokens,Output Tokens,Net Amount\n2026-08-01,m,1,1,5\n")
    with pytest.raises(UsageError, match="a column Net Amount that"):
        import_usage([path])
