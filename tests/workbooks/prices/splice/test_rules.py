"""Which rows and cells of somebody's price table may change, and which never do."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter

from tests.workbooks.prices.splice import rich
from workbooks.prices.splice import Changes, RefreshError, plan_refresh
from workbooks.prices.splice.columns import column
from workbooks.tables import TokenPrice, price_on, token_prices

DAY = datetime.date(2026, 12, 1)
Row = Sequence[object]


def book(
    folder: Path, headings: Sequence[str], rows: Sequence[Row], name: str = "tblPrices"
) -> Path:
    """Write a workbook with one table; a text that begins with = is a formula."""
    path = folder / "book.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as out:
        sheet = out.add_worksheet("Prices")
        columns = [{"header": heading} for heading in headings]
        sheet.add_table(0, 0, len(rows), len(headings) - 1, {"name": name, "columns": columns})
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, row)
    return path


def plan(folder: Path, headings: Sequence[str], rows: Sequence[Row], **new: object) -> Changes:
    """Plan a refresh of a one-row table with prices of the model m."""
    record = {"model": "m", "input price per mtok": 2.0, "as_of": DAY, **new}
    return plan_refresh(book(folder, headings, rows), [record])


def moved(changes: Changes) -> Mapping[str, object]:
    """Return the new values by cell."""
    return {change.cell: change.new for change in changes.changed}


@pytest.mark.parametrize(
    ("heading", "content"),
    [
        ("Lock", "x"),
        ("Locked", True),
        ("Lock", 1),
        ("Gesperrt", "ja"),
        ("Edited", "yes"),
        ("Override", "2026-10"),
        ("Origin", "contract"),
        ("Kind", "Contract price"),
        ("Status", "negotiated"),
        ("Source", "Quote 2026-118 of 3 May"),
        ("Quelle", "Rahmenvertrag 2026"),
        ("Note", "agreed until 2027"),
    ],
)
def test_locked_edited_and_contract_rows_stay(
    tmp_path: Path, heading: str, content: object
) -> None:
    """The reason names the column and what it says."""
    changes = plan(tmp_path, ["Model", "Input", heading], [["m", 3.0, content]])
    assert changes.changed == ()
    assert changes.parts == {}
    assert changes.kept[0].cell == "A2"
    assert changes.kept[0].model == "m"
    assert "says" in changes.kept[0].reason


@pytest.mark.parametrize("origin", ["list", "shipped"])
def test_where_the_origin_is_a_column_no_word_of_a_file_name_counts(
    tmp_path: Path, origin: str
) -> None:
    """A list that was read from a file called so is a list; a contract of any name is none."""
    headings = ["Model", "Input", "Source", "Origin"]
    listed = plan(tmp_path, headings, [["m", 3.0, "contract_list.csv", origin]])
    assert moved(listed)["B2"] == 2.0
    kept = plan(tmp_path, headings, [["m", 3.0, "simple_en.xlsx", "contract"]])
    assert kept.changed == ()


@pytest.mark.parametrize("content", ["", "no", False, 0, "-", "nein"])
def test_a_row_that_says_it_is_not_locked_is_refreshed(tmp_path: Path, content: object) -> None:
    """A filled-in lock column is not a lock."""
    changes = plan(tmp_path, ["Model", "Input", "Lock"], [["m", 3.0, content]])
    assert moved(changes) == {"B2": 2.0}


def test_a_lock_that_is_not_computed_yet_is_taken_as_one(tmp_path: Path) -> None:
    """After a refresh its stored value is gone until Excel has opened the file."""
    path = book(tmp_path, ["Model", "Input", "Lock"], [["m", 3.0, '=IF(B2>2,"x","")']])
    rich.replaced(
        path, "xl/worksheets/sheet1.xml", "<v>0</v></c></row></sheetData>", "</c></row></sheetData>"
    )
    changes = plan_refresh(path, [{"model": "m", "Input": 2.0}])
    assert changes.changed == ()
    assert "formula without a value" in changes.kept[0].reason


def test_a_formula_stays_and_its_neighbour_is_refreshed(tmp_path: Path) -> None:
    """Somebody computes one price; the other is still a list price."""
    rows = [["m", "=1+2", 9.0]]
    changes = plan(tmp_path, ["Model", "Input", "Output"], rows, output_price_per_mtok=8.0)
    assert moved(changes) == {"C2": 8.0}
    assert [(kept.cell, kept.reason) for kept in changes.kept] == [("B2", "it is a formula")]


@pytest.mark.parametrize("content", ["free", "on request", "3.00", True])
def test_a_price_cell_that_holds_no_number_stays(tmp_path: Path, content: object) -> None:
    """Words are somebody's decision, and "free" is not zero."""
    changes = plan(tmp_path, ["Model", "Input"], [["m", content]])
    assert changes.changed == ()
    assert "no number" in changes.kept[0].reason


