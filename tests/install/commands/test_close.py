"""`evenpoint close` from outside: bills and invoices in German and English, a month kept, 1+11."""

import json

import openpyxl
import pytest

from install.command import main
from tests.workbooks.budgets import CORNERS, corner
from workbooks.plan.monthend import invoices as invoicing
from workbooks.plan.monthend.actuals import months_of
from workbooks.plan.monthend.bills import ActualsError, plain
from workbooks.plan.monthend.kept import written
from workbooks.plan.monthend.signed.alone import budget
from workbooks.plan.monthend.tabular import table
from workbooks.plan.plan import plan
from workbooks.scenario.reading import load, ready

MODEL = "openai/gpt-6.1-sol"  # of the ready scenario mid-size
GERMAN = f"Monat;Modell;Token;Kosten;Währung\n2026-12;{MODEL};3.000.000.000;5.619,00;EUR\n"
BARE = f"month;model;tokens;cost\n2026-12;{MODEL};3.000.000.000;5.619,00\n"
ENGLISH = f"month,model,tokens,cost,currency\n2026-12,{MODEL},3000000000,5619,EUR\n"
FEE = (
    f"month,model,tokens,cost,currency,rate\n2026-12,{MODEL},3000000000,5619,EUR,1.10\n"
    "2026-12,support fee,,250,EUR,1.10\n"
)
IN_EUROS = (
    f"Monat;Modell;Tokens gesamt;Betrag netto (EUR)\n12.2026;{MODEL};3.000.000.000;5.619,00\n"
)
IN_DOLLARS = f"month,model,tokens,cost_usd\n2026-12,{MODEL},3000000000,5619\n"
POWER = "Monat;Bezeichnung;Menge;Betrag\n12.2026;Strom Rack 3, 4.200 kWh;4.200;1.234,50 €\n"
PEOPLE = "month,line,amount\n2026-12,staff,11667\n2026-12,tools,900\n"
GPU = (("Dezember 2026", "8x H200, reserviert", 8, 4_250.75), ("Dez 2026", "Wartung", 1, 300))
RATE = 1.1172  # ECB, 2026-10-30


def invoices(path):
    """What the invoice of a file says."""
    return invoicing.invoices(table(path))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The files of December in the folder one works in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "strom.csv").write_bytes(POWER.encode("cp1252"))
    (tmp_path / "people.csv").write_text(PEOPLE)
    (tmp_path / "bill.csv").write_text(GERMAN, encoding="utf-8-sig")
    book = openpyxl.Workbook()
    book.active.append(("Monat", "Bezeichnung", "Menge", "Betrag"))
    for row in GPU:
        book.active.append(row)
    book.save("gpu.xlsx")
    return tmp_path


