"""Know a cloud's price list by its headings, as `lists.toml` names them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files


@dataclass(frozen=True)
class Cloud:
    """A price list with a row for each meter; `lists.toml` says what each field is."""

    name: str
    provider: str
    known_by: tuple[frozenset[str], ...] = ()
    label: str = ""
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    agreed: tuple[str, ...] | None = None
    needs: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def role(self, heading: str) -> str:
        """Return what a column holds; nothing where the list has no use for it.

        >>> cloud_of(["SKU ID", "SKU description", "List price ($)"]).role("List price ($)")
        'price'
        """
        plain = squeezed(heading)
        if plain in self.only:
            return "only"
        return next((role for role, names in self.columns.items() if plain in names), "")

    def is_public(self, headings: Sequence[str]) -> bool:
        """Whether everybody pays these prices, so that they are no contract.

        >>> listed, agreed = (["SKU ID", "SKU description", f"{kind} price"] for kind in
        ...                   ("List", "Contract"))
        >>> cloud_of(listed).is_public(listed), cloud_of(agreed).is_public(agreed)
        (True, False)
        """
        return self.agreed is not None and not {*map(squeezed, headings)} & {*self.agreed}

    def told(self, headings: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
        """Return what a row says by role: all of `says`, else the first cell that says something.

        Under `only` stands what makes it no price of everybody's, with its heading, and under
        `lacks` the column without which no price of the list can be read.
        """
        by_name = dict(zip(map(squeezed, headings), cells, strict=False))
        found = {
            role: [cell for name in names if (cell := by_name.get(name, ""))]
            for role, names in self.columns.items()
        }
        told = {
            role: " ".join(each if role == "says" else each[:1]) for role, each in found.items()
        }
        unlike = (
            f"{heading} {cell}"
            for heading, cell in zip(headings, cells, strict=False)
            if squeezed(cell) not in self.only.get(squeezed(heading), (squeezed(cell),))
        )
        lacks = (
            why
            for role, why in self.needs.items()
            if not any(name in by_name for name in self.columns[role])
        )
        return told | {"only": next(unlike, ""), "lacks": next(lacks, "")}


@lru_cache(maxsize=10_000)
def squeezed(heading: str) -> str:
    """Return a heading without brackets, blanks and capitals.

    >>> squeezed("Contract price ($)"), squeezed("Region Code")
    ('contractprice', 'regioncode')
    """
    return re.sub(r"\([^)]*\)|\W|_", "", heading.casefold())


def cloud_of(headings: Sequence[str]) -> Cloud | None:
    """Return whose price list has these headings; None where it is no cloud's export."""
    said = frozenset(map(squeezed, headings))
    for cloud in _clouds():
        has_price = any(each in said for each in cloud.columns.get("price", ()))
        if has_price and any(names <= said for names in cloud.known_by):
            return cloud
    return None


def sheet_of_meters() -> Cloud:
    """Return the list whose headings companies call in many ways: it has a meter's name."""
    return next(each for each in _clouds() if not each.known_by)


def public_lists() -> list[str]:
    """Return the names of price lists that may be what everybody pays."""
    return [each.name for each in _clouds() if each.agreed is not None]


@cache
def _clouds() -> tuple[Cloud, ...]:
    text = (files("workbooks.prices.clouds") / "lists.toml").read_text(encoding="utf-8")
    return tuple(
        Cloud(**{**each, "known_by": tuple(map(frozenset, each.get("known_by", ())))})
        for each in tomllib.loads(text)["list"]
    )
