"""A name or a heading means one cell: a copy is never read, and what is gone is refused."""

import re
import time
from contextlib import nullcontext
from dataclasses import replace

import pytest
from openpyxl.utils import get_column_letter

from install.command import main
from tests.addin.office import missing, running
from tests.books import edit
from tests.fuzz.tries import LONGEST_SECONDS
from tests.workbooks.budgets import corner, write
from tests.workbooks.sheet_copies import (
    BOOK,
    changed,
    copy_sheet,
    name_text,
    part_of,
    rename_sheet,
    retyped,
)
from tests.workbooks.sheets.test_template import cases, cell
from workbooks import tables
from workbooks.file.cells import reference
from workbooks.file.package import Package
from workbooks.file.refusal import RefreshError
from workbooks.plan.monthend.bills import ActualsError, plain
from workbooks.prices.splice import plan_refresh
from workbooks.prices.splice.book import Book
from workbooks.scenario.entries import default
from workbooks.scenario.inputs import INPUTS
from workbooks.scenario.scenario import ScenarioError
from workbooks.sheets.budget import budget
from workbooks.sheets.intake.cells import IntakeError
from workbooks.sheets.intake.lost import COUNTED, SETTINGS
from workbooks.sheets.intake.reading import intake

RATE = 0.5


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A small budget of every sheet there is: 36 months, a managed platform, a sized node."""
    return write(tmp_path_factory.mktemp("made"), "made", budget(corner("rented")))


@pytest.fixture(scope="module")
def unmanaged(tmp_path_factory):
    return write(tmp_path_factory.mktemp("made"), "unmanaged", budget(corner("never")))


@pytest.fixture
def tried(made, tmp_path):
    """Return a function that changes the parts of the budget and reads it back."""

    def one(change, *arguments):
        return intake(
            changed(made, tmp_path / "tried.xlsx", lambda parts: change(parts, *arguments))
        )

    return one


def refused(tried, change, *arguments):
    with pytest.raises(ScenarioError) as told:
        tried(change, *arguments)
    return str(told.value)


def test_a_copied_sheet_is_named_and_never_read(made, tmp_path, capsys):
    """As Excel copies it: what is typed into Inputs counts, what stands in the copy does not."""
    path = changed(made, tmp_path / "two.xlsx", lambda p: copy_sheet(p, "Inputs", "Inputs (2)"))
    assert intake(path).plan.scenario.entries == intake(made).plan.scenario.entries
    typed = edit(path, cases(made, discount_rate=RATE), tmp_path / "typed.xlsx")
    assert intake(typed).plan.scenario.entries["discount_rate"].base == RATE
    into = {("Inputs (2)", ref): v for (_, ref), v in cases(made, discount_rate=RATE).items()}
    other = edit(path, into, tmp_path / "other.xlsx")
    assert intake(other).plan.scenario.entries == intake(made).plan.scenario.entries
    assert main(["budget", "--from", str(other), "--out", str(tmp_path / "out.xlsx")]) == 0
    said = capsys.readouterr().err
    assert said == "other.xlsx: the sheet Inputs (2) is a copy of Inputs and is not read.\n"


@pytest.mark.slow
@pytest.mark.libreoffice
@pytest.mark.skipif(bool(missing()), reason=missing() or "it is there")
def test_a_sheet_copied_by_libreoffice_is_never_read(made, tmp_path):
    """It puts the copy's names into the file in its own order."""
    typed = edit(made, cases(made, discount_rate=RATE), tmp_path / "typed.xlsx")
    with running(None) as office:
        office.ask("open", str(typed))
        for sheet in ("Inputs", "Workload", "Prices"):
            office.ask("copy_sheet", sheet, f"{sheet}_2")
        office.ask("save", str(tmp_path / "saved.xlsx"))
    at = {("Inputs_2", ref): 0.01 for _, ref in cases(made, discount_rate=RATE)}
    read = intake(edit(tmp_path / "saved.xlsx", at, tmp_path / "both.xlsx"))
    assert read.plan.scenario.entries["discount_rate"].base == RATE
    assert {note.split(" is ")[0] for note in read.notes} == {
        f"the sheet {sheet}_2" for sheet in ("Inputs", "Workload", "Prices")
    }


