"""Read published claims from files that anybody can write, and recompute them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np

from costcore.answers.claim_kinds import KINDS
from costcore.answers.claims import Reconciled, reconcile
from costcore.language.quantities import QUANTITIES
from workbooks.numerals import number
from workbooks.scenario.entries import shown
from workbooks.scenario.sections import SectionError, one_of, only, read, section, sections, text

FILE_KEYS = ("title", "source", "url", "currency", "inputs", "claim")
CLAIM_KEYS = ("id", "says", "kind", "claimed", "rounding", "inputs")
NEVER = "never"
ROUNDING = 0.01
LISTS = ("shares", "prices_per_mtok")


@dataclass(frozen=True, slots=True)
class Claim:
    """One published figure with its inputs, beside what they give."""

    id: str
    says: str
    kind: str
    inputs: Mapping[str, Any]
    found: Reconciled

    @property
    def unit(self) -> str:
        """What the figures count."""
        return KINDS[self.kind].unit


@dataclass(frozen=True, slots=True)
class ClaimFile:
    """The claims of one publication."""

    name: str
    title: str
    source: str
    url: str
    currency: str
    claims: tuple[Claim, ...]


def ready() -> dict[str, Traversable]:
    """Return the files of claims that come with the package, by name."""
    folder = files("workbooks.data") / "claims"
    toml = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return {file.name.removesuffix(".toml"): file for file in toml}


def load(file: Traversable) -> ClaimFile:
    """Read a file of claims and recompute each.

    Raises
    ------
    SectionError
        With the file, the claim, the value and what it must be.
    OSError
        If the file cannot be read.
    """
    return read(file, lambda content: _file(content, file.name.removesuffix(".toml")))


def _file(content: Mapping[str, Any], name: str) -> ClaimFile:
    only(content, FILE_KEYS, "the file")
    title = text(content, "title", "the file")
    shared = dict(_inputs(section(content.get("inputs", {}), "inputs"), "the file"))
    claims = tuple(_claim(each, shared) for each in sections(content, "claim", "the file"))
    ids = [claim.id for claim in claims]
    if twice := next((each for each in ids if ids.count(each) > 1), None):
        raise SectionError(f"the id {twice!r} stands twice; each must be its own")
    source, currency = (text(content, key, "the file") for key in ("source", "currency"))
    url = text(content, "url", "the file") if "url" in content else ""
    return ClaimFile(name, title, source, url, currency, claims)


def _claim(content: Mapping[str, Any], shared: Mapping[str, Any]) -> Claim:
    name = text(content, "id", "a claim")
    place = f"claim {name}"
    only(content, CLAIM_KEYS, place)
    kind = one_of(content.get("kind"), tuple(KINDS), f"kind of {place}")
    own = dict(_inputs(section(content.get("inputs", {}), f"inputs of {place}"), place))
    takes = (*KINDS[kind].required, *KINDS[kind].optional)
    inputs = {each: value for each, value in shared.items() if each in takes} | own
    claimed = content.get("claimed")
    claimed = math.inf if claimed == NEVER else _number(f"claimed of {place}", claimed)
    rounding = _number(f"rounding of {place}", content.get("rounding", ROUNDING))
    try:
        found = reconcile(kind, inputs, claimed, rounding)
    except ValueError as error:
        raise SectionError(f"{place}: {error}") from None
    return Claim(name, text(content, "says", place), kind, inputs, found)


def _inputs(table: Mapping[str, Any], place: str) -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        label = f"{name} of {place}"
        if name in LISTS:
            if not isinstance(value, list) or not value:
                raise SectionError(f"{label} is {value!r}; it must be a list of numbers")
            yield name, [_within(name, label, each) for each in value]
        else:
            yield name, _within(name, label, value)


def _within(name: str, label: str, value: Any) -> float:
    number = _number(label, value)
    if name in QUANTITIES and not QUANTITIES[name].admits(np.asarray(number)):
        raise SectionError(f"{label} is {value!r}; it must be {QUANTITIES[name].rule}")
    return number


def _number(label: str, value: Any) -> float:
    found = math.nan if isinstance(value, str) else number(value)
    if not found >= 0:
        raise SectionError(f"{label} is {shown(value)}; it must be a number of at least 0")
    return found
