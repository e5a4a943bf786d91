"""The `evenpoint` command: what each question answers, on the screen, as JSON and as files."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcore.catalogue import FUNCTIONS
from install.command import main
from install.terminal.flags import volume
from workbooks.scenario.inputs import INPUTS
from workbooks.scenario.reading import load, ready

ROOT = Path(__file__).parents[2]
SECONDS = 60


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty folder to run every command in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(capsys, *arguments):
    """What a command that succeeds prints."""
    assert main(list(map(str, arguments))) == 0, capsys.readouterr().err
    said = capsys.readouterr()
    assert said.err == ""
    return said.out


def as_json(capsys, *arguments):
    """The JSON answer of a command."""
    return json.loads(told(capsys, *arguments, "--json"))


def process(*arguments):
    """Run Python in a fresh process, as a user does."""
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )


def test_help_imports_nothing_that_computes():
    """Only typer is loaded before a question is asked, so that help comes at once."""
    heavy = "{'numpy', 'rich', 'xlsxwriter', 'openpyxl', 'pandas', 'workbooks', 'costcore'}"
    done = process("-c", f"import sys, install.verbs; print({heavy} & set(sys.modules))")
    assert done.stdout == "set()\n"


@pytest.mark.parametrize(
    "question", ["budget", "init", "breakeven", "tco", "prices show", "functions"]
)
def test_every_command_explains_itself_with_an_example_that_works(question, capsys):
    """The example on the help page runs as it is printed."""
    page = " ".join(told(capsys, *question.split(), "--help").split())
    example = page.partition("Example: evenpoint ")[2]
    command = example.partition(" Arguments:")[0].partition(" Options:")[0]
    assert command.startswith(question)
    assert told(capsys, *command.split())


def test_nothing_typed_shows_the_help(capsys):
    """A bare command is a question, not a mistake."""
    assert "breakeven" in told(capsys)


def test_budget_writes_a_workbook_and_says_what_it_comes_to(folder):
    """In a process of its own: the verdict, the reason, the scale and the file."""
    done = process("-m", "install.command", "budget")
    assert done.returncode == 0
    assert done.stderr == ""
    verdict, reason, scale, conditions, wrote, *following = done.stdout.splitlines()
    assert "less than the runner-up, the cloud API" in verdict
    assert verdict.endswith(" of 2,000 draws (present value).")
    assert reason.startswith("Self-hosting costs less than the managed platform (together/")
    assert "is measured at 16,452" in scale
    assert conditions.startswith("Gates that nobody has answered · the data may leave")
    assert wrote == "Wrote budget.xlsx"
    assert following == ["Next, how sure it is:", "  evenpoint risk mid-size"]
    assert [path.name for path in folder.iterdir()] == ["budget.xlsx"]
    book = openpyxl.load_workbook("budget.xlsx", data_only=True)
    assert book["Cover"]["A4"].value == verdict


def test_the_same_question_gives_the_same_file_and_answer(capsys):
    """Neither the day nor the order of anything plays a part."""
    first = told(capsys, "budget", "article-3", "--json", "--out", "a.xlsx")
    again = told(capsys, "budget", "article-3", "--json", "--out", "b.xlsx")
    assert first.replace("a.xlsx", "b.xlsx") == again
    assert Path("a.xlsx").read_bytes() == Path("b.xlsx").read_bytes()


def test_never_is_null_with_a_reason(capsys):
    """JSON has no infinity; the post's server never pays."""
    answer = as_json(capsys, "budget", "article-1")
    assert answer["first_tokens_per_month"] is None
    assert answer["price_only_tokens_per_month"] == pytest.approx(540e6)
    assert "it pays at no volume, for a full node costs 13.89" in answer["reason"]
    assert answer["failing_checks"] == 0


def test_a_flag_replaces_an_input_in_all_cases_and_says_so():
    """The file's low and high must not survive beside a typed figure."""
    scenario = load(ready()["mid-size"], {"tokens_per_month": 5e8})
    entry = scenario.entries["tokens_per_month"]
    assert (entry.low, entry.base, entry.high, entry.source) == (5e8, 5e8, 5e8, "command line")


