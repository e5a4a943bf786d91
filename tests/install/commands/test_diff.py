"""`evenpoint diff` from outside: two budgets in, the reasons out, as text, JSON and a workbook."""

import json
import shutil
from importlib.resources import as_file

import pytest

from install.command import main
from workbooks.scenario.reading import ready


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder with a scenario, and another one with more people."""
    monkeypatch.chdir(tmp_path)
    with as_file(ready()["article-3"]) as file:
        shutil.copy(file, "a.toml")
    text = (tmp_path / "a.toml").read_text(encoding="utf-8")
    old = 'incidents_per_year = { base = 0, source = "the guide has none" }'
    assert old in text
    (tmp_path / "b.toml").write_text(text.replace(old, "incidents_per_year = 12"))
    return tmp_path


def test_the_reason_is_told_in_a_line_and_in_json(capsys):
    """A dozen incidents of four hours at 100: whatever they cost, it is people and tools."""
    assert main(["diff", "a.toml", "b.toml", "--json", "--out", "d.xlsx"]) == 0
    told = json.loads(capsys.readouterr().out)
    own = told["options"]["own"]
    assert list(own["steps"]) == ["People and tools"]
    assert own["from_cost"] + own["steps"]["People and tools"] == pytest.approx(own["to_cost"])
    assert own["steps"]["People and tools"] > 0
    assert told["changed"]["People and tools"] == [
        {"name": "incidents_per_year", "from": 0.0, "to": 12.0}
    ]
    assert main(["diff", "a.toml", "b.toml"]) == 0
    said = capsys.readouterr().out
    assert "From a.toml to b.toml: cash of the whole plan, base case, USD." in said
    assert "People and tools" in said


def test_a_folder_stands_for_its_budget(folder, capsys):
    """And a workbook for the scenario in it: nothing differs from what it was made of."""
    assert main(["budget", "a.toml", "--out", "budget.xlsx"]) == 0
    (folder / "next").mkdir()
    shutil.move("budget.xlsx", "next/budget.xlsx")
    capsys.readouterr()
    assert main(["diff", "a.toml", "next", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["changed"] == {}
    assert all(each["from_cost"] == each["to_cost"] for each in told["options"].values())


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("diff a.toml none.toml", "none.toml cannot be read"),
        ("diff a.toml b.toml --out d.csv", "it must end in .xlsx"),
        ("diff a.toml .", "budget.xlsx cannot be read"),
    ],
)
def test_a_refusal_is_one_sentence(command, words, capsys):
    """With the file."""
    assert main(command.split()) == 2
    assert words in capsys.readouterr().err