def test_every_name_that_is_gone_is_refused_at_its_cell(made, tried):
    """The label is still there, so the cell to name again is told."""
    gone = sorted({*SETTINGS, *INPUTS} - {"currency"})

    def without(parts):
        for name in gone:
            name_text(parts, name, None)

    said = refused(tried, without)
    for name in gone:
        assert f"the name {name} is gone" in said
    for name in INPUTS:
        sheet, ref = cell(made, name)
        assert (
            f"tried.xlsx, {sheet}!{ref}: the name {name} is gone; name this cell so again" in said
        )


@pytest.mark.parametrize("name", ["discount_rate", "tolerance_cost", "plan_owner", "managed_model"])
def test_a_name_of_nothing_is_refused(name, tried):
    """A deleted row leaves its name behind; also the settings that have a default, and texts."""
    said = refused(tried, name_text, name, "#REF!")
    assert f"the name {name} stands for nothing (#REF!)" in said
    assert said.count("\n") == 0


def test_a_row_that_is_gone_is_told_by_the_one_above(made, tried):
    """The input before it in the register shows where it stood."""

    def delete(parts):
        name_text(parts, "tax_rate_share", "Inputs!#REF!")
        retyped(parts, "Inputs", INPUTS["tax_rate_share"].label, "", 1)

    above = "!".join(cell(made, "fiscal_start_count"))
    said = refused(tried, delete)
    assert f"{above}: the name tax_rate_share stands for nothing (Inputs!#REF!)" in said
    assert f"its row {INPUTS['tax_rate_share'].label!r} stood below this cell" in said


def aged(parts, stated, *names):
    """Take the rows of inputs away, names and labels, as in a workbook made before them."""
    for name in names:
        name_text(parts, name, None)
        retyped(parts, "Inputs", INPUTS[name].label, "", 1)
    retyped(parts, "Log", COUNTED, "" if stated is None else COUNTED, 1)
    if stated is not None:
        retyped(parts, "Log", str(len(INPUTS)), str(stated), 1)


@pytest.mark.parametrize("stated", [None, len(INPUTS) - 1])
@pytest.mark.parametrize("name", ["capacity_factor", "tax_rate_share"])
def test_an_input_that_is_newer_than_the_workbook_is_told_and_has_what_is_usual(
    made, tried, name, stated
):
    """Whichever it is: a book that does not say how many it asks is older than all that do."""
    read = tried(aged, stated, name)
    assert [f"{name} ({INPUTS[name].label}) is newer than the workbook" in x for x in read.notes]
    assert len(read.notes) == 1
    ours = intake(made).plan.scenario
    assert read.plan.scenario.entries[name] == default(INPUTS[name], ours, tables)
    others = {each: entry for each, entry in ours.entries.items() if each != name}
    assert others.items() <= read.plan.scenario.entries.items()


def test_a_row_that_somebody_deleted_is_refused_though_its_name_is_gone_too(tried):
    """The Log says how many inputs there were: one more than are left."""
    said = refused(tried, aged, len(INPUTS), "capacity_factor")
    assert "the name capacity_factor is gone; its row" in said
    said = refused(tried, aged, len(INPUTS) - 1, "capacity_factor", "tax_rate_share")
    assert "the name tax_rate_share is gone; its row" in said


@pytest.mark.parametrize("held", ["0.5", "Inputs!$C$9:$D$9", "[1]Inputs!$C$9", "Gone!$C$9"])
def test_a_name_of_anything_but_one_cell_is_refused(held, tried):
    """Numbers, ranges, other files and sheets that are not there."""
    said = refused(tried, name_text, "discount_rate", held)
    assert f"the name discount_rate stands for {held}, which is no one cell of it" in said


def test_a_name_defined_twice_is_refused(tried):
    """No program writes that; the last one would win without a word."""
    again = '<definedName name="Discount_Rate">Inputs!$C$9</definedName></definedNames>'

    def twice(parts):
        parts[BOOK] = parts[BOOK].replace("</definedNames>", again)

    assert "the name discount_rate stands for 2 things at once" in refused(tried, twice)


def test_the_sheet_of_inputs_deleted_beside_its_copy_is_refused(tried):
    """Its names stand for nothing then, although the copy has names of its own."""

    def delete(parts):
        copy_sheet(parts, "Inputs", "Inputs (2)")
        parts[BOOK] = re.sub(
            r'(<definedName name="\w+">)\'?Inputs\'?![^<]*', r"\1#REF!", parts[BOOK]
        )

    said = refused(tried, delete)
    assert said == (
        "tried.xlsx: the name currency stands for nothing (#REF!); "
        "put back the sheet Inputs that its names stood for"
    )