def test_the_flags_reach_the_plan(capsys):
    """Half the tokens cost half the API bill; a shorter plan costs less."""
    full = as_json(capsys, "budget", "article-3")["options"]["api"]["cash_cost"]
    given = ("--tokens", "1.35B", "--out", "half.xlsx")
    half = as_json(capsys, "budget", "article-3", *given)["options"]["api"]["cash_cost"]
    assert half == pytest.approx(full / 2)
    given = ("--months", "18", "--out", "short.xlsx")
    short = as_json(capsys, "budget", "article-3", *given)["options"]["api"]["cash_cost"]
    assert short == pytest.approx(full / 2)


def test_another_currency_converts_the_amounts_of_the_file(capsys):
    """Every amount at the ECB rate of the day, so that all ratios stay what they are."""
    usd = as_json(capsys, "budget", "article-3", "--out", "usd.xlsx")
    eur = as_json(capsys, "budget", "article-3", "--out", "eur.xlsx", "--currency", "EUR")
    ratio = usd["options"]["own"]["cash_cost"] / eur["options"]["own"]["cash_cost"]
    assert 1.0 < ratio < 1.3
    assert usd["options"]["api"]["cash_cost"] == pytest.approx(
        ratio * eur["options"]["api"]["cash_cost"]
    )
    assert eur["first_tokens_per_month"] == pytest.approx(usd["first_tokens_per_month"])


def test_another_model_drops_the_prices_typed_for_the_old_one():
    """Otherwise the flag would be taken, shown and have no effect."""
    scenario = load(ready()["article-3"], {"api_model": "openai/o3"})
    assert scenario.entries["api_input_price_per_mtok"].base is None
    same = load(ready()["article-3"], {"gpus_per_node_count": 4.0})
    assert same.entries["node_tokens_per_second"].base == 20_000


def test_a_system_brings_its_accelerator_and_count(capsys):
    """One flag is enough to plan other hardware, with the model that was measured on it."""
    system = "1x B200 SXM | Llama-3.3-70B fp4 | 5000/500"
    as_json(capsys, "budget", "--system", system)
    inputs = openpyxl.load_workbook("budget.xlsx", data_only=True)["Inputs"]
    held = {cell.value for row in inputs.iter_rows() for cell in row}
    assert {"B200 SXM", "Llama-3.3-70B"} <= held


def test_force_replaces_a_workbook_whole(folder, capsys):
    """The new one takes the place of the old one; nothing else is left."""
    Path("budget.xlsx").write_text("old")
    told(capsys, "budget", "--force")
    assert openpyxl.load_workbook("budget.xlsx").sheetnames[0] == "Cover"
    assert [path.name for path in folder.iterdir()] == ["budget.xlsx"]


def test_a_written_scenario_plans_as_it_stands(capsys):
    """Every input is in it, and taking all the # away changes nothing but the sources."""
    told(capsys, "init", "scenario.toml")
    text = Path("scenario.toml").read_text(encoding="utf-8")
    assert all(f"{name} =" in text for name in INPUTS)
    filled = re.sub(r"(?m)^# (?=\w+ = [^ ])", "", text)
    Path("all.toml").write_text(filled, encoding="utf-8")
    bare, full = load(Path("scenario.toml")), load(Path("all.toml"))
    for name, entry in bare.entries.items():
        other = full.entries[name]
        assert (entry.low, entry.base, entry.high) == (other.low, other.base, other.high), name
    assert bare.start_month == full.start_month
    told(capsys, "budget", "scenario.toml")


@pytest.mark.parametrize("name", ready())
def test_a_ready_scenario_can_be_taken_home(name, capsys):
    """The copy is the file itself, comments included, and the help names it."""
    told(capsys, "init", "mine.toml", "--from", name)
    assert Path("mine.toml").read_bytes() == ready()[name].read_bytes()
    assert name in " ".join(told(capsys, "init", "--help").split())


def test_breakeven_tells_the_three_answers_apart(capsys):
    """By hand: 690 = (3,000 + 2 x 5,400) / 20; 1,230 = (3,000 + 4 x 5,400) / 20; 420 with one."""
    given = ("--price", "20", "--node-cost", "5400", "--capacity", "388.8M", "--fixed", "3000")
    answer = as_json(capsys, "breakeven", *given)
    assert answer["first_tokens_per_month"] == 690e6
    assert answer["sustained_tokens_per_month"] == 1_230e6
    assert answer["price_only_tokens_per_month"] == 420e6
    assert [row["to_tokens_per_month"] for row in answer["ranges"]] == [777.6e6, 1_166.4e6, None]
    shown = told(capsys, "breakeven", *given, "--tokens", "800M")
    assert "ignores capacity" in shown
    assert "Between two winning ranges" in shown


