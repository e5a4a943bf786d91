"""Quotes for accelerators that are bought, and discounts on a list: what of them is used, and how.

The server is one that a vendor quotes: eight cards for 238,500 euros are 29,812.50 each.
"""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from workbooks import tables
from workbooks.folder import place
from workbooks.plan.discounts import discounts, read_discounts
from workbooks.plan.monthend.tabular import ActualsError
from workbooks.plan.purchases import purchase_lines, read_quote
from workbooks.plan.quotes import read_rents, rent_lines
from workbooks.prices.sheet.cells import Given

DAY = date(2026, 11, 27)
QUOTE = """Quote No.;Q-77812;;;
Item;Qty;Unit price EUR;Total EUR;Lead time
HGX H100 8-GPU server, 2x Xeon, 2 TB RAM;4;238.500,00;954.000,00;14 weeks
"""
SUPPORT = "3y NBD support"


def write(folder: Path, text: str, name: str = "quote.csv") -> Path:
    """Write a vendor's file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_server_is_shared_by_its_cards(tmp_path: Path) -> None:
    """Its lead time is named as not used; the table has the price once it is received."""
    quote = read_quote(write(tmp_path, QUOTE))
    assert quote
    (line,), unused = purchase_lines(quote, DAY, [])
    assert unused == ["Quote No.", "Q-77812", "lead time"]
    with place.supposing([line]):
        row = tables.accelerator("H100 SXM")
    assert (row.buy_low_per_gpu, row.buy_base_per_gpu, row.buy_high_per_gpu) == (29_812.5,) * 3
    assert (row.buy_currency, row.buy_as_of, row.quote_needed) == ("EUR", DAY, "no")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (QUOTE + f"{SUPPORT};4;23.850,00;95.400,00;\n", f"{SUPPORT}': it is no accelerator"),
        (QUOTE.replace("HGX H100", "H100"), "may be H100 NVL, H100 PCIe, H100 SXM"),
        (QUOTE.replace("8-GPU", "GPU"), "says no number of accelerators"),
        (QUOTE.replace("954", "944"), "4 times 238,500.00 is not 944,000.00"),
        (QUOTE.replace(" EUR", ""), "no currency is named"),
        (QUOTE.replace("Lead time", "Rabatt"), "says 'rabatt', a discount that is not used"),
        (QUOTE + ";1;12.000,00;12.000,00;support\n", "'12.000,00' stands beside no name"),
        (QUOTE + ";;Rabatt 5 %;;\n", "says 'Rabatt 5 %', a discount that is not used"),
        (QUOTE + ";;;;Mindestabnahme\n", "says 'Mindestabnahme', a minimum that is not used"),
        (QUOTE.replace("Qty", "").replace(";4;", ";term 4;"), "says 'term 4', a term that is not"),
        (QUOTE.replace("Q-77812", "valid until 2026-12-31"), "a date that is not used"),
    ],
)
def test_a_quote_that_says_more_or_less_is_refused(
    tmp_path: Path, text: str, sentence: str
) -> None:
    """With what would not be used, or what is missing."""
    quote = read_quote(write(tmp_path, text))
    assert quote
    with pytest.raises(ActualsError, match=sentence):
        purchase_lines(quote, DAY, [])


def test_what_may_be_left_out_is_said(tmp_path: Path) -> None:
    """A support contract, by its name."""
    quote = read_quote(write(tmp_path, QUOTE + f"{SUPPORT};4;23.850,00;95.400,00;\n"))
    assert quote
    lines, _ = purchase_lines(quote, DAY, [SUPPORT])
    assert len(lines) == 1


def test_a_price_sheet_of_tokens_is_no_quote(tmp_path: Path) -> None:
    """It has items and unit prices, too."""
    text = "Item,Unit price,Currency\nGPT-4o input tokens,2.5,USD\n"
    assert read_quote(write(tmp_path, text)) is None


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("Model,Discount,Currency\nopenai/gpt-6.1-sol,15%,USD\n", 0.15),
        ("Modell;Rabatt in %;gültig ab\nopenai/gpt-6.1-sol;12,5;01.12.2026\n", 0.125),
        ("Contract 4711,\nmodel,discount\nopenai/gpt-6.1-*,0.2\n", 0.2),
    ],
)
def test_a_discount_lowers_every_price_of_the_list(tmp_path: Path, text: str, share: float) -> None:
    """Cached and batch prices too; the list beside it stays what it is."""
    found = read_discounts(write(tmp_path, text))
    assert found
    taken = discounts(found, Given(), DAY)
    listed = tables.price_on("openai/gpt-6.1-sol")
    with place.supposing([each.line for each in taken]):
        row = tables.price_on("openai/gpt-6.1-sol", date(2026, 12, 1))
        assert tables.price_on("openai/gpt-6.1-sol", date(2026, 11, 26)).origin != "contract"
    assert row.origin == "contract"
    for name in ("input", "output", "cached", "cache_write", "batch_input", "batch_output"):
        column = f"{name}_price_per_mtok"
        assert getattr(row, column) == pytest.approx(getattr(listed, column) * (1 - share))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("model,discount\nopenai/gpt-6.1-sol,1\n", "write it with a percent sign"),
        ("model,discount\nopenai/gpt-6.1-sol,100%\n", "above 0, up to 95 %"),
        ("model,discount\nopenai/gpt-6.1-so,10%\n", "gpt-6.1-sol"),
        ("model,discount,currency\nopenai/gpt-6.1-sol,10%,EUR\n", "the list .* is in USD"),
        ("model,discount,minimum\nopenai/gpt-6.1-sol,10%,5000\n", "a minimum that is not used"),
    ],
)
def test_a_discount_that_is_none_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    """With the line, and the rule."""
    found = read_discounts(write(tmp_path, text))
    assert found
    with pytest.raises(ActualsError, match=sentence):
        discounts(found, Given(), DAY)


def test_a_sheet_with_prices_beside_a_discount_is_no_sheet_of_discounts(tmp_path: Path) -> None:
    """Which of its prices is meant is for the reader of price sheets to ask."""
    text = "model,discount,input per 1M\nopenai/gpt-6.1-sol,15%,2\n"
    assert read_discounts(write(tmp_path, text)) is None


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("GPU;Preis pro Stunde (EUR)\nH200 SXM;2,35\n", "EUR"),
        ("GPU;Preis pro Stunde\nH200 SXM;2,35 €\n", "EUR"),
        ("Accelerator,price per hour (USD)\nH200 SXM,2.35\n", "USD"),
        ("Karte;Preis je Stunde;currency\nH200 SXM;2,35;Euro\n", "EUR"),
    ],
)
def test_the_currency_of_a_rent_may_stand_above_it_or_at_it(
    text: str, currency: str, tmp_path: Path
) -> None:
    """As vendors write it; two that differ are a refusal, for one of them is wrong."""
    path = tmp_path / "rent.csv"
    path.write_text(text)
    (line,) = rents_of(path)
    assert (line["rent_base_per_gpu_hour"], line["rent_currency"]) == (2.35, currency)
    path.write_text("GPU;Preis je Stunde (EUR);currency\nH200 SXM;2,35;USD\n")
    with pytest.raises(ActualsError, match="said to be in USD and EUR"):
        rents_of(path)


def rents_of(path: Path) -> list[dict[str, object]]:
    """Return what a quote of rents says."""
    quote = read_rents(path)
    assert quote
    return rent_lines(quote, DAY, [])[0]


def test_a_quote_of_rents_is_found_below_its_letterhead(tmp_path: Path) -> None:
    """What stands above it is named, and what changes the price stops it, as in every quote."""
    table = "GPU;Preis je Stunde (EUR);Bemerkung\nH200 SXM;2,35;sofort\n"
    quote = read_rents(write(tmp_path, f"Angebot 12;;\nKunde: Muster AG;;\n{table}"))
    assert quote
    (line,), unused = rent_lines(quote, DAY, [])
    assert (line["rent_base_per_gpu_hour"], line["rent_currency"]) == (2.35, "EUR")
    assert unused == ["Angebot 12", "Kunde: Muster AG", "bemerkung"]
    for text, sentence in (
        (f"Mindestlaufzeit: 12 Monate;;\n{table}", "a minimum that is not used"),
        (f"{table};1,00;\n", "'1,00' stands beside no name"),
    ):
        with pytest.raises(ActualsError, match=sentence):
            rents_of(write(tmp_path, text))


def test_other_sheets_of_a_quote_are_told(tmp_path: Path) -> None:
    """Conditions stand on a sheet of their own, even a hidden one; it may be left out whole."""
    book = Workbook()
    for row in (["Item", "Unit price EUR"], ["1x H200 SXM", 31_250]):
        book.active.append(row)
    book.create_sheet("Terms").append(["Discount", "5 %"])
    book["Terms"].sheet_state = "hidden"
    path = tmp_path / "quote.xlsx"
    book.save(path)
    quote = read_quote(path)
    assert quote
    with pytest.raises(ActualsError, match=r"says 'Discount: 5 %', a discount .*-out 'Terms'"):
        purchase_lines(quote, DAY, [])
    _, unused = purchase_lines(quote, DAY, ["Terms"])
    assert unused == ["sheet Terms", "Discount: 5 %"]
