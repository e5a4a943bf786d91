"""Inputs that public files and bug reports led to; the right values are those in the files."""

import json
from datetime import date
from pathlib import Path

from tests.workbooks.prices.feeds.lists import DAY
from workbooks.folder.timeline import in_force
from workbooks.prices.feeds.registry import FEEDS
from workbooks.prices.offers import Parsed
from workbooks.prices.sheet.cells import Given
from workbooks.prices.sheet.importing import apply, preview
from workbooks.prices.sheet.reading import read_sheets
from workbooks.prices.store import Store
from workbooks.rows import PRICES

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


def read_json(feed: str, value: object) -> dict[str, dict[str, float]]:
    """Return what a price list says, by model and the first words of its columns."""
    return told(FEEDS[feed].parse(json.dumps(value).encode(), DAY))


def test_what_is_charged_beside_input_and_output_is_read() -> None:
    """Two bands of long prompts, reasoning and a fee for each request; a third band is a note."""
    bands = [(32_000, "2e-6"), (128_000, "3e-6"), (512_000, "4e-6")]
    pricing = {
        **{"prompt": "1e-6", "completion": "1e-6", "request": "0.005"},
        "internal_reasoning": "3e-6",
        "overrides": [
            {"min_prompt_tokens": start, "prompt": each, "completion": each}
            for start, each in bands
        ],
    }
    content = {"data": [{"id": "a/b", "pricing": pricing}]}
    assert read_json("openrouter", content) == {
        "openrouter/a/b": {
            **{"input": 1, "output": 1, "reasoning": 3, "price_per_request": 0.005},
            **{"long_context_from_tokens": 32_000, "second_long_context_from_tokens": 128_000},
            **{"long_context_input": 2, "long_context_output": 2},
            **{"second_long_context_input": 3, "second_long_context_output": 3},
        }
    }
    (offer,) = FEEDS["openrouter"].parse(json.dumps(content).encode(), DAY).offers
    assert offer.note == "from 512,000 tokens 4 and 4"


def test_caches_of_an_hour_and_of_batch_jobs_are_read() -> None:
    """LiteLLM writes them in US dollars for each token."""
    entry = {
        **{"mode": "chat", "litellm_provider": "anthropic"},
        **{"input_cost_per_token": 3e-6, "output_cost_per_token": 15e-6},
        "cache_creation_input_token_cost": 3.75e-6,
        "cache_creation_input_token_cost_above_1hr": 6e-6,
        "cache_read_input_token_cost_batches": 0.15e-6,
    }
    assert read_json("litellm", {"claude-x": entry}) == {
        "anthropic/claude-x": {
            **{"input": 3, "output": 15, "cache_write": 3.75, "cache_write_1h": 6},
            "batch_cached": 0.15,
        }
    }


def test_a_host_that_bills_in_euros_is_not_read_as_dollars() -> None:
    """The site shows the host's own numbers."""
    (offer,) = parsed("modelsdev", "feed_modelsdev_eur_host.json").offers
    assert (offer.currency, *map(float, offer.rates.values())) == ("EUR", 1.8, 5.5)


def sheet(name: str, **more: object) -> Parsed:
    """Read a vendor's sheet with what the user states."""
    found = read_sheets(name, (HERE / name).read_bytes(), Given(**more))  # type: ignore[arg-type]
    return Parsed(found.offers, found.doubts)


def test_an_older_day_never_replaces_a_newer_step(tmp_path: Path) -> None:
    """The sheet states 21 June and 22 July; the table has steps of 17 August and 30 July."""
    store, path = Store(tmp_path / "store"), HERE / "sheet_older_effective_date.csv"
    before = store.history()
    apply(store, preview(store, path, Given(), DAY))
    for model in ("deepseek/deepseek-v4-pro", "openai/gpt-5.6-luna"):
        now, then = in_force(store.history()[model], DAY), in_force(before[model], DAY)
        assert now
        assert then
        assert now.valid_from == then.valid_from
        assert [getattr(now, column) for column in PRICES] == [
            getattr(then, column) for column in PRICES
        ]
    old = in_force(store.history()["deepseek/deepseek-v4-pro"], date(2026, 6, 21))
    assert old
    assert (old.input_price_per_mtok, old.output_price_per_mtok) == (0.435, 0.87)


def test_a_second_table_is_not_read_under_the_first_heading() -> None:
    """Plans, seats and US dollars a month are no models; that they were left out is told."""
    found = sheet("sheet_second_table.csv", provider="openai")
    assert told(found) == {"openai/claude-x": {"input": 3, "output": 15}}
    (doubt,) = found.doubts
    assert "another table begins" in doubt.reason


