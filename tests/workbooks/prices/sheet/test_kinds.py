"""Kinds of sheets whose numbers were once believed too soon; the right values are in the texts."""

import datetime
import io
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font

from tests.workbooks.prices.sheet.mutate import run
from tests.workbooks.prices.sheet.test_sheets import prices, read, reasons
from workbooks.folder.timeline import in_force
from workbooks.prices.offers import INPUT, LONG_FROM, LONG_INPUT, OUTPUT, FeedError, Offer
from workbooks.prices.sheet.cells import Given
from workbooks.prices.sheet.importing import apply, preview
from workbooks.prices.sheet.reading import read_sheets
from workbooks.prices.store import Store

DAY = datetime.date(2026, 11, 21)
USD = Given(currency="USD", tokens=1_000_000)


def test_cents_beside_a_currency_column_are_cents() -> None:
    """250 cents are 2.50 dollars, whatever column names the dollar."""
    found = read("Model,Currency,Input (cents per 1M),Output (cents per 1M)\ngpt-4o,USD,250,1000\n")
    assert prices(found) == {"openai/gpt-4o": (2.5, 10.0)}


@pytest.mark.parametrize(
    ("heading", "cell", "reason"),
    [
        ("Currency,Input (per 1M)", "USD,€2.50", "its cell says EUR, its column or sheet USD"),
        ("Currency,Input (USD/1M)", "EUR,2.50", "its row and its column say two currencies"),
        ("Note,Input (cents/1M)", "x,$2.50", "its cell says USD, its column counts a hundredth"),
    ],
)
def test_signs_that_contradict_each_other_are_refused(heading: str, cell: str, reason: str) -> None:
    """Nothing decides between a sign in the cell and the words around it."""
    found = read(f"Model,{heading}\ngpt-4o,{cell}\n")
    assert found.offers == []
    assert reason in found.doubts[0].reason


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("1 00", "a blank stands inside its number, and not before three digits"),
        ("1 00 000", "a blank stands inside its number, and not before three digits"),
        ("4-Jan", "a spreadsheet program has made a date or a time of it"),
        ("Jan 75", "a spreadsheet program has made a date or a time of it"),
        ("02. Mai", "a spreadsheet program has made a date or a time of it"),
        ("2:50", "a spreadsheet program has made a date or a time of it"),
        ("1/2", "it is two numbers or a fraction, not a single price"),
        ("1.25 / 7.50", "it is two numbers or a fraction, not a single price"),
        ("#REF!", "it is an error of a spreadsheet program"),
        ("####", "it is an error of a spreadsheet program"),
    ],
)
def test_what_spreadsheets_do_to_numbers_is_refused(cell: str, reason: str) -> None:
    """Each with its cell and the reason; none becomes 100, 4 or 1.25."""
    assert reasons(read(f"Model,Input\ngpt-4o,{cell}\n")) == [f"B2: {reason}"]


@pytest.mark.parametrize(("cell", "price"), [("1 000", 1000), ("2.50 / 1M tokens", 2.5)])
def test_ordinary_blanks_and_slashes_are_read(cell: str, price: float) -> None:
    """Groups of three digits, and a unit behind the price."""
    assert prices(read(f"Model,Input\ngpt-4o,{cell}\n")) == {"openai/gpt-4o": (price,)}


TWO = "Model,Input (USD per 1M tokens),Output (USD per 1M tokens)"


@pytest.mark.parametrize(
    ("heading", "cell", "price"),
    [
        ("Reasoning (USD per 1M tokens)", "3", ("reasoning_price_per_mtok", 3)),
        ("Output (thinking, USD per 1M tokens)", "3.50", ("reasoning_price_per_mtok", 3.5)),
        ("Price per request (USD)", "0.006", ("price_per_request", 0.006)),
        ("Request fee (USD per 1K requests)", "5", ("price_per_request", 0.005)),
        ("Preis je Anfrage (USD-Cent)", "0.5", ("price_per_request", 0.005)),
    ],
)
def test_reasoning_and_fees_of_requests_are_read(
    heading: str, cell: str, price: tuple[str, float]
) -> None:
    """A fee of a thousand requests is a thousandth for one."""
    (offer,) = read(f'{TWO},"{heading}"\nsonar,1,2,{cell}\n', Given(provider="us")).offers
    assert float(offer.rates[price[0]]) == price[1]


