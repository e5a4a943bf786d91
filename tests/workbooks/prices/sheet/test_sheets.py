"""Vendor sheets in every shape they come in: each price with its cell, or set aside with it."""

import datetime
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from workbooks.prices.offers import FeedError
from workbooks.prices.sheet.aside import SheetRead
from workbooks.prices.sheet.cells import Given
from workbooks.prices.sheet.reading import read_sheets

KNOWN = ("openai/gpt-4o", "openai/gpt-4o-mini", "azure/gpt-4o", "anthropic/claude-opus-4-5")
OPENAI = Given(provider="OpenAI", currency="USD", tokens=1_000_000)
ASKING = Given(provider="OpenAI")


def read(text: str | bytes, given: Given = OPENAI, name: str = "list.csv") -> SheetRead:
    """Read a CSV file."""
    return read_sheets(name, text.encode() if isinstance(text, str) else text, given, KNOWN)


def book(*sheets: Sequence[Sequence[Any]], hidden: Sequence[int] = (), style: str = "") -> bytes:
    """Return an XLSX file with some sheets; of the first, some rows are hidden."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for number, rows in enumerate(sheets, 1):
        sheet = made.create_sheet(f"Prices {number}")
        for row in rows:
            sheet.append(list(row))
        for row in hidden if number == 1 else ():
            sheet.row_dimensions[row].hidden = True
        for row in sheet.iter_rows() if style else ():
            for cell in row:
                cell.number_format = style if isinstance(cell.value, float) else "General"
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def prices(found: SheetRead) -> dict[str, tuple[float, ...]]:
    """Return each model's prices in the order of the price table, and no others."""
    return {each.model: tuple(float(rate) for rate in each.rates.values()) for each in found.offers}


def reasons(found: SheetRead) -> list[str]:
    """Return cell and reason of what was set aside."""
    return [f"{doubt.place.rpartition(' ')[2]}: {doubt.reason}" for doubt in found.doubts]


def test_a_price_has_its_file_sheet_and_cell() -> None:
    """Somebody will look it up there."""
    content = book([["Vendor offer"], [], ["Model", "Input", "Output"], ["gpt-4o", 2.5, 10.0]])
    (offer,) = read_sheets("offer.xlsx", content, OPENAI, KNOWN).offers
    assert offer.model == "openai/gpt-4o"
    assert list(offer.places.values()) == [
        "offer.xlsx, sheet Prices 1, cell B4",
        "offer.xlsx, sheet Prices 1, cell C4",
    ]


@pytest.mark.parametrize(
    ("title", "header", "price"),
    [
        ("", "Input (USD per 1M tokens)", "2.5"),
        ("", "Input $/MTok", "2.5"),
        ("", "Input USD/1K tokens", "0.0025"),
        ("", "Price per 1,000 input tokens in $", "0.0025"),
        ("", "Input [US$ / token]", "2.5E-06"),
        ("", "Eingabe (USD je 1 Mio. Token)", "2,50"),
        ("", "Eingabepreis USD pro 1.000 Token", "0,0025"),
        ("All prices in USD per million tokens", "Input", "2.5"),
        ("Preise in US-Dollar (USD) je 1.000.000 Token", "Eingabe", "2,5"),
        ("", "Input", "$2.50 / 1M tokens"),
        ("", "Prompt (cents per 1K tokens, USD)", "0.25"),
        ("USD", "Input tokens per 1M", "0.002500000000000000000000e3"),
    ],
)
def test_the_unit_is_found_wherever_it_stands(title: str, header: str, price: str) -> None:
    """2.50 dollars for a million tokens, said in a dozen ways."""
    found = read(f'"{title}"\n\nModel;"{header}"\ngpt-4o;"{price}"\n', ASKING)
    assert prices(found) == {"openai/gpt-4o": (2.5,)}, found