def closed(capsys, *arguments):
    """The JSON answer of a month-end."""
    assert main(["close", *arguments, "--json"]) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("text", "cost", "currency"),
    [
        *((GERMAN, 5619.0, "EUR"), (BARE, 5619.0, ""), (ENGLISH, 5619.0, "EUR")),
        *((FEE, 5869.0, "EUR"), (IN_EUROS, 5619.0, "EUR"), (IN_DOLLARS, 5619.0, "USD")),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_bill_is_read_as_its_writer_meant_it(text, cost, currency, kind, folder):
    """Points and commas, words of either language, in a CSV or typed into a sheet."""
    path = folder / f"a.{kind}"
    if kind == "csv":
        path.write_text(text, encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        for line in text.splitlines():
            book.active.append(line.split(";" if ";" in text else ","))
        book.save(path)
    found = plain(path)
    assert sum(each.billed for each in found) == cost
    assert found[0].tokens == 3e9
    assert {each.currency for each in found} == {currency}
    assert {f"{each.month:%Y-%m}" for each in found} == {"2026-12"}


def test_invoices_name_their_cost_lines(folder):
    """A number with a point and a comma, a sheet with numbers, months in words."""
    power, unread = invoices(folder / "strom.csv")
    assert [(each.model, each.billed, each.currency) for each in power] == [
        ("Nodes: electricity", 1234.5, "EUR")
    ]
    assert unread == ["menge"]
    gpu, _ = invoices(folder / "gpu.xlsx")
    assert [(each.model, each.billed) for each in gpu] == [
        ("Nodes: rent or lease", 4250.75),
        ("Nodes: support", 300.0),
    ]
    assert {f"{each.month:%Y-%m}" for each in gpu} == {"2026-12"}


@pytest.mark.parametrize(
    ("heading", "period", "fits"),
    [
        ("Leistungszeitraum", "01.12.-31.12.2026", True),
        ("Leistungszeitraum", "Dezember", True),
        ("Period", "2026-12-01 to 2026-12-31", True),
        ("Leistungszeitraum", "01.12.2026-31.01.2027", False),
        ("Service period", "2026-12 to 2027-01", False),
        ("Bis", "31.12.2027", False),
        ("Abrechnungszeitraum", "Dezember und Januar", False),
        ("Zeitraum", "12/2026 - 01/2027", False),
    ],
)
def test_an_invoice_of_several_months_is_no_cost_of_one(tmp_path, heading, period, fits):
    """What it is for is read: the month of the row, or it stops."""
    path = tmp_path / "gpu.csv"
    path.write_text(f"Monat;Bezeichnung;{heading};Betrag\nDez 2026;GPU;{period};3.000,00\n")
    if fits:
        assert invoices(path)[1] == []
        return
    with pytest.raises(ActualsError, match=rf"line 2: {heading.lower()} is '.*each month its part"):
        invoices(path)


@pytest.mark.parametrize(
    ("name", "option"),
    [*((name, "own") for name in CORNERS), ("rented", "hybrid"), ("bound", "hybrid")],
)
def test_the_lines_of_own_nodes_are_the_budget(name, option):
    """Each month they add up to what the plan pays, to the cent: nothing is left out or twice."""
    ours = corner(name)
    run = ours.run()
    paid = run.get(f"{option}_paid_per_month", run[f"{option}_cash_per_month"])
    lines = list(budget(ours, option))
    for t, month in enumerate(months_of(ours)):
        total = sum(each.cost for each in lines if each.month == month)
        assert total == pytest.approx(paid[t], abs=0.005)


def test_a_month_of_own_nodes_is_closed_line_by_line(capsys):
    """What was billed in euros counts at its month's rate, beside the line it is budgeted on."""
    told = closed(capsys, "2026-12", "mid-size", "gpu.xlsx", "strom.csv", "people.csv")
    assert told["option"] == "own"
    lines = told["by_model"]
    assert lines["Nodes: electricity"]["paid_cost"] == pytest.approx(1234.5 * RATE)
    assert lines["People: engineering labour"]["planned_cost"] == pytest.approx(140_000 / 12)
    assert lines["People: engineering labour"]["paid_cost"] == 11667
    *parts, paid = told["bridge"].values()
    assert sum(parts) == pytest.approx(paid)
    assert paid == pytest.approx(4250.75 + 300 + 1234.5 * RATE + 11667 + 900)
    run = plan(load(ready()["mid-size"])).run()
    assert told["budget_total_cost"] == pytest.approx(run["own_cash_cost"])


def test_the_year_is_one_and_eleven(capsys):
    """December as billed, eleven months scaled by it; by the plan they stay as budgeted."""
    rate = closed(capsys, "2026-12", "mid-size", "bill.csv")["forecast"]
    as_planned = closed(capsys, "2026-12", "mid-size", "bill.csv", "--method", "plan")["forecast"]
    assert (rate["name"], rate["from"], rate["to"]) == ("1+11", "2026-12", "2027-11")
    run = plan(load(ready()["mid-size"])).run()
    budget, spent = run["api_cash_per_month"][:12], 5619 * RATE
    assert rate["closed_cost"] == pytest.approx(spent)
    assert rate["open_cost"] == pytest.approx(budget[1:].sum() * spent / budget[0])
    assert as_planned["open_cost"] == pytest.approx(budget[1:].sum())
    assert rate["forecast_cost"] == pytest.approx(rate["closed_cost"] + rate["open_cost"])
    assert "billed over budgeted of the closed month" in rate["method"]


def test_a_closed_month_is_kept_and_the_next_needs_its_own_files_alone(folder, capsys):
    """December is there in January; closed again it is replaced, and January stays closed."""
    closed(capsys, "2026-12", "mid-size", "bill.csv")
    january = ENGLISH.replace("2026-12", "2027-01").replace("5619", "6000")
    (folder / "january.csv").write_text(january)
    told = closed(capsys, "2027-01", "mid-size", "january.csv")
    assert told["forecast"]["name"] == "2+10"
    assert told["by_month"]["2026-12"]["paid_cost"] == pytest.approx(5619 * RATE)
    (folder / "december.csv").write_text(ENGLISH.replace("5619", "5000"))
    told = closed(capsys, "2026-12", "mid-size", "december.csv")
    assert told["by_month"]["2026-12"]["paid_cost"] == pytest.approx(5000 * RATE)
    assert list(told["by_month"]) == ["2026-12", "2027-01"]
    assert told["by_month"]["2027-01"]["paid_cost"] == pytest.approx(6000 * RATE)
    bills = plain(folder / "mid-size-closed.csv")
    assert written(bills) == (folder / "mid-size-closed.csv").read_bytes()


def test_a_model_is_known_by_any_of_its_names(folder, capsys):
    """A bill's dated name and a budget's bare one are the model of the price table."""
    (folder / "dated.csv").write_text(
        "month,model,tokens,cost\n2026-12,gpt-5.4-2026-03-05,1e9,3000\n"
    )
    (folder / "bare.csv").write_text("month,model,tokens,cost\n2026-12,gpt-5.4,1e9,2900\n")
    assert main(["actuals", "mid-size", "dated.csv", "--budget", "bare.csv", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["by_model"]["openai/gpt-5.4"]["price_cost"] == pytest.approx(100)
    assert told["bridge"]["new_cost"] == told["bridge"]["retired_cost"] == 0
    assert any("35 months without a budget by model have that" in n for n in told["notes"])


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"a.csv": "month,item,amount\n2026-12,coffee,5"}, "'coffee' names no cost line"),
        ({"a.csv": "month,item,amount,Rabatt\n2026-12,GPU,5,1"}, "it changes what was paid"),
        ({"a.csv": "month,item,amount\n2027-01,GPU,5"}, "no file is of 2026-12; they are of 2027"),
        ({"a.csv": "Monat;Posten;Betrag\n2026-12;GPU;1.234"}, "1.234 may be 1.234 or 1234"),
        ({"a.csv": "month,item,amount\n2026-12,GPU,x"}, "line 2: cost is 'x'"),
        (
            {"a.csv": "month,item,currency,amount (EUR)\n2026-12,GPU,USD,5"},
            "line 2: the cost is said to be in USD and EUR",
        ),
        ({"a.csv": "month,model,tokens,gross\n2026-12,m,1,5"}, "has a column 'gross'; it may have"),
        ({"a.csv": "month,item,amount\nsoon,GPU,5"}, "line 2: month is 'soon'"),
        (  # 2.49 an hour: the amount counted 2.49 times
            {"a.csv": "month,item,hours,rate,amount\n2026-12,GPU,720,2.49,1792.80"},
            "2026-12, GPU: rate is 2.49, and its currency USD is that of the plan",
        ),
    ],
)
def test_what_cannot_be_closed_is_refused_and_nothing_is_kept(files, words, folder, capsys):
    """The file, the line, the value and the rule."""
    for name, text in files.items():
        (folder / name).write_text(text)
    assert main(["close", "2026-12", "mid-size", *files]) == 2
    assert words in capsys.readouterr().err
    assert not (folder / "mid-size-closed.csv").exists()


def test_the_screen_and_the_workbook_say_it(folder, capsys):
    """Lines with budget and bill, the forecast and its method, and where the month is kept."""
    files = ("gpu.xlsx", "strom.csv", "people.csv")
    assert main(["close", "2026-12", "mid-size", *files, "--out", "december.xlsx"]) == 0
    said = capsys.readouterr()
    assert "Nodes: electricity" in said.out
    assert "Forecast 1+11, 2026-12 to 2027-11: USD" in said.out
    assert "Kept in mid-size-closed.csv" in said.out
    assert "strom.csv: not read: menge." in said.err
    assert (folder / "december.xlsx").stat().st_size > 10_000
