"""What must not decide a number, tried on rows of every layout: form, order, splits and blanks.

Rows of a layout with a column for each kind of token are made here, those that name kinds in words
are the samples. Sums of what was made are the oracle: they are added up below, row by row.
"""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.workbooks.usage.exports import totals
from tests.workbooks.usage.mutate import header, samples
from workbooks.usage.actuals import Actuals
from workbooks.usage.exports.cells import COUNTS
from workbooks.usage.exports.layout import MEASURES, Layout, UsageError, detect, layouts
from workbooks.usage.importing import import_usage

Row = dict[str, str]
WIDE = {each.title: each for each in layouts() if not each.is_long}
LONG = (
    *("azure_cost_details_SYNTHETIC.csv", "aws_cur_bedrock_SYNTHETIC.csv", "refund_cur.csv"),
    *("openai_costs_2026_layout_SYNTHETIC.csv", "focus_azure_tokens_SYNTHETIC.csv"),
    *("layout_deepseek_amount.csv", "layout_gcp_console_cost_table.csv", "priced_focus_aws.csv"),
    *("layout_github_premium_requests.csv", "commitment_focus.csv", "span_focus_month.csv"),
)
TEXTS = {
    "provider": "openai", "batch": "false", "currency": "USD", "charge": "Usage",
    "project": "p1", "kind": "",
}  # fmt: skip
NUMBERS = {
    "requests": 3, "input": 4000, "cache_read": 1300, "cache_write_5m": 200, "cache_write_1h": 50,
    "output": 700, "reasoning": 90, "cost": 5,
}  # fmt: skip
"""Of the first row; each further one has as many more, so that none is another's."""
CACHED = ("cache_read", "cache_write_5m", "cache_write_1h")
DAYS = 6


def _total(row: dict[str, int], layout: Layout) -> int:
    """What a row must state as its total: one vendor leaves cached tokens out of the input."""
    cached = sum(row.get(role, 0) for role in CACHED)
    inside = layout.cached in ("inside", "named") or not cached
    return row["input"] + row.get("output", 0) + cached * (not inside)


def _made(layout: Layout) -> list[Row]:
    """Rows of six days and two models, in all columns that the layout reads."""
    kept = layout.keep.strip("^$").partition("|")[0]
    rows = []
    for day in range(1, DAYS + 1):
        numbers = {role: n * day for role, n in NUMBERS.items() if role in layout.columns}
        said = {role: str(number) for role, number in numbers.items()}
        if "input" in numbers:
            said["total"] = str(_total(numbers, layout))
        end = day + (not layout.end_is_last_day)
        said |= TEXTS | {"keep_in": kept, "start": f"2026-08-0{day}", "end": f"2026-08-0{end}"}
        said |= {"model": ("gpt-4o", "gpt-4o-mini")[day % 2], "request": f"r{day}"}
        row = {names[0]: said.get(role, "") for role, names in layout.columns.items()}
        rows.append(dict.fromkeys(_others(layout), "x") | row)
    return rows


def _others(layout: Layout) -> list[str]:
    """Headers that tell a layout and that it does not read."""
    read = {name for names in layout.columns.values() for name in names}
    spelled = [names.split("|") for names in layout.headers]
    firsts = {names[0] for names in layout.columns.values()}
    return [each[0] for each in spelled if not read & set(each) or not firsts & set(each)]


def _sample(name: str) -> list[Row]:
    (table,) = (each for path, each in samples().items() if path.name == name)
    at = header(table)
    return [dict(zip(table[at], row, strict=True)) for row in table[at + 1 :] if len(row) > 1]


def _read(path: Path, *files: Sequence[Row]) -> Actuals:
    paths = []
    for place, rows in enumerate(files):
        paths.append(path / f"{len(list(path.iterdir()))}-{place}.csv")
        with paths[-1].open("w", newline="") as file:
            table = csv.DictWriter(file, list(rows[0]))
            table.writeheader()
            table.writerows(rows)
    return import_usage(paths)


def _without(rows: Sequence[Row], name: str) -> list[Row]:
    """Every second row with a blank in a column."""
    return [row | {name: ""} if place % 2 else row for place, row in enumerate(rows)]


def _in_other_form(rows: Sequence[Row], layout: Layout) -> list[Row]:
    """Rows in another order, columns too, with a blank one, and counts as people write them."""
    counts = {layout.columns[role][0] for role in COUNTS if role in layout.columns}
    made = [
        {name: f"{int(text):,}" if name in counts and text else text for name, text in row.items()}
        for row in rows
    ]
    made.insert(3, dict.fromkeys(rows[0], ""))
    return [dict(reversed(row.items())) for row in reversed(made)]


def _sums(layout: Layout, blank: bool) -> dict[str, float]:
    """What the rows add up to; with `blank`, every second one has neither cost nor requests."""
    days = range(1, DAYS + 1)
    told = {role: NUMBERS[role] * sum(days) for role in NUMBERS if role in layout.columns}
    some = sum(days[::2]) if blank else sum(days)
    requests = {"requests": len(days)} if layout.rows_are_requests else {}
    told |= {role: NUMBERS[role] * some for role in ("cost", "requests") if role in told} | requests
    cached = sum(told.get(role, 0) for role in CACHED)
    inside = layout.cached in ("inside", "named")
    if "input" in told:
        told["uncached"] = told.pop("input") - cached * inside
    told["cost"] = told.get("cost", 0) / layout.divisor
    return {role: each for role, each in told.items() if each}


@pytest.mark.parametrize("title", WIDE)
def test_neither_form_nor_order_nor_splits_nor_blanks_count(title: str, tmp_path: Path) -> None:
    """Two files turned round have the sums of the rows; totals that some lack change nothing.

    A cost or a count of requests that is blank is none, and is told.
    """
    layout = WIDE[title]
    rows = _made(layout)
    assert detect(rows[0]) == layout
    turned = _in_other_form(rows, layout)
    assert totals(_read(tmp_path, turned[::2], turned[1::2])) == _sums(layout, blank=False)
    gone = [role for role in ("total", "cost", "requests") if role in layout.columns]
    for role in gone:
        rows = _without(rows, layout.columns[role][0])
    found = _read(tmp_path, rows)
    assert totals(found) == _sums(layout, blank=True)
    notes = "; ".join(found.exports[0].notes)
    told = [f"{role} in 3" in notes for role in gone if role != "total"]
    assert all(told) or layout.blanks or "input" not in layout.columns  # a bill's blank is nothing


@pytest.mark.parametrize("name", LONG)
def test_neither_form_nor_order_count_in_a_bill(name: str, tmp_path: Path) -> None:
    """Nor a blank row, a header again that is no row, or the bill in two files."""
    rows = _sample(name)
    layout = detect(rows[0])
    assert layout
    whole = _read(tmp_path, rows)
    turned = [dict(reversed(row.items())) for row in reversed(rows)]
    blank = dict.fromkeys(turned[0], "")
    assert totals(_read(tmp_path, [*turned[:1], blank, *turned[1:]])) == totals(whole)
    numbers = [each for role in MEASURES for each in layout.columns.get(role, ())]
    told = "|".join(map(re.escape, [*numbers, *layout.columns["start"]]))
    again = [*rows, {each: each for each in rows[0]}]
    if layout.keep:  # a row of headers is of no model
        assert totals(_read(tmp_path, again)) == totals(whole)
    else:
        with pytest.raises(UsageError, match=told):
            _read(tmp_path, again)
