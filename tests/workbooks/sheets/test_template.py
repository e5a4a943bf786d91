"""The template, filled in by hand, says what the command says, and is read back whole."""

import datetime
import zipfile
from string import ascii_uppercase

import openpyxl
import pytest

from install.command import main
from tests.books import cached, edit, formulas, names
from tests.engines import _convert, differences, recalculate
from tests.workbooks.budgets import CORNERS, corner, of_the_draws, write
from workbooks.plan.plan import plan
from workbooks.scenario.reading import load, ready
from workbooks.sheets.budget import budget
from workbooks.sheets.intake.cells import IntakeError
from workbooks.sheets.intake.reading import intake
from workbooks.sheets.template import template
from workbooks.tables import exchange_rate

MADE_WITH = ("Log", "Scenarios", "Risk", "Decisions")
"""Sheets that say what was found when a workbook was made."""


@pytest.fixture(scope="module")
def blank(tmp_path_factory):
    return write(tmp_path_factory.mktemp("template"), "template", template())


def cell(path, name, column="C"):
    """The cell of an input: C is the live one, D, E and F are low, base and high."""
    sheet, ref = names(path)[name]
    return sheet, f"{column}{ref.lstrip(ascii_uppercase)}"


def cases(path, **inputs):
    """The cells of low, base and high of some inputs, with what is typed into all three."""
    return {cell(path, name, column): v for name, v in inputs.items() for column in "DEF"}


def found_in(path, text, sheet):
    """The row in which a sheet has a text in its first column."""
    first = ((ref, value) for ref, value in cached(path)[sheet].items() if ref[1:].isdecimal())
    return next(int(ref[1:]) for ref, value in first if ref[0] == "A" and value == text)


FILLED = {
    "tokens_per_month": 9e9,
    "growth_per_year": 0.1,
    "hardware": "H100 SXM",
    "system": "2x H100 SXM | Llama-3.3-70B fp8 | 5000/500",
    "gpus_per_node_count": 2.0,
    "api_model": "openai/o3",
    "rent_per_gpu_hour": 1.9,
    "staff_fte": 0.75,
    "discount_rate": 0.05,
    "sizing_model": "",
}


def test_filled_in_by_hand_it_says_what_the_command_says(blank, tmp_path, soffice):
    """Inputs typed into the template, recalculated, give each cell of the command's budget."""
    by_hand = edit(blank, cases(blank, **FILLED), tmp_path / "filled.xlsx")
    made = main(["budget", "--from", str(by_hand), "--out", str(tmp_path / "made.xlsx")])
    assert made == 0
    command, live = cached(tmp_path / "made.xlsx"), recalculate([by_hand])[by_hand]
    drawn = of_the_draws(by_hand)
    there = {s: set(cells) for s, cells in formulas(tmp_path / "made.xlsx").items()}
    places = [
        (s, ref)
        for s, found in formulas(by_hand).items()
        if s not in MADE_WITH and s in there
        for ref in found
        if ref in there[s] and (s, ref) not in drawn
    ]
    assert len(places) > 5000
    differ = differences(command, live, places)
    # the draws are those of the blank template: by hand they are said to be of other inputs
    assert [
        each for each in differ if "moved since" not in each and "moved_count" not in each
    ] == []
    assert command["Summary"]["C6"] != cached(blank)["Summary"]["C6"]


@pytest.mark.parametrize("name", CORNERS)
def test_a_budget_reads_back_as_it_was(name, tmp_path):
    """Made again from itself, every cell is the same but the name of its source."""
    first = write(tmp_path, name, budget(corner(name)))
    again = write(tmp_path, "again", budget(intake(first).plan))
    sheets = differences(cached(first), cached(again))
    assert [line.split(":")[0] for line in sheets] == ["Log!B6", "Log!B11"]  # file, fingerprint


def test_every_input_comes_back(tmp_path):
    """Each input of the mid-size scenario comes back: cases, source, day, owner and spread."""
    ours = plan(load(ready()["mid-size"]))
    path = write(tmp_path, "mid", budget(ours, "upside"))
    read = intake(path)
    assert read.case == "upside"
    assert read.plan.run("upside")["verdict_text"] == ours.run("upside")["verdict_text"]
    for name, entry in ours.scenario.entries.items():
        assert read.plan.scenario.entries[name] == entry, name


