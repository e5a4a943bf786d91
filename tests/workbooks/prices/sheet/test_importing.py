"""An import shows everything first, writes only on request, and never as a formula."""

import csv
import datetime
import hashlib
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment

from workbooks.folder.timeline import in_force
from workbooks.prices.offers import FeedError
from workbooks.prices.sheet.cells import Given
from workbooks.prices.sheet.importing import apply, preview
from workbooks.prices.store import Store

DAY = datetime.date(2026, 11, 21)
TOLD = Given(1_000_000, "USD", "OpenAI")
TEXT = "Model,Input,Output,Cached\ngpt-4o,2.25,9,\ngpt-5.4-mini,0.75,4.5,0.075\nour-own,1,2,0\n"


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A vendor's sheet: one agreed price, one at list, one model of our own."""
    path = tmp_path / "contoso.csv"
    path.write_text(TEXT)
    return path


def price(store: Store, model: str, day: datetime.date) -> float:
    """Return a model's input price on a day."""
    row = in_force(store.history()[model], day)
    assert row is not None
    return row.input_price_per_mtok


def test_a_preview_tells_accepted_changed_and_set_aside(sheet: Path, tmp_path: Path) -> None:
    """And writes nothing."""
    seen = preview(Store(tmp_path / "store"), sheet, TOLD, DAY)
    kinds = {change.model: change.kind for change in seen.plan.changes}
    assert kinds == {
        **{"openai/gpt-4o": "changed", "openai/gpt-5.4-mini": "same", "openai/our-own": "new"}
    }
    places = {change.model: change.place for change in seen.plan.changes}
    assert places["openai/gpt-4o"] == "contoso.csv, cell B2, C2"
    (doubt,) = seen.plan.doubts
    assert (doubt.place, doubt.reason) == (
        *("contoso.csv, cell D4", "zero may mean free or not known"),
    )
    assert not (tmp_path / "store").exists()


def test_applied_prices_hold_from_the_day_and_name_the_file(sheet: Path, tmp_path: Path) -> None:
    """The day before has the list price; what the sheet leaves out keeps its ratio to input.

    The list has 2.5 for input and 1.25 for cached and batch input: half of 2.25 is 1.125.
    """
    store = Store(tmp_path / "store")
    apply(store, preview(store, sheet, TOLD, DAY))
    assert price(store, "openai/gpt-4o", DAY - datetime.timedelta(1)) == 2.5
    assert price(store, "openai/gpt-4o", DAY) == 2.25
    row = store.history()["openai/gpt-4o"][-1]
    assert (row.cached_price_per_mtok, row.batch_input_price_per_mtok) == (1.125, 1.125)
    assert "not quoted, so in the list's ratio: cached, batch input, batch output" in row.note
    assert (row.origin, row.source) == ("contract", "your sheet contoso.csv")
    assert row.source_sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    assert (store.folder / "files" / f"{row.source_sha256}.csv").read_text() == TEXT


def test_steps_that_are_agreed_ahead_become_a_history(tmp_path: Path) -> None:
    """A rise on the first of January is in the table today and holds from then."""
    path = tmp_path / "steps.csv"
    path.write_text(
        "Model,Valid from,Input,Output\ngpt-4o,2026-11-21,2.25,9\ngpt-4o,2027-01-01,2.4,9.5\n"
    )
    store = Store(tmp_path / "store")
    apply(store, preview(store, path, TOLD, DAY))
    days = [DAY, datetime.date(2026, 12, 31), datetime.date(2027, 1, 1)]
    assert [price(store, "openai/gpt-4o", day) for day in days] == [2.25, 2.25, 2.4]


