"""Every token price is plausible, dated, sourced, and consistent with its own row."""

from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from workbooks.prices.snapshot import read_choice
from workbooks.tables import TokenPrice, price_on, retirements, token_prices

NEWEST_SOURCE: date = read_choice()["litellm"]["retrieved"]
OLDEST_USEFUL = date(2023, 1, 1)

each_row = pytest.mark.parametrize(
    "row", token_prices(), ids=lambda row: f"{row.model}@{row.valid_from}"
)


def prices(row: TokenPrice) -> dict[str, float]:
    """Return the prices of a row that are known, by column."""
    columns = [name for name in TokenPrice.__annotations__ if name.endswith("_per_mtok")]
    return {name: price for name in columns if (price := getattr(row, name)) is not None}


@each_row
def test_prices_are_plausible(row: TokenPrice) -> None:
    """Outside 0.001 to 1,000 per million tokens a unit has slipped; nothing is free unnoticed."""
    for name, price in prices(row).items():
        assert 0.001 <= price <= 1000 or (price == 0 and "free" in row.note), name


@each_row
def test_every_price_is_dated_and_sourced(row: TokenPrice) -> None:
    """A price without source and date cannot be checked; articles are quoted by their title."""
    assert OLDEST_USEFUL <= row.as_of <= NEWEST_SOURCE
    assert row.as_of_kind in {"published", "effective", "release", "retrieved"}
    assert row.source
    assert row.source_url.startswith("https://") or row.model.startswith("article-")


@each_row
def test_the_model_name_says_whose_price_it_is(row: TokenPrice) -> None:
    """Lower-case `host/model` keeps one model apart on its many hosts."""
    assert row.model == row.model.lower()
    assert row.model.count("/") >= 1
    assert row.kind in {"api", "managed"}


@each_row
def test_output_costs_at_least_as_much_as_input(row: TokenPrice) -> None:
    """The reverse usually means swapped columns; where it is real, the note says so."""
    dearer = row.output_price_per_mtok >= row.input_price_per_mtok
    assert dearer or "output costs less" in row.note


@each_row
def test_discounts_are_discounts(row: TokenPrice) -> None:
    """Cached input and batch jobs never cost more than the standard price."""
    assert (row.cached_price_per_mtok or 0) <= row.input_price_per_mtok
    assert (row.batch_input_price_per_mtok or 0) <= row.input_price_per_mtok
    assert (row.batch_output_price_per_mtok or 0) <= row.output_price_per_mtok


@each_row
def test_long_context_is_stated_whole_and_never_cheaper(row: TokenPrice) -> None:
    """The size and both prices come together, and a longer request costs no less."""
    size, *pair = (
        row.long_context_from_tokens,
        row.long_context_input_price_per_mtok,
        row.long_context_output_price_per_mtok,
    )
    if size is None:
        assert pair == [None, None]
    else:
        assert size >= 32_000
        assert (pair[0] or 0) >= row.input_price_per_mtok
        assert (pair[1] or 0) >= row.output_price_per_mtok


@each_row
def test_agreement_matches_the_two_sources(row: TokenPrice) -> None:
    """Both numbers stand where sources disagree, and confidence follows from agreement."""
    second = (row.second_input_price_per_mtok, row.second_output_price_per_mtok)
    if row.agreement == "1 source":
        assert (row.second_source, *second) == ("", None, None)
        assert row.confidence in {"low", "medium"}
        return
    first = (row.input_price_per_mtok, row.output_price_per_mtok)
    same = second == pytest.approx(first, rel=1e-3)
    assert row.second_source
    assert (row.agreement, row.confidence) == (
        ("2 sources", "high") if same else ("differs", "low")
    )


def test_validity_never_overlaps_and_leaves_no_gap() -> None:
    """On every day a model has at most one price; a history runs on without holes."""
    for old, new in pairwise(token_prices()):
        if old.model == new.model:
            assert old.valid_to == new.valid_from is not None


def test_every_model_has_one_price_in_force_when_the_table_was_made() -> None:
    """The default of a lookup is neither a past price nor one announced for later."""
    in_force = Counter(row.model for row in token_prices() if row.holds_on(row.as_of))
    gone = {row.model for row in retirements()}
    for model in {row.model for row in token_prices()}:
        assert in_force[model] == 1 or (in_force[model] == 0 and model in gone), model


def test_a_retired_model_ends_on_its_day_and_keeps_its_last_price() -> None:
    """Sixteen models that an audit of November 2026 found retired were open; each day is sourced.

    What a vendor names instead is a model of the table, so that it can be priced.
    """
    last = {row.model: row for row in token_prices()}
    for gone in retirements():
        assert last[gone.model].valid_to == gone.retired_on
        assert price_on(gone.model, gone.retired_on) == last[gone.model]
        assert gone.replacement in {"", *last}
        assert gone.source_url.startswith("https://")
        assert gone.as_of >= OLDEST_USEFUL
    by_snapshot = {gone.model for gone in retirements() if gone.retired_on <= NEWEST_SOURCE}
    assert by_snapshot >= {
        *("groq/llama-3.3-70b-versatile", "groq/llama-3.1-8b-instant", "groq/qwen/qwen3-32b"),
        *("xai/grok-3", "xai/grok-4-fast-reasoning", "cerebras/llama-3.3-70b"),
        *("cerebras/llama3.1-8b", "anthropic/claude-3-5-sonnet", "anthropic/claude-3-haiku"),
        *("anthropic/claude-3-7-sonnet-latest", "anthropic/claude-opus-4-1"),
        *("google/gemini-1.5-flash", "google/gemini-1.5-pro", "google/gemini-2.0-flash"),
    }


def test_the_choice_is_wide_enough() -> None:
    """Readers find their model: sixty models, twelve providers, 25 on managed hosts."""
    rows = [row for row in token_prices() if not row.model.startswith("article-")]
    assert len({row.model for row in rows}) >= 60
    assert len({row.provider for row in rows}) >= 12
    assert len({row.model for row in rows if row.kind == "managed"}) >= 25


@pytest.mark.parametrize("host", ["Hugging Face", "DeepSeek", "Fireworks"])
def test_hosts_the_articles_name_are_listed(host: str) -> None:
    """The articles advise these managed platforms by name."""
    assert any(row.provider.startswith(host) and row.kind == "managed" for row in token_prices())


@pytest.mark.parametrize(
    ("model", "price", "currency"),
    [
        ("article-1/gemini-flash", 0.075, "EUR"),
        ("article-1/claude-sonnet", 2.5, "EUR"),
        ("article-1/gpt-4-turbo", 10.0, "EUR"),
        ("article-1/llama-70b-bedrock", 3.2, "EUR"),
        ("article-3/us-api-large", 0.75, "USD"),
        ("article-3/us-api-small", 0.1, "USD"),
    ],
)
def test_prices_the_articles_state_are_kept_as_stated(
    model: str, price: float, currency: str
) -> None:
    """The articles give one price per model for input and output alike."""
    (row,) = (row for row in token_prices() if row.model == model)
    assert (row.input_price_per_mtok, row.output_price_per_mtok) == (price, price)
    assert row.currency == currency
