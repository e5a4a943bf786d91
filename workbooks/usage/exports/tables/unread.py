"""Columns that a layout does not read, and how a user states which is which."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbooks.usage.exports.cells import CURRENCY_CODE
from workbooks.usage.exports.layout import Layout, UsageError, folded, heading

MONEY = re.compile(
    r"cost|spen[dt]|amount|charge|billed|expense|\bnet\b|\bfees?\b|kosten|betrag|price|preis|credit"
    r"|\bco[uû]ts?\b|montant|\bprix\b|importe"
    r"|费用|成本|金额|消费|^total$|usd|eur|gbp|[$€£]",
    re.IGNORECASE,
)
COUNTS = re.compile(
    r"tokens?\b|tokens?_|\bjetons\b|cache|requests?\b|quantity|units?\b"
    r"|^(bis|until|ende|enddatum)$|^end(?![ _-]?(user|customer|client|point))|[ _]end\b",
    re.IGNORECASE,
)
PER_TOKEN = re.compile(
    r"pri[cs]e.*(token|1m|1k)|token.*pri[cs]e|api|request[_ ]?id|/ ?s", re.IGNORECASE
)
"""Prices, keys and names, which are no sums."""
TOKENS = re.compile(r"tokens?(_?count)?$|^tokens?_(?!type)", re.IGNORECASE)
TOTALS = frozenset(("totaltokens", "metadatausageobjecttotaltokens"))
RUNNING = re.compile(r"cumul|kumul|running|laufend|[ym]td(?![a-z])|to[ _-]?date", re.IGNORECASE)
"""In the header of numbers that hold those of the rows before."""
LIKELY = {
    "date": re.compile(
        r"date|day|time|month|created|datum|tag\b|^(von|from|beginn)\b|zeitraum|period|日期|时间",
        re.IGNORECASE,
    ),
    "model": re.compile(r"model|llm|deployment|endpoint|entity|模型", re.IGNORECASE),
    "input": re.compile(
        r"^(?!.*(cache|cost|price|output)).*(input|prompt|context|eingabe|输入)", re.IGNORECASE
    ),
    "output": re.compile(
        r"^(?!.*(cost|price|reasoning)).*(output|completion|generated|ausgabe|输出)", re.IGNORECASE
    ),
    "cost": re.compile(
        rf"^(?!.*(currency|input|output|token|1m|1k|{RUNNING.pattern})).*({MONEY.pattern})",
        re.IGNORECASE,
    ),
}
"""What the header of a column with such a role probably says."""
PERHAPS = {
    "end": re.compile(r"^(bis|to|until|ende?)\b|end[ _-]?(date|time|day)|enddatum", re.IGNORECASE),
    "cached": re.compile(r"^cached|cache[ _-]?read|cached[ _-]?(input|prompt)", re.IGNORECASE),
    "requests": re.compile(r"\b(num[ _])?requests?$|^calls$|request[ _]count", re.IGNORECASE),
    "currency": re.compile(r"currency|w[äa]e?hrung", re.IGNORECASE),
}
"""The same of columns that not every export has."""
SECRET = re.compile(r"@|\bsk-|[A-Za-z0-9]{24}")
"""An address or a key: what stands where headers should may be a row of somebody's."""


def refuse_unread(name: str, layout: Layout, headers: Sequence[str]) -> None:
    """Raise a UsageError if a general layout would drop money, tokens, requests or ends of rows.

    Of two columns of money in two currencies, it would drop one.
    """
    read = {each for names in layout.places.values() for each in names}
    for header in headers if layout.general else ():
        counts = MONEY.search(header) or COUNTS.search(header)
        if counts and not PER_TOKEN.search(header) and heading(header) not in read:
            raise UsageError(
                f"{name} has a column {header} that {layout.title} does not read; "
                f"{how_to_state(headers)}"
            )
    first = set(layout.places.get("first_day", ())) & {heading(each) for each in headers}
    if first and not any(heading(each) in layout.places["start"] for each in headers):
        begun = next(each for each in headers if heading(each) in first)
        raise UsageError(
            f"{name} has a column {begun} of first days and none of the last; "
            f"{how_to_state(headers)}"
        )
    money = [each for each in headers if heading(each) in layout.places.get("cost", ())]
    codes = {code[0].lower(): each for each in money if (code := CURRENCY_CODE.search(each))}
    if layout.general and len(codes) > 1:
        raise UsageError(
            f"{name} has costs in {len(codes)} currencies ({', '.join(codes.values())}); "
            f"{how_to_state(headers)}"
        )


def unread_tokens(layout: Layout, headers: Sequence[str]) -> list[str]:
    """Say which columns of tokens a layout does not read; a general one is refused for them.

    A vendor adds columns to an export whenever it likes.
    """
    read = {each for names in layout.places.values() for each in names}
    read |= {folded(name) for each in layout.headers for name in each.split("|")}
    others = (header for header in headers if TOKENS.search(header.rpartition(".")[2]))
    left = [header for header in others if layout.key(header) not in read | TOTALS]
    return [f"its columns of tokens {', '.join(left[:6])} are not read"] * bool(left)


def how_to_state(headers: Sequence[str]) -> str:
    """Say with which option a user states the columns, as far as headers suggest them."""
    likely = {
        role: next((each for each in headers if pattern.search(each)), "…")
        for role, pattern in LIKELY.items()
    }
    for role, pattern in PERHAPS.items():
        if found := next((each for each in headers if pattern.search(each)), ""):
            likely[role] = found
    if any(SECRET.search(each) for each in headers):
        likely = dict.fromkeys(likely, "…")
    columns = ",".join(f"{role}={header[:40]}" for role, header in likely.items())
    return f'say which column is which with --columns "{columns}"'  # quoted for every shell
