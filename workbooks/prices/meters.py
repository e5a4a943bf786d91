"""Say which column of the price table a vendor's meter fills, and for how many tokens."""

from __future__ import annotations

from typing import NamedTuple

from workbooks.meters.reading import Reading, read
from workbooks.meters.units import tokens_in_unit
from workbooks.prices.offers import (
    BATCH_CACHED,
    BATCH_INPUT,
    BATCH_OUTPUT,
    CACHED,
    INPUT,
    OUTPUT,
    WRITE,
    WRITE_1H,
    DoubtfulError,
    UncountedError,
)

PLAIN = {
    **{"direction": "", "cache": "", "tier": "standard"},
    **{"context": "", "apart": "", "modality": "text"},
}
"""What a reading says on an axis of which a name says nothing."""
_UNITS = {1: "1", 1_000: "1K", 1_000_000: "1M"}


class Meter(NamedTuple):
    """What a meter counts: a model's name, where it runs, and the column of the price table."""

    model: str
    place: str
    column: str
    region: str = ""
    """Where it runs, as the meter says it: "global", or the cloud's code of a region."""


def split(name: str, product: str = "", more: str = "") -> Meter:
    """Return what a meter of a product fills; other columns may say `more` of it.

    Raises
    ------
    DoubtfulError
        If it does not count the text tokens of a model, or no column is known for them.

    Examples
    --------
    >>> split("gpt-4o-mini-0718-Inp-glbl Tokens")
    Meter(model='gpt-4o-mini-0718', place='', column='input_price_per_mtok', region='global')
    >>> split("5.4 nano Cd Wr Data Zone 1M Tokens")[1:3]  # a cache write, although "Cd" is cached
    ('data-zone', 'cache_write_price_per_mtok')
    >>> split("USE1-NovaPro-input-tokens", "Nova Pro", "Input tokens Batch Inference").column
    'batch_input_price_per_mtok'
    >>> split("4.3 Inp Glbl Tokens", "Azure Grok Models").model
    'grok-4.3'
    """
    said = _agreed(read(name, product), read(more)) if more else read(name, product)
    if said.apart or said.cache == "storage" or not said.model:
        raise UncountedError("it does not count the text tokens of a model")
    if said.medium:
        raise UncountedError("it does not count the text tokens of a language model")
    if said.model[0].isdigit():
        raise DoubtfulError(f"its name says version {said.model} and nothing says whose")
    return Meter(said.model, _place(said), _column(said), said.region)


def _agreed(own: Reading, more: Reading) -> Reading:
    """Return a meter's reading with what other columns say of it.

    Raises
    ------
    DoubtfulError
        If they contradict it: it is input here and output there, or of two tiers.
    """
    found = own._asdict()
    for axis, plain in PLAIN.items():
        here, there = found[axis], getattr(more, axis)
        if there in {plain, here} or (axis == "cache" and _longer(here, there)):
            continue
        if here != plain:
            raise DoubtfulError(f"its meter says {here!r}, another of its columns {there!r}")
        found[axis] = there
    return Reading(**found)


def _longer(here: str, there: str) -> bool:
    """Whether a meter says for how long a cache is written, and another column merely that."""
    return there == "write_5m" and here.startswith("write")


def _place(said: Reading) -> str:
    """Return where a deployment runs, and in which tier; the global standard one is plain."""
    region = said.region if said.region in {"data-zone", "regional"} else ""
    tier = "" if said.tier in {"standard", "batch"} else said.tier
    return "-".join(filter(None, (region, tier)))


def _column(said: Reading) -> str:
    batch = said.tier == "batch"
    if said.context == "long":
        raise DoubtfulError("it does not say from which size on a context is long")
    if said.cache == "write_30m":
        raise DoubtfulError("the price table has no column for cache writes that live 30m")
    if said.cache and batch and said.cache != "read":
        raise DoubtfulError("cache writes of batch jobs have no column in the price table")
    if said.cache == "read":
        return BATCH_CACHED if batch else CACHED
    if said.cache:
        return WRITE_1H if said.cache == "write_1h" else WRITE
    if said.direction == "input":
        return BATCH_INPUT if batch else INPUT
    if said.direction == "output":
        return BATCH_OUTPUT if batch else OUTPUT
    raise DoubtfulError("it does not say whether it counts input or output")


def tokens(unit: str, name: str = "") -> int:
    """Return how many tokens a unit of measure holds; a meter's name may say it too.

    Raises
    ------
    DoubtfulError
        If the unit counts something else, is of unknown size, or the name contradicts it.

    Examples
    --------
    >>> tokens("1K"), tokens("1M Tokens", "gpt 5 Inpt Glbl 1M Tokens")
    (1000, 1000000)
    >>> tokens("1 Hour")
    Traceback (most recent call last):
        ...
    workbooks.prices.offers.UncountedError: its unit '1 Hour' does not count tokens
    """
    said = read(name)
    size = tokens_in_unit(unit, bare=True)
    if size is None and said.counts_tokens:
        raise DoubtfulError(f"its unit {unit!r} is no known number of tokens")
    if size is None:
        raise UncountedError(f"its unit {unit!r} does not count tokens")
    if said.unit and size != said.unit:
        raise DoubtfulError(f"its unit is {unit!r} but its name says {_UNITS[said.unit]!r}")
    return size
