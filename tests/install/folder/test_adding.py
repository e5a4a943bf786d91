"""Whatever arrives is recognised by its content; nothing that it says is passed over in silence.

The files are those a company gets in a year: an order form in English, an offer in German, a price
sheet that a program wrote, reference rates, speeds of its own.
"""

import json
import re
from pathlib import Path

import openpyxl
import pytest

from tests.books import edit, names
from tests.install.folder.talk import said
from tests.workbooks.sizing.test_benchmarks import VLLM
from workbooks.folder import receipts

ORDER = "model,input,output,currency,unit,valid from,valid to\n"
ORDER += "openai/gpt-6.1-sol,1.7,8.5,USD,1M,2026-06-01,2098-12-31\n"
OFFER = """Angebot Nr. 2026-4711;;;;;
Nordlicht KI GmbH, Hamburg;;;;;
Kunde: Muster AG;;;;;
Gültig ab: 01.12.2026;;;Gültig bis: 30.11.2097;;
;;;;;
Modell;Eingabe je 1 Mio. Token (EUR);Ausgabe je 1 Mio. Token (EUR);Mindestabnahme/Monat;Bemerkung;
Llama-3.3-70B;0,62;0,74;5.000,00 €;Rahmenvertrag;
Mistral Large 4;1,20;3,60;;zzgl. USt.;
"""
RATES = "Date, USD, GBP, \n27 November 2026, 1.1601, 0.8712, \n"
SPEEDS = (
    "model,hardware,gpus,weight_precision,input_tokens,output_tokens,concurrency,"
    "output_tokens_per_second\nLlama-3.3-70B,H100 SXM,2,fp8,1400,160,64,1100\n"
)


def write(name: str, text: str) -> str:
    """Write a file beside the folder's own, and return its name."""
    Path(name).write_text(text, encoding="utf-8")
    return name


def test_a_contract_is_shown_with_its_effect_and_written_after_a_yes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """15 % below list makes the cloud API 15 % cheaper; before the yes nothing is written."""
    order = write("order.csv", ORDER)
    shown = said(capsys, "add", order)
    assert "api: USD 268,811 -> 228,489 (-40,322, -15.0%)" in shown  # 268,811 x 0.85
    assert "Nothing was written; --yes writes it." in shown
    assert len(receipts.read(folder)) == 1
    assert "Kept as " in said(capsys, "add", order, "--yes")
    assert len(receipts.read(folder)) == 2
    assert "was added already" in said(capsys, "add", order, "--yes", code=2)
    shown = said(capsys, "prices", "show", "openai/gpt-6.1-sol", "--json")
    assert '"input_price_per_mtok": 1.7' in shown
    assert '"cached_price_per_mtok": 0.085' in shown  # 0.1 of the list, 15 % lower


def test_the_effect_is_that_of_what_is_added_and_not_of_what_waits(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two offers for one year and the next: the second begins where the first has led to."""
    first = write("first.csv", ORDER.replace("2026-06-01,2098-12-31", "2027-01-01,2027-12-31"))
    second = write("second.csv", ORDER.replace("2026-06-01,2098-12-31", "2028-01-01,2028-12-31"))
    told = [said(capsys, "add", each, "--yes") for each in (first, second)]
    ends = [re.findall(r"api: USD ([\d,]+) -> ([\d,]+)", text) for text in told]
    ((was, between),), ((again, after),) = ends
    assert was == "268,811"
    assert between == again
    assert after < between < was
    assert "Counted in on both sides" not in told[0]
    assert "Counted in on both sides: 1 change that waits." in told[1]


@pytest.mark.usefixtures("folder")
def test_a_second_offer_of_one_call_is_held_against_the_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """1.70 of the first becomes 1.60 of the second, which counts; the list's 2 is long gone."""
    write("order.csv", ORDER)
    write("later.csv", ORDER.replace("1.7,8.5", "1.6,8"))
    shown = said(capsys, "add", "order.csv", "later.csv", "--yes")
    assert "input 2 -> 1.7, output 10 -> 8.5" in shown
    assert "input 1.7 -> 1.6, output 8.5 -> 8" in shown
    assert "api: USD 268,811 -> 215,049" in shown  # x 0.8


def test_a_bill_is_told_which_command_takes_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither it nor what was added beside it is written."""
    write("order.csv", ORDER)
    write("bill.csv", "month,model,tokens,cost\n2026-12,openai/gpt-6.1-sol,3e9,5619\n")
    write("gpu.csv", "Monat;Bezeichnung;Betrag\n2026-12;8x H100;1.500,00\n")
    for name in ("bill.csv", "gpu.csv"):
        told = said(capsys, "add", "order.csv", name, "--yes", code=2)
        assert f"{name} is a bill or an invoice, which evenpoint close MONTH approved" in told
    assert len(receipts.read(folder)) == 1


def test_an_offer_in_german_stops_for_its_seller_and_its_minimum(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No row of another vendor is touched; with both said, its own rows have its term."""
    offer = write("angebot.csv", OFFER)
    refused = said(capsys, "add", offer, "--yes", code=2)
    assert "(Mindestabnahme/Monat), a minimum" in refused
    assert "(Nordlicht KI GmbH, Hamburg), a seller" in refused
    assert "cell E6 (Bemerkung)" in refused  # not used, and harmless
    assert len(receipts.read(folder)) == 1
    told = ("--provider", "nordlicht", "--leave-out", "Mindestabnahme/Monat")
    taken = said(capsys, "add", offer, *told, "--yes")
    assert "nordlicht/llama-3.3-70b, new from 2026-12-01 until 2097-12-01, EUR" in taken
    others = said(capsys, "prices", "history", "mistral/mistral-large-4")
    assert "angebot" not in others


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Contract discount %", "discount"),
        ("Rabatt", "discount"),
        ("Minimum commitment", "minimum"),
        ("Laufzeit (Monate)", "term"),
    ],
)
def test_a_column_that_changes_what_the_prices_mean_stops_the_import(
    heading: str, kind: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The list price is not taken for the contract's because nobody understood the next column."""
    text = f"Model,List input (USD per 1M),List output (USD per 1M),{heading}\n"
    sheet = write("form.csv", text + "openai/gpt-6.1-sol,2,10,15\n")
    for command in (("add", sheet, "--yes"), ("prices", "import", sheet, "--apply")):
        assert f"({heading}), a {kind}" in said(capsys, *command, code=2)
    assert len(receipts.read(folder)) == 1
    said(capsys, "add", sheet, "--yes", "--leave-out", heading)
    assert len(receipts.read(folder)) == 2


def test_net_prices_that_nobody_computed_are_not_passed_over(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A program wrote the formulas without values: the list beside them is not the price."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Model", "List input (USD/1M)", "List output (USD/1M)", "Net input (USD/1M)"])
    sheet.append(["openai/gpt-6.1-sol", 2, 10, "=B2*0.85"])
    book.save("net.xlsx")
    refused = said(capsys, "add", "net.xlsx", "--yes", code=2)
    assert "cell D2 is a formula without a value; open and save it in Excel first." in refused


