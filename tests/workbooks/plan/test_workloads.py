"""Usage as the workloads of a plan: by rule or by model, each with its own figures and its bill."""

import tomllib
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbooks import tables
from workbooks.folder import place, receipts
from workbooks.plan.mixing.finding import found as priced
from workbooks.plan.workloads import lines
from workbooks.plan.workloads.content import TODAY, is_one, text
from workbooks.plan.workloads.planned import Planned, planned
from workbooks.plan.workloads.rules import Rule, parts, rules
from workbooks.portfolio.reading import parse_portfolio
from workbooks.usage.actuals import Actuals
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.exports.stated import Stated
from workbooks.usage.importing import import_usage
from workbooks.usage.workload import base

TOLD = {"peak_factor": 2.4, "cached_share": 0.0, "batch_share": 0.0}
MODELS = {"gpt-4o": (10_000, 7_000, 1_000), "gpt-4o-mini": (40_000, 1_500, 300)}
"""Requests a day, and the tokens that each reads and writes."""
PROJECT = Stated(
    {
        **{"date": "date", "model": "model", "project": "project", "requests": "requests"},
        **{"input": "input_tokens", "output": "output_tokens"},
    }
)
LIST = {"gpt-4o": (2.5, 10.0), "gpt-4o-mini": (0.15, 0.6)}


def usage(
    path: Path, first: str = "2026-08-01", days: int = 92, paid: float = 1.0, growth: float = 1.0
) -> Actuals:
    """Import daily totals of two models; `paid` over list, `growth` from one month to the next."""
    rows = []
    for day in pd.date_range(first, periods=days):
        for model, (requests, read, written) in MODELS.items():
            count = requests * growth ** (day.month - int(first[5:7]))
            tokens = count * read, count * written
            cost = paid * sum(n * p for n, p in zip(tokens, LIST[model], strict=True)) / 1e6
            rows.append((day.date(), model, *(round(n) for n in (count, *tokens)), cost))
    columns = ["date", "model", "requests", "input_tokens", "output_tokens", "cost_usd"]
    pd.DataFrame(rows, columns=columns).to_csv(path, index=False)
    return import_usage([path])


def told(**more: float) -> list[Rule]:
    """Rules without patterns, which say what the export does not tell."""
    return [Rule(model, {}, {**TOLD, **more}) for model in MODELS]


def first_month(made: Planned) -> float:
    """Cash of the first month, all workloads on the engines that they use today."""
    answer = priced(parse_portfolio(made.content, "w.toml"), None, 0)
    (way,) = (way for way in answer.strategies if way.strategy.name == TODAY)
    return float(way.told[way.lines.name("cash_per_month")][0])


def test_two_models_are_two_workloads_and_keep_their_bill(tmp_path: Path) -> None:
    """60 + 12 M of the small one and 70 + 10 M of the large one a day are 291.20 at list.

    A month of 730 hours has 365 / 12 of it: 8,857; all on one model would be 16,577.
    """
    found = usage(tmp_path / "u.csv")
    made = planned(found, told(), base(), found.next_month)
    assert first_month(made) == pytest.approx(291.2 * 365 / 12, rel=1e-5)
    assert "26,790.40 as planned, 26,790.40 as billed" in made.said[-1]  # 92 x 291.20
    large, small = made.content["workload"]
    assert (large["name"], small["name"]) == ("gpt-4o", "gpt-4o-mini")
    assert small["input_tokens"]["base"] == 1_500
    assert small["tokens_per_month"]["base"] == pytest.approx(72e6 * 365 / 12, rel=1e-5)
    assert tomllib.loads(text(made.content)) == made.content
    receipt = receipts.staged(lines.lines(made.measured))
    assert lines.measured(receipt) == made.measured


def test_what_no_export_tells_is_asked(tmp_path: Path) -> None:
    """A peak of 1 and no cached tokens are guesses, and no measurement; two months are no trend."""
    found = usage(tmp_path / "u.csv", days=61)
    with pytest.raises(UsageError, match=r"peak_factor of gpt-4o, gpt-4o-mini; growth_per_year"):
        planned(found, [], base(), found.next_month)
    with pytest.raises(UsageError, match="cached_share of gpt-4o, gpt-4o-mini; batch_share of"):
        planned(found, [], base(), found.next_month)