@pytest.mark.parametrize(
    ("unit", "price"),
    [
        ("1M", 2.5),
        ("1K", 0.0025),
        ("1000 Tokens", 0.0025),
        ("per MTok", 2.5),
        (1000, 0.0025),
        ("Token", 0.0000025),
    ],
)
def test_a_unit_column_counts_row_by_row(unit: object, price: float) -> None:
    """Text or number, as the vendors write it."""
    rows = [["Model", "Unit", "Currency", "Input"], ["gpt-4o", unit, "USD", price]]
    assert prices(read_sheets("b.xlsx", book(rows), ASKING, KNOWN)) == {"openai/gpt-4o": (2.5,)}


def test_an_unknown_unit_is_asked_for_with_both_readings() -> None:
    """Nothing is taken, and the question names the column and both results."""
    found = read("Model,Input (USD),Output (USD)\ngpt-4o,0.0025,0.01\n", ASKING)
    assert found.offers == []
    assert found.questions[0] == (
        "list.csv, column B (Input (USD)): for how many tokens is a price? B2 says 0.0025: its "
        "unit is not stated: it is 0.0025 per million tokens if it is per 1M, and 2.5 if it is "
        "per 1K; say it with --unit."
    )
    told = Given(provider="OpenAI", tokens=1000)
    assert prices(read("Model,Input (USD),Output (USD)\ngpt-4o,0.0025,0.01\n", told)) == {
        "openai/gpt-4o": (2.5, 10.0)
    }


def test_units_that_contradict_each_other_settle_nothing() -> None:
    """The row says thousand, the heading million."""
    found = read("Model,Unit,Input (USD/1M)\ngpt-4o,1K,2.5\n")
    assert reasons(found) == ["C2: its row says '1K', its column 'Input (USD/1M)'"]


@pytest.mark.parametrize("header", ["Input per 1k chars", "Input per request", "Preis je Stunde"])
def test_prices_that_are_not_per_token_are_not_taken(header: str) -> None:
    """Old models were sold by the character."""
    with_model = f"Model,{header},Output\ngpt-4o,2.5,10\n"
    assert INPUT not in {column for each in read(with_model).offers for column in each.rates}


INPUT = "input_price_per_mtok"


@pytest.mark.parametrize(
    ("said", "currency", "price"),
    [
        *(("$2.50", "USD", 2.5), ("US$ 2.50", "USD", 2.5), ("2,50 €", "EUR", 2.5)),
        *(("£2.50", "GBP", 2.5), ("EUR 2,50", "EUR", 2.5), ("2.50 CHF", "CHF", 2.5)),
        *(("250 ct", "USD", 2.5), ("250 pence", "GBP", 2.5), ("C$2.50", "CAD", 2.5)),
    ],
)
def test_the_currency_is_read_from_the_cell(said: str, currency: str, price: float) -> None:
    """A sign, a code, before or behind; cents are cents."""
    (offer,) = read(f"Model;Input;Output\ngpt-4o;{said};\n").offers
    assert (offer.currency, float(offer.rates[INPUT])) == (currency, price)


def test_the_currency_is_read_from_the_format_of_a_cell() -> None:
    """Excel shows the sign and stores the number."""
    rows = [["Model", "Input", "Output"], ["gpt-4o", 2.5, 10.0]]
    content = book(rows, style="#,##0.00 [$€-407]")
    (offer,) = read_sheets("b.xlsx", content, Given(1_000_000, "", "OpenAI"), KNOWN).offers
    assert offer.currency == "EUR"


def test_no_currency_is_assumed() -> None:
    """Not even the dollar."""
    found = read("Model,Input per 1M\ngpt-4o,2.5\n", ASKING)
    assert reasons(found) == ["B2: its currency is not stated; say it with --currency"]


