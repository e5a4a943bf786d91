"""The proof by totals, and a cost at list that says what it lacks."""

from pathlib import Path

import pytest

from tests.workbooks.usage.exports import DATA
from workbooks.usage.importing import import_usage
from workbooks.usage.reconcile import Ratio, money, ratios
from workbooks.usage.report import sentences

PUBLIC = Path(__file__).parent / "public"
BILLS = sorted([*DATA.iterdir(), *(file for file in PUBLIC.iterdir() if file.suffix != ".md")])


@pytest.mark.parametrize("path", BILLS, ids=lambda path: path.name)
def test_what_was_read_is_kept_or_set_aside(path: Path) -> None:
    """Rows exactly, and money to the cent."""
    (export,) = import_usage([path]).exports
    assert export.rows_read > 0
    assert all(each.balances for each in money(export)), money(export)


def test_the_money_of_a_bill_is_told() -> None:
    """500,000 bought, 50 drawn from it: the file has 500,000 billed."""
    (sums,) = money(import_usage([PUBLIC / "commitment_focus.csv"]).exports[0])
    assert (sums.read, sums.kept, sums.aside) == (500_000, 50, 499_950)


def test_list_against_billed() -> None:
    """5 M at 2.00 and 0.5 M at 8.00 are what was billed."""
    (each,) = ratios(import_usage([PUBLIC / "layout_azure_paygo.csv"]))
    assert (each.billed, each.listed, each.cause) == (14, pytest.approx(14), "")


@pytest.mark.parametrize(
    ("listed", "cause"),
    [(1000, "unit"), (0.000001, "unit"), (2, "discount"), (0.3, "missing"), (1.4, "")],
)
def test_an_odd_ratio_has_a_likely_cause(listed: float, cause: str) -> None:
    """Against 1 billed."""
    told = Ratio("m", "USD", 1.0, listed).cause
    assert cause in told if cause else told == ""


def test_a_tier_without_a_price_has_none() -> None:
    """Flex is not standard, which would be 0.45 dollars."""
    found = import_usage([PUBLIC / "tier_openai_flex.csv"])
    assert found.listed == {}
    assert found.unlisted == ["gpt-5-nano-2025-08-07"]


def test_an_unknown_rate_keeps_the_rest() -> None:
    """3 + 0.6 + 1.5 and 1 + 0.5 dollars, without 344,139 tokens written for an hour."""
    found = import_usage([PUBLIC / "rate_one_hour_cache_write.csv"])
    assert found.listed == {"USD": pytest.approx(6.6)}
    assert found.unlisted == []
    assert found.list_missing == ["claude-sonnet-4-5-20250929: 1-hour cache writes"]
    assert any("lower bound, without claude-sonnet" in line for line in sentences(found))


def test_unknown_cached_tokens_make_an_upper_bound() -> None:
    """All 17,111 tokens of input count at the full price, though most were cached."""
    found = import_usage([PUBLIC / "cached_litellm_metadata.csv"])
    assert any("list is an upper bound" in line for line in sentences(found))