def test_a_bill_that_the_prices_do_not_explain_stops_it(tmp_path: Path) -> None:
    """15 % below list is a contract that nobody has added; it says where it is."""
    found = usage(tmp_path / "u.csv", paid=0.85)
    with pytest.raises(UsageError) as refused:
        planned(found, told(), base(), found.next_month)
    assert "USD 26,790.40 as planned, 22,771.84 as billed" in str(refused.value)
    assert "gpt-4o 25,300.00 planned, 21,505.00 billed" in str(refused.value)
    found = usage(tmp_path / "v.csv", paid=0.985)  # within 2 %
    planned(found, told(), base(), found.next_month)


def test_rules_sort_by_model_and_project(tmp_path: Path) -> None:
    """The first rule that fits takes a row; what none takes is called after its model."""
    path = tmp_path / "u.csv"
    rows = [("gpt-4o", "support"), ("gpt-4o-mini", "support"), ("gpt-4o", "sales")]
    lines = [f"2026-08-{d:02},{m},{p},9,90000,9000\n" for d in range(1, 32) for m, p in rows]
    path.write_text("date,model,project,requests,input_tokens,output_tokens\n" + "".join(lines))
    file = tmp_path / "workloads.toml"
    file.write_text(
        '[[workload]]\nname = "Support"\nmatch = { model = "GPT-4o*", project = "support" }\n'
    )
    split = parts(import_usage([path], stated=PROJECT), rules(file))
    assert {part.name: set(part.actuals.rows.model) for part in split} == {
        "Support": {"gpt-4o", "gpt-4o-mini"},
        "gpt-4o": {"gpt-4o"},
    }


def test_the_level_is_that_of_the_first_month_and_growth_ends(tmp_path: Path) -> None:
    """A twentieth more each month, as far ahead as was measured: three months."""
    found = usage(tmp_path / "u.csv", growth=1.05)
    made = planned(found, told(), base(), found.next_month)
    large = made.content["workload"][0]
    assert large["tokens_per_month"]["base"] == pytest.approx(80e6 * 365 / 12 * 1.05**3, rel=1e-4)
    assert large["growth_per_year"]["base"] == pytest.approx(1.05**12 - 1, rel=1e-4)
    assert large["growth_months"]["base"] == 3
    later = planned(found, told(), base(), date(2027, 1, 1)).content["workload"][0]
    assert later["tokens_per_month"]["base"] == pytest.approx(80e6 * 365 / 12 * 1.05**5, rel=1e-4)
    assert later["growth_months"]["base"] == 1


def test_without_a_trend_the_stated_growth_leads_to_the_first_month(tmp_path: Path) -> None:
    """August and September: from between them to January it is four and a half months."""
    found = usage(tmp_path / "u.csv", days=61)
    stated = {"low": 0.0, "base": 0.4, "high": 0.8}
    rules = [Rule(model, {}, {**TOLD, "growth_per_year": stated}) for model in MODELS]
    level = planned(found, rules, base(), date(2027, 1, 1)).content["workload"][0][
        "tokens_per_month"
    ]
    flat = 80e6 * 365 / 12
    for end, growth in stated.items():
        assert level[end] == pytest.approx(flat * (1 + growth) ** (4.5 / 12), rel=1e-5)
    assert "brought to 2027-01, 4.5 months on, by growth_per_year" in level["source"]
    same = planned(found, told(growth_per_year=0.4), base(), date(2026, 8, 1))
    assert same.content["workload"][0]["tokens_per_month"]["base"] == pytest.approx(flat, rel=1e-5)


@pytest.mark.parametrize("growth", [0.0, 0.4])
def test_a_stated_growth_goes_on_from_the_last_month_of_a_trend(
    growth: float, tmp_path: Path
) -> None:
    """A twentieth more each month until October; from there as stated, to the plan's end."""
    found = usage(tmp_path / "u.csv", growth=1.05)
    for start, months in ((found.next_month, 1), (date(2027, 1, 1), 3)):
        made = planned(found, told(growth_per_year=growth), base(), start)
        large = made.content["workload"][0]
        october = 80e6 * 365 / 12 * 1.05**2
        level = october * (1 + growth) ** (months / 12)
        assert large["tokens_per_month"]["base"] == pytest.approx(level, rel=1e-4)
        assert large["growth_per_year"] == growth
        assert "growth_months" not in large