def test_two_currencies_of_one_model_are_not_mixed() -> None:
    """The table holds one currency for a model."""
    found = read("Model,Input per 1M,Output per 1M\ngpt-4o,$2.5,10 €\n")
    assert prices(found) == {"openai/gpt-4o": (2.5,)}
    assert reasons(found) == ["C2: it is in EUR, the model's other prices in USD"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1,250", "0,5"], [1.25, 0.5]),
        (["1.250", "0.5"], [1.25, 0.5]),
        (["1,250", "0.5"], [1250, 0.5]),
        (["1.234,56", "2"], [1234.56, 2]),
        (["1 234,56", "2"], [1234.56, 2]),
        (["1\u00a0234,56", "2"], [1234.56, 2]),
        (["1'234.56", "2"], [1234.56, 2]),
        (["'2.50", "2"], [2.5, 2]),
        (["0,175", "2"], [0.175, 2]),
        (["2,50*", "2.0¹"], [2.5, 2]),
    ],
)
def test_decimal_marks_are_decided_by_column(cells: list[str], expected: list[float]) -> None:
    """What one number leaves open, the others of its column settle."""
    cheap = Given(1_000_000, "JPY", "OpenAI")  # so that 1250 is a plausible price
    found = read(f'Model;Input\ngpt-4o;"{cells[0]}"\ngpt-4o-mini;"{cells[1]}"\n', cheap)
    assert [each[0] for each in prices(found).values()] == expected


def test_a_number_that_nothing_settles_is_shown_both_ways() -> None:
    """1,250 alone may be either."""
    found = read('Model;Input\ngpt-4o;"1,250"\n')
    assert reasons(found) == [
        "B2: 1,250 may be 1.25 or 1250, and no other number of its column settles it"
    ]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("0", "zero may mean free or not known"),
        ("-1", "-1 means that the price varies from call to call"),
        ("(1.25)", "a price cannot be negative"),
        ("-2.5", "a price cannot be negative"),
        ("10%", "a percentage is a discount, not a price"),
        ("1.25 - 2.50", "it is a range of prices"),
        ("from 1.25", "it is a bound, not a price"),
        ("included", "it is included in another price, which no column can say"),
        ("see page 4", "it is not a single number"),
        ("1.2.3", "it is not a single number"),
        ("99999", "99999 per million tokens is outside 0.001 to 1000: the unit may have slipped"),
    ],
)
def test_what_is_no_price_is_set_aside_with_its_reason(said: str, reason: str) -> None:
    """None of them is dropped, and none becomes a number."""
    found = read(f'Model,Input,Output\ngpt-4o,"{said}",10\n')
    assert reasons(found) == [f"B2: {reason}"]
    assert found.doubts[0].shown == said


@pytest.mark.parametrize("said", ["", "-", "n/a", "TBD", "contact sales", "auf Anfrage", "k.A."])
def test_words_for_no_price_are_a_blank(said: str) -> None:
    """Not offered, and nothing to report."""
    found = read(f"Model,Input,Output\ngpt-4o,{said},10\n")
    assert prices(found) == {"openai/gpt-4o": (10.0,)}
    assert found.doubts == []


def test_free_is_free_and_zero_only_on_request() -> None:
    """The word says it; the number needs the user's word."""
    assert prices(read("Model,Input,Output\ngpt-4o,free,kostenlos\n")) == {"openai/gpt-4o": (0, 0)}
    told = OPENAI._replace(zero_is_free=True)
    assert prices(read("Model,Input,Output\ngpt-4o,0,0\n", told)) == {"openai/gpt-4o": (0, 0)}


def test_a_date_where_a_price_should_be_is_set_aside() -> None:
    """A spreadsheet program turned 2.5 into the second of May."""
    rows = [["Model", "Input", "Output"], ["gpt-4o", datetime.date(2026, 5, 2), 10.0]]
    found = read_sheets("b.xlsx", book(rows), OPENAI, KNOWN)
    assert found.doubts[0].reason.startswith("it is a date")


HEADERS = [
    ("input,output,cached input,cache write", "2.5 10 1.25 3"),
    ("prompt,completion,cache hit,cache creation", "2.5 10 1.25 3"),
    ("Eingabe,Ausgabe,Zwischengespeichert,Cache schreiben", "2.5 10 1.25 3"),
    ("Eingabe-Token,Ausgabe-Token,Cache-Treffer (cached),Cache-Erstellung", "2.5 10 1.25 3"),
    ("Inp,Outp,Cache read,Cache write", "2.5 10 1.25 3"),
    ("request tokens,response tokens,cached prompt tokens,cache writes", "2.5 10 1.25 3"),
]