def test_rates_and_speeds_reach_every_table(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Together in one receipt; a second time there is nothing new."""
    speeds = SPEEDS.replace("second\n", "second,engine\n").replace(",1100\n", ",1100,vLLM\n")
    shown = said(capsys, "add", write("ecb.csv", RATES), write("ours.csv", speeds), "--yes")
    assert "Not used: engine." in shown
    assert "reference rates of the European Central Bank, 2 of them new" in shown
    # 1,100 written a second, with 1,400 read for each 160 written: 1,100 x 1,560 / 160
    assert "2x H100 SXM | Llama-3.3-70B fp8 | 1400/160 | yours: 10,725 tokens a second" in shown
    from workbooks import tables
    from workbooks.folder import place

    with place.using(folder):
        assert tables.exchange_rate("EUR", "USD")[0] == 1.1601
        assert tables.system("2x H100 SXM | Llama-3.3-70B fp8 | 1400/160 | yours").gpus == 2


def test_usage_is_kept_by_month_and_model(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An export of usage; where the loop stands has its last month."""
    data = Path(__file__).parents[2] / "workbooks" / "usage" / "data"
    export = next(data.glob("openai_usage*"))
    Path("usage.csv").write_bytes(export.read_bytes())
    told = "peak_factor = 2.4\ngrowth_per_year = 0\n"
    rules = (f'[[workload]]\nname = "{name}"\n{told}' for name in ("gpt-5.4", "gpt-4o-mini"))
    write("workloads.toml", "".join(rules))
    said(capsys, "add", "usage.csv", "--yes")
    lines = receipts.read(folder)[-1].of("usage")
    assert {line["model"] for line in lines}
    assert f"Usage     until {max(line['month'] for line in lines)}" in said(capsys)


@pytest.mark.parametrize("text", ["a;b\n1;2\n", "", "%PDF-1.7", "GPU,price per hour\nH200,2.35\n"])
def test_what_is_none_of_them_is_refused_in_one_sentence(
    text: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what can be added; nothing is written."""
    refused = said(capsys, "add", write("x.csv", text), "--yes", code=2)
    assert refused.count("\n") == 1
    assert "x.csv" in refused
    assert len(receipts.read(folder)) == 1


RENTS = "Karte;Preis je Stunde;Währung;Laufzeit\nH200 SXM;2,35;EUR;12 Monate\n"


@pytest.mark.usefixtures("folder")
def test_a_quote_for_rented_cards_is_the_rent(capsys: pytest.CaptureFixture[str]) -> None:
    """In German, in euros; the table of the workbook has it after an update."""
    shown = said(capsys, "add", write("miete.csv", RENTS), "--yes")
    assert "H200 SXM: 2.35 EUR an hour" in shown
    said(capsys, "update", "--offline")
    rows = openpyxl.load_workbook("budget.xlsx")["Hardware"].iter_rows(values_only=True)
    (row,) = (row for row in rows if row[0] == "H200 SXM")
    assert row.count(2.35) == 3  # low, base and high
    assert "your quote miete.csv, 12 Monate" in row


@pytest.mark.usefixtures("folder")
def test_a_quote_in_euros_is_sized_in_dollars(capsys: pytest.CaptureFixture[str]) -> None:
    """Two cards for 730 hours at 2.35 EUR, and 1.1172 USD for one."""
    said(capsys, "add", write("miete.csv", RENTS), "--yes")
    size = ("size", "gpt-oss-120b", "--tokens", "3B", "--hardware", "H200 SXM", "--json")
    (choice,) = json.loads(said(capsys, *size))["choices"]
    assert choice["gpus"] == 2
    assert choice["cost_per_month"] == pytest.approx(2 * 730 * 2.35 * 1.1172)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (RENTS.replace("H200 SXM", "H900"), "line 2: There is no accelerator 'H900'"),
        (
            RENTS.replace("2,35", "auf Anfrage"),
            "preis je stunde is 'auf Anfrage'; it must be a number",
        ),
        (
            RENTS.replace("Laufzeit", "Mindestmenge"),
            "says 'mindestmenge', a minimum that is not used",
        ),
        (RENTS.replace("Währung", "").replace("EUR", ""), "no currency is named"),
    ],
)
def test_a_quote_that_cannot_be_used_is_refused(
    folder: Path, text: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a sentence that names the place; nothing is kept."""
    assert why in said(capsys, "add", write("miete.csv", text), "--yes", code=2)
    assert len(receipts.read(folder)) == 1


def test_a_price_in_a_new_currency_brings_the_currency_and_its_rate(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """3.70 pounds, not dollars; the rate of the pound becomes a row of Rates."""
    sheet = (
        "model,input,output,currency,unit,valid from\nopenai/gpt-6.1-sol,3.7,20,GBP,1M,2026-06-01\n"
    )
    assert "api: USD 268,811 -> " in said(capsys, "add", write("pounds.csv", sheet), "--yes")
    shown = said(capsys, "update", "--offline")
    assert "Rates: new row GBP" in shown
    book = openpyxl.load_workbook("budget.xlsx")
    prices = [row for row in book["Prices"].values if row[0] == "openai/gpt-6.1-sol"]
    assert [(row[3], row[5], row[6]) for row in prices] == [(3.7, 20, "GBP")]
    assert [row[:2] for row in book["Rates"].values if row[0] == "GBP"] == [("GBP", "USD")]


def test_the_results_of_a_load_test_are_a_speed_of_your_own(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it ran on is asked; 2,249 output tokens a second of 4 copies are 562 of one."""
    Path("run.json").write_text(json.dumps(VLLM))
    assert "say it with --measured-on" in said(capsys, "add", "run.json", code=2)
    told = said(capsys, "add", "run.json", "--yes", "--measured-on", "1x L40S bf16, 4 copies")
    assert "run.json: a speed that you measured, with vLLM bench serve." in told
    assert "562 of them output, a copy of 4, with 8 requests in flight" in told
    assert "Not used: backend, burstiness, date, duration" in told
    (line,) = receipts.read(folder)[-1].of("speed")
    assert float(line["output_tokens_per_second"]) == pytest.approx(2249.247363167692 / 4)


def test_every_heading_that_stops_a_sheet_is_named_with_its_way_out(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two at once, and no second refusal for the other."""
    assert folder.exists()
    head, row = ORDER.splitlines()
    text = f"{head},Minimum commitment,Term (months)\n{row},1000,12\n"
    flags = ("--leave-out", "Term (months)", "--leave-out", "Minimum commitment")
    told = said(capsys, "add", write("order.csv", text), "--yes", code=2)
    assert "--leave-out 'Term (months)' --leave-out 'Minimum commitment' says" in told
    assert "Kept as" in said(capsys, "add", "order.csv", "--yes", *flags)


@pytest.mark.usefixtures("folder")
def test_an_offer_that_a_typed_price_hides_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """The offer reaches the table; what is typed over it counts in the plan, as Inputs says."""
    row = names(Path("budget.xlsx"))["api_input_price_per_mtok"][1][1:]
    edit(Path("budget.xlsx"), {("Inputs", f"E{row}"): 1.5}, Path("typed.xlsx"))
    Path("typed.xlsx").replace("budget.xlsx")
    offer = "model,provider,input,output,currency,unit\ngpt-6.1-sol,openai,1.7,8.5,USD,1M\n"
    shown = said(capsys, "add", write("offer.csv", offer), "--yes")
    told = "The sheet Inputs has a price of its own for openai/gpt-6.1-sol, 1.5 in, which counts"
    assert told in shown
    other = offer.replace("gpt-6.1-sol", "gpt-5.4")
    assert "of its own" not in said(capsys, "add", write("other.csv", other), "--yes")