def test_a_unit_that_slipped_is_caught_against_the_table(tmp_path: Path) -> None:
    """Stated per million, meant per thousand, also in another currency."""
    path = tmp_path / "slip.csv"
    path.write_text("Model,Input,Output\ngpt-4o,0.0025,0.01\n")
    for currency in ("USD", "EUR"):
        told = TOLD._replace(currency=currency)
        seen = preview(Store(tmp_path / "store"), path, told, DAY)
        assert seen.plan.added == {}
        assert "if that is right, accept this model by name" in seen.plan.doubts[0].reason
    seen = preview(Store(tmp_path / "store"), path, TOLD, DAY, accept=["openai/gpt-4o"])
    assert "openai/gpt-4o" in seen.plan.added


def test_half_a_price_in_another_currency_is_not_mixed_in(tmp_path: Path) -> None:
    """The table has dollars; one price in euros says nothing about the others."""
    path = tmp_path / "half.csv"
    path.write_text("Model,Input\ngpt-4o,2.1\n")
    seen = preview(Store(tmp_path / "store"), path, TOLD._replace(currency="EUR"), DAY)
    assert seen.plan.added == {}
    assert "the table has none in that currency, only in USD" in seen.plan.doubts[0].reason


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=cmd|"/C calc"!A0'])
def test_no_text_of_a_vendor_becomes_a_formula(evil: str, tmp_path: Path) -> None:
    """In names of models, providers, regions and files."""
    path = tmp_path / "=evil.csv"
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["Provider", "Model", "Region", "Input", "Output"])
        lines.writerows([[evil, "m1", "", 1, 2], ["openai", evil, "", 1, 2]])
        lines.writerows([["openai", "m2", evil, 1, 2], ["openai", "m2", "b", 3, 4]])
    store = Store(tmp_path / "store")
    apply(store, preview(store, path, TOLD, DAY))
    for written in store.folder.glob("receipts/*.csv"):
        with written.open(newline="") as file:
            cells = [cell for line in csv.reader(file) for cell in line]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))]


HEADINGS = "Modell;Eingabe (EUR je 1 Mio. Token);Ausgabe (EUR je 1 Mio. Token)"


@pytest.mark.parametrize(
    ("note", "stops"),
    [
        ("Mindestabnahme: 5.000 EUR je Monat", ["minimum"]),
        ("Ab 10.000 EUR gilt ein Rabatt von 5 %", ["discount"]),
        ("Preise gültig ab 01.02.2027, Laufzeit 12 Monate", ["term"]),
        ("Preise gültig ab 01.02.2027", []),
        ("zzgl. USt.", []),
        ("20 % surcharge for EU regions", ["surcharge"]),
        ("EU regions cost 10 % more", ["surcharge"]),
        ("5 % off above 1 bn tokens", ["discount"]),
        ("plus a platform fee of EUR 500", ["fee"]),
        ("Offer ends 31 December", ["date"]),
        ("Prices hold until end of March 2027", []),
        ("Prices hold until mid March 2027", ["date"]),
        ("List of December 2026", []),
        ("We may change this list", []),
    ],
)
@pytest.mark.parametrize("place", ["above", "below"])
def test_a_note_beside_the_prices_is_used_or_stops_the_import(
    note: str, stops: list[str], place: str, tmp_path: Path
) -> None:
    """Conditions stand below the table of an offer as often as above it; a day that it says counts.

    A note whose day is used may still say a term, which is not.
    """
    table = f"{HEADINGS}\nopenai/gpt-4o;1,10;6,00\n"
    path = tmp_path / "offer.csv"
    path.write_text(f"{note};;\n;;\n{table}" if place == "above" else f"{table};;\n{note};;\n")
    seen = preview(Store(tmp_path / "store"), path, TOLD._replace(currency=""), DAY)
    assert [each.kind for each in seen.stops] == stops
    said = [each.said for each in seen.read.asides]
    is_used = any(day in note for day in ("01.02.2027", "end of March 2027"))
    assert (note in said) == (bool(stops) or not is_used)
    ((row,),) = seen.plan.added.values()
    assert (str(row.valid_to) == "2027-04-01") == ("end of March 2027" in note)
    assert str(row.valid_from) == ("2027-02-01" if "01.02.2027" in note else str(DAY))