@pytest.mark.parametrize("header", [header for header, _ in HEADERS])
def test_english_and_german_headings_are_understood(header: str) -> None:
    """The same four prices under six sets of names."""
    (offer,) = read(f"Modell,{header}\ngpt-4o,2.5,10,1.25,3\n").offers
    assert {name.split("_price")[0]: float(rate) for name, rate in offer.rates.items()} == {
        **{"input": 2.5, "output": 10, "cached": 1.25, "cache_write": 3}
    }


@pytest.mark.parametrize(
    "header",
    [
        "Context window",
        "Cache storage per hour",
        "Audio input",
        "Batch savings",
    ],
)
def test_other_columns_are_left_alone(header: str) -> None:
    """What is no price of text has no column."""
    assert prices(read(f"Model,Input,{header},Output\ngpt-4o,2.5,99,10\n")) == {
        "openai/gpt-4o": (2.5, 10.0)
    }


def test_a_heading_of_two_rows_is_read_together() -> None:
    """ "Input" is merged over "Standard" and "Batch"."""
    rows = [
        ["Offer 2026"],
        ["Model", "Input", None, None, "Output", None],
        [None, "Standard", "Batch", None, "Standard", "Batch"],
        ["gpt-4o", 2.5, 1.25, None, 10.0, 5.0],
    ]
    (offer,) = read_sheets("b.xlsx", book(rows), OPENAI, KNOWN).offers
    assert {name.split("_price")[0]: float(rate) for name, rate in offer.rates.items()} == {
        **{"input": 2.5, "batch_input": 1.25, "output": 10, "batch_output": 5}
    }


def test_units_in_a_second_heading_row_count() -> None:
    """They stand below the names."""
    found = read("Model,Input,Output\n,USD/1K,USD/1K\ngpt-4o,0.0025,0.01\n", ASKING)
    assert prices(found) == {"openai/gpt-4o": (2.5, 10.0)}


def test_long_context_is_taken_whole_or_not_at_all() -> None:
    """The size stands in the heading."""
    header = "Model,Input <=200K,Input >200K,Output <=200K,Output >200K"
    (offer,) = read(f"{header}\ngpt-4o,1.25,2.5,10,15\n").offers
    assert offer.rates["long_context_from_tokens"] == 200_000
    assert offer.rates["long_context_output_price_per_mtok"] == 15
    half = read("Model,Input,Input >200K,Output\ngpt-4o,1.25,2.5,10\n")
    assert reasons(half) == ["C2: the long-context price of the other direction is missing"]


def test_a_long_list_has_a_row_for_each_kind_of_token() -> None:
    """Model, kind, price; the kind decides the column."""
    found = read(
        "Model,Token type,Unit,Price (USD)\ngpt-4o,Input,1M,2.5\ngpt-4o,Cached input,1M,1.25\n"
        "gpt-4o,Output,1M,10\ngpt-4o,Audio input,1M,40\n"
    )
    assert prices(found) == {"openai/gpt-4o": (2.5, 1.25, 10.0)}
    assert reasons(found) == ["D5: the price table has no column for 'audio'"]


@pytest.mark.parametrize(
    ("head", "rows"),
    [
        ("Model,Token type,Price per 1M tokens (USD)", "gpt-4o,Input,2.5\ngpt-4o,Output,10\n"),
        ("Modell,Art,Preis je 1.000 Token (USD)", "gpt-4o,Eingabe,0.0025\ngpt-4o,Ausgabe,0.01\n"),
        ("Model,Type,Unit price per 1K ($)", "gpt-4o,Input,0.0025\ngpt-4o,Output,0.01\n"),
    ],
)
def test_a_long_list_may_have_its_unit_in_the_heading(head: str, rows: str) -> None:
    """2.50 and 10 per million."""
    found = read(f"{head}\n{rows}", ASKING)
    assert prices(found) == {"openai/gpt-4o": (2.5, 10.0)}


