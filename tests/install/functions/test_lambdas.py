"""`evenpoint functions --lambda` and `--workbook`, run as a user runs them."""

import json

import pytest

from costcore.catalogue import FUNCTIONS
from install.command import main
from workbooks.sheets.examples import examples

TRACED = [f.name for f in FUNCTIONS if f.traces]


def test_every_function_that_has_a_definition_is_printed(capsys):
    """Its name on one line and what to paste on the next, after a word on how and its limits."""
    assert main(["functions", "--lambda"]) == 0
    text = capsys.readouterr().out
    lines = text.splitlines()
    assert [name for name in TRACED if name not in lines] == []
    assert sum(line.startswith("=LAMBDA(") for line in lines) == len(TRACED)
    for name in TRACED:
        assert lines[lines.index(name) + 1].startswith("=LAMBDA(")
    assert "Name Manager" in text
    assert "Excel itself was not at hand" in text


def test_one_function_is_printed_alone(capsys):
    """A name in any case gives that definition."""
    assert main(["functions", "--lambda", "tco_3yr"]) == 0
    text = capsys.readouterr().out
    assert "TCO_3YR" in text
    assert text.count("=LAMBDA(") == 1


def test_definitions_as_json(capsys):
    """For a program: the name and the text, nothing else."""
    assert main(["functions", "--lambda", "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)["lambdas"]) == TRACED


def test_a_function_without_a_definition_is_refused(capsys):
    """A table look-up has none, and the answer says what to use instead."""
    assert main(["functions", "--lambda", "TOKEN_PRICE"]) == 2
    assert "TOKEN_PRICE is no single formula" in capsys.readouterr().err


@pytest.mark.parametrize("again", [False, True])
def test_the_workbook_of_examples_is_written_once(tmp_path, again, capsys):
    """A file that exists stays, unless it may be replaced."""
    path = tmp_path / "examples.xlsx"
    assert main(["functions", "--workbook", str(path)]) == 0
    if again:
        path.write_bytes(b"mine")
        assert main(["functions", "--workbook", str(path)]) == 2
        assert path.read_bytes() == b"mine"
        assert main(["functions", "--workbook", str(path), "--force"]) == 0
    assert path.read_bytes() == examples()
    assert str(path) in capsys.readouterr().out