def test_a_comment_at_a_cell_is_told_and_may_stop_the_import(tmp_path: Path) -> None:
    """In the table, on a sheet without one, and from a thread, before which Excel puts a notice."""
    book = Workbook()
    for row in (["Model", "Input (USD/1M)", "Output (USD/1M)"], ["openai/gpt-4o", 1.1, 6]):
        book.active.append(row)
    book.create_sheet("Terms").append(["Thank you"])
    thread = (
        "[Threaded comment]\n\nYour version of Excel allows.\nLearn more: ?linkid=87\n\nComment:\n"
    )
    for sheet, cell, words in (
        ("Sheet", "B2", "minimum 5,000 a month"),
        ("Sheet", "C2", "until 31 Dec"),
        ("Sheet", "A1", "ask Maria"),
        ("Terms", "A1", f"{thread}    20 % surcharge in the EU"),
    ):
        book[sheet][cell].comment = Comment(words, "us")
    path = tmp_path / "offer.xlsx"
    book.save(path)
    seen = preview(Store(tmp_path / "store"), path, TOLD, DAY)
    assert [
        str(each).partition(", ")[2] for each in seen.read.asides if each.said[:5] != "sheet"
    ] == [
        "sheet Sheet, comment on cell A1 (ask Maria)",
        "sheet Sheet, comment on cell B2 (minimum 5,000 a month)",
        "sheet Sheet, comment on cell C2 (until 31 Dec)",
        "sheet Terms, comment on cell A1 (20 % surcharge in the EU)",
    ]
    assert [each.kind for each in seen.stops] == ["minimum", "date", "surcharge"]
    told = TOLD._replace(leave_out=("minimum 5,000 a month", "until 31 Dec", "Terms"))
    assert preview(Store(tmp_path / "store"), path, told, DAY).stops == []


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """One sentence, and no traceback."""
    with pytest.raises(FeedError, match=r"nowhere\.xlsx cannot be read"):
        preview(Store(tmp_path), tmp_path / "nowhere.xlsx", TOLD, DAY)


def test_every_cell_of_a_price_sheet_is_used_or_told(tmp_path: Path) -> None:
    """A title, a number, a remark below no heading, a row among the prices, other sheets.

    What of it may change a price stops the import; a sheet may be left out whole. A label is told
    with its value, once.
    """
    book = Workbook()
    for row in (
        ["Order form 12"],
        ["Customer number", 4711],
        ["Prices in USD per 1M tokens"],
        ["Model", "Input", "Output"],
        ["openai/gpt-4o", 1.1, 6, "from 5 bn tokens, at least a minimum"],
        ["Reasoning models"],
        ["Mindestabnahme: 5.000 EUR"],
        ["openai/gpt-4.1", 1.2, 6, 17],
    ):
        book.active.append(row)
    book.create_sheet("Terms").append(["Valid from", "2027-01-01"])
    book.create_sheet("Notes").append(["Discount 10 %"])
    book["Notes"].sheet_state = "hidden"
    path = tmp_path / "form.xlsx"
    book.save(path)
    told = TOLD._replace(leave_out=("notes",))
    seen = preview(Store(tmp_path / "store"), path, told, DAY)
    assert [(each.said, each.kind) for each in seen.read.asides] == [
        ("from 5 bn tokens, at least a minimum", "minimum"),
        ("Mindestabnahme: 5.000 EUR", "minimum"),
        ("Order form 12", ""),
        ("Customer number: 4711", ""),
        ("sheet Terms", ""),
        ("Valid from: 2027-01-01", "date"),
        ("sheet Notes", ""),
        ("Discount 10 %", "discount"),
    ]
    assert [each.kind for each in seen.stops] == ["minimum", "minimum", "date"]
    assert len(seen.plan.added) == 2