def test_a_price_of_a_month_or_of_characters_is_no_price_of_tokens() -> None:
    """It is no table of them."""
    for unit in ("month", "1M characters", "seat"):
        with pytest.raises(FeedError, match="has no table with a column of models"):
            read(f"Model,Type,Price per {unit} (USD)\ngpt-4o,Input,2\n")


def test_an_enterprise_sheet_of_azure_is_read_by_its_meters() -> None:
    """Column names of the schema of 2023; the agreed UnitPrice counts, not the MarketPrice."""
    found = read(
        "BasePrice,CurrencyCode,MarketPrice,MeterName,UnitOfMeasure,UnitPrice,PriceType\n"
        "0.0002,EUR,0.0003,gpt-4o-mini-0718-Inp-glbl Tokens,1K,0.00014,Consumption\n"
        "0.3,EUR,0.4,5.4 nano Cd Wr glbl 1M Tokens,1M,0.28,Consumption\n"
        "1,EUR,1,GPT PTU Hours,1 Hour,1,Consumption\n1,EUR,1,D4s v5,1 Hour,1,Consumption\n",
        Given(),
    )
    assert found.doubts == []
    assert prices(found) == {"azure/gpt-4o-mini-0718": (0.14,), "azure/gpt-5.4-nano": (0.28,)}
    assert {each.currency for each in found.offers} == {"EUR"}


def test_a_price_by_volume_is_none_of_azures_first_unit() -> None:
    """A customer agreement's sheet has a row for each volume; the first is what a token costs."""
    found = read(
        "meterName,unitOfMeasure,unitPrice,currency,tierMinimumUnits\n"
        "gpt 5 Inp Gl 1M Tokens,1M,1.25,USD,0\ngpt 5 Inp Gl 1M Tokens,1M,1.00,USD,5000\n",
        Given(),
    )
    assert prices(found) == {"azure/gpt-5": (1.25,)}
    assert reasons(found) == [
        "C3: it holds from a volume of 5000 on; the price table has no prices by volume"
    ]


def test_regions_and_tiers_keep_a_model_apart() -> None:
    """Global is the plain name; a region with another price has its own."""
    found = read(
        "Model,Region,Input,Output\ngpt-4o,Global,2.5,10\ngpt-4o,EU West,2.75,11\n"
        "gpt-4o-mini,Global,0.15,0.6\ngpt-4o-mini,EU West,0.15,0.6\n"
    )
    assert prices(found) == {
        **{"openai/gpt-4o": (2.5, 10.0), "openai/gpt-4o@eu-west": (2.75, 11.0)},
        "openai/gpt-4o-mini": (0.15, 0.6),
    }
    tiers = read("Model,Tier,Input,Output\ngpt-4o,Batch,1.25,5\ngpt-4o,Priority,4,17\n")
    assert prices(tiers) == {"openai/gpt-4o": (1.25, 5.0), "openai/gpt-4o@priority": (4.0, 17.0)}
    assert "batch_input_price_per_mtok" in tiers.offers[0].rates


def test_the_same_twice_is_once_and_two_prices_are_none() -> None:
    """Both cells are named, and nothing decides between them."""
    same = read("Model,Input,Output\ngpt-4o,2.5,10\ngpt-4o,2.5,10\n")
    assert prices(same) == {"openai/gpt-4o": (2.5, 10.0)}
    torn = read("Model,Input,Output\ngpt-4o,2.5,10\ngpt-4o,2.6,10\n")
    assert prices(torn) == {"openai/gpt-4o": (10.0,)}
    assert reasons(torn)[0] == "B2: this model has another price too: 2.6 USD in list.csv, cell B3"


def test_dates_make_a_history() -> None:
    """Two prices from two days are no contradiction; 4/1/25 is no day."""
    found = read(
        "Model,Valid from,Input,Output\ngpt-4o,2026-01-01,2.5,10\ngpt-4o,01.06.2026,2.3,9\n"
        "gpt-4o-mini,4/1/25,0.15,0.6\n"
    )
    days = [(each.valid_from, float(each.rates[INPUT])) for each in found.offers]
    assert days == [(datetime.date(2026, 1, 1), 2.5), (datetime.date(2026, 6, 1), 2.3)]
    assert reasons(found)[0] == "C4: its day '4/1/25' is not written year first"