def test_breakeven_shows_the_first_of_many_ranges_and_the_last(capsys):
    """A thin margin gives hundreds of ranges; a screen is not a sheet."""
    given = ("--price", "13.9", "--node-cost", "5400", "--capacity", "388.8M")
    count = len(as_json(capsys, "breakeven", *given)["ranges"])
    shown = told(capsys, "breakeven", *given)
    assert count > 100
    assert f"and {count - 12:,} more" in shown
    assert "any more" in shown
    assert shown.count("\n") < 30


def test_tco_gives_the_cto_guides_table(capsys):
    """Source: CTO guide 'The Trillion Token Tipping Point': 273,200 against 135,000."""
    given = ("--capex", "155000", "--opex", "2450", "--labor", "10000", "--api-cost", "3750")
    answer = as_json(capsys, "tco", *given)
    assert answer["cash_cost"] == 273_200
    assert answer["api_present_cost"] == 135_000
    assert answer["ratio_factor"] == pytest.approx(2.02, abs=0.005)
    assert [year["cumulative_cost"] for year in answer["schedule"]] == [194_400, 233_800, 273_200]
    assert "2.02 times" in told(capsys, "tco", *given)


def test_prices_show_the_day_and_both_numbers_where_sources_disagree(capsys):
    """OpenAI cut o3 on 2025-06-10; two sources disagree on deepseek-v3.2."""
    before = as_json(capsys, "prices", "show", "openai/o3", "--as-of", "2025-06-09")
    after = as_json(capsys, "prices", "show", "openai/o3", "--as-of", "2025-06-10")
    assert before["prices"][0]["input_price_per_mtok"] == 10
    assert after["prices"][0]["input_price_per_mtok"] == 2
    shown = told(capsys, "prices", "show", "deepseek/deepseek-v3.2")
    assert "0.2288" in shown
    assert "0.28" in shown
    assert "LiteLLM" in shown


def test_prices_of_every_model_fit_the_screen_whole(capsys):
    """No column is cut off, whatever the length of a name: each price keeps its currency."""
    listed = as_json(capsys, "prices", "show")["prices"]
    differ = sum(price["agreement"] == "differs" for price in listed)
    by_hour = sum(price["off_peak_price_share"] is not None for price in listed)
    shown = told(capsys, "prices", "show")
    lines = sum(shown.split().count(code) for code in ("USD", "EUR"))
    assert lines == len(listed) + differ + by_hour
    mistral = as_json(capsys, "prices", "show", "--provider", "mistral")["prices"]
    assert {price["provider"] for price in mistral} == {"Mistral"}


def test_functions_lists_the_catalogue_and_shows_a_page(capsys):
    """The list is the catalogue's; a page has the example and its checked answer."""
    listed = as_json(capsys, "functions")["functions"]
    assert [each["name"] for each in listed] == [each.name for each in FUNCTIONS]
    page = told(capsys, "functions", "routed_price")
    assert "=ROUTED_PRICE({0.8,0.2}, {0.1,0.75})" in page
    assert "0.23" in page
    for each in FUNCTIONS:
        assert each.summary in told(capsys, "functions", each.name)


@given(st.integers(0, 10**6), st.sampled_from("KMBT"))
def test_a_volume_may_be_abbreviated(count, letter):
    """500M is 500,000,000, in either case."""
    tokens = count * {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}[letter]
    if tokens <= 1e15:
        assert volume(f"{count}{letter}") == volume(f"{count}{letter.lower()}") == tokens


def test_the_file_of_a_scenario_may_start_with_a_mark(capsys):
    """Windows editors put a byte order mark there, which TOML does not know."""
    content = ready()["article-3"].read_bytes()
    Path("marked.toml").write_bytes(b"\xef\xbb\xbf" + content)
    assert tomllib.loads(content.decode())["horizon_months"] == 36
    told(capsys, "budget", "marked.toml")
