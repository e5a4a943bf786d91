"""`evenpoint size` and `evenpoint sizing validate` on the screen and as JSON."""

import json

import pytest

from costcore.machines.constants import CONSTANTS
from install.command import main


def told(capsys, *arguments):
    """What a command that succeeds prints."""
    assert main(list(arguments)) == 0
    said = capsys.readouterr()
    assert said.err == ""
    return said.out


def test_size_prints_a_row_for_each_hardware(capsys):
    """Which fits, how many, at what cost, and whether H100s are needed."""
    asked = (
        "Llama-3.3-70B",
        "--tokens",
        "2.7B",
        "--input-tokens",
        "1500",
        "--output-tokens",
        "300",
    )
    said = told(
        capsys,
        "size",
        *asked,
        "--hardware",
        "H100 SXM",
        "--hardware",
        "TPU v5e",
        "--precision",
        "bf16",
    )
    assert "H100 SXM bf16" in said
    assert "Does not fit: the weights take 141.1 GB" in said


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


def test_validate_prints_how_far_off_the_model_is(capsys):
    """Fitted on, never fitted on and left out side by side, what is missed, what is skipped."""
    said = told(capsys, "sizing", "validate")
    for words in (
        "fitted on",
        "never fitted on",
        "each source left out",
        "MLPerf",
        "Blackwell RTX",
    ):
        assert words in said
    assert "Maverick" in said


@pytest.mark.slow
def test_validate_as_json(capsys):
    """The same numbers for a program."""
    said = json.loads(told(capsys, "sizing", "validate", "--json"))
    assert said["scores"][0]["count"] == 84
    assert said["unseen"][0]["count"] == 273
    assert said["held_out"][0]["subset"] == "each source left out"
    assert said["constants"]["link_speed_share"] == CONSTANTS["link_speed_share"].value


def test_size_for_a_rate_of_requests(capsys):
    """Which hardware meets the limits, and why the others do not."""
    asked = ("--requests", "2000/min", "--ttft", "500", "--user-speed", "20")
    said = told(capsys, "size", "Llama-3.3-70B", *asked, "--hardware", "H100 SXM")
    assert "2,000 requests a minute" in said
    assert "meets" in said
    found = json.loads(told(capsys, "size", "Llama-3.3-70B", *asked, "--json"))
    assert {a["verdict"] for a in found["answers"]} == {"meets", "close", "misses"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "give --tokens a month, or --requests"),
        (("--tokens", "1B", "--ttft", "500"), "give --tokens a month, or --requests"),
        (("--requests", "2000"), "'2000' is not a rate; write 2000/min"),
        (("--requests", "2000/min", "--hardware", "H1"), "There is no accelerator 'H1'"),
    ],
)
def test_a_rate_is_refused_in_one_sentence(capsys, arguments, message):
    """On stderr, with what to write."""
    assert main(["size", "Llama-3.3-70B", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert message in said.err
