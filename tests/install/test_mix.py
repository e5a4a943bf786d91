"""`evenpoint mix` answers in words and as JSON, and says what is wrong in one sentence."""

import json

from install.command import main


def test_the_mix_of_the_guide_in_words(capsys):
    """Both engines stay with the API, and what would change that is said."""
    assert main(["mix", "article-3-engines"]) == 0
    said = capsys.readouterr().out
    assert "mix costs USD 22,356" in said
    assert "Own nodes are in no month of it." in said
    assert "Reasoning requests: Reasoning API; next best 70B on own cards" in said


def test_the_mix_as_json(capsys):
    """Shares by month, workload and engine add to 1."""
    assert main(["mix", "article-2-providers", "--json", "--no-answers"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert all(abs(sum(shares) - 1) < 1e-9 for month in told["shares"] for shares in month)
    assert told["least_possible_cost"] <= told["present_cost"]


def test_what_is_wrong_is_one_sentence(capsys):
    """The argument, the value and the rule."""
    assert main(["mix", "article-3-engines", "--month", "37"]) == 2
    assert "--month is 37; it must be from 1 to 36" in capsys.readouterr().err
    assert main(["mix", "no-such"]) == 2
    assert "name a scenario file or one of" in capsys.readouterr().err