@pytest.mark.parametrize(
    ("old", "new"), [(3.0, 0.003), (3.0, 300.0), (0.0, 3.0), (3.0, 0.0), (-1, 3)]
)
def test_a_price_that_moves_beyond_belief_stays(tmp_path: Path, old: float, new: float) -> None:
    """It would rather be another unit; minus one and zero are no price to come from."""
    changes = plan(
        tmp_path, ["Model", "Input"], [["m", old]], **{"Input": new, "input price per mtok": new}
    )
    assert changes.changed == ()
    assert "too far" in changes.kept[0].reason


def test_a_price_that_the_list_no_longer_has_stays(tmp_path: Path) -> None:
    """Unknown is not free, and not a reason to empty a cell."""
    changes = plan(
        tmp_path, ["Model", "Input", "Output"], [["m", 3.0, 9.0]], output_price_per_mtok=None
    )
    assert moved(changes) == {"B2": 2.0}
    assert [(kept.cell, kept.reason) for kept in changes.kept] == [
        ("C2", "the list has no such price")
    ]


def test_a_price_that_ended_with_what_it_stood_beside_goes_with_it(tmp_path: Path) -> None:
    """A contract in euros had a batch price; the list that holds after it, in dollars, has none.

    0.7 would be dollars now, and no half of the list's 2. What somebody typed stays.
    """
    headings = ["Model", "Input", "Output", "Batch input", "Currency", "Source"]
    names = ("input_price_per_mtok", "output_price_per_mtok", "batch_input_price_per_mtok")

    def row(source: str, currency: str, *prices: float | None) -> dict[str, object]:
        told = {"model": "m", "source": source, "currency": currency, "as_of": DAY}
        return {**told, **dict(zip(names, prices, strict=True))}

    agreed, listed = row("your sheet", "EUR", 1.4, 7.0, 0.7), row("list 1", "USD", 2.0, 10.0, None)
    for batch, kept in ((0.7, []), (0.6, ["A2"])):
        path = book(tmp_path, headings, [["m", 1.4, 7.0, batch, "EUR", "your sheet"]])
        changes = plan_refresh(path, [listed], known=[agreed, listed], ours=True)
        assert [each.cell for each in changes.kept] == kept
        if not kept:
            expected = {"B2": 2.0, "C2": 10.0, "D2": None, "E2": "USD", "F2": "list 1"}
            assert moved(changes) == expected


def test_another_currency_stays(tmp_path: Path) -> None:
    """Nobody converts a price sheet in silence."""
    changes = plan(tmp_path, ["Model", "Input", "Currency"], [["m", 3.0, "EUR"]], currency="USD")
    assert changes.changed == ()
    assert "EUR" in changes.kept[0].reason
    changes = plan(tmp_path, ["Model", "Input (€/1M)"], [["m", 3.0]], currency="USD")
    assert changes.changed == ()


def test_a_row_that_is_newer_than_the_list_stays(tmp_path: Path) -> None:
    """An offline list may be older than what somebody looked up."""
    later = DAY + datetime.timedelta(days=1)
    changes = plan(tmp_path, ["Model", "Input", "As of"], [["m", 3.0, later]])
    assert changes.changed == ()
    assert "only of 2026-12-01" in changes.kept[0].reason