@pytest.mark.parametrize(
    ("heading", "cell", "reason"),
    [
        ("Request fee", "5", "D2: it does not say for how many requests it is"),
        ("Price per request (USD)", "12", "D2: 12 is no price of a request"),
        ("Price per request (EUR)", "0.01", "D2: it is in EUR, the model's other prices in USD"),
    ],
)
def test_doubtful_fees_of_requests_are_set_aside(heading: str, cell: str, reason: str) -> None:
    """Neither is one a price of tokens."""
    found = read(f"{TWO},{heading}\ngpt-4o,1,2,{cell}\n")
    assert prices(found) == {"openai/gpt-4o": (1.0, 2.0)}
    assert reasons(found) == [reason]


def test_non_thinking_output_is_plain_and_batch_reasoning_has_no_column() -> None:
    """Nor is a column of yes and no a price."""
    found = read(f"{TWO.replace('Output', 'Output non-thinking')},Reasoning\ngpt-4o,1,2,yes\n")
    assert prices(found) == {"openai/gpt-4o": (1.0, 2.0)}
    assert prices(read(f"{TWO},Batch reasoning price\ngpt-4o,1,2,9\n")) == prices(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Model,Express input,Express output\ngpt-4o,4,16\n", {"openai/gpt-4o@express": (4, 16)}),
        ("Model,Input\ngpt-4o - Flex,1\n", {"openai/gpt-4o@flex": (1,)}),
        ("Model,Input\ngpt-4o batch,1\ngpt-4o,2\n", {"openai/gpt-4o": (1, 2)}),
        (
            "Model,Context,Input,Output\ngpt-4o,<=128K,2,6\ngpt-4o,>128K,4,12\n",
            {"openai/gpt-4o": (2, 6, 4, 128e3, 12)},
        ),
        ("Model,Context,Input\ngpt-4o,128K,2\n", {"openai/gpt-4o": (2,)}),
        ("Model,Input\ngpt-4o long context,4\ngpt-4o,2\n", {"openai/gpt-4o": (2,)}),
    ],
)
def test_tiers_and_sizes_are_read_wherever_they_stand(
    text: str, expected: dict[str, tuple[float, ...]]
) -> None:
    """None of them is the standard price, or a model of its own."""
    assert prices(read(text)) == expected


def test_of_the_rows_of_modalities_only_text_is_a_price() -> None:
    """An audio token of 40 dollars stood against the text token of 2.50, or in its place."""
    rows = ["gpt-4o,Text,2.5,10", "gpt-4o,Audio,40,80", "gpt-4o-mini,Text / image,0.15,0.6"]
    found = read("\n".join(["Model,Modality,Input,Output", *rows, "gpt-4.1,Image,5,30\n"]))
    assert prices(found) == {"openai/gpt-4o": (2.5, 10.0), "openai/gpt-4o-mini": (0.15, 0.6)}
    assert reasons(found) == [
        *(f"{cell}3: its row is of 'Audio', which is no text" for cell in "CD"),
        *(f"{cell}5: its row is of 'Image', which is no text" for cell in "CD"),
    ]


def test_net_beats_list() -> None:
    """Agreed prices stand beside those of the list, in either order."""
    found = read("Model,List input,Net input,Output (your price),Output (list)\ngpt-4o,3,2,8,12\n")
    assert prices(found) == {"openai/gpt-4o": (2.0, 8.0)}


def test_a_number_in_an_id_column_is_no_name() -> None:
    """Nor is the code of a database; the model's own column names it."""
    code = "0a1b2c3d-0000-4000-8000-0123456789ab"
    found = read(f"id,model,input,output\n1,gpt-4o,2,8\n{code},gpt-4o-mini,1,4\n")
    assert prices(found) == {"openai/gpt-4o": (2.0, 8.0), "openai/gpt-4o-mini": (1.0, 4.0)}


def test_tiers_that_contradict_each_other_are_refused() -> None:
    """A row of priority under a column of flex is neither."""
    found = read("Model,Tier,Flex input\ngpt-4o,Priority,1\n")
    assert reasons(found) == ["C2: its row says tier 'priority', its column or name 'flex'"]


def test_a_tier_behind_a_name_is_no_model() -> None:
    """Batch has columns of its own, flex a name."""
    found = read("Model,Input,Output\ngpt-4o (Batch),1,4\ngpt-4o (Flex),1.1,4.4\ngpt-4o,2,8\n")
    assert prices(found) == {
        "openai/gpt-4o": (1.0, 4.0, 2.0, 8.0),
        "openai/gpt-4o@flex": (1.1, 4.4),
    }


