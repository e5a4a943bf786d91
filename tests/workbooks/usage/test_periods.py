"""A month beside its own weeks or days counts once, and what nothing tells is asked."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from workbooks.usage.exports.layout import UsageError
from workbooks.usage.importing import import_usage
from workbooks.usage.reconcile import money

HEAD = "start,end,model,input tokens,output tokens,cost usd"
HALVES = ("2026-11-01,2026-11-15,m,1000,100,10", "2026-11-16,2026-11-30,m,2000,200,20")


def usage(folder: Path, *rows: str, head: str = HEAD) -> Path:
    """Write an export of spans."""
    path = folder / "usage.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("tokens", [3000, 2990], ids=["their sum", "about their sum"])
def test_a_month_beside_its_halves_is_their_subtotal(tokens: int, tmp_path: Path) -> None:
    """Two halves of 1,000 and 2,000 tokens at 10 and 20 are 3,000 at 30, not 6,000 at 60."""
    found = import_usage([usage(tmp_path, f"2026-11-01,2026-11-30,m,{tokens},300,30", *HALVES)])
    assert found.rows.uncached.sum() == pytest.approx(3000)
    assert found.rows.cost.sum() == pytest.approx(30)
    (aside,) = found.exports[0].asides
    assert (aside.rows, aside.cost) == (1, 30)
    assert "repeat those of the days or weeks within it" in aside.reason
    assert all(each.balances for each in money(found.exports[0]))


def test_a_range_beside_its_days_is_their_subtotal(tmp_path: Path) -> None:
    """Two days of 1,000 and 2,000 within a month of 3,000."""
    rows = ("2026-11-01 - 2026-11-30,m,3000,300,30", "2026-11-03,m,1000,100,10")
    head = HEAD.removeprefix("start,end,")
    path = usage(tmp_path, *rows, "2026-11-09,m,2000,200,20", head=f"period,{head}")
    assert import_usage([path]).rows.uncached.sum() == pytest.approx(3000)


def test_a_quarter_month_and_half_count_once(tmp_path: Path) -> None:
    """A quarter of 4,000 holds October of 1,000 and November, which holds its two halves."""
    rows = ("2026-10-01,2026-12-31,m,4000,400,40", "2026-10-01,2026-10-31,m,1000,100,10")
    found = import_usage([usage(tmp_path, *rows, "2026-11-01,2026-11-30,m,3000,300,30", *HALVES)])
    assert found.rows.uncached.sum() == pytest.approx(4000)
    assert sum(each.rows for each in found.exports[0].asides) == 2


def test_a_month_of_another_model_or_account_counts(tmp_path: Path) -> None:
    """3,000 of the month of another model come on top of the 3,000 of the halves."""
    path = usage(tmp_path, "2026-11-01,2026-11-30,other,3000,300,30", *HALVES)
    assert import_usage([path]).rows.uncached.sum() == pytest.approx(6000)
    rows = ("2026-11-01,2026-11-30,m,3000,300,30,a", *(f"{each},b" for each in HALVES))
    path = usage(tmp_path, *rows, head=f"{HEAD},project")
    assert import_usage([path]).rows.uncached.sum() == pytest.approx(6000)


@pytest.mark.parametrize(
    ("row", "spans"),
    [
        ("2026-11-01,2026-11-30,m,9000,300,30", "2026-11-01 to 2026-11-30 and 2026-11-01"),
        ("2026-11-10,2026-11-20,m,500,50,5", "2026-11-01 to 2026-11-15 and 2026-11-10"),
        ("2026-11-01,2026-11-30,m,,,99", "2026-11-01 to 2026-11-30 and 2026-11-01"),
    ],
    ids=["another sum", "half in, half out", "money alone"],
)
def test_spans_that_overlap_untold_are_refused(row: str, spans: str, tmp_path: Path) -> None:
    """Nothing says whether the row is part of the others or comes on top of them."""
    with pytest.raises(UsageError, match=f"rows of m overlap, {spans}.*column project"):
        import_usage([usage(tmp_path, row, *HALVES)])


def test_rows_that_are_filtered_away_are_read_and_told(tmp_path: Path) -> None:
    """Of two rows of 1,000 and 2,000 tokens, one is hidden; both are data."""
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (HEAD, *HALVES):
        sheet.append([int(cell) if cell.isdigit() else cell for cell in row.split(",")])
    sheet.row_dimensions[3].hidden = True
    path = tmp_path / "usage.xlsx"
    book.save(path)
    found = import_usage([path])
    assert found.rows.uncached.sum() == pytest.approx(3000)
    told = "1 row is hidden or filtered away, and is read as all others are"
    assert told in found.exports[0].notes


@pytest.mark.parametrize(
    "period",
    ["Oct\u2013Dec 2026", "October to December 2026", "2026-10 bis 2026-12", "10/2026-12/2026"],
)
def test_a_range_of_months_is_all_its_days(period: str, tmp_path: Path) -> None:
    """October, November and December have 31 + 30 + 31 days: 9,200 tokens are 100 a day."""
    head = HEAD.removeprefix("start,end,")
    found = import_usage([usage(tmp_path, f"{period},m,9200,100,1", head=f"period,{head}")])
    assert (found.days, found.days_with_data) == (92, 92)
    assert found.rows.uncached.tolist() == pytest.approx([100] * 92)


def test_days_with_dashes_are_read_where_one_tells(tmp_path: Path) -> None:
    """15-11-2026 has its day first, so 05-11-2026 is of November; alone it may be of May."""
    head = HEAD.removeprefix("start,end,")
    rows = ("05-11-2026,m,10,1,1", "15-11-2026,m,10,1,1")
    found = import_usage([usage(tmp_path, *rows, head=f"date,{head}")])
    assert (str(found.first), str(found.last)) == ("2026-11-05", "2026-11-15")
    with pytest.raises(UsageError, match="'05-11-2026' may be two days; say --day-first"):
        import_usage([usage(tmp_path, rows[0], head=f"date,{head}")])
    with pytest.raises(UsageError, match="'Nov-26' may be a month or a day; write months as"):
        import_usage([usage(tmp_path, "Nov-26,m,10,1,1", head=f"date,{head}")])


def test_the_broken_one_of_costs_that_are_added_up_is_named(tmp_path: Path) -> None:
    """The 1 beside it is a number; two that are broken are named one by one."""
    head = "date,model,input tokens,output tokens,input cost,output cost"
    path = usage(tmp_path, "2026-11-03,m,10,1,1,3", "2026-11-04,m,10,1,1,three", head=head)
    with pytest.raises(UsageError, match="line 3, output cost: 'three' is not a number"):
        import_usage([path])