@pytest.mark.parametrize(
    ("name", "model"),
    [
        *(
            ("gpt-4o", "openai/gpt-4o"),
            ("GPT-4o*", "openai/gpt-4o"),
            ("gpt 4o [1]", "openai/gpt-4o"),
        ),
        *(("openai/gpt-4o", "openai/gpt-4o"), ("gpt-4o (latest)", "openai/gpt-4o")),
        *(("gpt-4o-2024-08-06", "openai/gpt-4o-2024-08-06"), ("gpt-4", "openai/gpt-4")),
    ],
)
def test_names_match_exactly_or_not_at_all(name: str, model: str) -> None:
    """A dated release is another model, and a shorter name is none of the longer ones."""
    assert list(prices(read(f"Model,Input,Output\n{name},2.5,10\n"))) == [model]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("gpt-4o", "several models have this name: azure/gpt-4o, openai/gpt-4o; name the provider"),
        ("claude-opus-4-6", "the table has no such model (the nearest: anthropic/claude-opus-4-5)"),
        ("opus", "the table has no such model; name the provider"),
        ("=HYPERLINK(A1)", "the model's name '=HYPERLINK(A1)' looks like a formula"),
        ("+cmd", "the model's name '+cmd' looks like a formula"),
    ],
)
def test_without_a_provider_no_name_is_guessed(name: str, reason: str) -> None:
    """Opus 4.6 was once billed at the price of opus 4, three times too high."""
    found = read(f"Model,Input\n{name},2.5\n", Given(1_000_000, "USD"))
    assert found.offers == []
    assert found.doubts[0].reason.startswith(reason)


def test_a_provider_column_names_the_host() -> None:
    """The same model from two hosts is two."""
    found = read(
        "Provider,Model,Input,Output\nOpenAI,gpt-4o,2.5,10\nMicrosoft Azure,gpt-4o,2.6,11\n",
        Given(1_000_000, "USD"),
    )
    assert set(prices(found)) == {"openai/gpt-4o", "azure/gpt-4o"}


def test_totals_notes_and_footnotes_are_no_models() -> None:
    """Rows below the table, and a total."""
    found = read("Model,Input,Output\ngpt-4o,2.5,10\nTotal,2.5,10\n* list price\nSumme,1,2\n")
    assert list(prices(found)) == ["openai/gpt-4o"]


def test_every_visible_sheet_is_read_and_hidden_rows_are_not() -> None:
    """A hidden row is often last year's."""
    one = [["Model", "Input", "Output"], ["gpt-4o", 2.5, 10.0], ["gpt-4o-mini", 9.0, 9.0]]
    two = [["notes only"]]
    three = [["Model", "Input", "Output"], ["gpt-4.1", 2.0, 8.0]]
    found = read_sheets("b.xlsx", book(one, two, three, hidden=[3]), OPENAI, KNOWN)
    assert set(prices(found)) == {"openai/gpt-4o", "openai/gpt-4.1"}
    assert {doubt.reason for doubt in found.doubts} == {"its row is hidden in the sheet"}


def test_an_order_form_by_item_says_how_to_map() -> None:
    """The columns that it names are read: 2.50 for input, and 10 for output."""
    form = b"Item,Price per 1M tokens (USD)\ngpt-4o input tokens,2.50\ngpt-4o output tokens,10\n"
    with pytest.raises(FeedError, match=r"gpt-4o input tokens.* a column Model, .* Token type"):
        read_sheets("order.csv", form, OPENAI, KNOWN)
    mapped = b"Model,Token type,Price per 1M tokens (USD)\ngpt-4o,input,2.50\ngpt-4o,output,10\n"
    found = read_sheets("order.csv", mapped, OPENAI, KNOWN)
    assert prices(found) == {"openai/gpt-4o": (2.5, 10.0)}


