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


def test_every_band_of_a_long_prompt_is_read() -> None:
    """A key that the source added since: 0.000005 and 0.0000225 a token from 272,000 on."""
    assert told(parsed("openrouter", "feed_openrouter_overrides.json")) == {
        "openrouter/openai/gpt-5.4": {
            **{"input": 2.5, "output": 15, "cached": 0.25, "long_context_from_tokens": 272_000},
            **{"long_context_input": 5, "long_context_output": 22.5},
        }
    }


def test_a_host_that_bills_in_euros_is_not_read_as_dollars() -> None:
    """The site shows the host's own numbers."""
    (offer,) = parsed("modelsdev", "feed_modelsdev_eur_host.json").offers
    assert (offer.currency, *map(float, offer.rates.values())) == ("EUR", 1.8, 5.5)
