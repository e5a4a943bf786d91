"""Exports of no one vendor: what their headers say is read or refused, and never dropped."""

import json
from pathlib import Path

import pytest

from tests.workbooks.usage.exports import totals
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.exports.pages import more_pages
from workbooks.usage.importing import import_usage

HEAD = "Date,Model,Input Tokens,Output Tokens"
ROW = "2026-08-01,gpt-4o,1000,10"


def table(path: Path, *lines: str) -> Path:
    """Write an export."""
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    "header",
    [
        *("Price", "Charge", "Billed", "Total", "Expense", "Net", "Fee", "Amount", "Betrag"),
        *("Betrag", "Est. cost", "Credits", "Spent"),
        *("Cached", "Cache tokens", "Audio tokens", "Units"),
    ],
)
def test_a_column_of_money_or_tokens_is_never_dropped(header: str, tmp_path: Path) -> None:
    """It is refused, with the option that says which column is which."""
    path = table(tmp_path / "a.csv", f"{HEAD},{header}", f"{ROW},5")
    stated = '--columns "date=Date,model=Model,input=Input Tokens,output=Output Tokens,cost='
    with pytest.raises(UsageError, match=f"a column {header} that .*{stated}"):
        import_usage([path])


@pytest.mark.parametrize(
    ("header", "billed"),
    [
        ("Total Cost", {"?": 5}),
        ("Cost (EUR)", {"EUR": 5}),
        ("Spend (USD)", {"USD": 5}),
        ("Cost (€)", {"EUR": 5}),
        ("cost_gbp", {"GBP": 5}),
    ],
)
def test_a_cost_is_read_with_the_currency_of_its_header(
    header: str, billed: dict[str, float], tmp_path: Path
) -> None:
    """A dollar may be one of many, so a sign of it tells none."""
    found = import_usage([table(tmp_path / "a.csv", f"{HEAD},{header}", f"{ROW},5")])
    assert found.billed == billed
    assert totals(found) == {"uncached": 1000, "output": 10, "cost": 5}  # and not one request


@pytest.mark.parametrize(
    ("head", "row", "money"),
    [
        ("Total Cost", "5", "5.00"),
        ("Cost (USD)", "5", ""),
        ("Total Cost,Currency", "5,EUR", ""),
        ("Total Cost", "0", ""),
    ],
)
def test_money_of_no_currency_is_told_with_what_becomes_of_it(
    head: str, row: str, money: str, tmp_path: Path
) -> None:
    """A question mark alone tells nobody that the plan's currency is taken."""
    found = import_usage([table(tmp_path / "a.csv", f"{HEAD},{head}", f"{ROW},{row}")])
    told = [each for each in found.exports[0].notes if "in which currency" in each]
    assert len(told) == bool(money)
    assert all(f"in which currency {money} of its cost is" in each for each in told)


@pytest.mark.parametrize(
    ("header", "currency"), [("cost_usd", "EUR"), ("cost_eur", "USD"), ("Cost (€)", "USD")]
)
def test_a_header_against_the_column_of_currencies_is_refused(
    header: str, currency: str, tmp_path: Path
) -> None:
    """Nothing decides between them."""
    path = table(tmp_path / "a.csv", f"{HEAD},{header},Currency", f"{ROW},5,{currency}")
    with pytest.raises(UsageError, match=f"says .*, and its rows {currency}"):
        import_usage([path])


@pytest.mark.parametrize(
    ("headers", "cells", "expected"),
    [
        ("requests", "77", {"requests": 77, "uncached": 1000}),
        ("cached_tokens", "900", {"uncached": 100, "cache_read": 900}),
        # in the words of Anthropic, whose input leaves out what was cached
        ("cache_read_input_tokens", "900", {"uncached": 1000, "cache_read": 900}),
        ("cached_tokens,total_tokens", "900,1010", {"uncached": 100, "cache_read": 900}),
        ("cached_tokens,total_tokens", "900,1910", {"uncached": 1000, "cache_read": 900}),
        ("request_id", "a", {"requests": 1, "uncached": 1000}),
    ],
)
def test_what_stands_beside_the_tokens_is_read(
    headers: str, cells: str, expected: dict[str, float], tmp_path: Path
) -> None:
    """The sum of a row tells whether cached tokens are part of its input."""
    found = import_usage([table(tmp_path / "a.csv", f"{HEAD},{headers}", f"{ROW},{cells}")])
    assert totals(found) == {**expected, "output": 10}


def test_rows_that_add_up_others_are_set_aside(tmp_path: Path) -> None:
    """A total of the day, and of a provider; alone they are all there is."""
    rows = [ROW, "2026-08-01,Subtotal OpenAI,1000,10", "2026-08-01,All models,1000,10"]
    found = import_usage([table(tmp_path / "a.csv", HEAD, *rows)])
    assert totals(found) == {"uncached": 1000, "output": 10}
    (aside,) = found.exports[0].asides
    assert (aside.rows, aside.reason) == (2, "totals, which repeat other rows")
    alone = import_usage([table(tmp_path / "b.csv", HEAD, rows[-1])])
    assert totals(alone) == {"uncached": 1000, "output": 10}


def test_embeddings_stand_apart_by_the_name_of_their_family(tmp_path: Path) -> None:
    """Not every one of them is called so."""
    names = "text-embedding-3-large", "voyage-3-large", "bge-m3", "multilingual-e5-large"
    rows = [f"2026-08-01,{name},1000,0" for name in names]
    found = import_usage([table(tmp_path / "a.csv", HEAD, ROW, *rows)])
    assert found.apart == {"embedding": 4000}