def test_a_hidden_column_of_prices_is_read_and_told() -> None:
    """The price of output stands in column C, which is hidden."""
    made = openpyxl.load_workbook(
        io.BytesIO(book([["Model", "Input", "Output"], ["gpt-4o", 2.5, 10.0]]))
    )
    made.worksheets[0].column_dimensions["C"].hidden = True
    content = io.BytesIO()
    made.save(content)
    found = read_sheets("b.xlsx", content.getvalue(), OPENAI, KNOWN)
    assert prices(found) == {"openai/gpt-4o": (2.5, 10.0)}
    told = "1 column is hidden or filtered away, and is read as all others are"
    assert found.warnings == [f"b.xlsx, sheet Prices 1: {told}"]


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffModel,Input,Output\r\ngpt-4o,2.5,10\r\n".encode(),
        b"Model;Input;Output\ngpt-4o;2,5;10,0\n",
        "Model\tInput\tOutput\ngpt-4o\t2,5\t10\n".encode("utf-16"),
        "Model\tInput\tOutput\ngpt-4o\t2.5\t10\n".encode("utf-16-le"),
        b"sep=;\nModel;Input;Output\ngpt-4o;2.5;10\n",
        "Modell;Eingabe;Ausgabe;Währung\ngpt-4o;2,5;10;USD\n".encode("cp1252"),
        b'Model|Input|Output\n"gpt-4o"|2.5|10\n',
        b"Model;Input;Output;Note\ngpt-4o;2,5;10;a, b, c\ngpt-4o-mini;0,15;0,6;d\n",
    ],
    ids=[
        "BOM",
        "semicolons",
        "UTF-16",
        "UTF-16 without BOM",
        "sep=",
        "cp1252",
        "pipes",
        "commas in notes",
    ],
)
def test_delimiters_and_encodings_are_found(content: bytes) -> None:
    """As Excel and others save them, in several countries."""
    assert prices(read(content))["openai/gpt-4o"] == (2.5, 10.0)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 99, r"is an old \.xls workbook or has a password"),
        (b"%PDF-1.7", "is a PDF"),
        (b"PK\x03\x04 nothing", "is damaged"),
        (b"hello\nworld\n", "has no table with a column of models"),
        (b"Model,Price\ngpt-4o,2.5\n", "has no table with a column of models"),
        (b"a\0b" * 99, "is not a text file"),
    ],
)
def test_other_files_are_refused_with_advice(content: bytes, why: str) -> None:
    """One sentence with the name of the file."""
    with pytest.raises(FeedError, match=rf"^list\.csv {why}"):
        read(content)


def test_columns_that_look_swapped_are_pointed_out() -> None:
    """Output is hardly ever the cheaper direction, or twenty times the price."""
    found = read("Model,Output,Input\ngpt-4o,2.5,10\ngpt-4o-mini,0.15,0.6\n")
    assert found.warnings[0].startswith("output costs less than input for most models")
    far = read("Model,Input,Output\ngpt-4o,0.1,10\n")
    assert far.warnings == ["list.csv, cell C2: output of openai/gpt-4o costs 100 times its input"]


def test_a_price_of_thirty_digits_is_one_number() -> None:
    """As a billing export writes it."""
    found = read("Model,Input\ngpt-4o,0.003835980000000000000000000000\n")
    assert found.offers[0].rates[INPUT] == Decimal("0.00383598")


