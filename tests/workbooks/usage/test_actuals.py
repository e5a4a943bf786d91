"""Volumes, mix, growth, seasons, peaks, coverage and cost, against figures known beforehand."""

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.workbooks.usage.exports import imported, spend_logs
from workbooks.plan.plan import plan
from workbooks.scenario.reading import parse
from workbooks.usage.actuals import Actuals
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.importing import import_usage
from workbooks.usage.listprice import list_name
from workbooks.usage.report import sentences
from workbooks.usage.workload import workload


def daily(path: Path, first: str, days: int, tokens: np.ndarray) -> Actuals:
    """Import a log with one request a day, a quarter of its tokens output."""
    start = pd.date_range(first, periods=days).strftime("%Y-%m-%dT12:00:00Z")
    whole = np.round(tokens / 4).astype(int)
    rows = pd.DataFrame({"start": start, "model": "gpt-4o", "prompt": 3 * whole})
    return import_usage([spend_logs(path, rows.assign(completion=whole))])


def test_a_flat_year_has_no_growth_and_no_seasons(tmp_path: Path) -> None:
    """A million tokens a day, 365 / 12 of them in a month."""
    found = daily(tmp_path / "log.csv", "2025-01-01", 365, np.full(365, 1e6))
    assert found.tokens_per_month == pytest.approx((1e6 * 365 / 12,) * 3)
    assert found.growth_per_year == pytest.approx((0, 0, 0), abs=1e-9)
    assert found.season_factors == pytest.approx([1] * 12)
    assert found.weekday_factors == pytest.approx([1] * 7)
    assert found.output_share == 0.25
    assert found.cached_share is None  # the log does not tell


def test_growth_is_the_trend_of_whole_months(tmp_path: Path) -> None:
    """Each month 5 % above the last: 1.05**12 - 1 = 79.6 % a year, without error."""
    month = pd.date_range("2026-01-01", "2026-07-10").month - 1
    tokens = 1e9 * 1.05 ** month.to_numpy()
    found = daily(tmp_path / "log.csv", "2026-01-01", len(tokens), tokens)
    assert len(found.full_months) == 6  # July is not whole
    assert found.growth_per_year == pytest.approx((0.795856,) * 3, abs=1e-6)
    assert found.tokens_per_month is not None
    assert found.tokens_per_month[0] == pytest.approx(1e9 * 365 / 12)


def test_seasons_begin_with_the_month_after_the_data(tmp_path: Path) -> None:
    """Two years in which every December has double the tokens; the plan starts in January."""
    days = pd.date_range("2024-01-01", "2025-12-31")
    tokens = np.where(days.month == 12, 2e6, 1e6)
    found = daily(tmp_path / "log.csv", "2024-01-01", len(days), tokens)
    factors = found.season_factors
    assert factors is not None
    assert sum(factors) == pytest.approx(12)
    assert int(np.argmax(factors)) == 11
    assert str(found.next_month) == "2026-01-01"


def test_weekends_without_data_are_a_gap_that_is_told(tmp_path: Path) -> None:
    """Base counts them as no use; high is what the days with data would come to."""
    days = pd.date_range("2026-08-03", "2026-08-30")  # four weeks from a Monday
    work = days[days.day_of_week < 5]
    rows = pd.DataFrame({"start": work.strftime("%Y-%m-%d 09:00:00"), "model": "gpt-4o"})
    log = spend_logs(tmp_path / "log.csv", rows.assign(prompt=700_000, completion=0))
    found = import_usage([log])
    assert (found.days, found.days_with_data) == (26, 20)  # it ends on the last Friday
    low, base, high = found.tokens_per_month or (0, 0, 0)
    assert low == base == pytest.approx(20 * 700_000 / 26 * 365 / 12)
    assert high == pytest.approx(700_000 * 365 / 12)


def test_the_peak_counts_hours_without_requests(tmp_path: Path) -> None:
    """Two hours of a day hold 3 and 1 of 4 parts: the busiest has 18 times the mean."""
    rows = pd.DataFrame({
        "start": ["2026-08-01 09:10:00", "2026-08-01 09:50:00", "2026-08-01 14:00:00"],
        "model": "gpt-4o", "prompt": [100, 200, 100], "completion": 0,
    })  # fmt: skip
    assert import_usage([spend_logs(tmp_path / "log.csv", rows)]).peak_factor == 18