def test_a_column_of_a_tier_is_that_tiers_price() -> None:
    """Priority alone, and standard, flex and priority beside each other."""
    assert told(sheet("sheet_priority_columns.csv")) == {
        "openai/gpt-9@priority": {"input": 4, "output": 16}
    }
    assert told(sheet("sheet_standard_flex_priority.csv")) == {
        "openai/gpt-9": {"input": 2, "output": 8},
        "openai/gpt-9@flex": {"input": 1, "output": 4},
        "openai/gpt-9@priority": {"input": 4, "output": 16},
    }


def test_a_size_of_the_prompt_in_a_heading_is_no_direction() -> None:
    """Output, prompts <= 200k tokens is a price of output."""
    assert told(sheet("sheet_long_context_prompts_heading.csv")) == {
        "google/gemini-9-pro": {
            **{"input": 1.25, "output": 10, "long_context_from_tokens": 200_000},
            **{"long_context_input": 2.5, "long_context_output": 15},
        }
    }


def test_a_size_of_the_prompt_behind_a_name_is_no_model() -> None:
    """Grok 4.5 (>200k) is what Grok 4.5 costs above."""
    found = told(sheet("sheet_tier_in_model_name.csv", provider="xai"))
    assert found == {
        "xai/grok-4.5": {
            **{"input": 2, "cached": 0.3, "output": 6, "long_context_from_tokens": 200_000},
            **{"long_context_input": 4, "long_context_output": 12},
        },
        "xai/gpt-5.4": {
            **{"input": 2.5, "cached": 0.25, "output": 15, "long_context_from_tokens": 272_000},
            **{"long_context_input": 5, "long_context_output": 22.5},
        },
    }


def test_an_id_names_a_model_before_its_display_name() -> None:
    """A gateway's id keeps whose model it is."""
    found = sheet("sheet_id_and_display_name.csv", provider="openrouter", currency="USD")
    assert told(found) == {
        "openrouter/ai21/jamba-large-1.7": {"input": 2, "output": 8},
        "openrouter/openai/gpt-4o": {"input": 2.5, "output": 10},
    }


def test_a_page_that_says_another_follows_is_told() -> None:
    """Its own prices are read, and what is missing is named."""
    page = json.loads((HERE / "unit_azure_1m_tokens.json").read_text(encoding="utf-8"))
    link = "https://prices.azure.com/api/retail/prices?$skip=100"
    found = FEEDS["azure"].parse(json.dumps(page | {"NextPageLink": link}).encode(), DAY)
    assert "azure/gpt-4.1" in told(found)
    assert [each.reason[:34] for each in found.doubts] == ["it says that another page follows,"]


def test_a_models_meter_counts_whatever_its_service_is_called() -> None:
    """Grok is billed by Cognitive Services here."""
    page = json.loads((HERE / "vendor_azure_grok.json").read_text(encoding="utf-8"))
    for item in page["Items"]:
        item["serviceName"] = "Cognitive Services"
    assert list(read_json("azure", page)) == ["azure/grok-4.3"]


def test_keys_and_conditions_that_nobody_knows_are_told() -> None:
    """A price that the list has gained, and one that holds from so much output on."""
    plain = {"prompt": "0.000001", "completion": "0.000002"}
    override = {"min_completion_tokens": 1000, "prompt": "0.000002"}
    pricing = plain | {"input_cache_write_1d": "0.000004", "overrides": [override], "image": "1"}
    found = FEEDS["openrouter"].parse(
        json.dumps({"data": [{"id": "a/b", "pricing": pricing}]}).encode(), DAY
    )
    assert told(found) == {"openrouter/a/b": {"input": 1, "output": 2}}
    assert [each.place for each in found.doubts] == ["a/b/input_cache_write_1d", "a/b/overrides"]
    assert not found.offers[0].unsure  # no column of the table waits for either


def test_a_band_may_begin_at_a_million() -> None:
    """LiteLLM writes 1m as it writes 200k."""
    entry = {"mode": "chat", "litellm_provider": "openai"}
    for way, price in (("input", 1e-6), ("output", 2e-6)):
        entry |= {f"{way}_cost_per_token": price}
        entry |= {f"{way}_cost_per_token_above_1m_tokens": 2 * price}
    assert read_json("litellm", {"gpt-9": entry}) == {
        "openai/gpt-9": {
            **{"input": 1, "output": 2, "long_context_from_tokens": 1_000_000},
            **{"long_context_input": 2, "long_context_output": 4},
        }
    }
