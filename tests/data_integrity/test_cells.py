"""What holds for every cell of every shipped table, whatever it is about."""

import csv
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from workbooks.evidence import AnswerTime, UnseenThroughput
from workbooks.rows import (
    Accelerator,
    Assumption,
    ExchangeRate,
    LoadHour,
    Model,
    Rent,
    Retirement,
    Throughput,
    TokenPrice,
)

KEYS: dict[str, tuple[type, tuple[str, ...]]] = {
    "accelerators.csv": (Accelerator, ("hardware",)),
    "answer_times.csv": (
        AnswerTime,
        ("source", "source_url", "model", "load_kind", "load", "engine", "ttft_ms_p50"),
    ),
    "assumptions.csv": (Assumption, ("name",)),
    "exchange_rates.csv": (ExchangeRate, ("date", "from_currency", "to_currency")),
    "load_shapes.csv": (LoadHour, ("shape", "hour")),
    "models.csv": (Model, ("model",)),
    "rents.csv": (Rent, ("hardware", "provider")),
    "retirements.csv": (Retirement, ("model",)),
    "throughput.csv": (Throughput, ("system",)),
    "throughput_unseen.csv": (
        UnseenThroughput,
        (
            "hardware",
            "gpus",
            "model",
            "weight_precision",
            "input_tokens",
            "output_tokens",
            "source",
        ),
    ),
    "token_prices.csv": (TokenPrice, ("model", "valid_from")),
}
TABLES = list(KEYS)


def lines(table: str) -> list[dict[str, str]]:
    """Read a table as the text it is."""
    path = Path(str(files("workbooks.data") / table))
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def cells(table: str) -> Iterator[str]:
    """Return every cell of a table below its header."""
    for line in lines(table):
        yield from line.values()


def test_every_shipped_table_is_checked() -> None:
    """A table added later comes under the same rules."""
    shipped = {path.name for path in files("workbooks.data").iterdir() if path.name[-4:] == ".csv"}
    assert shipped == set(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_headers_are_the_fields_of_the_row(table: str) -> None:
    """In the order in which the row type explains them; receipts and plans say the rest."""
    kind, _ = KEYS[table]
    beside = {"origin", "source_sha256", "low_rate", "high_rate"}
    assert list(lines(table)[0]) == [x for x in kind.__annotations__ if x not in beside]


@pytest.mark.parametrize("table", TABLES)
def test_no_cell_can_act_as_a_formula(table: str) -> None:
    """A spreadsheet evaluates text that begins with = + - or @, unless it is a number."""
    risky = [cell for cell in cells(table) if re.match(r"[=+\-@\t\r]", cell)]
    assert [cell for cell in risky if not re.fullmatch(r"-\d+(\.\d+)?", cell)] == []


@pytest.mark.parametrize("table", TABLES)
def test_cells_are_plain_ascii_without_stray_blanks(table: str) -> None:
    """The files open alike in every spreadsheet, whatever code page it assumes."""
    assert [cell for cell in cells(table) if not cell.isascii() or cell != cell.strip()] == []


@pytest.mark.parametrize("table", TABLES)
def test_keys_are_unique_and_sorted(table: str) -> None:
    """A row can be looked up, and a change shows as a change of its own lines only."""
    _, columns = KEYS[table]
    keys = [tuple(line[column] for column in columns) for line in lines(table)]
    assert keys == sorted(set(keys))


def test_currencies_are_iso_codes_with_a_rate() -> None:
    """Each amount can be converted with the rates shipped beside it."""
    known = {line["to_currency"] for line in lines("exchange_rates.csv")} | {"EUR"}
    columns = {"currency", "rent_currency", "buy_currency", "from_currency", "to_currency"}
    used = {
        line[column] for table in TABLES for line in lines(table) for column in columns & set(line)
    }
    assert used - {""} == known
    assert all(re.fullmatch("[A-Z]{3}", code) for code in known)