def test_where_a_row_ends_is_read_or_asked_for(tmp_path: Path) -> None:
    """A month is no day; whether a last day is part of it, nothing tells."""
    head = "start_time,end_time,model,input_tokens,output_tokens"
    row = "2026-08-01T00:00:00Z,2026-09-01T00:00:00Z,gpt-4o,31000,0"
    found = import_usage([table(tmp_path / "a.csv", head, row)])
    assert (found.days, found.days_with_data) == (31, 31)
    path = table(tmp_path / "b.csv", head.replace("end_time", "end_of_use"), row)
    with pytest.raises(UsageError, match="a column end_of_use that"):
        import_usage([path])


def test_a_log_of_requests_counts_them(tmp_path: Path) -> None:
    """One row and one id for each; a request that stands twice counts once."""
    head = "request_id,created_at,model,prompt_tokens,completion_tokens,total_tokens"
    rows = [f"{name},2026-08-01T1{name}:00:00Z,llama-3.3-70b-versatile,100,10,110" for name in "12"]
    found = import_usage([table(tmp_path / "a.csv", head, *rows, rows[0])])
    assert totals(found) == {"requests": 2, "uncached": 200, "output": 20}


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-08-31 23:30:00 -0500", "2026-09"),
        ("2026-08-31T23:30:00 -05:00", "2026-09"),
        ("2026-09-01T02:00:00 +05:30", "2026-08"),
        ("2026-08-31 23:30:00 EST", "2026-09"),
    ],
)
def test_an_offset_may_stand_apart_and_a_zone_have_a_name(
    text: str, month: str, tmp_path: Path
) -> None:
    """Also below a row that has none."""
    head = f"{HEAD},request_id".replace("Date", "Timestamp")
    rows = "2026-08-30 23:00:00,gpt-4o,5,1,a", f"{text},gpt-4o,1000,10,b"
    found = import_usage([table(tmp_path / "a.csv", head, *rows)]).rows
    assert found.hour[found.uncached == 1000].dt.strftime("%Y-%m").tolist() == [month]


def test_a_zone_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    """With its line."""
    rows = "2026-08-30 23:00:00,m,5,1", "2026-08-30 23:00:00 foo,m,5,1"
    with pytest.raises(UsageError, match=r"line 3, Date: .* is not a date like the others"):
        import_usage([table(tmp_path / "a.csv", HEAD, *rows)])


def test_a_gateway_names_the_request_that_it_repeated(tmp_path: Path) -> None:
    """Helicone writes zeros where it repeated none, and cached tokens beside the others."""
    head = "request_id,request_created_at,response_status,model,prompt_tokens,completion_tokens"
    none, one = "00000000-0000-0000-0000-000000000000", "0a1b2c3d-0000-4000-8000-0123456789ab"
    path = table(
        tmp_path / "a.csv",
        f"{head},prompt_cache_read_tokens,cache_reference_id,cost",
        f"a,2026-08-01T10:00:00Z,200,gpt-4o,10,2,7,{none},0.1",
        f"b,2026-08-01T10:00:00Z,200,gpt-4o,10,2,7,{one},0",
    )
    expected = {"requests": 1, "uncached": 10, "cache_read": 7, "output": 2, "cost": 0.1}
    assert totals(import_usage([path])) == expected


PAGES = [
    ({"has_more": True}, "more pages follow"),
    ({"has_more": "true"}, "more pages follow"),
    ({"nextPageToken": "t"}, "more pages follow"),
    ({"links": {"next": "https://example.com/?page=2"}}, "more pages follow"),
    ({"_links": {"next": {"href": "u"}}}, "more pages follow"),
    ({"meta": {"cursor": "abc"}}, "more pages follow"),
    ({"pageInfo": {"hasNextPage": True}}, "more pages follow"),
    ({"@odata.nextLink": "https://example.com"}, "more pages follow"),
    ({"page": "1", "total_pages": "3"}, "page 1 of 3"),
    ({"meta": {"page": 3, "totalPages": 3}}, "page 3 of 3"),
    ({"meta": {"page": 1, "limit": 1, "totalItems": 150}}, "1 of 150 records"),
    ({"total": 150, "offset": 0}, "1 of 150 records"),
    ({"result_info": {"page": 1, "per_page": 1, "total_count": 150}}, "1 of 150 records"),
    ({"totalUsageEventsCount": 150}, "1 of 150 records"),
    ({"has_more": False, "next_page": None, "links": {"next": None}, "total": 9}, ""),
    ({"meta": {"page": 1, "totalPages": 1, "totalItems": 1}}, ""),
]


@pytest.mark.parametrize(("said", "expected"), PAGES)
def test_a_page_says_in_many_ways_that_others_follow(
    said: dict[str, object], expected: str, tmp_path: Path
) -> None:
    """As APIs write it."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"data": [{"id": "1"}], **said}))
    assert expected in more_pages(path)
    assert bool(expected) == bool(more_pages(path))


def test_of_pages_behind_each_other_the_last_one_tells(tmp_path: Path) -> None:
    """In a list, and line by line."""
    pages = [{"data": [1], "meta": {"page": each, "totalPages": 2}} for each in (1, 2)]
    path = tmp_path / "a.json"
    for whole, text in (
        (True, json.dumps(pages)),
        (True, "\n".join(map(json.dumps, pages))),
        (False, json.dumps(pages[:1])),
        (False, "\n".join(map(json.dumps, [pages[0]] * 2))),
    ):
        path.write_text(text)
        assert bool(more_pages(path)) != whole
