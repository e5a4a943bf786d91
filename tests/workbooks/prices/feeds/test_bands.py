"""Prices of service tiers and of long prompts stand apart, whole or not at all."""

import json
from typing import Any

from tests.workbooks.prices.feeds.lists import DAY, content
from workbooks.prices.feeds import litellm, modelsdev, openrouter
from workbooks.prices.offers import Offer, Parsed


def named(parsed: Parsed) -> dict[str, Offer]:
    """Return the offers by model."""
    return {each.model: each for each in parsed.offers}


def rates(offer: Offer) -> dict[str, float]:
    """Return an offer's prices by the first words of their columns."""
    return {k.removesuffix("_price_per_mtok"): float(v) for k, v in offer.rates.items()}


def router(**pricing: Any) -> Parsed:
    """Read a model of OpenRouter at 1 and 2 USD."""
    entry = {"id": "x/y", "pricing": {"prompt": "0.000001", "completion": "0.000002", **pricing}}
    return openrouter.parse(json.dumps({"data": [entry]}).encode(), DAY)


def band(start: Any, given: str, received: str = "") -> dict[str, Any]:
    """Return one override of OpenRouter."""
    ways = {"prompt": given, "completion": received} if received else {"prompt": given}
    return {"min_prompt_tokens": start, **ways}


def test_flex_and_priority_have_prices_of_their_own() -> None:
    """As the sample of LiteLLM has them: half and twice the standard price of gpt-5."""
    offers = named(litellm.parse(content("litellm"), DAY))
    assert rates(offers["openai/gpt-5@flex"])["input"] == 0.625
    assert rates(offers["openai/gpt-5@priority"]) == {"input": 2.5, "output": 20, "cached": 0.25}
    assert rates(offers["openai/gpt-5"])["input"] == 1.25
    assert not any(name.endswith("@flex") and "claude" in name for name in offers)


def test_later_bands_are_told() -> None:
    """The table has two thresholds: the third stands in the note."""
    high, higher = band(200_000, "0.000002", "0.000004"), band(500_000, "0.000003", "0.000006")
    (offer,) = router(overrides=[higher, high, band(900_000, "0.000004", "0.000008")]).offers
    assert rates(offer)["long_context_from_tokens"] == 200_000
    assert rates(offer)["long_context_input"] == 2
    assert rates(offer)["second_long_context_from_tokens"] == 500_000
    assert rates(offer)["second_long_context_output"] == 6
    assert offer.note == "from 900,000 tokens 4 and 8"


def test_a_first_band_without_a_price_leaves_none() -> None:
    """The second would hide that something begins at 200,000 tokens."""
    half, whole = band(200_000, "0.000002"), band(500_000, "0.000003", "0.000006")
    (offer,) = router(overrides=[half, whole]).offers
    assert "long_context_from_tokens" not in rates(offer)


def test_odd_bands_are_no_prices() -> None:
    """No size, a size of one token, truth for a size, and a list of text."""
    odd = [band(None, "1", "1"), band(1, "1", "1"), band(True, "1", "1"), "x", [], None]
    (offer,) = router(overrides=odd).offers
    assert set(rates(offer)) == {"input", "output"}


def test_a_fee_for_a_request_is_read() -> None:
    """Half a cent is no detail; reasoning at the price of output has no price of its own."""
    (offer,) = router(request="0.005", internal_reasoning="0.000003").offers
    assert (rates(offer)["price_per_request"], rates(offer)["reasoning"]) == (0.005, 3)
    assert set(rates(router(request="0", internal_reasoning="0.000002").offers[0])) == {
        "input",
        "output",
    }


def test_a_fee_of_an_odd_size_is_doubted() -> None:
    """Nobody asks 5,000 dollars for a request."""
    parsed = router(request="5000")
    assert "price_per_request" not in rates(parsed.offers[0])
    assert [each.reason for each in parsed.doubts] == ["5000 is no price of a request"]


def test_an_older_spelling_of_long_prompts_and_a_currency_that_is_stated() -> None:
    """models.dev wrote context_over_200k before it had tiers."""
    cost = {"input": 1, "output": 2, "context_over_200k": {"input": 2, "output": 3}}
    model = {"cost": {**cost, "currency": "eur"}}
    text = json.dumps({"h": {"models": {"m": model}}}).encode()
    (offer,) = modelsdev.parse(text, DAY).offers
    assert offer.currency == "EUR"
    assert rates(offer)["long_context_from_tokens"] == 200_000
