"""`evenpoint size` and `evenpoint sizing validate` on the screen and as JSON."""

import json

import pytest

from install.command import main


def told(capsys, *arguments):
    """What a command that succeeds prints."""
    assert main(list(arguments)) == 0
    said = capsys.readouterr()
    assert said.err == ""
    return said.out


def test_size_prints_a_row_for_each_hardware(capsys, monkeypatch):
    """Which fits, how many, at what cost, and whether H100s are needed."""
    monkeypatch.setenv("COLUMNS", "160")
    asked = (
        "Llama-3.3-70B",
        "--tokens",
        "2.7B",
        "--input-tokens",
        "1500",
        "--output-tokens",
        "300",
    )
    said = told(capsys, "size", *asked, "--hardware", "H100 SXM", "--hardware", "TPU v5e")
    assert "H100 SXM fp8" in said
    assert "Does not fit: the weights take 141.1 GB" in said
    assert "H100 SXM is among the cheapest" in said


def test_size_of_the_guide_counts_its_requests(capsys):
    """Its 50,000 requests a day are 35 a minute; flat load, so the peak is no higher."""
    asked = ("--input-tokens", "1500", "--output-tokens", "300", "--load", "flat", "--json")
    said = json.loads(told(capsys, "size", "Llama-3.3-70B", "--tokens", "2.7B", *asked))
    minute = said["choices"][0]["peak_requests_per_minute"]
    assert minute == pytest.approx(2.7e9 / 1800 / (730 * 60))
    assert said["advice"].startswith("You probably do not need H100s")
    assert said["choices"][-1]["cost_per_month"] is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("Llama-3-70B", "--tokens", "1B"), "There is no model 'Llama-3-70B' in the table"),
        (("Llama-3.3-70B", "--tokens", "1B", "--hardware", "H1"), "There is no accelerator 'H1'"),
        (("Llama-3.3-70B", "--tokens", "0"), "--tokens is 0"),
        (("Llama-3.3-70B", "--tokens", "1B", "--output-tokens", "0"), "--output-tokens is 0; it"),
        (("Llama-3.3-70B", "--tokens", "1B", "--precision", "q2"), "weight_precision is 'q2'"),
        (("Llama-3.3-70B", "--tokens", "1B", "--load", "no.csv"), "'no.csv' is neither a file"),
        (("Llama-3.3-70B", "--tokens", "1B", "--api-model", "x/y"), "There is no model 'x/y'"),
    ],
)
def test_size_refuses_in_one_sentence(capsys, arguments, message):
    """On stderr, with what is wrong and the rule."""
    assert main(["size", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert message in said.err
    assert said.err.count("\n") == 1


def test_validate_prints_how_far_off_the_model_is(capsys, monkeypatch):
    """Overall, held out, what is missed and what is left out."""
    monkeypatch.setenv("COLUMNS", "160")
    said = told(capsys, "sizing", "validate")
    for words in ("all speeds", "every source held out", "MLPerf", "Off by more than 1.5x"):
        assert words in said
    assert "GB200" in said


def test_validate_as_json(capsys):
    """The same numbers for a program."""
    said = json.loads(told(capsys, "sizing", "validate", "--json"))
    assert said["scores"][0]["count"] == 88
    assert said["held_out"][0]["subset"] == "every source held out"
    assert said["constants"]["max_batch_count"] == 2048
