"""Say what a row of a cloud's price list is a price of, by the one reader of meters."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from workbooks.meters.hosts import host_of
from workbooks.meters.reading import read
from workbooks.meters.units import tokens_in_unit
from workbooks.prices import meters
from workbooks.prices.clouds.lists import Cloud
from workbooks.prices.offers import DoubtfulError, UncountedError, shown
from workbooks.prices.sheet.units import tokens_in

PLACES = {"global", "geo", "cross-region"}
"""Where a request may be served that is sent to no one region; every region's list has them."""

LARGEST_POWER = 15
"""No price is for more units than a number of so many digits."""


class Charge(NamedTuple):
    """The model of a row, where it runs, its column of the price table, and its unit in tokens."""

    model: str
    provider: str
    region: str
    column: str
    tokens: int | None


def charge(cloud: Cloud, told: Mapping[str, str], unit: int | None = None) -> Charge:
    """Return what a row is a price of; `told` has its texts by role, "" where it says nothing.

    `unit` is how many tokens the user says that units of unknown size are.

    Raises
    ------
    UncountedError
        If it counts no text tokens of a model.
    DoubtfulError
        If it contradicts itself, holds from a volume on, or is no price that everybody pays who
        uses a token.

    Examples
    --------
    >>> from workbooks.prices.clouds.lists import cloud_of
    >>> aws = cloud_of(["OfferTermCode", "TermType", "usageType", "PricePerUnit"])
    >>> charge(aws, {"meter": "USE1-NovaPro-input-tokens", "unit": "1K tokens"})
    Charge(model='nova-pro', provider='bedrock', region='use1', column='input_price_per_mtok',
    tokens=1000)
    >>> charge(aws, {"meter": "USE1-NovaPro-input-tokens", "says": "Output tokens"})
    Traceback (most recent call last):
        ...
    workbooks.prices.offers.DoubtfulError: its meter says 'input', another of its columns 'output'
    """
    size = _tokens(told, unit)
    meter = meters.split(told["meter"], told.get("family", ""), told.get("says", ""))
    if lacks := told.get("lacks"):
        raise DoubtfulError(f"the table has no column {lacks}")
    if unlike := told.get("only"):
        raise DoubtfulError(f"its row says {shown(unlike)}, which is no price that everybody pays")
    if (start := told.get("volume", "")) and _number(start) != 0:
        raise DoubtfulError(
            f"it holds from a volume of {shown(start)} on; the price table has no prices by volume"
        )
    service = told.get("service", "")
    provider = host_of(service) if service else cloud.provider
    if not provider:
        raise DoubtfulError(f"its service {shown(service)!r} is none whose models are known")
    place = f"@{meter.place}" * bool(meter.place)
    stated = "-".join(told.get("region", "").casefold().split())
    region = meter.region if meter.region in PLACES or not stated else stated
    return Charge(meter.model + place, provider, region, meter.column, size)


def counts(cloud: Cloud, told: Mapping[str, str], unit: int | None = None) -> bool:
    """Say whether a row is of a model's text tokens; most of a list are of something else."""
    try:
        charge(cloud, told, unit)
    except DoubtfulError as doubt:
        return not isinstance(doubt, UncountedError)
    return True


def _tokens(told: Mapping[str, str], stated: int | None) -> int | None:
    """Return for how many tokens a price is; units that say nothing may be told in a sentence."""
    unit, meter = told.get("unit", ""), told["meter"]
    if quantity := told.get("quantity", ""):
        each = tokens_in_unit(unit or "count", bare=True)
        count = _number(quantity)
        if each is None:
            raise UncountedError(f"its unit {unit!r} does not count tokens")
        if count < 1 or count % 1:
            raise DoubtfulError(f"it says for {shown(quantity)} units, which is no whole number")
        return each * int(count)
    sentence = tokens_in(told.get("text", ""))
    if not unit:
        return sentence
    known = tokens_in_unit(unit, bare=True)
    if known is None and read(meter, told.get("family", "")).counts_tokens:
        if sentence or stated:
            return sentence or stated
        raise DoubtfulError(f"its unit {unit!r} is no known number of tokens; say it with --unit")
    size = meters.tokens(unit, meter)
    if sentence and sentence != size:
        raise DoubtfulError(f"its unit is {size:,} tokens, its description says {sentence:,}")
    return size


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise DoubtfulError(f"{shown(text)!r} is no number of units") from None
    if not number.is_finite() or abs(number.adjusted()) > LARGEST_POWER:
        raise DoubtfulError(f"{shown(text)!r} is no number of units")
    return number
