"""A generated budget is right in three engines, stays live, and reads as a model should."""

import re
from importlib.resources import files
from pathlib import Path
from string import ascii_uppercase

import pytest
from openpyxl.formula.translate import Translator
from openpyxl.utils.datetime import from_excel

from install.command import main
from tests.books import cached, edit, formula_cells, formulas, names, opened
from tests.engines import differences, disagreements, ironcalc, recalculate
from tests.workbooks.budgets import CORNERS, corner, of_the_draws, write
from workbooks.plan.judgement.judged import judged
from workbooks.plan.lines.option import TITLES
from workbooks.plan.plan import plan
from workbooks.scenario.inputs import CASES
from workbooks.scenario.reading import load, ready
from workbooks.sheets.budget import TABS, budget

READY = {
    path.stem: path for path in sorted(Path(str(files("workbooks.data"))).glob("scenarios/*.toml"))
}
NAMES = [*READY, *CORNERS]
# computed by Excel 2016 and by LibreOffice 7.4 alike, and none of them volatile
FUNCTIONS = {
    "ABS",
    "AND",
    "AVERAGE",
    "CHOOSE",
    "COUNT",
    "DATE",
    "EXP",
    "SUMPRODUCT",
    "FIXED",
    "IF",
    "INDEX",
    "INT",
    "ISNUMBER",
    "MATCH",
    "MAX",
    "MIN",
    "MOD",
}
FUNCTIONS |= {"LN", "MONTH", "N", "NOT", "NPV", "OR", "ROUND", "ROUNDUP", "SUM", "SUMIF", "YEAR"}
FUNCTIONS |= {"COUNTIF", "LOG10", "PV"}
LONGEST_FORMULA, LONGEST_SENTENCE = 130, 260
LONGEST = {
    "Prices": 270,  # hours and days of a price, in one cell a row
    "Sizing": 340,  # the sizing model, as published step by step
    "Sensitivity": 180,  # a whole row of months in each cell, for two inputs at once
    "Drivers": 160,  # what a table says in the column of a long heading
    "Finance": 155,  # months of a life, apart where nothing changes from month to month
    "Return": 150,  # three flows, each paid at another time
    "Break-even": 165,  # BREAKEVEN_LOAD, as the function has it
    "Load": 145,  # nodes, people and tokens of both, side by side
    "Comparison": 150,  # sentences, beside their words
    "Monthly": 155,  # your own forecast, or its growth; a price with all that moves it
}
"""Sheets with longer figures, and why."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("budgets")


class Made(dict[tuple[str, str], Path]):
    """Workbooks by scenario and case, each made when it is first asked for."""

    def __init__(self, folder):
        self.folder = folder
        self.drawn = {}

    def __missing__(self, key):
        name, case = key
        if name not in self.drawn:
            self.drawn[name] = judged(corner(name) if name in CORNERS else plan(load(READY[name])))
        each, risk = self.drawn[name]
        self[key] = write(self.folder, f"{name}-{case}", budget(each, case, drawn=risk))
        return self[key]

    def of(self, *cases, names=NAMES):
        """The workbooks of scenarios in some cases."""
        return [self[name, case] for name in names for case in cases]


@pytest.fixture(scope="module")
def workbooks(folder):
    return Made(folder)


@pytest.fixture(scope="module")
def rented(workbooks):
    return workbooks["rented", "base"]


@pytest.mark.parametrize("names", [["bought"], pytest.param(NAMES, marks=pytest.mark.slow)])
def test_three_engines_say_one_number(workbooks, soffice, names):
    """Numpy's value, LibreOffice's and IronCalc's agree in every cell of every workbook."""
    assert disagreements(workbooks.of(*CASES, names=names), fewest=1000) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ready())
def test_the_command_writes_what_the_engines_were_asked(workbooks, name):
    """In every case, to the last byte: what holds of these workbooks holds of the command's."""
    for case in CASES:
        assert main(["budget", name, "--case", case, "--out", f"{case}.xlsx"]) == 0
        assert Path(f"{case}.xlsx").read_bytes() == workbooks[name, case].read_bytes()


