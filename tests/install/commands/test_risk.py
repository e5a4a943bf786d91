"""`evenpoint risk`: the same seed gives the same answer, and what it cannot do it says."""

import json

import pytest

from install.command import main


def told(capsys, *arguments):
    """What a command that succeeds prints."""
    assert main(["risk", *arguments]) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def test_same_seed_same_bytes(capsys):
    """A reader of the report can make it again, to the byte."""
    once, again, other = (
        told(capsys, "mid-size", "--draws", "300", "--seed", seed, "--json") for seed in "115"
    )
    assert once == again
    assert once != other


def test_json_has_every_option_and_bar(capsys):
    """A program finds shares, percentiles and the tornado under plain names."""
    answer = json.loads(told(capsys, "mid-size", "--draws", "300", "--json"))
    assert set(answer["options"]) == {"api", "managed", "own", "hybrid"}
    assert sum(each["wins_share"] for each in answer["options"].values()) == pytest.approx(1)
    swings = [bar["swing_cost"] for bar in answer["tornado"]]
    assert swings == sorted(swings, reverse=True)
    assert len(answer["cash_saved_to_date_cost"]["p50"]) == answer["months"] == 36


def test_screen_says_it_in_a_sentence(capsys):
    """The first line is what one would tell the board."""
    first, conditions, *_ = told(capsys, "article-3", "--draws", "300").splitlines()
    assert first.startswith(
        "Stay on the API: it costs least, USD 135,000 in present value over 36 months, "
        "138,200 (51%) less than the runner-up, self-hosting; the cloud API is cheapest of all in "
        "100.0% of 300 draws, cheaper than self-hosting in 100.0%, and saves "
    )
    assert first.endswith("against it (P10 to P90) (seed 1).")
    assert conditions.startswith("Gates that nobody has answered · the data may leave your network")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "nowhere cannot be read"),
        (["--draws", "5"], "'--draws'"),
        (["--seed", "-1"], "'--seed'"),
    ],
)
def test_bad_input_is_refused(capsys, arguments, words):
    """One clear sentence, and exit code 2."""
    assert main(["risk", *arguments]) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert said.out == ""
