"""Inputs that public files and bug reports led to; the right values are those in the files."""

from pathlib import Path

from tests.workbooks.feeds.lists import DAY
from workbooks.prices.feeds.registry import FEEDS
from workbooks.prices.offers import Parsed

HERE = Path(__file__).parent / "public"


def parsed(feed: str, name: str) -> Parsed:
    """Read a file as a price list."""
    return FEEDS[feed].parse((HERE / name).read_bytes(), DAY)


def told(found: Parsed) -> dict[str, dict[str, float]]:
    """Return each model's prices by the first words of their columns."""
    return {
        each.model: {k.removesuffix("_price_per_mtok"): float(v) for k, v in each.rates.items()}
        for each in found.offers
    }


def test_a_meter_of_grok_is_no_model_of_openai() -> None:
    """The product says whose version 4.3 is: 0.00125 and 0.0025 USD for a thousand tokens."""
    assert told(parsed("azure", "vendor_azure_grok.json")) == {
        "azure/grok-4.3": {"input": 1.25, "output": 2.5}
    }


def test_a_unit_may_say_tokens() -> None:
    """1K Tokens and 1M Tokens are units like 1K and 1M."""
    assert told(parsed("azure", "unit_azure_1m_tokens.json")) == {
        "azure/gpt-4.1": {"input": 2, "output": 8},
        "azure/gpt-4o-0806": {"input": 2.5, "output": 10},
    }