EDITS = {
    "volume": ("rented", {"workload": {"tokens_per_month": 9e9}}, {"tokens_per_month": 9e9}),
    "rent": ("rented", {"nodes": {"rent_per_gpu_hour": 1.2}}, {"rent_per_gpu_hour": 1.2}),
    "model": ("rented", {"api": {"api_model": "openai/o3"}}, {"api_model": "openai/o3"}),
    "price by the hour": (
        "rented",
        {"api": {"api_model": "deepseek/deepseek-v4-pro"}},
        {"api_model": "deepseek/deepseek-v4-pro"},
    ),
    "managed": ("rented", {"hybrid": {"hybrid_share": 0.25}}, {"hybrid_share": 0.25}),
    "timing": ("rented", {"finance": {"payment_timing_share": 0.0}}, {"payment_timing_share": 0.0}),
    "life": ("bought", {"nodes": {"life_months": 12}}, {"life_months": 12}),
    "rent instead": (
        "either",
        {"nodes": {"acquisition_kind": {"base": "rent", "high": "buy"}}},
        {"acquisition_kind": ("rent", "rent", "buy")},
    ),
    "buy instead": (
        "either",
        {"nodes": {"acquisition_kind": "buy"}, "finance": {"tax_depreciation_kind": "immediate"}},
        {"acquisition_kind": "buy", "tax_depreciation_kind": "immediate"},
    ),
    "cheap node": ("never", {"nodes": {"rent_per_gpu_hour": 0.01}}, {"rent_per_gpu_hour": 0.01}),
    "any volume": ("never", {"workload": {"tokens_per_month": 5e9}}, {"tokens_per_month": 5e9}),
    "free API": (
        "rented",
        {"api": {"api_input_price_per_mtok": 0.0, "api_output_price_per_mtok": 0.0}},
        {"api_input_price_per_mtok": 0.0, "api_output_price_per_mtok": 0.0},
    ),
}


SEARCHED = ("Over the plan self-hosting pays with nodes", "No speed of a node makes")
"""How a sentence begins that was searched for the inputs as they were."""


def input_cells(path, typed):
    """Cells of the low, base and high of some inputs, with the value typed into each."""
    rows = {name: ref.lstrip(ascii_uppercase) for name, (_, ref) in names(path).items()}
    ends = {n: each if isinstance(each, tuple) else (each,) * 3 for n, each in typed.items()}
    return {
        ("Inputs", f"{column}{rows[name]}"): value
        for name, values in ends.items()
        for column, value in zip("DEF", values, strict=True)
    }


@pytest.mark.parametrize("keys", [["rent instead"], pytest.param([*EDITS], marks=pytest.mark.slow)])
def test_an_edited_sheet_says_what_the_model_says(workbooks, folder, soffice, keys):
    """Inputs typed into the file and recalculated give every cell of a plan made with them."""
    chosen = {key: EDITS[key] for key in keys}
    edited = {
        key: edit(
            workbooks[name, "base"],
            input_cells(workbooks[name, "base"], typed),
            folder / f"edited {key}.xlsx",
        )
        for key, (name, _, typed) in chosen.items()
    }
    recalculated, iron = (engine(list(edited.values())) for engine in (recalculate, ironcalc))
    wrong = []
    for key, (name, sections, _) in chosen.items():
        expected = cached(write(folder, f"expected {key}", budget(corner(name, **sections))))
        drawn = of_the_draws(edited[key])
        without = {"Log", "Risk"} | (formulas(edited[key]).keys() - expected.sheets.keys())
        places = [c for c in formula_cells(edited[key]) if c[0] not in without and c not in drawn]
        for engine in (recalculated[edited[key]], iron[edited[key]]):
            wrong += [f"{key} {d}" for d in differences(expected, engine, places)]
            verdict, scale = (engine["Cover"][ref] for ref in ("A4", "A6"))
            assert "how sure is not known, for inputs moved since the draws" in verdict, key
            assert not scale.startswith(SEARCHED), (key, scale)
    assert wrong == []