@pytest.mark.slow
def test_what_libreoffice_saved_is_read_back(blank, tmp_path, soffice):
    """Its own spelling of the file has the same inputs and tables in it."""
    (saved,) = _convert([blank], "xlsx", tmp_path, 120)
    assert intake(saved).plan.run()["verdict_text"] == intake(blank).plan.run()["verdict_text"]


def test_own_rows_and_months_are_planned_with(blank, tmp_path):
    """A changed price, a model of one's own, volumes, seasons and hours reach the plan."""
    row = found_in(blank, "openai/o3", "Prices")
    changed = {
        ("Prices", f"A{row}"): "our own model",
        ("Prices", f"D{row}"): 3.5,
        **cases(blank, api_model="our own model"),
        ("Workload", "E7"): 1e9,
        ("Workload", "G8"): 0.5,
        ("Load", f"B{found_in(blank, 'Hour', 'Load') + 1}"): 9.0,
        cell(blank, "horizon_months"): 24,
        cell(blank, "plan_title"): "Ours",
    }
    read = intake(edit(blank, changed, tmp_path / "own.xlsx")).plan
    found = read.run()
    assert found["api_input_per_mtok"] == 3.5
    assert found["tokens_per_month"] == 3e9  # as typed in Inputs
    assert read.scenario.forecast == (1e9,)
    assert read.scenario.season_factors[:4] == (1.0, 1.0, 0.5, 1.0)
    assert read.load_factors[0] == 9.0
    assert (read.scenario.horizon_months, read.scenario.title) == (24, "Ours")


BAD = {
    ("tokens_per_month", "D"): (-5, "must be a number of at least 0"),
    ("output_share", "E"): (1.5, "must be a number from 0 to 1"),
    ("staff_fte", "F"): ("many", "'many'; it must be a number"),
    ("growth_per_year", "D"): (None, "is blank; it must be"),
    ("acquisition_kind", "E"): ("steal", "one of rent, lease, buy"),
    ("horizon_months", "C"): (600, "a whole number from 12 to 60"),
    ("currency", "C"): ("dollars", "a code of three capital letters"),
    ("pue", "E"): ("#N/A", "it shows #N/A; it must be a value"),
}


def test_every_bad_cell_is_named_at_once(blank, tmp_path, capsys):
    """File, sheet, cell, value and rule, for each; exit code 2; nothing is written."""
    price = found_in(blank, "openai/o3", "Prices")
    changed = {cell(blank, *place): value for place, (value, _) in BAD.items()}
    changed |= {
        ("Prices", f"D{price}"): "free",
        ("Prices", f"G{price}"): "XYZ",
        ("Hardware", f"F{found_in(blank, 'H100 SXM', 'Hardware')}"): -1,
        ("Workload", "F8"): None,
    }
    path = edit(blank, changed, tmp_path / "bad.xlsx")
    out = tmp_path / "out.xlsx"
    assert main(["budget", "--from", str(path), "--out", str(out)]) == 2
    told = capsys.readouterr().err.splitlines()
    assert not out.exists()
    for place, (_, rule) in BAD.items():
        sheet, ref = cell(blank, *place)
        assert any(f"bad.xlsx, {sheet}!{ref}: " in line and rule in line for line in told), place
    for sheet, ref in list(changed)[len(BAD) :]:
        assert any(f"bad.xlsx, {sheet}!{ref}: " in line for line in told), (sheet, ref)
    rates = [line for line in told if "the currency of Inputs" in line]
    assert len(told) - len(rates) <= len(changed) + 1


def test_an_unknown_name_is_named_with_its_neighbours(blank, tmp_path):
    """What an input names must be in the workbook's own table."""
    path = edit(blank, {cell(blank, "hardware", "E"): "H101"}, tmp_path / "name.xlsx")
    sheet, ref = cell(blank, "hardware", "E")
    with pytest.raises(IntakeError, match=f"{sheet}!{ref}: hardware: the sheet Hardware has no"):
        intake(path)


