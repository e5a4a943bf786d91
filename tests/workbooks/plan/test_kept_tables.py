"""Bills and invoices that people keep: what they say twice, in part, or for longer than a month."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from workbooks.plan.monthend import invoices as invoicing
from workbooks.plan.monthend.bills import ActualsError, Bill, plain
from workbooks.plan.monthend.invoices import is_invoice
from workbooks.plan.monthend.tabular import table as read_table

INVOICE = "Monat;Position;Betrag"


def invoices(path: Path) -> tuple[list[Bill], list[str]]:
    """Read the invoice of a file."""
    return invoicing.invoices(read_table(path))


def table(path: Path, *lines: str) -> Path:
    """Write a table."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_month_tells_no_decimal_mark(tmp_path: Path) -> None:
    """11.2026 has no decimals: 1.500 may be 1.5 or 1500, and 1.500 beside 20,50 is 1500."""
    path = table(tmp_path / "a.csv", INVOICE, "11.2026;Strom;1.500")
    with pytest.raises(ActualsError, match=r"line 2: cost: 1\.500 may be 1\.5 or 1500"):
        invoices(path)
    found, _ = invoices(table(path, INVOICE, "11.2026;Strom;1.500", "11.2026;Server;20,50"))
    assert [each.billed for each in found] == [1500, 20.5]


@pytest.mark.parametrize("period", ["Q4 2026", "4. Quartal 2026", "2026", "H2 2026", "2. Halbjahr"])
def test_a_period_longer_than_a_month_is_refused(period: str, tmp_path: Path) -> None:
    """A quarter is three months, and its invoice three months' cost."""
    head = "Monat;Position;Zeitraum;Betrag"
    path = table(tmp_path / "a.csv", head, f"11.2026;Miete Server;{period};1500,00")
    with pytest.raises(ActualsError, match=r"zeitraum says .* give each month its part"):
        invoices(path)


@pytest.mark.parametrize(
    "item",
    [
        *("Miete Server Okt-Dez 2026", "GPU rent Q4", "Server quarterly fee", "Jahreswartung H100"),
        *("Strom 01.10.-30.11.2026", "Annual software licence", "Rent October to December"),
    ],
)
def test_an_item_of_several_months_is_refused(item: str, tmp_path: Path) -> None:
    """Whatever its row says: it would be the cost of one."""
    path = table(tmp_path / "a.csv", INVOICE, f"11.2026;{item};1500,00")
    with pytest.raises(ActualsError, match="is of more than a month; give each month its part"):
        invoices(path)


@pytest.mark.parametrize(
    "item",
    [
        *("8x H100 node, annual commitment", "GPU-Server im Jahresvertrag", "Strom Oktober 2026"),
        *("Maintenance of servers", "GPU server purchase Q4", "H200 rent 11.2026"),
        "Colocation at headquarters",
    ],
)
def test_an_item_of_a_month_is_read(item: str, tmp_path: Path) -> None:
    """A term is no time that is paid for; a purchase comes once; a mention is no span."""
    found, _ = invoices(table(tmp_path / "a.csv", INVOICE, f"11.2026;{item};1500,00"))
    assert [each.billed for each in found] == [1500]


@pytest.mark.parametrize("item", ["Summe", "Summe Strom", "Strom Gesamt", "Total GPU rent"])
def test_an_item_that_adds_up_others_is_refused(item: str, tmp_path: Path) -> None:
    """It would count twice."""
    path = table(tmp_path / "a.csv", INVOICE, "11.2026;Strom;100,50", f"11.2026;{item};100,50")
    with pytest.raises(ActualsError, match=r"line 3: .* repeats what other rows say; leave it out"):
        invoices(path)


DAYS = ["2026-11-03,gpt-4o,1000,5", "2026-11-17,gpt-4o,2000,10.50"]


def test_a_month_beside_its_own_days_is_refused(tmp_path: Path) -> None:
    """1,000 and 2,000 tokens for 5 and 10.50 are the 3,000 for 15.50: it would count twice."""
    path = table(tmp_path / "a.csv", "month,model,tokens,cost", "2026-11,gpt-4o,3000,15.50", *DAYS)
    with pytest.raises(ActualsError, match=r"line 2: 'gpt-4o' has the tokens and the cost of all"):
        plain(path)


@pytest.mark.parametrize("row", ["2026-11,gpt-4o,3000,15", "2026-11,gpt-4o,4000,15.50"])
def test_a_row_that_is_no_sum_of_its_month_counts(row: str, tmp_path: Path) -> None:
    """Its tokens or its cost are others."""
    read = plain(table(tmp_path / "a.csv", "month,model,tokens,cost", row, *DAYS))
    assert len(read) == 3


