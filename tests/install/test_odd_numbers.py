"""What a file can hold and a float cannot is refused in a sentence; a fault of ours says so."""

import json
from pathlib import Path

import pytest

from install import verbs
from install.command import FAULT, main
from workbooks.prices.feeds.reading import load_json
from workbooks.prices.offers import FeedError

HUGE = "9" * 400  # a whole number in TOML and JSON, and beyond the largest float of 1.8e308
CLAIM = """
title = "T"
source = "S"
currency = "USD"
[[claim]]
id = "a"
says = "s"
kind = "breakeven"
claimed = {claimed}
[claim.inputs]
api_price_per_mtok = 1.0
"""


def refused(capsys, *arguments: str) -> str:
    """What a refused command says; it is one sentence and no traceback."""
    assert main(list(arguments)) == 2
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert said.strip()
    return said


def test_a_claim_of_400_digits_is_refused(capsys):
    """It names the claim, and quotes no more of the number than one can read."""
    Path("claims.toml").write_text(CLAIM.format(claimed=HUGE), encoding="utf-8")
    said = refused(capsys, "reconcile", "claims.toml")
    assert "claims.toml" in said
    assert len(said) < 400


def test_a_rule_of_400_digits_is_refused(capsys):
    """A fact on the command line and in a rule book goes through the same place."""
    assert "data_months" in refused(capsys, "decide", "mid-size", "--fact", f"data_months={HUGE}")


@pytest.mark.parametrize("text", [r'{"a": "\ud800"}', r'{"\udfff": 1}'])
def test_half_a_character_is_refused(text):
    """A lone surrogate can be read and never be written to a file."""
    with pytest.raises(FeedError, match="half of a character"):
        load_json(text.encode(), dict)


def test_a_whole_character_of_two_halves_is_read():
    """An emoji in JSON is escaped as two halves, which belong together."""
    assert load_json(rb'{"a": "\ud83d\ude00"}', dict) == json.loads(r'{"a": "\ud83d\ude00"}')


def test_a_range_without_ends_is_refused_where_the_number_has_bounds(capsys):
    """A tenth of a lognormal lies below its low, so fewer than one node would be drawn."""
    assert main(["init", "own.toml", "--from", "mid-size"]) == 0
    path = Path("own.toml")
    capsys.readouterr()
    text = path.read_text(encoding="utf-8")
    line = 'min_nodes = { low = 1, base = 2, high = 4, shape = "lognormal" }'
    head, mark, tail = text.partition("[nodes]\n")
    assert mark, "the ready scenario has a section nodes"
    rest = [row for row in tail.splitlines() if not row.startswith("min_nodes")]
    path.write_text(head + mark + "\n".join([line, *rest]), encoding="utf-8")
    said = refused(capsys, "budget", "own.toml", "--out", "own.xlsx")
    assert "shape of min_nodes is 'lognormal'" in said


@pytest.mark.parametrize("command", ["budget", "init", "lint", "budget --from"])
def test_an_argument_that_is_no_text_is_refused(command, capsys):
    """As a file from an old Windows archive is named: it could not be written into a workbook."""
    said = refused(capsys, *command.split(), "caf\udce9.toml")
    assert said == "'caf\\udce9.toml' is not UTF-8 text; rename the file, or type it anew.\n"


@pytest.mark.parametrize("command", ["init", "diff budget.toml", "--folder", "budget"])
def test_a_name_that_is_too_long_for_a_file_is_refused(capsys, command):
    """Whether or not the command has looked for the file before it reads it."""
    assert "too long" in refused(capsys, *command.split(), "x" * 300)


def test_a_fault_of_ours_says_so(monkeypatch, capsys):
    """A traceback tells the user nothing; the words to report hold no data of theirs."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret figures")

    monkeypatch.setattr(verbs, "commands", lambda: broken)
    assert main(["budget", "secret.toml"]) == FAULT
    said = capsys.readouterr().err
    assert "This is a fault of Evenpoint" in said
    assert "ZeroDivisionError at test_odd_numbers:" in said.replace("tests.install.", "")
    assert "secret" not in said


def test_a_developer_sees_where_it_happened(monkeypatch):
    """The traceback is there for whoever asks for it."""
    monkeypatch.setenv("EVENPOINT_TRACEBACK", "1")
    monkeypatch.setattr(verbs, "commands", lambda: lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["budget"])
