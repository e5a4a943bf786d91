"""Build the shipped token prices and exchange rates from two price lists and the ECB's file."""

import argparse
import csv
import hashlib
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import genai_prices
from currency_converter import CurrencyConverter, RateNotFoundError
from genai_prices.types import ModelInfo, Provider

from workbooks.prices.history import Period, batch_rates, find_model, periods
from workbooks.rows import PEAK_HOURS, ExchangeRate, TokenPrice
from workbooks.tables import retirement

DATA = Path(__file__).parents[1] / "data"
Cell = str | Decimal | date | int | None
Line = dict[str, Cell]
READ = {"origin", "source_sha256", "low_rate", "high_rate"}  # of what is read later, or typed
MAY_BE = "LiteLLM does not list it: it may be retired"
Entry = Mapping[str, Any]  # one model in LiteLLM's file, priced per token


def main(argv: list[str] | None = None) -> None:
    """Write both tables; the one argument is the path of LiteLLM's price file."""
    parser = argparse.ArgumentParser(
        prog="python -m workbooks.prices.snapshot", description=__doc__
    )
    parser.add_argument("litellm", type=Path, help="model_prices_and_context_window_backup.json")
    parser.add_argument("--into", type=Path, default=DATA, help="folder to write to")
    given = parser.parse_args(argv)
    choice = read_choice()
    write(
        given.into / "token_prices.csv",
        TokenPrice,
        price_lines(choice, read_litellm(given.litellm, choice)),
    )
    write(given.into / "exchange_rates.csv", ExchangeRate, rate_lines(choice))


def read_choice() -> dict[str, Any]:
    """Read which models, dates and hand-kept rows the tables consist of."""
    return tomllib.loads((DATA / "snapshot.toml").read_text(encoding="utf-8"))


def read_litellm(path: Path, choice: Mapping[str, Any]) -> dict[str, Entry]:
    """Read LiteLLM's prices, refusing any other file than the one the rows will name."""
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != choice["litellm"]["sha256"]:
        version = choice["litellm"]["version"]
        raise SystemExit(
            f"{path} is not the price file of LiteLLM {version} named in snapshot.toml."
        )
    return dict(json.loads(content, parse_float=Decimal))


def write(path: Path, kind: type, lines: Iterable[Line]) -> None:
    """Write a table with the columns of its row type."""
    with path.open("w", encoding="utf-8", newline="") as file:
        shipped = [field.name for field in fields(kind) if field.name not in READ]
        table = csv.DictWriter(file, shipped, lineterminator="\n")
        table.writeheader()
        table.writerows({column: _text(cell) for column, cell in line.items()} for line in lines)


