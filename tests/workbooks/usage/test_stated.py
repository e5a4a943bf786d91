"""What a user states: which column is which, days before months; and sheets of Excel."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from tests.workbooks.usage.exports import DATA, totals
from workbooks.folder import place, receipts
from workbooks.usage.actuals import Actuals
from workbooks.usage.adding import keep, kept, with_kept
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.exports.stated import Stated, columns_of, currency_of, units_of
from workbooks.usage.importing import import_usage

COLUMNS = "date=Tag,model=LLM,input=Ein,output=Aus,cost=Netto,currency=Geld"
ROW = {"Tag": "3/8/2026", "LLM": "gpt-4o", "Ein": 900, "Aus": 100, "Netto": 1.5, "Geld": "EUR"}


@pytest.fixture
def bill(tmp_path: Path) -> Path:
    """A file in no known layout, with a title above its header."""
    path = tmp_path / "bill.csv"
    lines = ("Title", ",".join(ROW), ",".join(map(str, ROW.values())))
    path.write_text("\n".join(lines) + "\n")
    return path


def test_stated_columns_are_read(bill: Path) -> None:
    """Tokens, cost, currency and day."""
    found = import_usage([bill], stated=Stated(columns_of(COLUMNS), day_first=True))
    assert totals(found) == {"uncached": 900, "output": 100, "cost": 1.5}
    assert (found.billed, found.first) == ({"EUR": 1.5}, datetime.date(2026, 8, 3))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A budget folder in use."""
    receipts.write(tmp_path / "budget", [{"table": "folder"}])
    with place.using(tmp_path / "budget"):
        yield tmp_path / "budget"


def test_columns_are_stated_once(bill: Path, tmp_path: Path, folder: Path) -> None:
    """Of files with the same headers, in any order; of others nothing is known."""
    stated = Stated(columns_of(COLUMNS), day_first=True)
    (export,) = import_usage([bill], stated=stated).exports
    keep(stated, [export.headers])
    later = tmp_path / "later.csv"
    row = dict(reversed(ROW.items())) | {"Ein": 400}
    later.write_text("\n".join([",".join(row), ",".join(map(str, row.values()))]) + "\n")
    found = import_usage([later], stated=with_kept(Stated()))
    assert totals(found) == {"uncached": 400, "output": 100, "cost": 1.5}
    assert found.first == datetime.date(2026, 8, 3)
    assert any("as you stated on" in note for note in found.exports[0].notes)
    later.write_text(later.read_text().replace("Netto", "Brutto"))
    with pytest.raises(UsageError, match="headers of no export that is known"):
        import_usage([later], stated=with_kept(Stated()))


def test_what_is_stated_now_comes_before_what_is_kept(bill: Path, folder: Path) -> None:
    """And from then on; what is said again is not kept again."""
    for columns in (COLUMNS.replace("cost=Netto,", ""), COLUMNS, COLUMNS):
        stated = with_kept(Stated(columns_of(columns), day_first=True))
        (export,) = import_usage([bill], stated=stated).exports
        keep(stated, [export.headers])
    assert len(kept()) == len(receipts.read(folder)) - 1 == 2
    assert import_usage([bill], stated=with_kept(Stated())).billed == {"EUR": 1.5}


def test_without_a_budget_folder_nothing_is_kept() -> None:
    """There is nowhere to keep it."""
    keep(Stated(columns_of(COLUMNS)), [list(ROW)])
    assert kept() == ()


def test_stated_columns_are_read_from_json(tmp_path: Path) -> None:
    """As from a table."""
    path = tmp_path / "a.json"
    path.write_text('[{"day": "2026-08-01", "llm": "gpt-4o", "inn": 5}]')
    found = import_usage([path], stated=Stated(columns_of("date=day,model=llm,input=inn")))
    assert totals(found) == {"uncached": 5}


def test_what_is_refused_says_how_to_state_it(bill: Path) -> None:
    """The headers, and the option."""
    with pytest.raises(UsageError, match='say which column is which with --columns "date='):
        import_usage([bill])
    with pytest.raises(UsageError, match="say --day-first"):
        import_usage([bill], stated=Stated(columns_of(COLUMNS)))
    with pytest.raises(UsageError, match="has no column Day, named as date"):
        import_usage([bill], stated=Stated(columns_of("date=Day,model=LLM")))


def test_an_endpoint_is_offered_as_a_model(tmp_path: Path) -> None:
    """Totals of Databricks by day name nothing else."""
    path = tmp_path / "a.csv"
    path.write_text("usage_date,endpoint_name,input_tokens,output_tokens\n2026-08-01,chat,5,6\n")
    with pytest.raises(UsageError, match="date=usage_date,model=endpoint_name,input=input_tokens"):
        import_usage([path])