def test_hours_are_carried_as_a_week_with_its_peak(tmp_path: Path) -> None:
    """Six hours of each working day: 168 / 30 of the mean hour, in a week from Monday on."""
    hours = pd.date_range("2026-06-01", "2026-08-30 23:00", freq="h")
    busy = hours[(hours.day_of_week < 5) & (hours.hour >= 9) & (hours.hour < 15)]
    log = pd.DataFrame({"request_id": np.arange(len(busy)).astype(str), "spend": 0.0035})
    log["prompt_tokens"], log["completion_tokens"] = 1_000, 100
    log["startTime"], log["model"] = busy.strftime("%Y-%m-%dT%H:%M:%SZ"), "gpt-4o"
    log["custom_llm_provider"] = "openai"
    log.to_csv(tmp_path / "log.csv", index=False)
    found = import_usage([tmp_path / "log.csv"])
    one = [Rule("gpt-4o", {}, {"cached_share": 0.0, "batch_share": 0.0, "growth_per_year": 0.0})]
    (workload,) = planned(found, one, base(), found.next_month).content["workload"]
    week = workload["load_factor"]
    assert (len(week), week[8], week[9]) == (168, 0.0, 5.6)
    # 65 working days of six hours lie in the 89 days from Monday 1 June to Friday 28 August
    assert workload["peak_factor"]["base"] == pytest.approx(89 * 24 / (65 * 6), rel=1e-5)


def test_what_is_over_is_not_planned_and_is_said(tmp_path: Path) -> None:
    """A model of which nothing was used in the last whole month."""
    found = usage(tmp_path / "u.csv")
    rows = pd.read_csv(tmp_path / "u.csv")
    rows[(rows.model == "gpt-4o") | (rows.date < "2026-10-01")].to_csv(
        tmp_path / "v.csv", index=False
    )
    found = import_usage([tmp_path / "v.csv"])
    made = planned(found, told(), base(), found.next_month)
    assert made.said[0].startswith("gpt-4o-mini: nothing was used in the last whole month")
    assert [each["name"] for each in made.content["workload"]] == ["gpt-4o"]
    assert is_one(made.measured)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("[[workload]]\npeak_factor = 2\n", "workload 1 has no name"),
        ('[[workload]]\nname = "A"\npeek = 2\n', "workload A: peek is not part of a workload"),
        ('[[workload]]\nname = "A"\nmatch = { user = "x" }\n', "patterns for model, project, ven"),
        ("workload = 1\n", "write each under"),
        ("[[workload]\n", "workloads.toml cannot be read"),
    ],
)
def test_a_rule_that_means_nothing_is_refused(tmp_path: Path, written: str, sentence: str) -> None:
    """With the workload that it stands in."""
    file = tmp_path / "workloads.toml"
    file.write_text(written)
    with pytest.raises(UsageError, match=sentence):
        rules(file)


@pytest.mark.parametrize(
    ("days", "billed"),
    [(pd.date_range("2026-10-01", periods=31), 9_150.0), (["2026-10-01"], 629.03)],
    ids=["daily", "monthly"],
)
def test_a_contract_that_begins_in_a_measured_month(
    tmp_path: Path, days: list[pd.Timestamp], billed: float
) -> None:
    """Half the list from 9 October; each day costs its own price, a whole month the mean of both.

    By hand: eight days of 100 M at 10 and 23 of 10 M at 5 are 8,000 and 1,150. Of a row for the
    month, 100 M, nobody knows the days: 8 of 31 are at 10 and 23 at 5.
    """
    listed = replace(
        tables.price_on("openai/gpt-4o", date(2026, 10, 1)), cached_price_per_mtok=None
    )
    dear = {"input_price_per_mtok": 10.0, "valid_from": date(2026, 9, 1), "valid_to": None}
    cheap = {**dear, "input_price_per_mtok": 5.0, "valid_from": date(2026, 10, 9)}
    agreed = [replace(listed, origin="contract", **each) for each in (dear, cheap)]
    rows = pd.DataFrame({"date": days, "model": "gpt-4o", "requests": 9, "output_tokens": 0})
    volumes = [100e6 if pd.Timestamp(day).day < 9 else 10e6 for day in days]
    shares = [volume / sum(volumes) for volume in volumes]
    rows = rows.assign(input_tokens=volumes, cost_usd=[billed * each for each in shares])
    rows.to_csv(tmp_path / "u.csv", index=False)
    with place.supposing([{"table": "price", **asdict(each)} for each in agreed]):
        found = import_usage([tmp_path / "u.csv"])
        rule = told(growth_per_year=0.0, cache_write_share=0.0)[:1]
        made = planned(found, rule, base(), found.next_month)
    assert any(f"{billed:,.2f} as planned, {billed:,.2f} as billed" in said for said in made.said)
