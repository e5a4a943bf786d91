"""A budget edited in a spreadsheet is the scenario of every command, and so is its file."""

import json
from pathlib import Path
from string import ascii_uppercase

import pytest

from install.command import main
from tests.books import edit, names
from tests.workbooks.budgets import write
from workbooks.plan.plan import plan
from workbooks.scenario.reading import load, ready
from workbooks.sheets.budget import budget

TOKENS = 4.2e9
BILL = "month,model,tokens,cost\n2026-12,openai/gpt-6.1-sol,3.4e9,9000\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A budget with another volume typed into its yellow cells, and the file exported from it."""
    place = tmp_path_factory.mktemp("books")
    made = write(place, "made", budget(plan(load(ready()["mid-size"]))))
    sheet, cell = names(made)["tokens_per_month"]
    row = cell.lstrip(ascii_uppercase)
    edit(made, {(sheet, f"{column}{row}"): TOKENS for column in "DEF"}, place / "budget.xlsx")
    (place / "bill.csv").write_text(BILL)
    out = place / "budget.toml"
    assert main(["export", str(place / "budget.xlsx"), "--out", str(out)]) == 0
    return place


@pytest.fixture(autouse=True)
def here(folder, monkeypatch):
    monkeypatch.chdir(folder)


def answer(capsys, *arguments):
    """The JSON answer, without the name of the file."""
    assert main([*arguments, "--json"]) == 0, capsys.readouterr().err
    told = json.loads(capsys.readouterr().out)
    return {key: value for key, value in told.items() if key not in ("scenario", "file")}


@pytest.mark.parametrize(
    "command",
    [
        "risk {} --draws 200",
        "decide {}",
        "actuals {} bill.csv",
        "mix {} --no-answers",
        "budget {} --out out.xlsx --force",
        "budget {} --out out.xlsx --force --as-of 2026-11-20 --start-month 2027-04 "
        "--api-model openai/gpt-6.1-terra",
    ],
)
def test_a_workbook_and_its_file_have_one_answer(command, capsys):
    """To the last digit: they are two notations of one scenario."""
    book, file = (
        answer(capsys, *command.format(name).split()) for name in ("budget.xlsx", "budget.toml")
    )
    assert book == file


def test_what_was_typed_counts(capsys):
    """The edited volume is the flag's, not that of the scenario it was made from."""
    typed = answer(capsys, "actuals", "budget.xlsx", "bill.csv")
    made = answer(capsys, "actuals", "mid-size", "bill.csv")
    assert typed["budget_total_cost"] / made["budget_total_cost"] == pytest.approx(
        TOKENS / 3e9
    )  # of mid-size


def test_next_quarter_is_three_flags(capsys):
    """Another first month and model, the volume as far along as the budget had it."""
    flags = ("--start-month", "2027-03", "--api-model", "openai/gpt-6.1-terra", "--force")
    assert main(["budget", "budget.xlsx", *flags, "--out", "next.xlsx"]) == 0
    assert main(["export", "next.xlsx", "--out", "next.toml", "--force"]) == 0
    again, before = (load(here) for here in map(Path, ("next.toml", "budget.toml")))
    assert (str(again.start_month), again.entries["api_model"].base) == (
        "2027-03-01",
        "openai/gpt-6.1-terra",
    )
    grown = (1 + before.entries["growth_per_year"].base) ** (3 / 12)
    assert again.entries["tokens_per_month"].base == pytest.approx(TOKENS * grown)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("budget budget.xlsx --currency EUR", "the currency of budget.xlsx is USD"),
        ("budget budget.xlsx --start-month 2020-01", "it must lie within the plan"),
        ("budget budget.xlsx --api-model no/such", "api_model: There is no model 'no/such'"),
        ("export budget.xlsx --out budget.xls", "it must end in .toml"),
        ("risk bill.xlsx", "bill.xlsx cannot be read: No such file"),
        ("export bill.csv --out x.toml", "bill.csv is not a TOML file"),
    ],
)
def test_a_refusal_is_one_sentence(command, words, capsys):
    """And nothing is written."""
    assert main([*command.split(), *(["--out", "o.xlsx"] if command[:6] == "budget" else [])]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert not any(Path(name).exists() for name in ("o.xlsx", "x.toml"))
