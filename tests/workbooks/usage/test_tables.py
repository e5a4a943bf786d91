"""Tables as people keep them: spans, headings of two rows, thousands and other languages."""

import json
from pathlib import Path

import openpyxl
import pytest

from tests.workbooks.usage.exports import totals
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.importing import import_usage

HEAD = "Model,Input tokens,Output tokens"
GERMAN = "Modell;Eingabe-Token;Ausgabe-Token;Kosten (EUR)"


def table(path: Path, *lines: str) -> Path:
    """Write an export."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("head", "begin", "end", "days"),
    [
        ("Von;Bis", "01.11.2026", "30.11.2026", 30),
        ("Zeitraum von;Zeitraum bis", "01.11.2026", "15.11.2026", 15),
        ("Beginn;Ende", "05.11.2026", "18.11.2026", 14),
        ("Period start;Period end", "2026-11-01", "2026-12-01", 30),  # the day after November
        ("from;to", "2026-11-02", "2026-11-09", 7),  # from Monday to Monday is a week
        ("Start date;End date", "2026-11-02", "2026-11-08", 7),
    ],
)
def test_two_columns_are_a_span(head: str, begin: str, end: str, days: int, tmp_path: Path) -> None:
    """In either order, with a total below, and the end is the last day but where it cannot be."""
    first, last = head.split(";")
    row, total = "gpt-4o;3000;60;12,50", "gpt-4o;3000;60;12,50".replace("gpt-4o", "")
    one = table(tmp_path / "a.csv", f"{head};{GERMAN}", f"{begin};{end};{row}", f"Summe;;{total}")
    other = table(tmp_path / "b.csv", f"{last};{first};{GERMAN}", f"{end};{begin};{row}")
    for path in (one, other):
        found = import_usage([path])
        assert (found.days, found.days_with_data) == (days, days)
        assert totals(found) == {"uncached": 3000, "output": 60, "cost": 12.5}
        assert found.billed == {"EUR": pytest.approx(12.5)}


def test_a_first_day_without_a_last_is_asked_for(tmp_path: Path) -> None:
    """It may be a day, a week or a month."""
    path = table(tmp_path / "a.csv", f"Von;{GERMAN}", "01.11.2026;gpt-4o;3000;60;12,50")
    with pytest.raises(UsageError, match=r"a column Von of first days .* --columns .date=Von"):
        import_usage([path])


@pytest.mark.parametrize(
    "cell",
    [
        *("2026-11-01 - 2026-11-30", "2026-11-01/2026-11-30", "2026-11-01 to 2026-11-30"),
        *("01.11.2026\u201330.11.2026", "01.11.-30.11.2026", "01.11.2026 bis 30.11.2026"),
        *("Nov 1 - Nov 30, 2026", "Nov 1\u201330, 2026", "1.\u201330. November 2026"),
        *("11/01/2026 - 11/30/2026", "2026/11/1 ~ 2026/11/30"),
    ],
)
def test_a_range_in_a_cell_is_a_span(cell: str, tmp_path: Path) -> None:
    """November has thirty days, and its total is none of its rows."""
    rows = [f'"{cell}",m,3000,300', "Total,,3000,300"]
    found = import_usage([table(tmp_path / "a.csv", "Usage", "", f"Period,{HEAD}", *rows)])
    assert (found.days, found.days_with_data) == (30, 30)
    assert totals(found) == {"uncached": 3000, "output": 300}
    assert {month for month, _ in found.by_month().index} == {"2026-11"}


def test_a_range_in_json_is_a_span(tmp_path: Path) -> None:
    """As in a table."""
    row = {
        "period": "2026-11-01 - 2026-11-30",
        "model": "m",
        "input_tokens": 30,
        "output_tokens": 3,
    }
    found = import_usage([table(tmp_path / "a.json", json.dumps([row]))])
    assert (found.days, totals(found)) == (30, {"uncached": 30, "output": 3})


def test_a_range_over_two_months_is_shared_by_days(tmp_path: Path) -> None:
    """15 of its 29 days are in November; the year is the last day's, or the one before."""
    path = table(tmp_path / "a.csv", f"Zeitraum,{HEAD}", "16.11.-14.12.2026,m,2900,29")
    assert import_usage([path]).by_month().uncached.to_list() == pytest.approx([1500, 1400])
    table(path, f"Zeitraum,{HEAD}", "18.12.-14.01.2026,m,2800,28")  # 14 days each
    months = import_usage([path]).by_month().uncached
    assert months.to_dict() == {("2025-12", "m"): pytest.approx(1400), ("2026-01", "m"): 1400}