@pytest.mark.parametrize("text", ["tag=Tag", "date=", "date", "date=Tag"])
def test_stated_columns_must_be_known(text: str) -> None:
    """With the names that are."""
    with pytest.raises(UsageError, match="--columns"):
        columns_of(text)


@pytest.mark.parametrize("text", ["Units", "=1M", "Units=2M", "Units=hour"])
def test_a_stated_unit_must_be_a_number_of_tokens(text: str) -> None:
    """One, a thousand or a million."""
    with pytest.raises(UsageError, match="--unit"):
        units_of([text])


def test_a_workbook_is_read(tmp_path: Path) -> None:
    """The sheet that is an export, after one that is none; dates and numbers are cells."""
    text = next(DATA.glob("openai_usage_completions*")).read_text().splitlines()
    book = openpyxl.Workbook()
    book.active.append(["Read me"])
    sheet = book.create_sheet("Usage")
    for line in text:
        sheet.append([float(cell) if cell.isdigit() else cell for cell in line.split(",")])
    book.save(tmp_path / "usage.xlsx")
    expected = totals(import_usage([next(DATA.glob("openai_usage_completions*"))]))
    assert totals(import_usage([tmp_path / "usage.xlsx"])) == expected


def test_two_sheets_with_exports_are_refused(tmp_path: Path) -> None:
    """A month each: one alone would be half of the use, without a word."""
    book = openpyxl.Workbook()
    for title, day in (("August", "2026-08-01"), ("September", "2026-09-01")):
        sheet = book.create_sheet(title)
        sheet.append(["Date", "Model", "Input Tokens", "Output Tokens"])
        sheet.append([day, "gpt-4o", 900, 100])
    book.save(tmp_path / "usage.xlsx")
    with pytest.raises(UsageError, match=r"2 sheets that are exports \(August, September\)"):
        import_usage([tmp_path / "usage.xlsx"])


def test_a_formula_without_a_value_is_refused(tmp_path: Path) -> None:
    """As a program writes it; its cell would read as nothing, and the cost be too low."""
    book = openpyxl.Workbook()
    book.active.append(["Date", "Model", "Input Tokens", "Output Tokens", "Cost USD"])
    book.active.append(["2026-08-01", "gpt-4o", 900, 100, "=C2*0.000005"])
    book.save(tmp_path / "usage.xlsx")
    with pytest.raises(UsageError, match="sheet Sheet, cell E2 is a formula without a value"):
        import_usage([tmp_path / "usage.xlsx"])


def read(path: Path, head: str, row: str, columns: str) -> Actuals:
    """Import a table with stated columns."""
    path.write_text(f"{head}\n{row}\n", encoding="utf-8")
    return import_usage([path], stated=Stated(columns_of(columns)))


GERMAN = "Datum;Modell;Eingabe;Ausgabe;{}"


@pytest.mark.parametrize(
    ("header", "cell", "billed"),
    [
        ("Kosten (EUR)", "3,50", {"EUR": 3.5}),  # its brackets name a column of other exports
        ("Kosten (Cent)", "350", {"?": 3.5}),
        ("cost_cents", "350", {"?": 3.5}),
        ("costCents", "350", {"?": 3.5}),
        ("Netto in ct EUR", "350", {"EUR": 3.5}),
    ],
)
def test_a_stated_cost_is_read_as_its_header_says(
    header: str, cell: str, billed: dict[str, float], tmp_path: Path
) -> None:
    """Cents are a hundredth."""
    columns = f"date=Datum,model=Modell,input=Eingabe,output=Ausgabe,cost={header}"
    row = f"01.08.2026;gpt-4o;900;100;{cell}"
    assert read(tmp_path / "a.csv", GERMAN.format(header), row, columns).billed == billed


@pytest.mark.parametrize(("header", "fresh"), [("Cached", 800), ("cache_read_input_tokens", 900)])
def test_a_name_says_whether_stated_input_holds_what_was_cached(
    header: str, fresh: int, tmp_path: Path
) -> None:
    """In the words of Anthropic input leaves it out; the option that is proposed names it."""
    head, row = f"Tag,LLM,Ein,Aus,{header}", "2026-08-01,gpt-4o,900,100,100"
    columns = f"date=Tag,model=LLM,input=Ein,output=Aus,cached={header}"
    found = read(tmp_path / "a.csv", head, row, columns)
    assert totals(found) == {"uncached": fresh, "cache_read": 100, "output": 100}
    with pytest.raises(UsageError, match=f"cached={header}"):
        import_usage([tmp_path / "a.csv"])