PAGES = {
    "one vendor, cents of a dollar in every cell": (
        "Model,Base Input Tokens,5m Cache Writes,1h Cache Writes,Cache Hits & Refreshes,"
        "Output Tokens\n"
        "Claude Opus 4.5,$5 / MTok,$6.25 / MTok,$10 / MTok,$0.50 / MTok,$25 / MTok\n",
        {"input": 5, "cache_write": 6.25, "cache_write_1h": 10, "cached": 0.5, "output": 25},
    ),
    "another, thinking included": (
        'Model,"Input price (text, image, video), USD per 1M tokens",'
        '"Output price (including thinking tokens), USD per 1M tokens",Context caching storage\n'
        "Claude Opus 4.5,1.25,10,4.50\n",
        {"input": 1.25, "output": 10},
    ),
    "a cloud, by the thousand": (
        'Models,"Price per 1,000 input tokens","Price per 1,000 output tokens",'
        '"Price per 1,000 input tokens (batch)","Price per 1,000 input tokens (cache read)"\n'
        "Claude Opus 4.5,$0.003,$0.015,$0.0015,$0.0003\n",
        {"input": 3, "output": 15, "batch_input": 1.5, "cached": 0.3},
    ),
    "an export of usage with prices beside the counts": (
        "Provider,Model,Input Tokens,Output Tokens,Input Token Price (USD/1M tokens),"
        "Output Token Price (USD/1M tokens)\nanthropic,claude-opus-4-5,59200,120,5,25\n",
        {"input": 5, "output": 25},
    ),
    "sizes of context in the headings": (
        "Model,Input <= 200 K tokens ($/M),Input > 200 K tokens ($/M),"
        'Output (<= 200K context) $/M,"Output, context > 200,000 tokens $/M"\n'
        "Claude Opus 4.5,5,10,25,37.5\n",
        {
            **{"input": 5, "output": 25, "long_context_from_tokens": 200_000},
            **{"long_context_input": 10, "long_context_output": 37.5},
        },
    ),
    "merged names in a long list": (
        "Modell;Art;Preis (USD je 1 Mio. Token)\nClaude Opus 4.5;Eingabe;5,00\n;Ausgabe;25,00\n"
        ";Cache lesen;0,50\n",
        {"input": 5, "output": 25, "cached": 0.5},
    ),
    "a bill in the FOCUS layout": (
        "ProviderName,x_AIModel,SkuMeter,PricingUnit,PricingCurrency,ListUnitPrice,ContractedUnitPrice\n"
        "Anthropic,claude-opus-4-5,Input Tokens,1000 Tokens,USD,0.005,0.004\n"
        "Anthropic,claude-opus-4-5,Output Tokens,1000 Tokens,USD,0.025,0.02\n",
        {"input": 4, "output": 20},
    ),
}


@pytest.mark.parametrize("page", PAGES)
def test_layouts_of_the_wild_are_read(page: str) -> None:
    """As vendors' pages, exports and bills look; the expected prices are those in the text."""
    text, expected = PAGES[page]
    found = read(text, Given(currency="USD"))
    (offer,) = found.offers
    rates = {name.removesuffix("_price_per_mtok"): float(r) for name, r in offer.rates.items()}
    assert (offer.model, rates) == ("anthropic/claude-opus-4-5", expected), found.doubts


def test_a_text_with_two_units_settles_none() -> None:
    """Billed by the thousand, shown by the million: the user is asked."""
    found = read('Model,"Input USD per 1M tokens, billed per 1K"\ngpt-4o,2.5\n')
    assert reasons(found)[0].startswith("B2: it names two units, '1m' and '1k'")


def test_a_price_without_a_model_is_set_aside() -> None:
    """It is not attributed to the row above."""
    found = read("Model,Input,Output\ngpt-4o,2.5,10\n,3,12\n")
    assert reasons(found) == ["B3: its row names no model", "C3: its row names no model"]


@pytest.mark.parametrize("word", ["Contract discount %", "Rabatt", "Nachlass in %"])
def test_a_discount_beside_list_prices_stops_the_import(word):
    """2.50 less 15 % is not 2.50; beside net prices it only says where they come from."""
    text = f"Model,List input per 1M tokens,List output per 1M tokens,{word},Currency\n"
    row = "openai/gpt-6.1-sol,2.50,10,15,USD\n"
    kinds = {
        content: [each.kind for each in read_sheets("offer.csv", content.encode()).asides]
        for content in (
            text + row,
            text.replace("List", "Net") + row.replace("2.50,10", "2.125,8.5"),
            text + row.replace(",15,", ",,"),
        )
    }
    assert list(kinds.values()) == [["discount"], [""], [""]]