def test_a_heading_that_comes_again_goes_on() -> None:
    """Vendors repeat it for each family; a table of contacts ends it, and that is told."""
    found = read(
        "Model,Input,Output\ngpt-4o,2,8\nMini,Input,Output\ngpt-4o-mini,1,4\n\n"
        "Vendor,Contact,Notes\nus,5,6\n"
    )
    assert prices(found) == {"openai/gpt-4o": (2.0, 8.0), "openai/gpt-4o-mini": (1.0, 4.0)}
    assert reasons(found) == [
        "B6: its price cells hold words, so another table begins, which was not read"
    ]


def test_a_remark_in_every_cell_ends_no_table() -> None:
    """The same words twice are no heading; the models below are read."""
    found = read("Model,Input,Output\nclaude opus,ask us,ask us\ngpt-4o,2,8\n")
    assert prices(found) == {"openai/gpt-4o": (2.0, 8.0)}


@pytest.mark.parametrize(
    "text",
    [
        "Model,Input 0-32K,Input 32K-128K,Output 0-32K,Output 32K-128K\nx-1,1,3,2,4\n",
        "Model,In 0\u201332k,In (32k \u2013 128k),Out 0\u201332k,Out 32k\u2013128k\nx-1,1,3,2,4\n",
        "Model,Input,,Output,\n,0-32K,32K to 128K,0-32K,32K to 128K\nx-1,1,3,2,4\n",
        "Model,Context,Input,Output\nx-1,0<Token≤32K,1,2\nx-1,32K<Token≤128K,3,4\n",
        "Model,Prompt length,Input,Output\nx-1,0-32K,1,2\nx-1,32K-128K,3,4\n",
    ],
)
def test_bands_written_as_ranges_are_read(text: str) -> None:
    """Up to 32,000 tokens 1 and 2 dollars, beyond them 3 and 4."""
    (offer,) = read_sheets("list.csv", text.encode(), USD._replace(provider="acme")).offers
    assert {name.partition("_price")[0]: float(price) for name, price in offer.rates.items()} == {
        "input": 1,
        "output": 2,
        "long_context_input": 3,
        "long_context_output": 4,
        LONG_FROM: 32_000,
    }


def test_a_range_of_a_size_in_a_name_is_no_band() -> None:
    """Two models whose names end in the size of their context."""
    acme = USD._replace(provider="acme")
    found = read_sheets("list.csv", b"Model,Input,Output\nx-4-8k,1,2\nx-4-32k,3,4\n", acme)
    assert sorted(float(each.rates["input_price_per_mtok"]) for each in found.offers) == [1, 3]


def test_a_second_long_context_price_is_told() -> None:
    """The table holds one, and the first stands."""
    found = read("Model,Input,Output,Input >128K,Output >128K,Input >256K\ngpt-4o,1,2,3,4,5\n")
    assert prices(found) == {"openai/gpt-4o": (1.0, 2.0, 3.0, 128_000.0, 4.0)}
    assert reasons(found) == ["F1: the price table holds one long-context price, from 128,000 on"]


@pytest.mark.parametrize(
    ("spelling", "prefix"),
    [
        *(("azure_ai", "azure"), ("Microsoft Azure", "azure"), ("vertex_ai", "google")),
        *(("Open Router", "openrouter"), ("OpenRouter.ai", "openrouter"), ("x.ai", "xai")),
        *(("bedrock_converse", "bedrock"), ("AWS Bedrock", "bedrock"), ("together_ai", "together")),
    ],
)
def test_spellings_of_providers_are_one_name(spelling: str, prefix: str) -> None:
    """As gateways and clouds write them."""
    found = read(f"Model,Provider,Input\nour-own,{spelling},2\n", USD)
    assert prices(found) == {f"{prefix}/our-own": (2.0,)}


def test_a_newer_step_yields_only_where_its_model_is_accepted(tmp_path: Path) -> None:
    """The list price of 30 July stays, unless the user says that the sheet is right.

    1 and 6 USD from 22 July on are in the sheet, 0.2 and 1.2 in the shipped table.
    """
    path = tmp_path / "s.csv"
    path.write_text("Model,Input,Output,Effective date\ngpt-5.6-luna,1,6,2026-07-22\n")
    told = Given(1_000_000, "USD", "OpenAI")
    for accept, expected in ((), 0.2), (("openai/gpt-5.6-luna",), 1.0):
        store = Store(tmp_path / f"store{expected}")
        apply(store, preview(store, path, told, DAY, accept))
        row = in_force(store.history()["openai/gpt-5.6-luna"], DAY)
        assert row
        assert row.input_price_per_mtok == expected


