"""The shipped prices and rates are what the builder makes of the sources they name."""

import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import genai_prices
import pytest

from workbooks.prices import snapshot
from workbooks.rows import ExchangeRate, TokenPrice
from workbooks.tables import price_on, token_prices

CHOICE = snapshot.read_choice()
LITELLM_FILE = os.environ.get("EVENPOINT_LITELLM_PRICES", "")

same_genai_prices = pytest.mark.skipif(
    genai_prices.__version__ != CHOICE["genai_prices"]["version"],
    reason="another genai-prices is installed than the one the rows name",
)


def litellm_as_shipped() -> dict[str, dict[str, Any]]:
    """Put LiteLLM's figures back from the table, per token, under LiteLLM's names."""
    shipped = {row.model: price_on(row.model) for row in token_prices()}
    return {
        snapshot.litellm_name(group, name): figures
        for group in CHOICE["group"]
        for name in group["models"]
        if (figures := per_token(shipped[f"{group['prefix']}/{name}".lower()]))
    }


def per_token(row: TokenPrice) -> dict[str, Any]:
    """Return what LiteLLM must have said for a row to read as it does; nothing if it is silent."""
    only = row.source.startswith("LiteLLM")
    if not only and not row.second_source:
        return {}
    pair = (
        (row.input_price_per_mtok, row.output_price_per_mtok)
        if only
        else (row.second_input_price_per_mtok, row.second_output_price_per_mtok)
    )
    columns = ("input_cost_per_token", "output_cost_per_token", "cache_read_input_token_cost")
    prices = zip(columns, (*pair, row.cached_price_per_mtok if only else None), strict=True)
    known = {name: Decimal(str(price)) / 1_000_000 for name, price in prices if price is not None}
    return {**known, "source": row.source_url}


def shipped(table: str) -> bytes:
    """Read a shipped file as bytes."""
    return (snapshot.DATA / table).read_bytes()


@same_genai_prices
def test_all_but_litellms_figures_follow_from_genai_prices(tmp_path: Path) -> None:
    """The builder makes the same bytes, given LiteLLM's figures as the table quotes them.

    LiteLLM is too large to install for a test, so this proves nothing about its figures; the
    next test does, where its price file is at hand.
    """
    lines = snapshot.price_lines(CHOICE, litellm_as_shipped())
    snapshot.write(tmp_path / "token_prices.csv", TokenPrice, lines)
    assert (tmp_path / "token_prices.csv").read_bytes() == shipped("token_prices.csv")


@same_genai_prices
@pytest.mark.skipif(not LITELLM_FILE, reason="EVENPOINT_LITELLM_PRICES names no price file")
def test_the_command_builds_the_shipped_tables_from_both_sources(tmp_path: Path) -> None:
    """Same sources, same bytes."""
    snapshot.main([LITELLM_FILE, "--into", str(tmp_path)])
    for table in ("token_prices.csv", "exchange_rates.csv"):
        assert (tmp_path / table).read_bytes() == shipped(table)


def test_rates_are_the_ecbs(tmp_path: Path) -> None:
    """The builder makes the same bytes from the ECB file of the currency package.

    The ECB does not revise reference rates, so a newer package gives the same file.
    """
    snapshot.write(tmp_path / "exchange_rates.csv", ExchangeRate, snapshot.rate_lines(CHOICE))
    assert (tmp_path / "exchange_rates.csv").read_bytes() == shipped("exchange_rates.csv")


def test_another_litellm_file_is_refused(tmp_path: Path) -> None:
    """Rows name a LiteLLM release, so figures of any other must not slip in under that name."""
    other = tmp_path / "prices.json"
    other.write_text("{}")
    with pytest.raises(SystemExit, match=r"prices\.json is not the price file of LiteLLM 1"):
        snapshot.read_litellm(other, CHOICE)


def test_another_genai_prices_is_refused() -> None:
    """Its date would be wrong: the date belongs to the release that the choice names."""
    dated = CHOICE["genai_prices"] | {"version": "0.0.1"}
    with pytest.raises(SystemExit, match=r"names genai-prices 0\.0\.1; installed is"):
        snapshot.price_lines({**CHOICE, "genai_prices": dated}, {})


def test_a_model_neither_source_lists_is_named() -> None:
    """A host known to LiteLLM alone needs its model there."""
    groups = [group for group in CHOICE["group"] if "genai" not in group]
    with pytest.raises(SystemExit, match=r"names deepinfra/.*, which LiteLLM does not list"):
        snapshot.price_lines({**CHOICE, "group": groups}, {})


def history(model: str) -> Iterator[tuple[str, float]]:
    """Return first day and input price of each of a model's rows."""
    for row in token_prices():
        if row.model == model:
            yield str(row.valid_from), row.input_price_per_mtok


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        # OpenAI's cut of o3 by 80% in June 2025
        ("openai/o3", [("None", 10.0), ("2025-06-10", 2.0)]),
        # an announced rise is a row of its own
        ("google/gemini-4-argon", [("None", 2.0), ("2026-12-01", 4.0)]),
        # hours of the day touch only the last price: 0.3 is its peak, 0.15 its off-peak
        (
            "deepseek/deepseek-v4-flash",
            [("None", 0.14), ("2026-08-17", 0.22), ("2026-09-10", 0.3)],
        ),
    ],
)
def test_price_changes_become_rows(model: str, expected: list[tuple[str, float]]) -> None:
    """Yesterday's bill is explained with yesterday's price; values read in genai-prices 0.2.3."""
    assert list(history(model)) == expected