@pytest.mark.parametrize(
    ("header", "tokens"),
    [
        *(("Input (M tokens)", 12e6), ("Input (K)", 12e3), ("Tokens in thousands", 12e3)),
        *(("Eingabe (Mio.)", 12e6), ("Input [in Tsd.]", 12e3), ("Input ('000)", 12e3)),
    ],
)
def test_a_stated_header_may_say_a_scale(header: str, tokens: float, tmp_path: Path) -> None:
    """12 millions are not 12; what was rounded away is told."""
    columns = f"date=Date,model=Model,input={header}"
    found = read(tmp_path / "a.csv", f"Date,Model,{header}", "2026-08-01,gpt-4o,12", columns)
    assert totals(found) == {"uncached": tokens}
    assert any("input tokens by up to 4.2%" in note for note in found.exports[0].notes)  # 0.5 of 12


@pytest.mark.parametrize("role", ["input=in_1k", "cost=Kosten (TEUR)"])
def test_a_stated_header_with_another_scale_is_refused(role: str, tmp_path: Path) -> None:
    """Nobody reads twelve where millions are meant, and money in thousands is rounded too far."""
    header = role.partition("=")[2]
    with pytest.raises(UsageError, match="says that its numbers are in thousands, millions or"):
        read(
            tmp_path / "a.csv",
            f"Date,Model,{header}",
            "2026-08-01,gpt-4o,12",
            f"date=Date,model=Model,{role}",
        )


def test_a_stated_last_day_counts_whole(tmp_path: Path) -> None:
    """From the first to the fifteenth there are fifteen days."""
    head, row = "Abr. von;Abr. bis;LLM;Ein;Aus", "01.11.2026;15.11.2026;m;3000;30"
    columns = "date=Abr. von,end=Abr. bis,model=LLM,input=Ein,output=Aus"
    assert read(tmp_path / "a.csv", head, row, columns).days == 15


PLAIN = "date,model,input_tokens,output_tokens,cost\n2026-08-01,gpt-4o,900,100,1.5\n"


def test_a_stated_currency_counts_where_the_file_says_none(tmp_path: Path) -> None:
    """The file has 1.50 of nothing; what is stated makes them euros, and no note is left."""
    path = tmp_path / "a.csv"
    path.write_text(PLAIN)
    found = import_usage([path], stated=Stated(currency="EUR"))
    assert found.billed == {"EUR": 1.5}
    assert not [note for note in found.exports[0].notes if "in which currency" in note]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (PLAIN.replace(",cost", ",cost_usd"), "the header cost_usd says USD, and its rows EUR"),
        (f"Currency: USD\n{PLAIN}", "the line above its table says USD, and its rows EUR"),
        (
            PLAIN.replace(",cost", ",cost,currency").replace(",1.5", ",1.5,USD"),
            "what was stated says EUR, and its rows USD",
        ),
        (PLAIN.replace("1.5", "$1.5"), r"cost: '\$1.5' is not in EUR"),
    ],
)
def test_a_stated_currency_that_the_file_contradicts_is_refused(
    text: str, says: str, tmp_path: Path
) -> None:
    """Neither counts for more."""
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(UsageError, match=says):
        import_usage([path], stated=Stated(currency="EUR"))


def test_a_layout_in_dollars_is_not_of_euros() -> None:
    """LiteLLM reckons its spend by a list in dollars."""
    path = next(DATA.glob("litellm_spend_logs*"))
    with pytest.raises(UsageError, match="LiteLLM SpendLogs are in USD, and --currency says EUR"):
        import_usage([path], stated=Stated(currency="EUR"))


def test_a_currency_is_stated_once(tmp_path: Path, folder: Path) -> None:
    """Alone, and beside columns that were stated before, which stay."""
    path = tmp_path / "a.csv"
    path.write_text(PLAIN)
    keep(with_kept(Stated(currency="EUR")), [PLAIN.split("\n", maxsplit=1)[0].split(",")])
    found = import_usage([path], stated=with_kept(Stated()))
    assert found.billed == {"EUR": 1.5}
    assert any("currency EUR: as you stated on" in each for each in found.exports[0].notes)
    path.write_text(PLAIN.replace("input_tokens", "in").replace("output_tokens", "out"))
    headers = ["date", "model", "in", "out", "cost"]
    columns = columns_of("date=date,model=model,input=in,output=out,cost=cost")
    for stated in (Stated(columns), Stated(currency="GBP"), Stated(currency="GBP")):
        keep(with_kept(stated), [headers])
    found = import_usage([path], stated=with_kept(Stated()))
    assert (found.billed, totals(found)["output"]) == ({"GBP": 1.5}, 100)
    assert len(kept()) == 3


def test_a_stated_currency_must_be_known() -> None:
    """By its code."""
    assert currency_of(" eur ") == "EUR"
    with pytest.raises(UsageError, match="--currency: 'Euro' is no currency known here"):
        currency_of("Euro")
