"""What a source says of a model's price, and what in it cannot be believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from workbooks.printable import printable

INPUT, OUTPUT = "input_price_per_mtok", "output_price_per_mtok"
CACHED, WRITE = "cached_price_per_mtok", "cache_write_price_per_mtok"
BATCH_INPUT, BATCH_OUTPUT = "batch_input_price_per_mtok", "batch_output_price_per_mtok"
LONG_FROM = "long_context_from_tokens"
LONG_INPUT, LONG_OUTPUT = "long_context_input_price_per_mtok", "long_context_output_price_per_mtok"
WRITE_1H, BATCH_CACHED = "cache_write_1h_price_per_mtok", "batch_cached_price_per_mtok"
REASONING, PER_REQUEST = "reasoning_price_per_mtok", "price_per_request"
FIRST_BAND = (LONG_FROM, LONG_INPUT, LONG_OUTPUT)
SECOND_BAND = tuple(f"second_{each}" for each in FIRST_BAND)
RATES = (
    *(INPUT, OUTPUT, CACHED, WRITE, BATCH_INPUT, BATCH_OUTPUT, *FIRST_BAND),
    *(WRITE_1H, BATCH_CACHED, REASONING, *SECOND_BAND, PER_REQUEST),
)
"""The columns of the price table that a source may fill."""
TITLES = {
    INPUT: "input",
    OUTPUT: "output",
    CACHED: "cached input",
    WRITE: "cache write",
    BATCH_INPUT: "batch input",
    BATCH_OUTPUT: "batch output",
    LONG_INPUT: "long-context input",
    LONG_OUTPUT: "long-context output",
    WRITE_1H: "1-hour cache write",
    BATCH_CACHED: "batch cached input",
    REASONING: "reasoning",
    SECOND_BAND[1]: "second long-context input",
    SECOND_BAND[2]: "second long-context output",
    PER_REQUEST: "price of a request",
}

DEAREST_REQUEST = Decimal(10)
CHEAPEST, DEAREST = Decimal("0.001"), Decimal(1000)
"""USD per million tokens; outside, a unit has slipped. Every price ever seen lies well inside."""
LONGEST_NUMBER = 60


class FeedError(ValueError):
    """A file or an answer that is refused as a whole; the message says why, in one sentence."""


class DoubtfulError(ValueError):
    """A single price that is set aside; the message says why, without the place."""


class UncountedError(DoubtfulError):
    """A price of something else than a model's text tokens, which need not be told."""


class Doubt(NamedTuple):
    """A price that was set aside: where it stands, what it says, and why it was not taken."""

    place: str
    model: str
    column: str
    shown: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What one source asks for a model, per million tokens, from one day to another.

    A column that is missing from `rates` is not offered; one in `unsure` was set aside, so
    nothing is known about it. A `partial` offer says nothing about the columns it lacks.
    """

    provider: str
    model: str
    kind: str
    rates: Mapping[str, Decimal]
    currency: str = "USD"
    valid_from: date | None = None
    valid_to: date | None = None
    source_url: str = ""
    note: str = ""
    unsure: frozenset[str] = frozenset()
    partial: bool = False
    places: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Keep what a list says as single lines that steer no terminal."""
        for name in ("provider", "model", "source_url", "note"):
            object.__setattr__(self, name, printable(getattr(self, name)))

    def holds_on(self, day: date) -> bool:
        """Say whether the offer is valid on a day; the last day of validity is excluded."""
        return (self.valid_from or date.min) <= day < (self.valid_to or date.max)


class Parsed(NamedTuple):
    """All that was read from one file."""

    offers: list[Offer]
    doubts: list[Doubt]


def shown(value: object) -> str:
    r"""Return a value as one short line that no terminal takes for a command.

    >>> shown("gpt\x1b[31m\n4"), shown("x" * 99)[-4:]
    ('gpt [31m 4', 'xxx…')
    """
    head = str(value)[:LONGEST_NUMBER] if not isinstance(value, int) or abs(value) < 10**40 else "…"
    text = "".join(each if each.isprintable() else " " for each in head)
    return text + "…" * (isinstance(value, str) and len(value) > LONGEST_NUMBER)


def per_mtok(value: Any, tokens: int, free: bool = False) -> Decimal | None:
    """Return a price for so many tokens as a price per million; None where there is none.

    Raises
    ------
    DoubtfulError
        Zero that nobody calls free, "-1", any other negative, text, or an implausible size.

    Examples
    --------
    >>> per_mtok("0.0000025", 1), per_mtok(None, 1), per_mtok(0, 1, free=True)
    (Decimal('2.5'), None, Decimal('0'))
    >>> per_mtok(0.0032, 1)  # per thousand tokens, written in a file of prices per token
    Traceback (most recent call last):
        ...
    workbooks.prices.offers.DoubtfulError: 3200 per million tokens is outside 0.001 to 1000: ...
    """
    if value is None or value == "":
        return None
    price = _decimal(value)
    if price == -1:
        raise DoubtfulError("-1 means that the price varies from call to call")
    if price < 0:
        raise DoubtfulError("a price cannot be negative")
    if price == 0 and not free:
        raise DoubtfulError("zero may mean free or not known")
    return plausible(price * 1_000_000 / tokens) if price else Decimal(0)


def per_request(value: Any, calls: int = 1) -> Decimal | None:
    """Return a price for so many requests as that of one; None where none is charged.

    Raises
    ------
    DoubtfulError
        A negative price, text, or more than any request costs.

    Examples
    --------
    >>> per_request(12, 1000), per_request("0"), per_request(None)
    (Decimal('0.012'), None, None)
    """
    if value is None or value == "":
        return None
    price = _decimal(value) / calls
    if not 0 <= price <= DEAREST_REQUEST:
        raise DoubtfulError(f"{price:f} is no price of a request")
    return price.normalize() if price else None


def _decimal(value: Any) -> Decimal:
    try:
        price = Decimal(str(value) if isinstance(value, float) else value)
    except (InvalidOperation, TypeError, ValueError):
        raise DoubtfulError("it is not a number") from None
    if isinstance(value, bool) or not price.is_finite() or abs(price.adjusted()) > 30:
        raise DoubtfulError("it is not a number of money")
    return price


def plausible(price_per_mtok: Decimal, per_usd: Decimal = Decimal(1)) -> Decimal:
    """Return a price per million tokens unless its size says that the unit has slipped.

    `per_usd` is how many units of its currency a US dollar buys.
    """
    if not CHEAPEST * per_usd <= price_per_mtok <= DEAREST * per_usd:
        size = f"{price_per_mtok.normalize():f} per million tokens"
        low, high = (float(bound * per_usd) for bound in (CHEAPEST, DEAREST))
        raise DoubtfulError(f"{size} is outside {low:.3g} to {high:.4g}: the unit may have slipped")
    return +price_per_mtok.normalize()