def test_a_range_that_is_none_is_refused_by_its_line(tmp_path: Path) -> None:
    """The line is the file's own, below the title."""
    rows = ["2026-11-01 - 2026-11-15,m,3000,300", "2026-11-16 - 31-31-31,m,1000,100"]
    path = table(tmp_path / "a.csv", "Usage", f"Period,{HEAD}", *rows)
    with pytest.raises(UsageError, match=r"line 4, Period: '2026-11-16 - 31-31-31' is not a date"):
        import_usage([path])


@pytest.mark.parametrize("day", ["Nov 1, 2026", "1. November 2026", "01-Nov-2026", "1 Nov 2026"])
def test_a_day_may_name_its_month(day: str, tmp_path: Path) -> None:
    """From the first to the third of November there are three days, and two with data."""
    rows = [f'"{day}",m,1000,10', f'"{day.replace("1", "3", 1)}",m,2000,20']
    found = import_usage([table(tmp_path / "a.csv", f"Date,{HEAD}", *rows)])
    assert (found.days, found.days_with_data) == (3, 2)
    assert totals(found) == {"uncached": 3000, "output": 30}


@pytest.mark.parametrize(
    ("groups", "names"),
    [
        ("Day,Model,Input,,Output,", ",,tokens,cost (USD),tokens,cost (USD)"),
        (",,Input,,Output,", "Day,Model,tokens,cost (USD),tokens,cost (USD)"),
        ("Day,Model,Input,Input,Output,Output", ",,tokens,cost (USD),tokens,cost (USD)"),
    ],
)
def test_two_rows_of_headings_are_one(groups: str, names: str, tmp_path: Path) -> None:
    """Costs of input and output are added up, 2.50 + 1.00 and 0.50."""
    rows = ["2026-11-01,gpt-4o,1000,2.5,100,1.0", "2026-11-02,gpt-4o,500,,50,0.5"]
    found = import_usage([table(tmp_path / "a.csv", "Usage report", groups, names, *rows)])
    assert totals(found) == {"uncached": 1500, "output": 150, "cost": 4}
    assert found.billed == {"USD": 4}


def test_a_heading_known_by_itself_is_in_no_group(tmp_path: Path) -> None:
    """The currency and the requests behind the output are none of it."""
    head = [",,Input,,Output,,,", "Date,Model,tokens,cost,tokens,cost,Currency,Requests"]
    path = table(tmp_path / "a.csv", *head, "2026-11-01,m,1000,2.5,100,1.0,EUR,7")
    found = import_usage([path])
    assert totals(found) == {"requests": 7, "uncached": 1000, "output": 100, "cost": 3.5}
    assert found.billed == {"EUR": 3.5}


def test_headings_of_two_rows_and_lines_in_a_workbook(tmp_path: Path) -> None:
    """As Excel keeps merged cells: in the first of them; a heading may be broken into lines."""
    book = openpyxl.Workbook()
    for row in (
        ["Date", "Model", "Tokens", None, None, "Cost\n(EUR)"],
        [None, None, "Input", "Cached", "Output", None],
        ["2026-11-01", "gpt-4o", 1000, 100, 50, 3.5],
    ):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    found = import_usage([tmp_path / "a.xlsx"])
    assert totals(found) == {"uncached": 900, "cache_read": 100, "output": 50, "cost": 3.5}


@pytest.mark.parametrize("header", ["Output (USD)", "Input price (EUR)"])
def test_a_currency_in_a_header_is_no_cost_of_all(header: str, tmp_path: Path) -> None:
    """It may be that of the output alone, or a price."""
    path = table(tmp_path / "a.csv", f"Date,{HEAD},{header}", "2026-11-01,m,9,1,5")
    with pytest.raises(UsageError, match=r"that Totals or requests .* does not read"):
        import_usage([path])


def test_a_sum_of_costs_beside_its_parts_counts_once(tmp_path: Path) -> None:
    """2.50 and 1.00 are the 3.50."""
    head = "date,model,input_tokens,output_tokens,input_cost,output_cost,total_cost"
    found = import_usage([table(tmp_path / "a.csv", head, "2026-11-01,m,1000,100,2.5,1.0,3.5")])
    assert totals(found)["cost"] == 3.5


