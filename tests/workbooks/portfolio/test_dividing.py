"""One volume divided among workloads: which share is meant, and the other from it."""

import pytest

from tests.workbooks.portfolio.files import changed
from workbooks.portfolio.reading import parse_portfolio
from workbooks.scenario.scenario import ScenarioError

LONG, SHORT = (7_000, 1_000), (200, 50)


def divided(shares, volume, lengths=(LONG, SHORT), hours=720):
    """Return the tokens a month of two workloads with so many shares, and their sources."""

    def change(content):
        content["nodes"] = {"hours_per_month": hours}
        content["volume"] = volume
        for workload, share, length in zip(content["workload"], shares, lengths, strict=True):
            del workload["tokens_per_month"]
            workload.update(share)
            if length:
                workload["input_tokens"], workload["output_tokens"] = length

    ours = parse_portfolio(changed(change), "test.toml").workloads
    entries = [each.scenario.entries["tokens_per_month"] for each in ours]
    return [each.base for each in entries], [each.source for each in entries]


def of(kind, *shares):
    return [{f"{kind}_share": share} for share in shares]


def test_a_fifth_of_the_requests_is_most_of_the_tokens():
    """10,000 a day at 8,000 tokens are 2.4 B of article 3's 2.7 B in 720 hours."""
    tokens, said = divided(of("request", 0.2, 0.8), {"requests_per_day": 50_000})
    assert tokens == pytest.approx([2.4e9, 0.3e9])
    assert said[0] == "88.9% of all tokens, 20.0% of all requests"


def test_a_fifth_of_the_tokens_is_few_of_the_requests():
    """540 M at 8,000 tokens are 67,500 requests, 2,160 M at 250 are 8,640,000."""
    tokens, said = divided(of("token", 0.2, 0.8), {"tokens_per_month": 2.7e9})
    assert tokens == pytest.approx([540e6, 2_160e6])
    assert said[0] == "20.0% of all tokens, 0.8% of all requests"


def test_alike_requests_have_one_share():
    """50,000 a day of 1,800 tokens: the 2.7 B that article 3 names."""
    alike = ((1_500, 300), (1_500, 300))
    for kind in ("request", "token"):
        tokens, _ = divided(of(kind, 0.2, 0.8), {"requests_per_day": 50_000}, alike)
        assert tokens == pytest.approx([540e6, 2_160e6])


def test_shares_of_tokens_need_no_lengths():
    """Then nobody knows how many requests they are, and it is not said."""
    _, said = divided(of("token", 0.2, 0.8), {"tokens_per_month": 2.7e9}, (None, None))
    assert said == ["20.0% of all tokens", "80.0% of all tokens"]


@pytest.mark.parametrize(
    ("shares", "volume", "lengths", "sentence"),
    [
        (
            of("request", 0.2, 0.7),
            {"requests_per_day": 5},
            (LONG, SHORT),
            "request_share of the workloads adds to 0.9; the shares of",
        ),
        (
            [{"request_share": 0.2}, {"token_share": 0.8}],
            {"requests_per_day": 5},
            (LONG, SHORT),
            "is divided by request_share and token_share; each workload of it says",
        ),
        (
            of("request", 0.2, 0.8),
            {"tokens_per_month": 5e9},
            (LONG, None),
            "workload 'Night batch': give input_tokens and output_tokens, for a share of requests",
        ),
        (
            of("request", 0.2, 0.8),
            {"requests_per_day": 5, "tokens_per_month": 5e9},
            (LONG, SHORT),
            "takes one of requests_per_day and tokens_per_month",
        ),
        (
            [{"request_share": 0.2, "users": 9}, {"request_share": 0.8}],
            {"requests_per_day": 5},
            (LONG, SHORT),
            "workload 'Support chat': request_share and users both say its volume; give one",
        ),
        (of("request", 0.2, 0.8), None, (LONG, SHORT), "workloads with a share need it"),
    ],
)
def test_what_is_meant_must_be_said(shares, volume, lengths, sentence):
    """One sentence with the place, the value and the rule."""
    with pytest.raises(ScenarioError, match=sentence):
        divided(shares, volume, lengths)