def test_closed_rows_are_history(tmp_path: Path) -> None:
    """The price of last year stays last year's; the open row of the model is refreshed."""
    old, new = datetime.date(2025, 1, 1), datetime.date(2026, 1, 1)
    headings = ["Model", "Input", "Valid from", "Valid to"]
    changes = plan(tmp_path, headings, [["m", 9.0, old, new], ["m", 3.0, new, None]])
    assert moved(changes) == {"B3": 2.0}


def test_a_price_that_is_dated_is_history_outside_a_budget(tmp_path: Path) -> None:
    """Whoever looks up June in a table of their own finds in December what June cost."""
    headings, row = (
        ["Model", "Input", "Valid from", "Valid to"],
        ["m", 3.0, datetime.date(2026, 1, 1), ""],
    )
    record = {"model": "m", "input price per mtok": 2.0, "as_of": DAY}
    changes = plan_refresh(book(tmp_path, headings, [row], "Ours"), [record])
    assert changes.changed == ()
    assert "would change the months from then on: end it with a Valid to" in changes.kept[0].reason
    changes = plan_refresh(book(tmp_path, headings, [row]), [record])  # a budget is of one day
    assert moved(changes)["B2"] == 2.0


def test_a_model_twice_is_refused(tmp_path: Path) -> None:
    """The message names both cells."""
    with pytest.raises(RefreshError, match="A2 and A3 both hold 'm'"):
        plan(tmp_path, ["Model", "Input"], [["m", 3.0], ["m", 3.0]])


def test_one_model_of_two_providers_is_two_rows(tmp_path: Path) -> None:
    """Each takes the price of its own provider, and neither that of the other."""
    path = book(tmp_path, ["Model", "Provider", "Input"], [["m", "A", 3.0], ["m", "B", 4.0]])
    new = [
        {"model": "m", "provider": "A", "Input": 2.0},
        {"model": "m", "provider": "C", "Input": 1.0},
    ]
    changes = plan_refresh(path, new)
    assert moved(changes) == {"C2": 2.0}
    assert "from A, C, not from B" in changes.kept[0].reason
    assert changes.unknown == ("m",)


def test_a_name_that_is_only_similar_is_unknown(tmp_path: Path) -> None:
    """A near miss is another model."""
    path = book(tmp_path, ["Model", "Input"], [["gpt-4", 3.0]])
    changes = plan_refresh(path, [{"model": "gpt-4o", "Input": 2.0}])
    assert (changes.changed, changes.unknown, changes.unlisted) == ((), ("gpt-4o",), ("gpt-4",))


OURS = price_on("openai/o3")
HEADINGS = ["Model", "Provider", "Input price per mtok", "Output price per mtok", "Currency"]
HEADINGS += ["As of", "Source", "Source url"]


def ours(folder: Path, price: float) -> Path:
    """Write a row as we ship it, with another input price."""
    cells = [OURS.model, OURS.provider, price, OURS.output_price_per_mtok, OURS.currency]
    return book(folder, HEADINGS, [[*cells, OURS.as_of, OURS.source, "https://x"]])


def cheaper() -> TokenPrice:
    """Return tomorrow's price."""
    return replace(
        OURS, input_price_per_mtok=1.5, as_of=DAY, source="genai-prices 0.9", source_url="u"
    )


def test_a_row_of_ours_takes_price_date_and_source(tmp_path: Path) -> None:
    """A new price under an old date would be a lie."""
    changes = plan_refresh(ours(tmp_path, OURS.input_price_per_mtok), [cheaper()])
    assert moved(changes) == {"C2": 1.5, "F2": DAY, "G2": "genai-prices 0.9", "H2": "u"}
    assert changes.changed[0].source == "genai-prices 0.9"
    assert changes.changed[0].as_of == DAY


def test_a_price_edited_by_hand_is_told_by_what_we_shipped(tmp_path: Path) -> None:
    """The row names our list, and our list never had that price; an earlier one it had."""
    changes = plan_refresh(ours(tmp_path, 1.77), [cheaper()])
    assert changes.changed == ()
    assert "1.77" in changes.kept[0].reason
    assert "edited by hand" in changes.kept[0].reason
    earlier = price_on("openai/o3", datetime.date(2025, 6, 9)).input_price_per_mtok
    assert moved(plan_refresh(ours(tmp_path, earlier), [cheaper()]))["C2"] == 1.5


