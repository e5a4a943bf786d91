"""Take apart the names of Azure's meters and the units they count in."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from workbooks.prices.offers import (
    BATCH_INPUT,
    BATCH_OUTPUT,
    CACHED,
    INPUT,
    OUTPUT,
    WRITE,
    DoubtfulError,
)

WORDS = {
    "input": {"inp", "inpt", "input", "in", "prompt"},
    "output": {"outp", "outpt", "opt", "output", "out", "completion"},
    "cached": {"cd", "cchd", "cached", "cache", "cch"},
    "write": {"wr", "wrt", "write", "writes", "creation"},
    "batch": {"batch", "bat", "btch"},
    "global": {"glbl", "gl", "global"},
    "regional": {"regnl", "regional", "rgnl"},
    "data-zone": {"dz", "dzone", "datazone"},
    "priority": {"pp", "priority", "prty"},
    "other": {
        *("audio", "aud", "img", "image", "video", "rt", "realtime", "ft", "finetuned", "training"),
        *("trng", "grader", "hosting", "hstng", "hours", "hour", "provisioned", "ptu", "session"),
    },
    "": {"token", "tokens", "tkns", "txt", "text", "1k", "1m", "1,000", "read", "rd", "std"},
}
"""What the words of a meter mean; none of them is part of a model's name."""
MEANING = {word: meaning for meaning, words in WORDS.items() for word in words}
_SPLIT = re.compile(r"[\s_-]+")
_UNIT = re.compile(r"\b1([KM])\b", re.IGNORECASE)


class Meter(NamedTuple):
    """What a meter counts: a model's name, where it runs, and the column of the price table."""

    model: str
    place: str
    column: str


def split(name: str) -> Meter:
    """Take a meter's name apart.

    Raises
    ------
    DoubtfulError
        If it does not count the text tokens of a model, or no column is known for them.

    Examples
    --------
    >>> split("gpt-4o-mini-0718-Inp-glbl Tokens")
    Meter(model='gpt-4o-mini-0718', place='', column='input_price_per_mtok')
    >>> split("5.4 nano Cd Wr Data Zone 1M Tokens")  # a cache write, although "Cd" says cached
    Meter(model='gpt-5.4-nano', place='data-zone', column='cache_write_price_per_mtok')
    """
    words = _SPLIT.split(re.sub(r"data[\s_-]*zone", "datazone", name.strip().casefold()))
    known = [word in MEANING for word in words]
    end = known.index(True) if True in known else len(words)
    said = {MEANING[word] for word in words if word in MEANING}
    model = "-".join(words[:end])
    if not model or "other" in said:
        raise DoubtfulError("it does not count the text tokens of a model")
    if model[0].isdigit():  # the vendor drops its own prefix: "5.4 nano" is gpt-5.4-nano
        model = f"gpt-{model}"
    tail = [word for word, is_known in zip(words[end:], known[end:], strict=True) if not is_known]
    return Meter("-".join([model, *tail]), _place(said), _column(said))


def _place(said: set[str]) -> str:
    """Return where a deployment runs; the global one is the plain name."""
    places = [each for each in ("data-zone", "regional", "priority") if each in said]
    return "-".join(places)


def _column(said: set[str]) -> str:
    """Return the column of a meter; a cache write is named "cached" too, so it comes first."""
    batch = "batch" in said
    if "write" in said:
        column = WRITE
    elif "cached" in said and "output" not in said:
        column = CACHED
    elif "input" in said and "output" not in said:
        column = BATCH_INPUT if batch else INPUT
    elif "output" in said and "input" not in said:
        column = BATCH_OUTPUT if batch else OUTPUT
    else:
        raise DoubtfulError("it does not say whether it counts input or output")
    if batch and column in {WRITE, CACHED}:
        raise DoubtfulError("cached tokens of batch jobs have no column in the price table")
    return column


def tokens(unit: str, name: str = "") -> int:
    """Return how many tokens a unit of measure holds; a meter's name may say it too.

    Raises
    ------
    DoubtfulError
        If the unit counts something else, or the name contradicts it.

    Examples
    --------
    >>> tokens("1K"), tokens("1M", "gpt 5 Inpt Glbl 1M Tokens")
    (1000, 1000000)
    >>> tokens("1 Hour")
    Traceback (most recent call last):
        ...
    workbooks.prices.offers.DoubtfulError: its unit '1 Hour' does not count tokens
    """
    size, counted = _units().get(unit.strip().casefold(), (0, ""))
    if size not in {1, 1_000, 1_000_000} or counted not in {"Units", "Tokens"}:
        raise DoubtfulError(f"its unit {unit!r} does not count tokens")
    named = _UNIT.search(name)
    if named and size != {"K": 1_000, "M": 1_000_000}[named[1].upper()]:
        raise DoubtfulError(f"its unit is {unit!r} but its name says {named[0]!r}")
    return size


@cache
def _units() -> dict[str, tuple[int, str]]:
    """Read Microsoft's own list of units: its size, and what it counts."""
    with (files("workbooks.prices.feeds") / "PricingUnits.csv").open(encoding="utf-8-sig") as lines:
        units = {
            row["UnitOfMeasure"].strip().casefold(): (
                int(float(row["PricingBlockSize"])),
                row["DistinctUnits"],
            )
            for row in csv.DictReader(lines)
        }
    return units | {"1 million": (1_000_000, "Units")}  # the list says one, of a unit "Million"