PARTS = """{title}
Model,Input ($/1M),Output ($/1M)
gpt-9,2,8
Flex processing,,
gpt-9,1,4
gpt-9-mini,0.1,0.4
Fine-tuning,,
gpt-9-nano,3,6
"""


@pytest.mark.parametrize(
    ("title", "first"),
    [("Our prices", {"openai/gpt-9": (2, 8)}), ("Priority API", {"openai/gpt-9@priority": (2, 8)})],
)
def test_titles_and_rows_between_say_what_prices_are_of(
    title: str, first: dict[str, tuple[float, ...]]
) -> None:
    """A tier's prices are that tier's; what is no use of a model is set aside with its title."""
    found = read(PARTS.format(title=title))
    flex = {"openai/gpt-9@flex": (1, 4), "openai/gpt-9-mini@flex": (0.1, 0.4)}
    assert prices(found) == first | flex
    assert reasons(found) == [
        f"{cell}8: it stands below 'Fine-tuning', which is no text" for cell in "BC"
    ]


@pytest.mark.parametrize("name", ["gpt-9 >128k", "gpt-9 (>128k)", "gpt-9-128k+", "gpt-9 over 128K"])
def test_a_size_behind_a_name_is_no_part_of_it(name: str) -> None:
    """The prices hold from 128,000 tokens on."""
    (offer,) = read(f"{TWO}\n{name},6,24\n").offers
    assert offer.model == "openai/gpt-9"
    assert (offer.rates[LONG_FROM], offer.rates[LONG_INPUT]) == (128_000, 6)


def test_a_name_that_says_training_is_no_model() -> None:
    """Its price per token is not of tokens that are used."""
    (first, _) = reasons(read(f"{TWO}\ngpt-9 training,6,24\n"))
    assert first == "B2: its name says what is no use of a model, such as training"


def test_one_changed_cell_changes_no_other_price_untold() -> None:
    """A thousand mutated sheets; the program beside this test runs as many as it is told."""
    found = run(1_000, seed=7)
    assert found["read"] > 500
    assert found["prices"] > 1_000
    assert found["untold"] == 0


@pytest.mark.parametrize(
    ("text", "taken", "aside"),
    [
        (
            "Model,Input list price,Input net price,Output list price,Output net price\n"
            "gpt-4o,2.5,2,10,8\ngpt-4o-mini,0.15,,0.6,\n",
            {"openai/gpt-4o": (2, 8)},
            ["B3: it stands beside Input net price", "D3: it stands beside Output net price"],
        ),
        (
            "Model,Token type,List price,Net price\ngpt-4o,Input,2.5,2\ngpt-4o,Output,10,\n",
            {"openai/gpt-4o": (2,)},
            ["C3: it stands beside Net price"],
        ),
    ],
)
def test_a_list_price_does_not_stand_in_for_a_net_price(
    text: str, taken: dict[str, tuple[float, ...]], aside: list[str]
) -> None:
    """A blank net price may be the list price, or none; a person must say which."""
    found = read(text, Given(provider="OpenAI", currency="USD", tokens=1_000_000))
    assert prices(found) == taken
    assert reasons(found) == [f"{each}, which is blank here" for each in aside]


@pytest.mark.parametrize("second", ["Model,Input,Output", "Modell;Eingabe;Ausgabe"])
def test_the_heading_of_another_table_says_nothing_here(second: str) -> None:
    """The first table is in dollars for a thousand tokens; nothing says it of the second."""
    text = (
        f"Model,Input (USD/1K),Output (USD/1K)\ngpt-4o,0.0025,0.01\n\n{second}\ngpt-4o-mini,1,2\n"
    )
    found = read(text.replace(";", ","), Given(provider="OpenAI"))
    assert prices(found) == {"openai/gpt-4o": (2.5, 10)}
    assert all("is not stated" in each for each in reasons(found))
    assert len(found.doubts) == 2


def test_a_title_above_both_tables_holds_for_both() -> None:
    """Dollars for a million tokens, said once."""
    text = "Prices in USD per 1M tokens\nModel,Input,Output\ngpt-4o,2.5,10\n\n"
    found = read(f"{text}Model,Input,Output\ngpt-4o-mini,1,2\n", Given(provider="OpenAI"))
    assert prices(found) == {"openai/gpt-4o": (2.5, 10), "openai/gpt-4o-mini": (1, 2)}


