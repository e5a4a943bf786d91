"""Whoever is priced on a model that is retired, or soon will be, is told everywhere."""

import json
from datetime import date

import pytest
from openpyxl import load_workbook

from install.command import main
from install.commands.init import blank
from workbooks import tables
from workbooks.plan.judgement.endings import ending

RETIRED = "groq/llama-3.3-70b-versatile"  # 16 August 2026: Groq, model deprecation page


def told(capsys, *arguments):
    """What a command that succeeds prints."""
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


def test_the_budget_says_so_on_the_screen_on_the_cover_and_in_the_log(capsys):
    """It is priced all the same, at its last price, as a plan of the summer was."""
    said = told(capsys, "budget", "--api-model", RETIRED, "--managed-model", "openai/gpt-4o")
    assert f"{RETIRED} is retired since 2026-08-16" in said
    assert "openai/gpt-4o is retired on 2027-01-14" in said
    book = load_workbook("budget.xlsx")
    assert f"{RETIRED} is retired since 2026-08-16" in book["Cover"]["A8"].value
    logged = {row[0].value: row[1].value for row in book["Log"].iter_rows(min_row=4)}
    assert "retired on 2027-01-14" in logged["Prices that end"]
    prices = [row[0].value for row in book["Prices"].iter_rows(min_row=6)]
    assert prices.count(RETIRED) == 1


def test_a_budget_read_back_says_so_too(capsys):
    """The workbook's own table names the model; the day it ends is known all the same."""
    told(capsys, "budget", "--api-model", RETIRED, "--out", "first.xlsx")
    again = told(capsys, "budget", "--from", "first.xlsx", "--out", "again.xlsx", "--json")
    assert RETIRED in json.loads(again)["price_endings"][0]


def test_a_plan_that_ends_before_says_nothing(capsys):
    """The mid-size plan is priced on models without a known end."""
    assert "retired" not in told(capsys, "budget")
    assert ending("openai/gpt-4o", date(2025, 1, 1), date(2026, 1, 1)) == ""


def test_prices_show_and_size_say_so(capsys):
    """A price is never shown as if it could be had."""
    shown = " ".join(told(capsys, "prices", "show", RETIRED).split())
    assert "0.59" in shown
    assert "RETIRED on 2026-08-16" in shown
    asked = ("size", "Llama-3.1-8B", "--tokens", "2B", "--hardware", "L40S")
    assert "is retired since 2026-08-16" in told(capsys, *asked, "--api-model", RETIRED)


def test_an_announced_price_is_told_where_the_plan_keeps_todays() -> None:
    """Gemini 4 Argon doubles on 1 December 2026 (genai-prices 0.2.3)."""
    told = ending("google/gemini-4-argon", date(2026, 11, 9), date(2029, 12, 1))
    assert "costs 4 and 20 USD from 2026-12-01" in told


@pytest.mark.parametrize("gone", tables.retirements(), ids=lambda gone: gone.model)
def test_every_retirement_is_told_from_the_day_it_is_known(gone: tables.Retirement) -> None:
    """Before and after the day, with the source."""
    assert gone.source in ending(gone.model, date(2025, 1, 1), gone.retired_on)
    assert "is retired since" in ending(gone.model, gone.retired_on, date(2030, 1, 1))


@pytest.mark.slow
def test_the_log_of_several_workloads_says_so_too(tmp_path, capsys):
    """As that of one does: a price that ends within the plan, or that none does."""
    text = blank().read_text(encoding="utf-8")
    for model, ends in (("openai/gpt-6.1-terra", "none that is"), (RETIRED, "since 2026-08-16")):
        file = tmp_path / f"{ends[:4]}.toml"
        file.write_text(text.replace("openai/gpt-6.1-terra", model), encoding="utf-8")
        told(capsys, "mix", str(file), "--out", str(file.with_suffix(".xlsx")))
        book = load_workbook(file.with_suffix(".xlsx"))
        logged = {row[0].value: row[1].value for row in book["Log"].iter_rows(min_row=4)}
        assert ends in logged["Prices that end"]