def test_the_live_case_switches_everything(workbooks, folder, soffice):
    """Typing 3 into the switch of a base workbook gives the workbook of the upside."""
    base, high = workbooks["rented", "base"], workbooks["rented", "upside"]
    (place,) = [c for c in input_cells(base, {"live_case": 3}) if c[1].startswith("E")]
    switched = edit(base, {("Inputs", f"C{place[1][1:]}"): 3}, folder / "switched.xlsx")
    recalculated = recalculate([switched])[switched]
    assert differences(cached(high), recalculated, formula_cells(high)) == []


def test_a_price_in_the_table_reaches_the_verdict(rented, folder, soffice):
    """A dearer API in the price table changes the sentence on the cover."""
    table = cached(rented)["Prices"]
    row = next(ref[1:] for ref, value in table.items() if value == "openai/gpt-4o")
    changed = {("Prices", f"D{row}"): 40.0, ("Prices", f"F{row}"): 160.0}
    dear = recalculate([edit(rented, changed, folder / "dear.xlsx")])
    (book,) = dear.values()
    assert book["Cover"]["A4"] != cached(rented)["Cover"]["A4"]
    assert book["Summary"]["C6"] == pytest.approx(16 * cached(rented)["Summary"]["C6"], rel=0.2)


def test_same_inputs_same_bytes(workbooks, rented):
    """Nothing in the file depends on when or where it was made."""
    assert budget(corner("rented")) == rented.read_bytes()


def test_sheets_stand_in_reading_order(workbooks, rented):
    """The cover is first and active; inputs come before what is computed from them."""
    book = opened(rented)
    # it has no contract, no lease, and expenses its migration at once
    assert book.sheetnames == [name for name in TABS if name not in {"Contracts", "Books"}]
    bound = opened(workbooks["bound", "base"])
    assert bound.sheetnames == list(TABS)  # with a model to size and contracts, so all of them
    assert book.active.title == "Cover"
    assert not [s.title for s in book if s.sheet_state != "visible"]


def test_only_functions_that_every_spreadsheet_has(workbooks):
    """No volatile function, none newer than Excel 2016, none that LibreOffice 7.4 lacks."""
    used = {
        name
        for path in workbooks.of("base")
        for sheet in formulas(path).values()
        for text in sheet.values()
        for name in re.findall(r"([A-Z][A-Z0-9.]+)\(", re.sub(r'"[^"]*"', '""', text))
    }
    assert used <= FUNCTIONS


def test_formulas_fit_the_eye(workbooks):
    """A formula is a line, not a paragraph; so is a sentence but for the words it says."""
    long = {
        f"{path.stem} {sheet}!{ref}: {text}"
        for path in workbooks.of("base")
        for sheet, found in formulas(path).items()
        for ref, text in found.items()
        if len(re.sub(r'"[^"]*"', '""', text)) > LONGEST.get(sheet, LONGEST_FORMULA)
        or len(text) > max(LONGEST_SENTENCE, LONGEST.get(sheet, 0))
    }
    assert long == set()


@pytest.mark.parametrize("name", CORNERS)
def test_one_formula_for_all_months_of_a_row(workbooks, name):
    """A row of a time sheet holds one formula, copied across from the first month."""
    sheet = formulas(workbooks[name, "base"])["Monthly"]
    for ref, text in sheet.items():
        column, row = re.fullmatch(r"([A-Z]+)(\d+)", ref).groups()
        if column >= "E" or len(column) > 1:
            first = sheet[f"E{row}"]
            assert Translator(first, f"E{row}").translate_formula(ref) == text, ref


def test_no_number_is_typed_where_numbers_are_computed(rented):
    """Calculation and output sheets hold formulas, labels and the numbering of rows only."""
    book = opened(rented)
    typed = [
        f"{sheet}!{cell.coordinate}"
        for sheet in ("Drivers", "Monthly", "Summary", "Checks", "Cover")
        for row in book[sheet]
        for cell in row
        if isinstance(cell.value, int | float)
    ]
    assert typed == []