@pytest.mark.parametrize(
    ("heading", "cells", "rates"),
    [
        # a price in euros is no input: the German "in" before a currency is a preposition
        ("Eingabe je 1.000 Token in EUR;Ausgabe je 1.000 Token in EUR", "0,0025;0,01", (2.5, 10)),
        ("Entrée (€ / 1M jetons);Sortie (€ / 1M jetons)", "1,80;5,40", (1.8, 5.4)),
        # what misses the cache is input, as DeepSeek calls it
        ("Input (cache miss) EUR/1M;Output EUR/1M", "2;3", (2, 3)),
        ("Non-cached (EUR/1M);Output (EUR/1M)", "2.5;10", (2.5, 10)),
        # tax is reclaimed, so the net price counts
        ("Input incl. VAT EUR/1M;Input excl. VAT EUR/1M;Output EUR/1M", "2.98;2.5;10", (2.5, 10)),
    ],
)
def test_headings_say_which_price_it_is(
    heading: str, cells: str, rates: tuple[float, float]
) -> None:
    """In other languages, of the cache, and before tax."""
    found = read(f"Modèle;{heading}\nopenai/gpt-4o;{cells}\n")
    assert prices(found) == {"openai/gpt-4o": rates}


def test_a_price_with_tax_is_no_price() -> None:
    """A fifth too high; the sentence says what to name."""
    with pytest.raises(FeedError, match="but for prices with tax; name the net price"):
        read("Modell;Eingabe brutto (EUR/1M);Ausgabe brutto (EUR/1M)\nopenai/gpt-4o;2,98;11,9\n")
    found = read("Model,Input (EUR/1M),Output (EUR/1M)\ngpt-4o,2.98,11.9\nAll prices incl. VAT\n")
    assert [each.kind for each in found.asides] == ["tax"]


def test_a_workbook_says_by_its_cells_what_counts() -> None:
    """A model that is merged over rows is that of each; what is struck out is no price."""
    book = openpyxl.Workbook()
    rows = [["Model", "Tier", "Input (USD/1M)", "Output (USD/1M)"]]
    rows += [["openai/gpt-4o", "Standard", 2.5, 10], [None, "Batch", 1.25, 5]]
    rows += [["openai/gpt-4o-mini", "Standard", 0.15, 0.6]]
    for row in rows:
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    book.active["C4"].font = Font(strike=True)
    file = io.BytesIO()
    book.save(file)
    found = read_sheets("a.xlsx", file.getvalue(), Given())
    batches = {"openai/gpt-4o": (2.5, 10.0, 1.25, 5.0), "openai/gpt-4o-mini": (0.6,)}
    assert prices(found) == batches
    assert reasons(found) == ["C4: it is struck out in the sheet"]


NEW_YEAR = datetime.date(2027, 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "Model,Input until 2026-12-31,Output until 31.12.2026,Input from 2027-01-01,"
        "Output from 01.01.2027\nx-1,4,8,3,6\n",
        "Model,Until 31.12.2026,,From 01.01.2027,\n,Input,Output,Input,Output\nx-1,4,8,3,6\n",
        "Model,Current input,Current output,New input from 2027-01-01,New output from 2027-01-01\n"
        "x-1,4,8,3,6\n",
        "Modell;Eingabe bis 31.12.2026;Ausgabe bis 31.12.2026;Eingabe ab 01.01.2027;"
        "Ausgabe ab 01.01.2027\nx-1;4;8;3;6\n",
        "Model,Type,Old price,New price from 2027-01-01\nx-1,Input,4,3\nx-1,Output,8,6\n",
        "Model,Input until Dec 2026,Output until Dec 2026,Input from January 2027,"
        "Output from January 2027\nx-1,4,8,3,6\n",
        "Modell;Eingabe bis 31. Dezember 2026;Ausgabe bis 31. Dezember 2026;"
        "Eingabe ab 1. Januar 2027;Ausgabe ab 1. Januar 2027\nx-1;4;8;3;6\n",
        "Model,Type,Until 2026-12-31,From 2027-01-01\nx-1,Input,4,3\nx-1,Output,8,6\n",
    ],
)
def test_an_old_and_a_new_price_each_have_their_days(text: str) -> None:
    """4 and 8 dollars end with the year, and 3 and 6 begin then."""
    read_ = read_sheets("list.csv", text.encode(), USD._replace(provider="acme"))
    days = [(each.valid_from, each.valid_to, prices_of(each)) for each in read_.offers]
    assert days == [(None, NEW_YEAR, [4, 8]), (NEW_YEAR, None, [3, 6])]
    assert not [each for each in read_.asides if each.kind]