@pytest.mark.parametrize("name", ["Total", "gpt-4o Ergebnis", "gpt-4o Total", "Gesamtergebnis"])
def test_a_subtotal_of_a_spreadsheet_is_refused(name: str, tmp_path: Path) -> None:
    """As Excel writes it below each group, in English and German."""
    rows = ["2026-11,gpt-4o,1000,5", "2026-11,gpt-5,1000,5", f"2026-11,{name},1000,5"]
    path = table(tmp_path / "a.csv", "month,model,tokens,cost", *rows)
    with pytest.raises(ActualsError, match=r"line 4: .* repeats what other rows say; leave it out"):
        plain(path)


def test_a_row_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """It may be a copy, or two that a column tells apart."""
    rows = ["2026-11,gpt-4o,1000,5,a", "2026-11,gpt-4o,1000,5,b"]
    path = table(tmp_path / "a.csv", "month,model,tokens,cost,item", *rows)
    assert sum(each.billed for each in plain(path)) == 10
    table(path, "month,model,tokens,cost,item", *rows, rows[0])
    with pytest.raises(ActualsError, match=r"line 4: it says the same as a\.csv, line 2"):
        plain(path)


@pytest.mark.parametrize("item", ["Gutschrift Strom", "Credit note GPU rent", "Rabatt GPU-Miete"])
def test_a_credit_above_zero_is_refused(item: str, tmp_path: Path) -> None:
    """What is paid back would be a cost; below zero it is read."""
    path = table(tmp_path / "a.csv", INVOICE, f"11.2026;{item};50,00")
    with pytest.raises(ActualsError, match=r"of 50\.00 says that it is a credit"):
        invoices(path)
    found, _ = invoices(table(path, INVOICE, f"11.2026;{item};-50,00"))
    assert [each.billed for each in found] == [-50]
    table(path, INVOICE, "11.2026;GPU rent less 10 % discount;50,00")
    assert [each.billed for each in invoices(path)[0]] == [50]


@pytest.mark.parametrize("item", ["Strom inkl. 19% MwSt", "GPU rent incl. VAT", "Strom brutto"])
def test_an_item_with_tax_is_refused(item: str, tmp_path: Path) -> None:
    """A plan holds net amounts."""
    path = table(tmp_path / "a.csv", INVOICE, f"11.2026;{item};119,00")
    with pytest.raises(ActualsError, match="says that its amount includes tax; give the net"):
        invoices(path)


@pytest.mark.parametrize(
    ("item", "line"),
    [
        ("Power distribution unit purchase", "Nodes: purchases less sales"),
        ("USV-Kauf Stromversorgung", "Nodes: purchases less sales"),
        ("Anschaffung Notstromaggregat", "Nodes: purchases less sales"),
        ("PDU purchase, rack 3", "Nodes: purchases less sales"),
        ("Generator purchase", "Nodes: purchases less sales"),
        ("H200 server purchase incl. warranty", "Nodes: purchases less sales"),
        ("Power purchase agreement", "Nodes: electricity"),
        ("Stromeinkauf", "Nodes: electricity"),
        ("Purchase order 4711: power", "Nodes: electricity"),
        ("Software licence purchase", "People: tools"),
        ("Minimum purchase commitment", "Contracts"),
    ],
)
def test_a_word_for_a_purchase_decides(item: str, line: str, tmp_path: Path) -> None:
    """What is bought to stay is no cost of power; what is used up each month is no purchase."""
    path = table(tmp_path / "a.csv", INVOICE, f'11.2026;"{item}";1500,00')
    found, _ = invoices(path)
    assert [(each.model, each.billed) for each in found] == [(line, 1500)]


def test_equipment_for_power_names_no_line(tmp_path: Path) -> None:
    """Whether it was bought or rented, nothing says."""
    path = table(tmp_path / "a.csv", INVOICE, "11.2026;Power distribution unit;1500,00")
    with pytest.raises(ActualsError, match=r"line 2: .* names no cost line; add a column line"):
        invoices(path)


def test_hidden_rows_and_columns_are_told(tmp_path: Path) -> None:
    """Two of three rows are filtered away, and the column of items is hidden; all are read."""
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (
        ["Monat", "Position", "Betrag"],
        *[["2026-11", "Strom", each] for each in (1, 2, 3)],
    ):
        sheet.append(row)
    sheet.row_dimensions[2].hidden = sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["B"].hidden = True
    path = tmp_path / "a.xlsx"
    book.save(path)
    told = "2 rows and 1 column are hidden or filtered away, and are read as all others are"
    assert read_table(path).hidden == told
    assert sum(each.billed for each in invoices(path)[0]) == 6


@pytest.mark.parametrize(
    ("heading", "why"),
    [("Brutto", "include tax"), ("Betrag in Tsd. EUR", "are in thousands or millions")],
)
def test_amounts_not_as_paid_are_refused_by_their_heading(
    heading: str, why: str, tmp_path: Path
) -> None:
    """An invoice headed so is an invoice all the same, and no usage export."""
    path = table(tmp_path / "a.csv", f"Monat;Position;{heading}", "2026-11;Strom;1,2")
    assert is_invoice(path)
    with pytest.raises(ActualsError, match=f"'{heading.casefold()}' {why}; give the net amounts"):
        invoices(path)