def test_a_price_written_by_an_earlier_refresh_is_no_edit(tmp_path: Path) -> None:
    """The caller knows what its lists have had since the package was made."""
    since = [*token_prices(), replace(OURS, input_price_per_mtok=1.77)]
    assert moved(plan_refresh(ours(tmp_path, 1.77), [cheaper()], known=since))["C2"] == 1.5


def test_somebodys_own_source_keeps_its_words(tmp_path: Path) -> None:
    """Their list of allowed words may not have ours."""
    headings = ["Model", "Input", "As of", "Source"]
    changes = plan(
        tmp_path, headings, [["m", 3.0, datetime.date(2026, 1, 1), "list"]], source="ours 2"
    )
    assert moved(changes) == {"B2": 2.0, "C2": DAY}


def test_a_date_kept_as_text_stays_text(tmp_path: Path) -> None:
    """It is written as it was."""
    changes = plan(tmp_path, ["Model", "Input", "As of"], [["m", 3.0, "2026-01-01"]])
    assert b'<t xml:space="preserve">2026-12-01</t>' in changes.parts["xl/worksheets/sheet1.xml"]


@pytest.mark.parametrize(
    ("heading", "field", "currency"),
    [
        ("Input price per mtok", "input_price_per_mtok", ""),
        ("input_price_per_mtok", "input_price_per_mtok", ""),
        ("Input", "input_price_per_mtok", ""),
        ("Input price", "input_price_per_mtok", ""),
        ("Input ($/1M tokens)", "input_price_per_mtok", "USD"),
        ("Output cost per million tokens (EUR)", "output_price_per_mtok", "EUR"),
        ("Cached input\n(USD per 1M)", "cached_price_per_mtok", "USD"),
        ("Ausgabe (€ pro 1 Mio. Token)", "output_price_per_mtok", "EUR"),
        ("Batch input price per mtok", "batch_input_price_per_mtok", ""),
        ("Modell", "model", ""),
        ("As of", "as_of", ""),
    ],
)
def test_headings_are_known_exactly(heading: str, field: str, currency: str) -> None:
    """Ours, and what people write who mean the same."""
    assert column(heading) == (field, currency)


@pytest.mark.parametrize(
    "heading",
    [
        *("Input tokens", "Input cost", "Input price per 1K tokens", "Input ($/1K)", "Inputs"),
        *("Input 2025", "Input / Output", "Blend", "Input price (USD, EUR)", "", "x" * 300),
    ],
)
def test_other_headings_are_none_of_ours(heading: str) -> None:
    """Volumes, amounts, other units and guesses."""
    assert column(heading) is None


@pytest.mark.parametrize("price", [-1.0, float("inf"), "3", True, [3]])
def test_a_record_whose_price_is_none_is_refused(tmp_path: Path, price: object) -> None:
    """Such a list has not been read well, and nothing of it is used."""
    with pytest.raises(RefreshError, match="which is no price"):
        plan(tmp_path, ["Model", "Input"], [["m", 3.0]], **{"input price per mtok": price})


def test_cells_locked_on_a_protected_sheet_stay(tmp_path: Path) -> None:
    """What cannot be typed over is not written over either."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as out:
        sheet, free = out.add_worksheet("Prices"), out.add_format({"locked": False})
        columns = [{"header": name} for name in ("Model", "Input", "Output")]
        sheet.add_table(0, 0, 1, 2, {"name": "tblPrices", "columns": columns})
        sheet.write_row(1, 0, ("m", 3.0))
        sheet.write_number(1, 2, 9.0, free)
        sheet.protect()
    changes = plan_refresh(path, [{"model": "m", "Input": 2.0, "Output": 8.0}])
    assert moved(changes) == {"C2": 8.0}
    assert changes.kept[0].reason == "it is locked on a protected sheet"