def test_every_line_has_a_label_and_a_unit_of_its_own(rented):
    """Labels are unique within a sheet, and each stands beside a unit."""
    for name in ("Drivers", "Monthly", "Checks"):
        values = cached(rented)[name]
        labels = {
            ref[1:]: v
            for ref, v in values.items()
            if re.fullmatch(r"A\d+", ref) and v and values.get(f"B{ref[1:]}")
        }
        assert len(set(labels.values())) == len(labels) > 5, name


def test_sheets_are_protected_without_a_password_and_inputs_are_open(rented):
    """A reader cannot overwrite a formula by accident, and can change every input."""
    book = opened(rented)
    for name in ("Cover", "Workload", "Drivers", "Monthly", "Break-even", "Summary"):
        assert book[name].protection.sheet
        assert not book[name].protection.password
    for sheet, ref in input_cells(rented, {"tokens_per_month": 0, "api_model": "", "pue": 1}):
        assert not book[sheet][ref].protection.locked
    assert book["Monthly"]["E8"].protection.locked
    assert not book["Prices"].protection.sheet


def test_nothing_can_be_typed_over_the_formulas_of_inputs(rented):
    """The sheet is not protected, for Excel unfolds no group of one that is; its formulas are."""
    sheet = opened(rented)["Inputs"]
    rules = sheet.data_validations.dataValidation
    refusing = [rule.sqref for rule in rules if (rule.type, rule.formula1) == ("custom", "FALSE")]
    computed = {cell.coordinate for row in sheet for cell in row if cell.data_type == "f"}
    computed.discard("C3")  # it says whether the checks hold
    assert len(computed) > 80
    assert {ref for ref in computed if not any(ref in each for each in refusing)} == set()


def flat(path):
    """The rows of the flat budget below its headings, column by column."""
    held = cached(path)["Budget"]
    last = max(int(ref[1:]) for ref in held if ref.startswith("A"))
    return [[held[f"{column}{row}"] for column in "ABCDEFG"] for row in range(6, last + 1)]


@pytest.mark.parametrize("name", CORNERS)
def test_the_flat_budget_adds_up_to_the_plan(workbooks, name):
    """For each option, opex and capex are what is paid, opex and non-cash the expense."""
    found = corner(name).run()
    rows = flat(workbooks[name, "base"])
    for option in corner(name).options:
        ours = [row for row in rows if row[3] == TITLES[option]]
        total = {kind: sum(r[6] for r in ours if r[5] == kind) for kind in ("opex", "capex")}
        paid = found.get(f"{option}_paid_cost", found[f"{option}_cash_cost"])
        assert sum(total.values()) == pytest.approx(paid, abs=0.01)
        used = sum(r[6] for r in ours if r[5] in {"opex", "non-cash"})
        assert used == pytest.approx(found[f"{option}_expense_cost"], abs=0.01)


def test_fiscal_years_start_where_the_company_starts_them(workbooks):
    """With a year from April, March 2027 is fiscal 2027 and April 2027 fiscal 2028."""
    rows = flat(workbooks["leased", "base"])
    years = {from_excel(row[1]).strftime("%Y-%m"): row[2] for row in rows}
    assert (years["2027-03"], years["2027-04"]) == (2027, 2028)


def test_vendor_text_never_becomes_a_formula(rented):
    """Every cell of the tables' own columns is text, a number or a date."""
    book = opened(rented)
    for name, table in (("Prices", "tblPrices"), ("Hardware", "tblHardware")):
        sheet = book[name]
        columns = len(sheet.tables[table].tableColumns)
        calculated = sum(sheet.cell(6, c).data_type == "f" for c in range(1, columns + 1))
        kinds = {
            cell.data_type
            for row in sheet.iter_rows(6, max_col=columns - calculated)
            for cell in row
        }
        assert "f" not in kinds