def test_a_formula_without_a_value_is_an_error_that_says_so(blank, tmp_path):
    """Nobody can read what a formula would say: the file must be saved by a program."""
    sheet, ref = cell(blank, "output_share", "E")
    wide = {cell(blank, "output_share", "D"): 0.1, cell(blank, "output_share", "F"): 0.2}
    path = edit(blank, {(sheet, ref): 0.123} | wide, tmp_path / "formula.xlsx")
    with zipfile.ZipFile(path) as old:
        parts = {item.filename: old.read(item) for item in old.infolist()}
    name = next(n for n, data in parts.items() if b"<v>0.123</v>" in data)
    parts[name] = parts[name].replace(b"<v>0.123</v>", b"<f>1/8</f>")
    with zipfile.ZipFile(path, "w") as new:
        for part, data in parts.items():
            new.writestr(part, data)
    with pytest.raises(IntakeError, match=f"{ref}: the formula '1/8' has no value; recalculate"):
        intake(path)
    parts[name] = parts[name].replace(b"<f>1/8</f>", b"<f>1/8</f><v>0.125</v>")
    with zipfile.ZipFile(path, "w") as new:
        for part, data in parts.items():
            new.writestr(part, data)
    assert intake(path).plan.scenario.entries["output_share"].base == 0.125


def test_another_workbook_is_refused_in_a_sentence(tmp_path, capsys):
    """A file that is no budget has nothing to read back."""
    path = tmp_path / "other.xlsx"
    openpyxl.Workbook().save(path)
    assert main(["budget", "--from", str(path), "--out", str(tmp_path / "x.xlsx")]) == 2
    assert "has no cell named currency; start from a workbook" in capsys.readouterr().err
    assert main(["budget", "article-1", "--from", str(path)]) == 2
    assert "article-1 and the file of --from are two scenarios" in capsys.readouterr().err


def test_tables_are_real_validated_and_sourced(blank):
    """Each table has a name, rules for its numbers, and columns for source and date."""
    book = openpyxl.load_workbook(blank)
    for sheet, table in (("Prices", "tblPrices"), ("Hardware", "tblHardware")):
        headings = [c.name for c in book[sheet].tables[table].tableColumns]
        assert {"source", "as of"} <= {
            " ".join(h.lower().split()[-n:]) for h in headings for n in (1, 2)
        }
        assert any(rule.type == "decimal" for rule in book[sheet].data_validations.dataValidation)


def test_the_template_shows_every_function_beside_its_twin(blank):
    """The palette stands before the log, with a way back to the cover."""
    book = openpyxl.load_workbook(blank)
    assert book.sheetnames[-2:] == ["Functions", "Examples"]
    assert book["Examples"]["A4"].hyperlink.location == "'Cover'!A1"
    assert datetime.date.fromisoformat(book["Log"]["B7"].value)


def test_own_months_count_where_formulas_have_no_values(blank, tmp_path):
    """A program that stores no values leaves the months' heads blank, and drops no month."""
    book = openpyxl.load_workbook(blank)
    row = found_in(blank, "Your own forecast of tokens", "Workload")
    for column, tokens in zip("EFGH", (1e9, 2e9, 4e9, 40e9), strict=True):
        book["Workload"][f"{column}{row}"] = tokens
    book.save(tmp_path / "saved.xlsx")
    assert intake(tmp_path / "saved.xlsx").plan.scenario.forecast == (1e9, 2e9, 4e9, 40e9)


def test_an_amount_may_be_typed_in_any_currency(blank, tmp_path):
    """140,000 pounds a year are in dollars what the ECB's rate of the day says; none is lost."""
    said = {cell(blank, "salary_per_year", "M"): "GBP", cell(blank, "capex_per_gpu", "M"): "CHF"}
    read = intake(edit(blank, said, tmp_path / "pounds.xlsx")).plan
    pound = exchange_rate("GBP", "USD", read.scenario.as_of)[0]
    assert read.constants("base")["salary_per_year"] == pytest.approx(140_000 * pound)
    assert read.scenario.in_currencies == {"salary_per_year": "GBP", "capex_per_gpu": "CHF"}
    assert read.scenario.rows.rates == ()
    wrong = edit(blank, {cell(blank, "salary_per_year", "M"): "pound"}, tmp_path / "wrong.xlsx")
    with pytest.raises(IntakeError, match="salary_per_year is 'pound'; it must be a code of three"):
        intake(wrong)