def test_a_plan_without_a_managed_platform_needs_none_of_its_names(unmanaged):
    """Its rows are not written, so they can lack."""
    assert intake(unmanaged).plan.scenario.entries["managed_model"].base == ""


def test_renamed_and_hidden_sheets_are_read(made, tried):
    """Names, tables and lines are found wherever they stand."""

    def rename(parts):
        for sheet in ("Inputs", "Workload", "Prices", "Hardware", "Load"):
            rename_sheet(parts, sheet, f"Our{sheet}")
        parts[BOOK] = parts[BOOK].replace('<sheet name="OurInputs"', '<sheet name="OurInputs" state="hidden"')  # fmt: skip  # noqa: E501

    read, ours = tried(rename).plan, intake(made).plan
    assert read.scenario.entries == ours.scenario.entries
    assert read.scenario.forecast == ours.scenario.forecast
    assert read.tables == ours.tables


def test_another_sheet_of_the_name_of_a_table_is_not_read(made, tried):
    """The formulas of the workbook read the table, wherever it stands."""

    def swap(parts):
        rename_sheet(parts, "Prices", "Agreed")
        copy_sheet(parts, "Rates", "Prices")

    read = tried(swap)
    assert read.plan.tables == intake(made).plan.tables
    assert "the table tblPrices stands on the sheet Agreed, so the sheet Prices is not read" in (
        read.notes
    )


@pytest.mark.parametrize("sheet", ["Workload", "Load", "Prices", "Rates"])
def test_a_sheet_that_is_gone_is_refused(sheet, tried):
    """It never means that nothing was typed there."""

    def delete(parts):
        gone = re.search(rf'<sheet name="{sheet}"[^>]*/>', parts[BOOK])
        parts[BOOK] = parts[BOOK].replace(gone[0], "")

    assert f"tried.xlsx, {sheet}!A1: there is no sheet {sheet} with " in refused(tried, delete)


def test_a_renamed_heading_is_refused(tried):
    """All inputs below it would have been those of a new plan."""
    said = refused(tried, retyped, "Inputs", "Base", "Expected", 1)
    assert "tried.xlsx, Inputs!A1: the headings Low, Base, High, Source" in said
    assert said.count("\n") == 0


def test_a_column_that_is_newer_than_the_workbook_is_told_and_read_as_blank(made, tried):
    """A workbook of before it planned without it; a column that every workbook has is refused."""
    newer = "Batch cached price per mtok"
    read = tried(retyped, "Prices", newer, "Ours", 1)
    assert list(read.notes) == [f"Prices has no column {newer!r}, which is read as blank"]
    assert {each.batch_cached_price_per_mtok for each in read.plan.tables.prices} == {None}
    ours = [replace(p, batch_cached_price_per_mtok=None) for p in intake(made).plan.tables.prices]
    assert ours == read.plan.tables.prices != intake(made).plan.tables.prices
    said = refused(tried, retyped, "Prices", "Output price per mtok", "Ours", 1)
    assert "tried.xlsx, Prices!A1: the headings Model, " in said


@pytest.mark.parametrize(
    ("sheet", "heading", "other"), [("Inputs", "Meaning", "Base"), ("Load", "Hour", None)]
)
def test_a_heading_that_stands_twice_is_refused(sheet, heading, other, tried):
    """Which of two columns counts is for the person to say."""
    other = other or "Load over mean"
    said = refused(tried, retyped, sheet, heading, other, 1)
    assert re.search(rf"tried.xlsx, {sheet}!\w+: the heading '{other}' stands in \w+ too", said)


def test_a_line_that_stands_twice_is_refused(tried):
    """The first of two would have been read."""
    twice = ("Season: month over a mean month", "Your own forecast of tokens")
    said = refused(tried, retyped, "Workload", *twice, 1)
    assert "the line 'Your own forecast of tokens' stands in the rows 7 and 8; keep one" in said
    assert "the line 'Season: month over a mean month' is not there; put it back" in said


def test_months_are_read_before_the_workbook_is_recalculated(made, tmp_path):
    """After a refresh of its prices no formula has a value, the row of months included."""
    typed = edit(made, {("Workload", "E7"): 5e9, ("Workload", "G8"): 0.5}, tmp_path / "typed.xlsx")

    def stale(parts):
        name = part_of(parts, "Workload")
        parts[name] = re.sub(r"(</f>)<v>[^<]*</v>", r"\1", parts[name])

    read = intake(changed(typed, tmp_path / "stale.xlsx", stale)).plan.scenario
    assert read.forecast == (5e9,)
    assert read.seasons == intake(typed).plan.scenario.seasons
    assert read.seasons[2] == 0.5


