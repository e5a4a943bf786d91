"""`evenpoint actuals` from outside: files in, a reason, a workbook and a record out."""

import json

import pytest

from install.command import main
from tests.workbooks.usage.exports import DATA

USAGE = str(next(DATA.glob("openai_usage_completions*")))
MODEL = "openai/gpt-6.1-sol"  # of the ready scenario mid-size
BILL = f"month,model,tokens,cost\n2026-12,{MODEL},3.4e9,9000\n2027-01,{MODEL},3.3e9,9100\n"


@pytest.fixture
def bill(tmp_path, monkeypatch):
    """A plain bill of two months, in the folder one works in."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "bill.csv"
    path.write_text(BILL, encoding="utf-8")
    return path


def told(capsys, *arguments):
    """What a command that succeeds prints."""
    assert main(["actuals", *arguments]) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def test_bill_becomes_a_reason_a_workbook_and_a_record(bill, capsys):
    """The first line is what one tells the CFO; running it again adds nothing."""
    arguments = ["mid-size", "bill.csv", "--out", "close.xlsx", "--record", "past.csv"]
    said = told(capsys, *arguments)
    assert said.startswith("Months closed: 2. They cost USD 18,100, 4,777 more than budgeted.")
    assert "Added 2 rows to past.csv" in said
    assert bill.with_name("close.xlsx").stat().st_size > 10_000
    before = bill.with_name("past.csv").read_bytes()
    assert "Added 0 rows to past.csv" in told(capsys, *arguments, "--force")
    assert bill.with_name("past.csv").read_bytes() == before


def test_json_adds_up(bill, capsys):
    """A program can add the steps up again, in total and for each model and month."""
    answer = json.loads(told(capsys, "mid-size", "bill.csv", "--json", "--method", "plan"))
    for steps in (answer["bridge"], *answer["by_model"].values(), *answer["by_month"].values()):
        *parts, paid = steps.values()
        assert sum(parts) == pytest.approx(paid)
    assert answer["bridge"]["paid_cost"] == pytest.approx(18_100)
    assert [each["kind"] for each in answer["months"]][:3] == ["actual", "actual", "forecast"]
    outlook = sum(each["outlook_cost"] for each in answer["months"])
    assert outlook == pytest.approx(answer["outlook_total_cost"])
    assert answer["judged_months"] == 2


def test_a_budget_by_model_replaces_the_scenarios(bill, capsys):
    """The bill itself as budget leaves no variance."""
    answer = json.loads(told(capsys, "mid-size", "bill.csv", "--budget", "bill.csv", "--json"))
    *parts, paid = answer["bridge"].values()
    assert parts[0] == pytest.approx(paid)
    assert parts[1:] == pytest.approx([0] * len(parts[1:]), abs=1e-6)


def test_an_export_of_usage_is_closed_when_asked(bill, capsys):
    """Its models are new to the budget, and cost what they list."""
    toml = bill.with_name("ours.toml")
    toml.write_text(
        "start_month = 2026-08-01\n[workload]\ntokens_per_month = 1e7\n"
        '[api]\napi_model = "openai/gpt-5.4"\n[nodes]\nnode_tokens_per_second = 1000\n'
        "rent_per_gpu_hour = 2\n",
        encoding="utf-8",
    )
    said = told(capsys, str(toml), USAGE, "--closed", "2026-08", "--json")
    answer = json.loads(said)
    assert answer["by_model"]["openai/gpt-4o-mini"]["new_cost"] > 0
    # the budget has the same list prices, so all that is left is volume and mix
    assert answer["by_model"]["openai/gpt-5.4"]["price_cost"] == pytest.approx(0, abs=1e-9)
    assert answer["by_model"]["openai/gpt-5.4"]["kinds_cost"] != 0
    assert any("at list price" in note for note in answer["notes"])


def test_an_export_without_a_known_layout_is_closed_as_stated(bill, capsys):
    """The second day of August, in columns of one's own, cost 12.50 dollars."""
    own = bill.with_name("own.csv")
    own.write_text("Tag,LLM,In,Out,Netto,Geld\n2/8/2026,gpt-5.4,900,100,12.50,USD\n")
    toml = bill.with_name("ours.toml")
    toml.write_text(
        "start_month = 2026-08-01\n[workload]\ntokens_per_month = 1e7\n"
        '[api]\napi_model = "openai/gpt-5.4"\n[nodes]\nnode_tokens_per_second = 1000\n'
        "rent_per_gpu_hour = 2\n",
        encoding="utf-8",
    )
    columns = "date=Tag,model=LLM,input=In,output=Out,cost=Netto,currency=Geld"
    stated = ("--columns", columns, "--closed", "2026-08", "--json")
    answer = json.loads(told(capsys, str(toml), str(own), *stated, "--day-first"))
    assert answer["bridge"]["paid_cost"] == pytest.approx(12.5)
    assert main(["actuals", str(toml), str(own), *stated]) == 2
    assert "say --day-first" in capsys.readouterr().err
    own.write_text("Tag,LLM,In,Out,Netto\n2/8/2026,gpt-5.4,900,100,12.50\n")
    bare = ("--columns", columns.removesuffix(",currency=Geld"), *stated[2:], "--day-first")
    answer = json.loads(told(capsys, str(toml), str(own), *bare, "--currency", "usd"))
    assert answer["bridge"]["paid_cost"] == pytest.approx(12.5)
    assert main(["actuals", str(toml), str(own), *bare, "--currency", "dollars"]) == 2
    assert "'dollars' is no currency known here" in capsys.readouterr().err


def test_a_bill_in_units_of_unknown_size_is_refused_until_they_are_stated(capsys):
    """92 % of it would be a cost that no token explains."""
    bill = str(DATA.parent / "public" / "unit_cur_marketplace_mixed.csv")
    assert main(["actuals", "mid-size", bill, "--closed", "2026-12"]) == 2
    assert "confirm with --unit 'Units=1M'" in capsys.readouterr().err
    main(["actuals", "mid-size", bill, "--closed", "2026-12", "--unit", "Units=1M"])
    assert "unknown size" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere", "bill.csv"], "nowhere cannot be read"),
        (["mid-size"], "FILES"),
        (["mid-size", "missing.csv"], "missing.csv cannot be read: No such file"),
        (["mid-size", "."], "cannot be read"),
        (["mid-size", "bill.csv", "bill.csv"], "the same content"),
        (["mid-size", "bill.csv", "--out", "close.txt"], "must end in .xlsx"),
        (["mid-size", "bill.csv", "--out", "no/close.xlsx"], "there is no folder no"),
        (["mid-size", "bill.csv", "--record", "bill.xlsx"], "must end in .csv"),
        (["mid-size", "bill.csv", "--record", "bill.csv"], "no record of forecasts"),
        (["mid-size", "bill.csv", "--closed", "May"], "is not a month such as"),
        (["mid-size", "bill.csv", "--closed", "2026-01"], "the plan runs from 2026-12"),
        (["mid-size", "bill.csv", "--method", "hope"], "'--method'"),
        (["mid-size", "bill.csv", "--budget", "missing.csv"], "missing.csv cannot be read"),
        (["mid-size", USAGE], "--closed 2026-08"),
    ],
)
def test_a_refusal_is_one_sentence(bill, arguments, words, capsys):
    """On stderr, with exit code 2, and nothing is written."""
    assert main(["actuals", *arguments]) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert [path.name for path in bill.parent.iterdir()] == ["bill.csv"]
    assert bill.read_text(encoding="utf-8") == BILL
