"""Each price list is read as it says, in one unit, and what cannot be believed is set aside."""

import json
import pkgutil
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.workbooks.prices.feeds.lists import DATA, DAY, LISTS, content, edited
from workbooks.prices import feeds
from workbooks.prices.feeds import azure, genai, litellm, modelsdev, openrouter
from workbooks.prices.feeds.registry import FEEDS, USUAL
from workbooks.prices.offers import FeedError, Offer, Parsed
from workbooks.tables import retirement, token_prices

NOT_LISTS = {"registry", "reading", "bands"}


def offers(parsed: Parsed) -> dict[str, Offer]:
    """Return the offer of each model that holds today."""
    return {each.model: each for each in parsed.offers if each.holds_on(DAY)}


def prices(parsed: Parsed, model: str) -> dict[str, float]:
    """Return the prices of a model by the first word or two of their columns."""
    rates = offers(parsed)[model].rates
    return {name.removesuffix("_price_per_mtok"): float(rate) for name, rate in rates.items()}


def test_a_module_with_a_rank_is_a_list() -> None:
    """A price list that is added is found; no two claim the same place."""
    modules = {module.name for module in pkgutil.iter_modules(feeds.__path__)}
    assert set(FEEDS) == modules - NOT_LISTS
    assert len({feed.rank for feed in FEEDS.values()}) == len(FEEDS)
    assert set(USUAL) <= set(FEEDS)
    assert list(FEEDS)[1] == "genai"  # after the company's own sheet


@pytest.mark.parametrize("name", LISTS)
def test_every_list_has_an_address_and_a_sample_that_it_reads(name: str) -> None:
    """The sample is the real layout; addresses are never asked in a test."""
    assert FEEDS[name].url.startswith("https://")
    assert FEEDS[name].parse(content(name), DAY).offers


def test_a_companys_own_sheet_comes_first() -> None:
    """It states unit and currency itself, because nobody is there to be asked."""
    parsed = FEEDS["sheet"].parse(b"Model,Input (USD/1M),Output (USD/1M)\nopenai/o3,1.5,6\n", DAY)
    assert prices(parsed, "openai/o3") == {"input": 1.5, "output": 6}
    silent = FEEDS["sheet"].parse(b"Model,Input,Output\nopenai/o3,1.5,6\n", DAY)
    assert silent.offers == []
    assert len(silent.doubts) == 2
    assert next(iter(FEEDS)) == "sheet"


def test_genai_prices_has_history_tiers_and_peak_hours() -> None:
    """Values read in the sample by eye."""
    parsed = genai.parse(content("genai"), DAY)
    history = [(o.valid_from, o.valid_to) for o in parsed.offers if o.model == "openai/o3"]
    assert history == [(None, date(2025, 6, 10)), (date(2025, 6, 10), None)]
    assert prices(parsed, "openai/o3") == {"input": 2, "cached": 0.5, "output": 8}
    long = prices(parsed, "anthropic/claude-sonnet-4-5")
    assert (long["long_context_input"], long["long_context_output"]) == (6, 22.5)
    assert long["long_context_from_tokens"] == 200_000
    peak = offers(parsed)["deepseek/deepseek-chat"]
    assert float(peak.rates["input_price_per_mtok"]) == 0.27
    assert peak.note == "peak-hour price; off-peak 0.135 input and 0.55 output"


def test_the_installed_copy_says_what_the_shipped_table_says() -> None:
    """Two readers of the same data, written apart, agree in every price of every day."""
    parsed = genai.parse(genai.installed(), date(2026, 11, 9))
    found = {(each.model, each.valid_from): each for each in parsed.offers}
    shipped = [row for row in token_prices() if row.source == "genai-prices 0.2.3"]
    if not shipped:
        pytest.skip("the table was made from another release")
    for row in shipped:
        rates = found[row.model, row.valid_from].rates
        for column, rate in rates.items():
            assert float(rate) == pytest.approx(getattr(row, column), rel=1e-6), row.model
        blank = {name for name in type(row).__slots__ if getattr(row, name) is None}
        assert not blank & rates.keys(), row.model
        gone = retirement(row.model)
        ends = found[row.model, row.valid_from].valid_to
        assert row.valid_to in ({ends, gone.retired_on} if gone else {ends})


def test_litellm_is_per_token() -> None:
    """Values of the sample times a million; the embedding and the speech model are left out."""
    parsed = litellm.parse(content("litellm"), DAY)
    assert prices(parsed, "openai/gpt-4o") == {
        **{"input": 2.5, "output": 10, "cached": 1.25, "batch_input": 1.25, "batch_output": 5}
    }
    assert prices(parsed, "google/gemini-2.5-pro")["long_context_output"] == 15
    assert prices(parsed, "dashscope/qwen-flash")["long_context_from_tokens"] == 256_000
    assert "off-peak 0.15" in offers(parsed)["deepseek/deepseek-v4-flash"].note
    assert not {"openai/text-embedding-3-small", "azure/azure-tts"} & offers(parsed).keys()