@pytest.mark.parametrize(
    ("head", "row", "sums"),
    [
        ("Input tokens (thousands),Output tokens (k)", "1234.567,25.5", (1_234_567, 25_500)),
        ("Input tokens (M),Output tokens [in thousands]", "12.5,250", (12_500_000, 250_000)),
        ("Input tokens (thousands),Output tokens", "1.234,12", (1234, 12)),  # no grouping point
        ("Input Mio. Token,Tsd. Ausgabe-Token", "12.5,250", (12_500_000, 250_000)),
    ],
)
def test_a_heading_may_say_thousands(
    head: str, row: str, sums: tuple[int, int], tmp_path: Path
) -> None:
    """Then a number is so many, and may have decimals."""
    found = import_usage([table(tmp_path / "a.csv", f"Date,Model,{head}", f"2026-11-01,m,{row}")])
    assert totals(found) == {"uncached": sums[0], "output": sums[1]}


def test_thousands_may_have_a_decimal_comma(tmp_path: Path) -> None:
    """1.234,5 thousands, of which half of a hundred may be rounded away: 0.004 %."""
    head = "Datum;Modell;Eingabe-Token in Tsd.;Ausgabe-Token (Tsd.)"
    found = import_usage([table(tmp_path / "a.csv", head, "01.11.2026;m;1.234,5;250,25")])
    assert totals(found) == {"uncached": 1_234_500, "output": 250_250}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ('"1,234",12', r"Input tokens \(M\): '1,234' is not"),  # a comma may be either
        ("1.5M,12", r"Input tokens \(M\): '1.5M' is not"),  # a million millions
        ("0.1,12", "input tokens of m, 100,000, may be 50,000 more or less"),
    ],
)
def test_thousands_that_are_unclear_are_refused(row: str, why: str, tmp_path: Path) -> None:
    """Two readings, two scales, or rounded too far."""
    head = "Date,Model,Input tokens (M),Output tokens (M)"
    with pytest.raises(UsageError, match=why):
        import_usage([table(tmp_path / "a.csv", head, f"2026-11-01,m,{row}")])


def test_chinese_headings_are_read(tmp_path: Path) -> None:
    """Of 1,000 tokens of input 300 were read from a cache and 100 written: 1,200 are the total."""
    head = "日期,模型,渠道,请求数,输入tokens,输出tokens"
    head += ",推理tokens,缓存写入tokens,缓存读取tokens,总tokens"
    rows = ["2026/10/7,glm-4.7,x,5,1000,200,0,100,300,1200", "合计,,,5,1000,200,0,100,300,1200"]
    found = import_usage([table(tmp_path / "a.csv", head, *rows)])
    assert totals(found) == {
        "requests": 5, "uncached": 600, "cache_read": 300, "cache_write_5m": 100, "output": 200,
    }  # fmt: skip


def test_a_chinese_cost_without_a_known_name_is_not_dropped(tmp_path: Path) -> None:
    """The option is named with the headers as they are."""
    path = table(
        tmp_path / "a.csv", "日期,模型,输入 Token,输出 Token,应付金额", "2026-10-07,m,9,1,2"
    )
    columns = "date=日期,model=模型,input=输入 Token,output=输出 Token,cost=应付金额"
    with pytest.raises(UsageError, match=f"应付金额 that .* --columns .{columns}"):
        import_usage([path])


@pytest.mark.parametrize(
    ("first", "second", "all_"),
    [
        ("gpt-4o Total", "gpt-5 Total", "Grand Total"),
        ("gpt-4o Ergebnis", "gpt-5 Ergebnis", "Gesamtergebnis"),
    ],
)
@pytest.mark.parametrize("day", ["", "2026-11-02"])
def test_subtotals_of_a_spreadsheet_count_nothing(
    first: str, second: str, all_: str, day: str, tmp_path: Path
) -> None:
    """As Excel writes them below each group: 3,000 are twice 1,000 and 1,000."""
    rows = [
        *("2026-11-01,gpt-4o,1000,10,1", "2026-11-02,gpt-4o,1000,10,1"),
        *(f"{day},{first},2000,20,2", "2026-11-01,gpt-5,1000,10,1"),
        *(f"{day},{second},1000,10,1", f"{day},{all_},3000,30,3"),
    ]
    path = table(tmp_path / "a.csv", f"Date,{HEAD},Cost (USD)", *rows)
    found = import_usage([path])
    assert totals(found) == {"uncached": 3000, "output": 30, "cost": 3}
    assert [(each.rows, each.cost) for each in found.exports[0].asides] == [(3, 6)]


