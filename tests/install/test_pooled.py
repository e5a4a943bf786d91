"""`evenpoint budget` and `init` know several workloads and engines: one command for both."""

import copy
import json
from pathlib import Path

import openpyxl
import pytest

from install.command import main
from tests import engines
from workbooks.portfolio.reading import load, parse_portfolio, ready
from workbooks.scenario.inputs import INPUTS
from workbooks.scenario.scenario import ScenarioError


@pytest.mark.slow
def test_a_written_portfolio_plans_as_it_stands(capsys):
    """Two workloads and three engines, of each kind one, and a strategy."""
    assert main(["init", "pools.toml", "--portfolio"]) == 0
    ours = load(Path("pools.toml"))
    assert (len(ours.workloads), len(ours.billed), len(ours.pools)) == (2, 2, 1)
    assert main(["budget", "pools.toml", "--out", "pools.xlsx", "--json"]) == 0
    told = json.loads(capsys.readouterr().out.partition("\n")[2])
    assert told["gap"] <= 0.001
    assert "Batch on own nodes" in {each["name"] for each in told["strategies"]}
    assert openpyxl.load_workbook("pools.xlsx").sheetnames[:2] == ["Cover", "Strategies"]


def test_a_ready_portfolio_can_be_taken_home():
    """The copy is the file itself."""
    assert main(["init", "ours.toml", "--from", "company"]) == 0
    assert len(load(Path("ours.toml")).workloads) == 8


def test_risk_of_a_portfolio_names_the_workload(capsys):
    """Which volume decides is said with its workload, and both correlations are told."""
    assert main(["risk", "company", "--draws", "100", "--volume-correlation", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["volume_correlation"] == 1.0
    assert told["tornado"][0]["driver"] == "Support chat: Tokens in the first month"
    ranks = told["strategies"]["Own nodes where allowed"]["present_cost"]
    assert ranks["p10"] < ranks["p50"] < ranks["p90"]
    assert main(["risk", "company", "--draws", "100"]) == 0
    assert "costs least, USD" in capsys.readouterr().out


def test_decide_on_a_portfolio_is_conditional(capsys):
    """A gate that nobody has answered is in the verdict; what a gate forbids has its reason."""
    text = Path("ours.toml")
    assert main(["init", str(text), "--from", "company"]) == 0
    content = text.read_text(encoding="utf-8")
    own = content.index('name = "gpt-oss-120b on H200"')
    content = content[:own] + content[own:].replace('region = "EU"\n', "", 1)
    text.write_text(content, encoding="utf-8")
    capsys.readouterr()
    assert main(["decide", str(text)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "where gpt-oss-120b on H200 processes data, which Support chat asks" in said
    assert "data leaves the network" in said
    assert main(["decide", str(text), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["choice"] == "Own nodes where allowed"
    assert told["conditions"]
    assert main(["risk", str(text), "--draws", "100"]) == 0
    assert f"nobody has answered: {told['conditions'][0]}." in capsys.readouterr().out


ALONE = """
horizon_months = 12
[[workload]]
name = "Chat"
tokens_per_month = 2e9
[[engine]]
name = "API"
kind = "api"
input_price_per_mtok = 1.0
output_price_per_mtok = 1.0
"""
OTHER = """
[[engine]]
name = "Other"
kind = "managed"
input_price_per_mtok = { low = 0.2, base = 1.1, high = 1.2 }
output_price_per_mtok = { low = 0.2, base = 1.1, high = 1.2 }
[[strategy]]
name = "There"
routes = { Chat = "Other" }
[finance]
discount_rate = 0
"""


def test_a_strategy_alone_is_not_held_against_itself(capsys):
    """It cost 0 less than itself. By hand: 12 months of 2,000 M tokens at 1.00."""
    Path("alone.toml").write_text(ALONE + "[finance]\ndiscount_rate = 0\n", encoding="utf-8")
    for command in ("risk", "decide"):
        assert main([command, "alone.toml"]) == 0
        said = capsys.readouterr().out
        assert said.startswith("All on the API is the only strategy that is possible: USD 24,000")
        assert "cheaper than" not in said
    assert main(["decide", "alone.toml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["runner_up"] is None


def test_a_verdict_that_few_draws_share_is_too_close_to_call(capsys):
    """It is a tenth cheaper, and the cheapest in fewer than six draws of ten."""
    Path("close.toml").write_text(ALONE + OTHER, encoding="utf-8")
    assert main(["decide", "close.toml"]) == 0
    said = capsys.readouterr().out.splitlines()[0]
    assert said.startswith("All on the API costs least, USD 2,400 less than There")
    assert said.endswith("which is too close to call.")
    assert main(["budget", "--out", "close.xlsx", "close.toml"]) == 0
    cover = engines.ironcalc_values(Path("close.xlsx"))["Cover"].values()
    assert any("% of the draws, which is too close to call" in str(text) for text in cover)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["decide", "company", "--fact", "data_months=3"],
            "--rules and --fact are for one workload; answer gates in the file.",
        ),
        (
            ["budget", "company", "--tokens", "1B"],
            "tokens_per_month is given beside company.toml, which has several workloads or "
            "engines; change it in the file.",
        ),
        (["budget", "company", "--case", "base"], "case is given beside company.toml"),
        (["init", "x", "--portfolio", "--from", "company"], "both say what to write; give one."),
        (
            ["init", "x.toml", "--portfolio", "--from", "company"],
            "--portfolio and --from both say what to write; give one.",
        ),
    ],
)
def test_what_does_not_fit_is_refused(capsys, arguments, sentence):
    """Nothing is written."""
    assert main(arguments) == 2
    assert sentence in capsys.readouterr().err
    assert list(Path.cwd().iterdir()) == []


@pytest.mark.parametrize("name", ["company", "article-2-providers", "article-3-engines"])
def test_an_exported_portfolio_reads_back_as_it_was(name):
    """Every value, list and name; only the remarks of the file are gone."""
    assert main(["export", name, "--out", "again.toml"]) == 0
    assert load(Path("again.toml")).content == load(ready()[name]).content


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [
        ("finance", "tax_depreciation_kind", "macrs"),
        ("finance", "fiscal_start_count", 4),
        ("people", "migration_cost", {"low": 0, "base": 9e3, "high": 2e4}),
        ("people", "opportunity_kind", "in"),
    ],
)
def test_an_input_that_would_count_for_nothing_is_refused(section, name, value):
    """A tax year without a tax that changes no number would be a wrong number without a word."""
    content = copy.deepcopy(dict(load(ready()["company"]).content))
    content.setdefault(section, {})[name] = value
    with pytest.raises(ScenarioError, match=rf"\[{section}\] {name} is .* does not count it: "):
        parse_portfolio(content, "ours.toml")
    content[section][name] = INPUTS[name].default
    assert parse_portfolio(content, "ours.toml").workloads