def test_a_unit_slip_is_quarantined_not_dropped() -> None:
    """LiteLLM 1.109.1 has a price per thousand among its prices per token."""
    parsed = litellm.parse(content("litellm"), DAY)
    (doubt,) = [
        d for d in parsed.doubts if d.place == "azure_ai/jais-30b-chat/input_cost_per_token"
    ]
    assert doubt.reason.startswith("3200 per million tokens is outside 0.001 to 1000")
    assert "azure_ai/jais-30b-chat" not in offers(parsed)


def test_models_dev_is_per_million() -> None:
    """Values read in the sample by eye."""
    parsed = modelsdev.parse(content("modelsdev"), DAY)
    assert prices(parsed, "deepseek/deepseek-chat") == {
        **{"input": 0.14, "output": 0.28, "cached": 0.0028}
    }
    assert prices(parsed, "openai/gpt-5.4")["long_context_input"] == 5


@pytest.mark.parametrize(
    ("said", "offered", "reason"),
    [
        ({"prompt": "-1", "completion": "-1"}, False, "-1 means that the price varies"),
        ({"prompt": "0", "completion": "0"}, False, "zero may mean free or not known"),
        ({"prompt": "", "completion": ""}, False, ""),
        ({"prompt": "free", "completion": "free"}, False, "it is not a number"),
        ({"prompt": "-2", "completion": "1"}, False, "a price cannot be negative"),
        ({"prompt": True, "completion": "1"}, False, "it is not a number of money"),
        ({"prompt": "NaN", "completion": "1e-6"}, False, "it is not a number of money"),
        ({"prompt": "1e-6", "completion": "2e-6"}, True, ""),
    ],
)
def test_minus_one_free_blank_and_zero_are_four_different_things(
    said: dict[str, Any], offered: bool, reason: str
) -> None:
    """OpenRouter writes text; each says something else, and only a price is a price."""
    parsed = openrouter.parse(json.dumps({"data": [{"id": "a/b", "pricing": said}]}).encode(), DAY)
    assert bool(parsed.offers) is offered
    assert [d.reason.startswith(reason) for d in parsed.doubts[:1]] == ([True] if reason else [])


def test_a_variant_named_free_costs_nothing() -> None:
    """Its name says so, which zero alone does not; a model without prices is no doubt at all."""
    parsed = openrouter.parse(content("openrouter"), DAY)
    free = offers(parsed)["openrouter/meta-llama/llama-3.3-70b-instruct:free"]
    assert set(free.rates.values()) == {Decimal(0)}
    assert free.note == "free"
    assert {d.model for d in parsed.doubts} == {"openrouter/openrouter/auto"}


def meter(name: str, price: object, **more: Any) -> dict[str, Any]:
    """Return one of Azure's meters."""
    usual = {"currencyCode": "USD", "retailPrice": price, "unitOfMeasure": "1M", "meterName": name}
    return {**usual, "productName": "Azure OpenAI", "armRegionName": "eastus", **more}


def read_meters(*meters: dict[str, Any]) -> Parsed:
    """Read a page of meters."""
    return azure.parse(json.dumps({"Items": meters, "NextPageLink": None}).encode(), DAY)


def test_azure_meters_become_models() -> None:
    """Both units, every kind of token, and places with a price of their own."""
    parsed = read_meters(
        meter("gpt-4o-mini-0718-Inp-glbl Tokens", 0.00015, unitOfMeasure="1K"),
        meter("gpt 4o mini 0718 cached Inp glbl Tokens", 0.000075, unitOfMeasure="1K"),
        meter("gpt-4o-mini-0718-Outp-glbl Tokens", 0.0006, unitOfMeasure="1K"),
        meter("5.4 nano Cd Wr Data Zone 1M Tokens", 0.3),
        meter("5.4 nano cd inp DZ 1M Tokens", 0.02),
        meter("GPT 5 Mini Batch Inpt Glbl 1M Tokens", 0.125),
        meter("GPT 5 PTU Hours", 1, unitOfMeasure="1 Hour"),
        meter("GPT 4o realtime audio inp 1M Tokens", 40),
    )
    assert prices(parsed, "azure/gpt-4o-mini-0718") == {
        "input": 0.15,
        "cached": 0.075,
        "output": 0.6,
    }
    assert prices(parsed, "azure/gpt-5.4-nano@data-zone") == {"cache_write": 0.3, "cached": 0.02}
    assert prices(parsed, "azure/gpt-5-mini") == {"batch_input": 0.125}
    assert len(parsed.offers) == 3
    assert parsed.doubts == []


