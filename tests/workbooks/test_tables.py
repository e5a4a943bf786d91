"""Lookups in the shipped tables give the row asked for, or say which names are near."""

import subprocess
import sys
from collections.abc import Callable
from datetime import date

import pytest

from workbooks import tables


def test_a_price_holds_from_its_first_day_until_the_day_before_its_last() -> None:
    """OpenAI cut o3 from 10 to 2 on 10 June 2025."""
    assert tables.price_on("openai/o3", date(2025, 6, 9)).input_price_per_mtok == 10
    assert tables.price_on("openai/o3", date(2025, 6, 10)).input_price_per_mtok == 2


def test_a_price_announced_for_later_is_not_the_price_today() -> None:
    """Gemini 4 Argon doubles on 1 December 2026, after the table was made."""
    assert tables.price_on("google/gemini-4-argon").input_price_per_mtok == 2
    assert tables.price_on("google/gemini-4-argon", date(2026, 12, 1)).input_price_per_mtok == 4


def test_a_price_that_has_ended_is_still_found_by_its_name() -> None:
    """The article's prices held in one quarter; the article is asked for without a day."""
    assert tables.price_on("article-1/gpt-4-turbo").currency == "EUR"


def test_a_day_outside_every_row_is_an_error() -> None:
    """The article's prices are of the first quarter of 2025 only."""
    with pytest.raises(LookupError, match=r"no price for article-1/gpt-4-turbo on 2025-04-01"):
        tables.price_on("article-1/gpt-4-turbo", date(2025, 4, 1))


@pytest.mark.parametrize(
    ("lookup", "message"),
    [
        (lambda: tables.price_on("openai/gpt4o"), r"no model 'openai/gpt4o'.*openai/gpt-4o"),
        (lambda: tables.accelerator("H100"), r"no accelerator 'H100'.*H100 SXM"),
        (lambda: tables.system("2x H100"), r"no measured system '2x H100'.*2x H100 SXM"),
        (lambda: tables.throughput("H100", 2, "x"), r"no accelerator 'H100'.*H100 SXM"),
        (lambda: tables.throughput("H100 SXM", 2, "x"), r"no model measured on H100 SXM 'x'"),
        (lambda: tables.exchange_rate("EUR", "US"), r"no currency 'US'.*USD"),
        (lambda: tables.price_on(""), r"no model ''"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(
    lookup: Callable[[], object], message: str
) -> None:
    """The reader sees what was asked and what would have worked."""
    with pytest.raises(LookupError, match=message):
        lookup()


def test_all_speeds_of_a_system_are_returned_fastest_first() -> None:
    """Two H100 serve 568 to 12,954 tokens/s of a 70B, by length and load (TensorRT-LLM, NIM)."""
    runs = tables.throughput("H100 SXM", 2, "Llama-3.3-70B")
    speeds = [run.tokens_per_second for run in runs]
    assert speeds == sorted(speeds, reverse=True)
    assert (speeds[0], speeds[-1]) == (12954.0, 568.4)


def test_a_number_of_gpus_never_measured_names_those_that_were() -> None:
    """A speed does not scale with the number of GPUs, so none is made up."""
    with pytest.raises(LookupError, match=r"was measured on 2x H100 SXM, not on 3x"):
        tables.throughput("H100 SXM", 3, "Llama-3.3-70B")


def test_a_system_is_found_by_its_name() -> None:
    """The name in a cell leads back to one row: TensorRT-LLM v1.0, 4,205 output tokens/s."""
    found = tables.system("2x H100 SXM | Llama-3.3-70B fp8 | 1000/1000")
    assert found.output_tokens_per_second == 4205


def test_a_day_without_a_rate_gets_the_last_one_and_its_date() -> None:
    """The ECB set 1.0815 dollars on 31 March 2025; the next rate shipped is of June."""
    assert tables.exchange_rate("EUR", "USD", date(2025, 4, 1)) == (1.0815, date(2025, 3, 31))


def test_rates_between_two_currencies_go_through_the_euro() -> None:
    """One euro bought both amounts on the same day, so their ratio is the rate."""
    dollars, day = tables.exchange_rate("EUR", "USD")
    pounds, _ = tables.exchange_rate("EUR", "GBP")
    assert tables.exchange_rate("USD", "GBP") == (pytest.approx(pounds / dollars), day)
    assert tables.exchange_rate("USD", "EUR") == (pytest.approx(1 / dollars), day)


def test_a_day_before_the_first_rate_is_an_error() -> None:
    """A later rate would be hindsight."""
    with pytest.raises(LookupError, match=r"first rate for USD is of 2024-12-31, after 2024-06-01"):
        tables.exchange_rate("EUR", "USD", date(2024, 6, 1))


def test_reading_the_tables_needs_no_data_library() -> None:
    """Import stays quick: neither pandas nor numpy, nor csv before a table is read."""
    code = "import sys, workbooks.tables; print({'pandas', 'numpy', 'csv'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n"
