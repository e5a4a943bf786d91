"""`evenpoint budget` and `init` know several workloads and engines: one command for both."""

import json
from pathlib import Path

import openpyxl
import pytest

from install.command import main
from workbooks.portfolio.reading import load


def test_a_written_portfolio_plans_as_it_stands(capsys):
    """Two workloads and three engines, of each kind one, and a strategy."""
    assert main(["init", "pools.toml", "--portfolio"]) == 0
    ours = load(Path("pools.toml"))
    assert (len(ours.workloads), len(ours.billed), len(ours.pools)) == (2, 2, 1)
    assert main(["budget", "pools.toml", "--out", "pools.xlsx", "--json"]) == 0
    told = json.loads(capsys.readouterr().out.partition("\n")[2])
    assert told["gap"] <= 0.001
    assert "Batch on own nodes" in {each["name"] for each in told["strategies"]}
    assert openpyxl.load_workbook("pools.xlsx").sheetnames[0] == "Strategies"


def test_a_ready_portfolio_can_be_taken_home():
    """The copy is the file itself."""
    assert main(["init", "ours.toml", "--from", "company"]) == 0
    assert len(load(Path("ours.toml")).workloads) == 8


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["budget", "company", "--tokens", "1B"],
            "tokens_per_month is given beside company.toml, which has several workloads or "
            "engines; change it in the file.",
        ),
        (["budget", "company", "--case", "base"], "case is given beside company.toml"),
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