def test_a_table_that_stands_twice_is_refused(made, tmp_path, tried):
    """Two parts that give a table the same name: of neither can be said that it is the one."""

    def twice(parts):
        name = next(n for n, text in parts.items() if 'displayName="tblHardware"' in text)
        parts[name] = parts[name].replace('"tblHardware"', '"tblPrices"')

    assert "the table tblPrices stands on Prices and Hardware; keep one" in refused(tried, twice)
    path = changed(made, tmp_path / "twice.xlsx", twice)
    with pytest.raises(RefreshError, match="two tables tblPrices, on Prices and Hardware; rename"):
        Book(Package(path, path.read_bytes())).price_table(None)


def test_headings_that_stand_twice_below_each_other_are_refused(made, tried):
    """A table pasted again below itself is not one with a model called Model."""

    def pasted(parts):
        name = part_of(parts, "Rates")
        row = re.search(r'<row r="(\d+)"(?:(?!</row>).)*?</row>', parts[name], re.DOTALL)
        rows = re.findall(r'<row r="\d+".*?</row>', parts[name], re.DOTALL)
        assert row
        head = next(r for r in rows if r.count('t="s"') > 3)
        number = re.match(r'<row r="(\d+)"', head)[1]
        again = re.sub(rf'r="([A-Z]*){number}"', r'r="\g<1>90"', head)
        parts[name] = parts[name].replace("</sheetData>", f"{again}</sheetData>")

    assert re.search(
        r"Rates!A1: the headings .* stand in the rows \d+ and 90", refused(tried, pasted)
    )


def test_a_copy_of_the_price_table_is_told_by_a_refresh(made, tmp_path, capsys):
    """LibreOffice and Excel name it so; prices go into the table that the formulas read."""

    def copied(parts):
        name = next(n for n, text in parts.items() if 'displayName="tblHardware"' in text)
        prices = next(text for text in parts.values() if 'displayName="tblPrices"' in text)
        parts[name] = prices.replace('"tblPrices"', '"tblPrices_2"')

    path = changed(made, tmp_path / "two.xlsx", copied)
    Book(Package(path, path.read_bytes()))
    given = [{"model": "openai/o3", "input_price_per_mtok": 3.0, "output_price_per_mtok": 9.0}]
    changes = plan_refresh(path, given)
    assert changes.copies == ("tblPrices_2 on Hardware",)
    assert "1 copies of the table, which stay as they are: tblPrices_2 on Hardware" in str(changes)


@pytest.mark.parametrize(
    ("field", "lost"),
    [
        ("Model", "Model"),
        ("Input price per mtok", "Input price per mtok"),
        ("Output price per mtok", "Output price per mtok"),
    ],
)
def test_a_renamed_heading_of_our_price_table_is_refused(field, lost, made, tmp_path):
    """Its prices would have stayed as they were, without a word."""

    def rename(parts):
        name = next(n for n, text in parts.items() if 'displayName="tblPrices"' in text)
        parts[name] = parts[name].replace(f'name="{field}"', 'name="Ours"')

    path = changed(made, tmp_path / "renamed.xlsx", rename)
    with pytest.raises(RefreshError) as told:
        Book(Package(path, path.read_bytes())).price_table(None)
    assert f"has in table tblPrices on sheet Prices no column {lost}; is 'Ours' in " in str(
        told.value
    )


HOURS = "".join(f"2026-09-01 {hour:02},{100 + hour},7\n" for hour in range(24))