def test_a_meter_that_contradicts_itself_is_set_aside() -> None:
    """Its unit says a thousand and its name a million: nothing decides between them."""
    parsed = read_meters(meter("GPT 5 Inpt Glbl 1M Tokens", 1.25, unitOfMeasure="1K"))
    assert parsed.offers == []
    assert parsed.doubts[0].reason == "its unit is '1K' but its name says '1M'"


def test_regions_with_the_same_price_are_one_model() -> None:
    """Where they differ, the region becomes part of the name."""
    name = "gpt 4.1 Inp regnl 1M Tokens"
    same = read_meters(meter(name, 2.2), meter(name, 2.2, armRegionName="westeurope"))
    assert set(offers(same)) == {"azure/gpt-4.1@regional"}
    apart = read_meters(meter(name, 2.2), meter(name, 2.4, armRegionName="westeurope"))
    assert prices(apart, "azure/gpt-4.1@regional@westeurope") == {"input": 2.4}


def test_azures_pages_are_followed_on_the_same_host_only() -> None:
    """A link to another host would send the request to somebody who was not asked."""
    first = {"Items": [meter("gpt 5 inp 1M Tokens", 1.25)], "NextPageLink": "https://a.b/2"}
    second = {"Items": [meter("gpt 5 outp 1M Tokens", 10)], "NextPageLink": None}
    pages = {"https://a.b/1": first, "https://a.b/2": second}
    both = azure.fetch(lambda url: json.dumps(pages[url]).encode(), "https://a.b/1")
    assert prices(azure.parse(both, DAY), "azure/gpt-5") == {"input": 1.25, "output": 10}
    first["NextPageLink"] = "https://a.b.evil/2"
    with pytest.raises(FeedError, match="on another host"):
        azure.fetch(lambda url: json.dumps(pages[url]).encode(), "https://a.b/1")


@pytest.mark.parametrize("name", list(FEEDS))
@pytest.mark.parametrize(
    "bad",
    [b"", b" \n", b"<html>sign in</html>", b"null", b"3", b'"x"', b"\xff\xfe\x00", b"[" * 99_999],
)
def test_what_is_no_price_list_is_refused(name: str, bad: bytes) -> None:
    """A sign-in page, an empty answer and rubbish are refused in one sentence."""
    with pytest.raises(FeedError):
        FEEDS[name].parse(bad, DAY)


@pytest.mark.parametrize(("name", "bad"), [("genai", b"{}"), ("litellm", b"[]"), ("azure", b"{}")])
def test_the_wrong_type_is_refused(name: str, bad: bytes) -> None:
    """A list where an object belongs, and the other way round."""
    with pytest.raises(FeedError):
        FEEDS[name].parse(bad, DAY)


def test_names_are_lower_case_with_their_host() -> None:
    """They have to be those of the shipped table, or nothing would ever be compared."""
    shipped = {row.model for row in token_prices()}
    found = offers(genai.parse(content("genai"), DAY)).keys() | {
        model
        for name in ("litellm", "modelsdev")
        for model in offers(FEEDS[name].parse(content(name), DAY))
    }
    assert {
        "openai/gpt-4o",
        "anthropic/claude-haiku-4-5",
        "google/gemini-2.5-pro",
    } <= found & shipped
    assert "groq/llama-3.3-70b-versatile" in found & shipped


def test_a_batch_price_counts_for_the_day_it_is_known_for() -> None:
    """Earlier days have none, rather than today's."""
    variant = [{"when": {"processing": "batch"}, "prices": {"input_mtok": 1, "output_mtok": 4}}]
    odd = [{"when": {"processing": "Batch"}, "prices": {"input_mtok": 9, "output_mtok": 9}}]
    path = (4, "models", 5, "price_variants")
    parsed = genai.parse(edited("genai", (path, odd + variant)), DAY)
    batch = {
        o.valid_from: o.rates.get("batch_input_price_per_mtok")
        for o in parsed.offers
        if o.model == "openai/o3"
    }
    assert batch == {None: None, date(2025, 6, 10): 1}


def test_samples_say_where_they_come_from() -> None:
    """A file without origin and licence must not be passed on."""
    told = (DATA / "SOURCES.md").read_text(encoding="utf-8")
    for path in DATA.iterdir():
        assert "SYNTHETIC" in path.name or path.name[:12] in told or path.name == "SOURCES.md"