def test_days_have_no_peak_hour() -> None:
    """An export by day would show a peak of 24."""
    assert imported("openai_usage_completions").peak_factor is None
    assert imported("langdock").peak_factor is None


def test_shares_are_of_what_they_say() -> None:
    """Of 8,189,110 tokens in the sample, added up by hand."""
    found = imported("anthropic_usage_2026")
    assert found.cached_share == pytest.approx(1_200_000 / 7_957_790)
    assert found.output_share == pytest.approx(231_320 / 8_189_110)
    assert found.batch_share == pytest.approx(1_050_000 / 8_189_110)


def test_the_cost_at_list_is_that_of_the_price_table() -> None:
    """GPT-5.4 at 2.50, 0.25 and 15 per million; 4o-mini as a batch job at 0.075 and 0.30."""
    found = imported("openai_usage_completions")
    dear = 5.344 * 2.5 + 0.576 * 0.25 + 1.0646 * 15
    assert found.listed["USD"] == pytest.approx(dear + 2 * 0.075 + 0.4 * 0.3)


def test_an_unknown_price_leaves_the_cost_at_list_unknown() -> None:
    """A name that is near is not the name."""
    found = imported("aws_cur_bedrock")
    assert found.listed == {"USD": pytest.approx(0.45)}  # 3 M of gpt-oss-120b at 0.15
    assert found.unlisted == ["claude-sonnet-4.6"]
    assert list_name("claude-opus-4-5-turbo", "anthropic") is None
    assert list_name("gpt-4", "anthropic") is None