@pytest.mark.parametrize(
    ("command", "text", "twice"),
    [
        (
            "usage import in.csv",
            "start_time,end_time,model,input_tokens,Input_Tokens,output_tokens,num_model_requests\n"
            "1785542400,1785628800,gpt-5,1000,2000,300,5\n",
            "Input_Tokens",
        ),
        (
            "usage import in.csv --columns date=date,model=model,cost=cost,input=tokens",
            "date,model,cost,cost,tokens\n2026-09-01,gpt-5,1,2,300\n",
            "cost",
        ),
        (
            "size Llama-3.3-70B --tokens 2B --load in.csv",
            f"hour,tokens,Tokens\n{HOURS}",
            "Tokens",
        ),
        ("prices gpus --file in.csv", "instance_name,gpu_count,gpu_name,price,price\n", "price"),
        ("prices rate EUR USD --file in.csv", "Date, USD, USD\n2026-10-30, 1.1, 1.2\n", "USD"),
    ],
)
def test_a_column_that_stands_twice_is_refused(command, text, twice, tmp_path, capsys, monkeypatch):
    """The first, or the last, of the two counted."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.csv").write_text(text)
    assert main(command.split()) == 2
    assert f"has two columns {twice!r}; keep one" in capsys.readouterr().err


def test_a_sheet_that_is_not_asked_may_be_of_any_size(made, tmp_path):
    """Only the sheets of what is typed are read: 300,000 cells of somebody's own cost no time."""

    def fill(parts):
        name = part_of(parts, "Log")
        row = "".join(f'<c r="{reference(5000, c)}"><v>1</v></c>' for c in range(1, 301))
        rows = (f'<row r="{r}">{row.replace("5000", str(r))}</row>' for r in range(5000, 6000))
        parts[name] = parts[name].replace("</sheetData>", f"{''.join(rows)}</sheetData>")

    path = changed(made, tmp_path / "large.xlsx", fill)
    begun = time.process_time()
    read = intake(path)
    assert time.process_time() - begun < LONGEST_SECONDS
    assert read.plan.scenario.entries == intake(made).plan.scenario.entries


def test_a_hundred_thousand_names_and_long_formulas_cost_no_time(made, tmp_path):
    """Names were gone through for each day that is read, and formulas taken apart for nobody."""

    def fill(parts):
        more = "".join(
            f'<definedName name="n{n}">Inputs!$A$1</definedName>' for n in range(100_000)
        )
        parts[BOOK] = parts[BOOK].replace("</definedNames>", f"{more}</definedNames>")
        name, long = part_of(parts, "Inputs"), "A1+" * 2000
        rows = (
            f'<row r="{r}"><c r="A{r}"><f>{long}{r}</f><v>1</v></c></row>'
            for r in range(5000, 6000)
        )
        parts[name] = parts[name].replace("</sheetData>", f"{''.join(rows)}</sheetData>")

    path = changed(made, tmp_path / "many.xlsx", fill)
    begun = time.process_time()
    intake(path)
    assert time.process_time() - begun < LONGEST_SECONDS


@pytest.mark.parametrize(("cells", "refuses"), [("<v>1</v>", True), ("", False)])
def test_a_sheet_of_inputs_of_any_size_is_answered(cells, refuses, made, tmp_path):
    """Half a million filled cells are refused; as many that have only a style are no matter."""

    def fill(parts):
        name = part_of(parts, "Inputs")
        one = '<c r="{}5000" s="1"/>' if not cells else f'<c r="{{}}5000" s="1">{cells}</c>'
        row = "".join(one.format(get_column_letter(c)) for c in range(1, 501))
        rows = (f'<row r="{r}">{row.replace("5000", str(r))}</row>' for r in range(5000, 6000))
        parts[name] = parts[name].replace("</sheetData>", f"{''.join(rows)}</sheetData>")

    path = changed(made, tmp_path / "large.xlsx", fill)
    begun = time.process_time()
    with pytest.raises(ScenarioError) if refuses else nullcontext() as told:
        intake(path)
    assert time.process_time() - begun < LONGEST_SECONDS
    if told:
        assert str(told.value) == "large.xlsx, sheet Inputs, has more than 200,000 filled cells"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("month,model,tokens,tokens,cost\n2026-09,a,1,2,3\n", "has two columns 'tokens'; keep one"),
        ("month,model,tokens,cost\n2026-09,a,1,000,5\n", "line 2: 5 cells stand below 4 headings"),
    ],
)
def test_a_bill_whose_columns_are_not_clear_is_refused(text, said, tmp_path):
    """The last of two columns won, and a thousand in two cells moved the cost by one."""
    path = tmp_path / "bill.csv"
    path.write_text(text)
    with pytest.raises(ActualsError, match=said):
        plain(path)


def test_every_fault_is_told_with_file_sheet_and_cell(tried):
    """Faults of names are told together with those of values."""
    with pytest.raises(IntakeError) as told:
        tried(name_text, "pue", None)
    assert [bad.sheet for bad in told.value.bad] == ["Inputs"]