def prices_of(offer: Offer) -> list[float]:
    """The prices of input and output."""
    return [float(offer.rates[name]) for name in (INPUT, OUTPUT)]


@pytest.mark.parametrize(
    "text",
    [
        "Model,Old input,Old output,New input,New output\nx-1,4,8,3,6\n",
        "Modell;Eingabe alt;Ausgabe alt;Eingabe neu;Ausgabe neu\nx-1;4;8;3;6\n",
        "Model,Input,Output,New input,New output\nx-1,4,8,3,6\n",
        "Model,Type,Old price,New price\nx-1,Input,4,3\nx-1,Output,8,6\n",
        "Model,Input until 31.12.,Output until 31.12.,Input from 01.01.,Output from 01.01.\n"
        "x-1,4,8,3,6\n",
        "Model,Input to December,Output to December,Input from 1 January,Output from 1 January\n"
        "x-1,4,8,3,6\n",
    ],
)
def test_an_old_and_a_new_price_without_a_day_are_no_prices(text: str) -> None:
    """With what would tell which one holds."""
    read_ = read_sheets("list.csv", text.encode(), USD._replace(provider="acme"))
    assert not read_.offers
    assert len(read_.doubts) == 4
    assert all("head the new one with its day" in each.reason for each in read_.doubts)


def test_a_new_price_alone_is_the_price() -> None:
    """Nothing stands beside it; and a day in a heading says from when what is below it holds."""
    acme = USD._replace(provider="acme")
    (offer,) = read_sheets("a.csv", b"Model,New input,New output\nx-1,4,8\n", acme).offers
    assert (offer.valid_from, prices_of(offer)) == (None, [4, 8])
    heads = "Input from 2027-01-01,Output from 2027-01-01"
    (offer,) = read_sheets("a.csv", f"Model,{heads}\nx-1,4,8\n".encode(), acme).offers
    assert (offer.valid_from, prices_of(offer)) == (NEW_YEAR, [4, 8])


def test_a_day_that_no_calendar_has_stops_the_import() -> None:
    """The column is not read, and says a date."""
    heads = "Model,Input,Output,Input from 31.02.2027"
    found = read_sheets("a.csv", f"{heads}\nx-1,4,8,3\n".encode(), USD._replace(provider="acme"))
    assert [each.kind for each in found.asides] == ["date"]


def test_a_column_of_sizes_is_used_and_one_of_other_words_is_told() -> None:
    """The prices of 200,000 tokens and more are long ones; "long" alone names no size."""
    rows = "x-1,{},1,5\nx-1,{},2,8\n"
    acme, heads = USD._replace(provider="acme"), "Model,Context,Input,Output\n"
    told = read_sheets("a.csv", (heads + rows.format("<= 200k", "> 200k")).encode(), acme)
    assert not told.asides
    (offer,) = told.offers
    assert [int(offer.rates[name]) for name in (INPUT, OUTPUT, LONG_INPUT, LONG_FROM)] == [
        *(1, 5, 2, 200_000)
    ]
    unsaid = read_sheets("a.csv", (heads + rows.format("short", "long")).encode(), acme)
    assert [each.said for each in unsaid.asides] == ["Context"]


def test_a_second_heading_with_a_number_in_it_ends_the_table() -> None:
    """Dimensions are no price of input, and 0.1 is none of output."""
    rows = "Model,Input $/1M,Output $/1M\nx-1,3,15\nModel,Dimensions,Price $/1M\nembed-x,512,0.1\n"
    found = read_sheets("a.csv", rows.encode(), USD._replace(provider="acme"))
    assert [(each.model, prices_of(each)) for each in found.offers] == [("acme/x-1", [3, 15])]
    (doubt,) = found.doubts
    assert "another table begins" in doubt.reason


def test_an_id_in_german_names_the_model() -> None:
    """And not the name for people beside it."""
    rows = "Bezeichnung;Modell-ID;Eingabe;Ausgabe\nAcme: X One;x-1;3,5;15\n"
    (offer,) = read_sheets("a.csv", rows.encode(), USD._replace(provider="acme")).offers
    assert (offer.model, prices_of(offer)) == ("acme/x-1", [3.5, 15])