def test_the_workload_is_a_scenario(tmp_path: Path) -> None:
    """What was measured arrives in the plan, each figure with source and date."""
    tokens = 1e6 * 1.02 ** (np.arange(365) // 30)
    found = daily(tmp_path / "log.csv", "2025-01-01", 365, tokens)
    content = tomllib.loads(workload(found))
    scenario = parse(content, "workload.toml")
    entry = scenario.entries["tokens_per_month"]
    level = found.next_tokens_per_month
    assert (entry.low, entry.base, entry.high) == pytest.approx(level, rel=1e-5)
    # 2 % more every 30 days: in mid January it is 12.6 steps after the first mid of a month
    assert entry.base == pytest.approx(1e6 * 365 / 12 * 1.02**12, rel=0.01)
    assert "log.csv, 2025-01-01 to 2025-12-31; 365 of 365 days have data" in entry.source
    assert "in 2026-01 by the trend of 12 whole months" in entry.source
    assert entry.as_of == "2025-12-31"
    assert scenario.entries["output_share"].base == pytest.approx(0.25, abs=1e-4)
    assert scenario.entries["api_model"].base == "openai/gpt-4o"
    assert str(scenario.start_month) == "2026-01-01"
    assert len(scenario.seasons) == 12


def test_the_plan_of_a_workload_starts_from_what_it_cost() -> None:
    """Measured at list, model by model: month 1 of the API costs as much for as many tokens."""
    found = imported("anthropic_usage_2026")
    scenario = parse(tomllib.loads(workload(found)), "workload.toml")
    assert found.tokens_per_month is not None
    expected = found.listed["USD"] * found.tokens_per_month[1] / found.tokens.sum()
    told = plan(scenario).run()
    assert told["api_cash_per_month"][0] == pytest.approx(expected, rel=1e-4)
    assert told["api_gap_factor"] != pytest.approx(1, abs=0.01)


def test_three_models_keep_their_bill_in_the_plan(tmp_path: Path) -> None:
    """Most tokens are of the cheapest, most money is of the others; each month is a fifth more.

    The plan begins where the trend stands after the last month, at what a token was billed at.
    """
    files = []
    rates = {"gpt-4o-mini": (0.15, 0.6), "gpt-5.4": (2.5, 15.0), "gpt-4o": (2.5, 10.0)}
    for model, (tokens, spread) in zip(
        rates, ((8e8, 0.2), (1.5e8, 0.3), (0.5e8, 0.1)), strict=True
    ):
        for month in (8, 9, 10):
            days = pd.date_range(f"2026-{month:02}-01", periods=31 if month != 9 else 30)
            each = tokens * 1.2 ** (month - 8) / (365 / 12)
            rows = pd.DataFrame({"start": days.strftime("%Y-%m-%dT12:00:00Z"), "model": model})
            rows["prompt"], rows["completion"] = int(each * (1 - spread)), int(each * spread)
            path = spend_logs(tmp_path / f"{model}-{month}.csv", rows)
            log = pd.read_csv(path)
            cost = log.prompt_tokens * rates[model][0] + log.completion_tokens * rates[model][1]
            log.assign(spend=0.9 * cost / 1e6).to_csv(path, index=False)
            files.append(path)
    found = import_usage(files)
    text = workload(found)
    assert "# growth_per_year: by the trend of 3 whole months" in text  # 1.2**12 - 1 is 792 %
    run = plan(parse(tomllib.loads(text), "w.toml")).run()
    per_token = found.billed["USD"] / found.tokens.sum()
    assert run["api_price_now_per_mtok"][0] == pytest.approx(per_token * 1e6, rel=0.02)
    level = run["volume_tokens_per_month"][0]
    assert level == pytest.approx(1e9 * 1.2**3, rel=0.02)
    assert run["api_cash_per_month"][0] == pytest.approx(level * per_token, rel=0.02)
    assert run["input_tokens"] / run["output_tokens"] == pytest.approx(
        found.tokens.sum() / found.language.output.sum() - 1, rel=1e-4
    )


def test_a_peak_that_no_export_tells_is_assumed() -> None:
    """Without hours the busiest is that of public traces, with its range, and says so."""
    entry = parse(tomllib.loads(workload(imported("anthropic_usage_2026"))), "w.toml").entries[
        "peak_factor"
    ]
    assert (entry.low, entry.base, entry.high) == (2.04, 2.4, 3.6)
    assert "not every export has hours" in entry.source


def test_a_workload_without_tokens_is_refused() -> None:
    """Hours and costs are no volume."""
    with pytest.raises(UsageError, match="no token counts"):
        workload(imported("azure_ptu_only", "litellm_focus"))


def test_tokens_without_direction_are_refused(tmp_path: Path) -> None:
    """Left out, the volume would be too small; guessed, the cost would be wrong."""
    path = tmp_path / "focus.csv"
    path.write_text(
        "BilledCost,ChargePeriodStart,ConsumedQuantity,ConsumedUnit,ServiceName,ChargeDescription\n"
        "1,2026-08-01,500,Tokens,OpenAI API,gpt-4o input\n"
        "1,2026-08-01,300,Tokens,OpenAI API,gpt-4o\n"
    )
    with pytest.raises(UsageError, match="300 tokens have no direction"):
        workload(import_usage([path]))


@pytest.mark.parametrize(
    ("head", "row"),
    [
        (
            "START_TIME,END_TIME,FUNCTION_NAME,MODEL_NAME,TOKEN_CREDITS,TOKENS",
            "2026-08-01 00:00:00,2026-08-01 01:00:00,COMPLETE,llama3.1-70b,0.5,1000",
        ),
        (
            "Date,Model,Spend ($),Requests,Successful,Failed,Total Tokens",
            "2026-08-01,gpt-4o,5,3,3,0,1000",
        ),
    ],
)
def test_an_export_of_totals_says_that_they_have_no_direction(
    head: str, row: str, tmp_path: Path
) -> None:
    """Snowflake's and LiteLLM's count tokens; to say that there are none sent people astray."""
    path = tmp_path / "a.csv"
    path.write_text(f"{head}\n{row}\n")
    said = r"^1,000 tokens have no direction.*--columns .*input=HEADER,output=HEADER"
    with pytest.raises(UsageError, match=said):
        workload(import_usage([path]))


def test_two_exports_of_the_same_days_are_pointed_out(tmp_path: Path) -> None:
    """They may be two accounts, or one account twice: only the reader knows."""
    logs = []
    for name, prompt in (("a.csv", 10), ("b.csv", 20)):
        rows = pd.DataFrame({"start": ["2026-08-01 10:00:00"], "model": "m", "prompt": prompt})
        logs.append(spend_logs(tmp_path / name, rows.assign(completion=1)))
    found = import_usage(logs)
    assert any("a.csv and b.csv both have 1 days" in note for note in found.notes)


def test_embeddings_are_apart_from_the_volume() -> None:
    """1,750 tokens of gpt-4o in 1 day of 365/12 days a month; 800 of an embedding model beside."""
    found = imported("langdock")
    assert found.apart == {"embedding": 800}
    assert found.tokens_per_month == (pytest.approx(1750 * 365 / 12),) * 3
    assert found.output_share == pytest.approx(250 / 1750)
    assert any("800 tokens of embedding" in line for line in sentences(found))