def test_a_day_before_a_range_is_one_too(tmp_path: Path) -> None:
    """Which of the first rows has a range does not matter."""
    rows = ["2026-11-03,m,100,1", "2026-11-01 - 2026-11-02,m,200,2"]
    found = import_usage([table(tmp_path / "a.csv", f"Period,{HEAD}", *rows)])
    assert (found.days, found.days_with_data) == (3, 3)


def test_tax_and_credits_of_a_vendor_stay_with_its_use(tmp_path: Path) -> None:
    """9.00 less 1.00 and 1.71 of tax, though only the use has a unit of tokens."""
    head = "BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd"
    span = "2026-11-01T00:00:00Z,2026-12-01T00:00:00Z"
    rows = [
        f"9.00,EUR,Usage,{span},3000000,Tokens,Mistral AI,mistral-large-latest input tokens",
        *(f"-1.00,EUR,Credit,{span},,,Mistral AI,", f"1.71,EUR,Tax,{span},,,Mistral AI,"),
    ]
    head += ",ConsumedQuantity,ConsumedUnit,ServiceName,SkuMeter"
    found = import_usage([table(tmp_path / "a.csv", head, *rows)])
    assert found.billed == {"EUR": pytest.approx(9.71)}


@pytest.mark.parametrize(
    ("head", "cells"), [("Von;Bis", "30.11.2026;01.11.2026"), ("Zeitraum", "30.11.-01.11.2026")]
)
def test_a_span_that_ends_before_it_begins_is_refused(
    head: str, cells: str, tmp_path: Path
) -> None:
    """It was one day, thirty times too much a month."""
    path = table(tmp_path / "a.csv", f"{head};{GERMAN}", f"{cells};gpt-4o;3000;60;12,50")
    with pytest.raises(UsageError, match="a row that begins on 2026-11-30 ends before it"):
        import_usage([path])


@pytest.mark.parametrize("header", ["input_cost", "Output cost (USD)"])
def test_the_cost_of_one_kind_is_no_cost_of_a_row(header: str, tmp_path: Path) -> None:
    """What the other kind cost is not there."""
    path = table(tmp_path / "a.csv", f"Date,{HEAD},{header}", "2026-11-01,m,9,1,5")
    with pytest.raises(UsageError, match=r"that Totals or requests .* does not read"):
        import_usage([path])


@pytest.mark.parametrize(
    "above", ["Usage (in thousands of tokens)", "Angaben in Tsd.", "Cumulative usage", ",,Batch,"]
)
def test_a_line_above_a_table_that_changes_its_numbers_is_refused(
    above: str, tmp_path: Path
) -> None:
    """Thousands, sums of the rows before, or another price; any other title says nothing."""
    path = table(tmp_path / "a.csv", above, f"Date,{HEAD}", "2026-11-01,m,1000,10")
    with pytest.raises(UsageError, match=r"line 1: .* above the table says that its numbers"):
        import_usage([path])
    table(path, "Usage of batch jobs", f"Date,{HEAD}", "2026-11-01,m,1000,10")
    assert totals(import_usage([path])) == {"uncached": 1000, "output": 10}


@pytest.mark.parametrize("group", ["Batch", "Cumulative", "Tokens (thousands)"])
def test_a_group_that_changes_its_numbers_is_not_dropped(group: str, tmp_path: Path) -> None:
    """Its columns have no names that are known."""
    head = [f"Date,Model,{group},", ",,Input tokens,Output tokens"]
    path = table(tmp_path / "a.csv", *head, "2026-11-01,m,1000,10")
    with pytest.raises(UsageError, match="headers of no export that is known"):
        import_usage([path])


def test_a_group_may_say_thousands(tmp_path: Path) -> None:
    """A thousand thousands."""
    head = ["Date,Model,Tokens (thousands),", ",,Input,Output"]
    found = import_usage([table(tmp_path / "a.csv", *head, "2026-11-01,m,1000,50")])
    assert totals(found) == {"uncached": 1_000_000, "output": 50_000}