def _text(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return f"{round(cell, 9).normalize():f}"  # 1.0399999999999998 was a float once
    return "" if cell is None else str(cell)


def price_lines(choice: Mapping[str, Any], litellm: Mapping[str, Entry]) -> list[Line]:
    """Return every token price row, ordered by model and date.

    Raises
    ------
    SystemExit
        Another genai-prices is installed than `snapshot.toml` dates, or LiteLLM lacks a model.
    """
    if genai_prices.__version__ != choice["genai_prices"]["version"]:
        named = f"genai-prices {choice['genai_prices']['version']}"
        raise SystemExit(f"snapshot.toml names {named}; installed is {genai_prices.__version__}.")
    lines = [line for group in choice["group"] for line in _group_lines(group, choice, litellm)]
    for line in lines:
        _end(line)
    lines += [line for quote in choice["quote"] for line in _quote_lines(quote)]
    lines += [line for article in choice["article"] for line in _article_lines(article)]
    return sorted(lines, key=lambda line: (str(line["model"]), str(line.get("valid_from") or "")))


def _end(line: Line) -> None:
    """Close the last row of a model on the day it is retired; the earlier ones are closed."""
    gone = retirement(str(line["model"]))
    if gone and line["valid_to"] is None:
        line["valid_to"] = gone.retired_on
        kept = str(line["note"]).replace(MAY_BE, "").strip("; ")
        line["note"] = "; ".join(filter(None, [f"retired on {gone.retired_on}", kept]))


def _group_lines(
    group: Mapping[str, Any], choice: Mapping[str, Any], litellm: Mapping[str, Entry]
) -> Iterator[Line]:
    for name in group["models"]:
        entry = litellm.get(litellm_name(group, name))
        same: Line = {
            "provider": group["provider"],
            "model": f"{group['prefix']}/{name}".lower(),
            "kind": group["kind"],
            "currency": "USD",
        }
        if "genai" in group:
            yield from _genai_lines(group, name, same, choice, entry)
        elif entry is None:
            raise SystemExit(f"snapshot.toml names {same['model']}, which LiteLLM does not list.")
        else:
            yield same | _litellm_line(entry, choice)


def litellm_name(group: Mapping[str, Any], name: str) -> str:
    """Return what LiteLLM calls a chosen model; empty where it does not cover the host."""
    if "litellm" not in group:
        return ""
    return str(group.get("renamed", {}).get(name, group["litellm"] + name))


def _genai_lines(
    group: Mapping[str, Any], name: str, same: Line, choice: Mapping[str, Any], entry: Entry | None
) -> Iterator[Line]:
    provider, model = find_model(group["genai"], name)
    as_of = choice["genai_prices"]["as_of"]
    same |= {
        "source": f"genai-prices {genai_prices.__version__}",
        "source_url": _pricing_url(provider),
        "as_of": as_of,
        "as_of_kind": "release",
    }
    for period in periods(model):
        dates: Line = {"valid_from": period.valid_from, "valid_to": period.valid_to}
        line = same | period.rates | dates | {"agreement": "1 source", "confidence": "medium"}
        if (period.valid_from or date.min) <= as_of < (period.valid_to or date.max):
            line |= batch_rates(model, as_of) | _second_opinion(line, entry, choice)
        line |= _hours(period, group.get("peak_days", {}).get(name, 7))
        line["note"] = "; ".join(_notes((model, name), group, period, entry, as_of))
        yield line


def _hours(period: Period, days: int) -> Line:
    """Return when the price is that of the peak, and what is left of it outside."""
    if not period.off_peak or not period.peak_hours:
        return {}
    cheap, dear = period.off_peak["input_price_per_mtok"], period.rates["input_price_per_mtok"]
    if not cheap or not dear or len(period.peak_hours) > len(PEAK_HOURS):
        return {}
    spans: Line = dict(zip(PEAK_HOURS, period.peak_hours, strict=False))
    return spans | {"off_peak_price_share": Decimal(cheap) / dear, "peak_days_count": days}


def _pricing_url(provider: Provider) -> str:
    if not provider.pricing_urls:
        raise SystemExit(f"genai-prices names no price page for {provider.id}.")
    return provider.pricing_urls[0]


def _second_opinion(line: Line, entry: Entry | None, choice: Mapping[str, Any]) -> Line:
    if entry is None:
        return {"agreement": "1 source", "confidence": "medium"}
    pair = [_per_mtok(entry, "input_cost_per_token"), _per_mtok(entry, "output_cost_per_token")]
    agree = _same_price(pair, [line["input_price_per_mtok"], line["output_price_per_mtok"]])
    return {
        "second_source": f"LiteLLM {choice['litellm']['version']}",
        "second_input_price_per_mtok": pair[0],
        "second_output_price_per_mtok": pair[1],
        "agreement": "2 sources" if agree else "differs",
        "confidence": "high" if agree else "low",
    }


def _same_price(one: Iterable[Any], other: Iterable[Any]) -> bool:
    """Let 0.15001 be 0.15: per-token floats and hosts' own billing units round differently."""
    return all(abs(a - b) <= a / 1000 for a, b in zip(one, other, strict=True))


def _litellm_line(entry: Entry, choice: Mapping[str, Any]) -> Line:
    return {
        "input_price_per_mtok": _per_mtok(entry, "input_cost_per_token"),
        "output_price_per_mtok": _per_mtok(entry, "output_cost_per_token"),
        "cached_price_per_mtok": _per_mtok(entry, "cache_read_input_token_cost"),
        "valid_from": None,
        "valid_to": None,
        "source": f"LiteLLM {choice['litellm']['version']}",
        "source_url": entry.get("source", choice["litellm"]["source_url"]),
        "as_of": choice["litellm"]["retrieved"],
        "as_of_kind": "retrieved",
        "agreement": "1 source",
        "confidence": "low",
        "note": "",
    }


def _per_mtok(entry: Entry, key: str) -> Decimal | None:
    price = entry.get(key)
    return None if price is None else Decimal(price) * 1_000_000


def _notes(
    named: tuple[ModelInfo, str],
    group: Mapping[str, Any],
    period: Period,
    entry: Entry | None,
    as_of: date,
) -> Iterator[str]:
    model, name = named
    if "note" in group:
        yield group["note"]
    if model.deprecated:
        yield "marked deprecated by the source"
    if (period.valid_from or as_of) > as_of:
        yield "announced for that date"
    if "long_context_from_tokens" in period.rates:
        yield "a request with more input than the long-context size pays that price for all of it"
    if period.off_peak:
        cheap = [_text(period.off_peak[f"{way}_price_per_mtok"]) for way in ("input", "output")]
        yield f"peak-hour price; off-peak {cheap[0]} input and {cheap[1]} output"
        if name in group.get("peak_days", {}):
            yield group["peak_note"]
    if "litellm" in group and not entry:
        yield MAY_BE


def _quote_lines(quote: Mapping[str, Any]) -> Iterator[Line]:
    """Return the rows of a vendor's list price that two others quote with one voice."""
    same = {key: value for key, value in quote.items() if key != "api"}
    same |= {"kind": "api", "agreement": "2 sources", "confidence": "high"}
    for model, meters in quote["api"].items():
        rates = {
            name if name.endswith("tokens") else f"{name}_price_per_mtok": Decimal(figure)
            for name, figure in meters.items()
        }
        second = {
            f"second_{name}_price_per_mtok": Decimal(meters[name]) for name in ("input", "output")
        }
        yield same | {"model": model} | rates | second


def _article_lines(article: Mapping[str, Any]) -> Iterator[Line]:
    same = {key: article.get(key) for key in ("valid_from", "valid_to")}
    same |= {
        key: article[key]
        for key in ("provider", "source", "currency", "as_of", "as_of_kind", "note")
    }
    for kind in ("api", "managed"):
        for model, price in article[kind].items():
            line: Line = same | {"model": model, "kind": kind, "agreement": "1 source"}
            both = dict.fromkeys(("input_price_per_mtok", "output_price_per_mtok"), Decimal(price))
            yield line | both | {"confidence": "low"}


def rate_lines(choice: Mapping[str, Any]) -> list[Line]:
    """Return the euro's reference rate at each chosen day, under the day it was published."""
    wanted = choice["exchange_rates"]
    converter = CurrencyConverter(decimal=True)
    source = {"source": wanted["source"], "source_url": wanted["source_url"]}
    lines: list[Line] = []
    for day in wanted["days"]:
        for currency in wanted["currencies"]:
            published, rate = _last_rate(converter, currency, day)
            pair = {"from_currency": "EUR", "to_currency": currency}
            lines.append({"date": published, **pair, "rate": rate, **source})
    return lines


def _last_rate(converter: CurrencyConverter, currency: str, day: date) -> tuple[date, Decimal]:
    """Step back from a weekend or holiday; the library would otherwise mix in a later rate."""
    try:
        return day, converter.convert(1, "EUR", currency, date=day)
    except RateNotFoundError:
        return _last_rate(converter, currency, day - timedelta(days=1))


if __name__ == "__main__":
    main()
