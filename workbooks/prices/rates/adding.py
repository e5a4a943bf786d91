"""Exchange rates of a file as lines of a receipt: those newer than what is known."""

from __future__ import annotations

from workbooks import tables
from workbooks.folder.receipts import Line
from workbooks.prices.rates.exchange import parse


def rate_lines(name: str, content: bytes) -> list[Line]:
    """Return a line for each day and currency that the tables lack.

    Raises
    ------
    FeedError
        If it is no file of reference rates.
    """
    known = {(each.date, each.to_currency) for each in tables.exchange_rates()}
    first = min(day for day, _ in known)
    return [
        {
            **{"table": "rate", "date": day, "from_currency": "EUR", "to_currency": currency},
            **{"rate": float(rate), "source": f"reference rates of {name}", "source_url": ""},
        }
        for currency, days in sorted(parse(content).items())
        for day, rate in sorted(days.items())
        if day >= first and (day, currency) not in known
    ]
