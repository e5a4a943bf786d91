"""The layouts of usage exports, and which of them a file has, by its headers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files

from workbooks.printable import printable
from workbooks.usage.exports.tables.scales import scaled, without_currency

TOKENS = ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output")
MEASURES = (
    *("requests", *TOKENS, "reasoning", "total", "apart"),
    *("quantity", "priced", "cost", "effective"),
)
"""Roles of columns that are numbers, and are added up."""
COUNTED = (*TOKENS, "requests", "reasoning", "total", "apart", "quantity")
"""Roles of columns whose heading may say that they are in thousands."""
TEXTS = (
    "model",
    "provider",
    "batch",
    "currency",
    "unit",
    "priced_unit",
    "charge",
    "product",
    "publisher",
    "replay",
    "tier",
    "context",
    "project",
)
"""Roles of columns that are text, and tell rows apart."""
ACCOUNTS = (
    *("organization", "organisation", "organization_id", "org_id"),
    *("account_id", "subscription_id", "tenant_id", "workspace", "workspace_id", "Mandant"),
)
"""Columns that say of any export whose account it is, where no project does."""
BESIDE = frozenset(("cachereadinputtokens", "cachecreationinputtokens"))
"""Anthropic's names of cached tokens, which its input tokens leave out."""


BOTH_WAYS = ("input|prompt|eingabe", "output|completion|ausgabe")
"""Words of the two costs that tokens have at least."""


class UsageError(ValueError):
    """Usage cannot be imported; the message says what to change, in one sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(printable(sentence))


@dataclass(frozen=True)
class Layout:
    """One kind of export; `layouts.toml` says what each field is."""

    title: str
    headers: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    vendor: str = ""
    yields: str = "usage"
    gateway: bool = False
    cached: str = "beside"
    untold: str = "beside"
    currency: str = ""
    divisor: float = 1.0
    keep: str = ""
    others: str = "other services"
    metered: bool = False
    cost_in_parts: bool = False
    bare_units: bool = False
    rows_are_requests: bool = False
    slash_dates: str = ""
    end_is_last_day: bool = False
    unit: str = ""
    general: bool = False
    note: str = ""
    blanks: tuple[str, ...] = ()
    units: Mapping[str, int] = field(default_factory=dict)
    """Units whose size in tokens a user stated."""
    places: Mapping[str, tuple[str, ...]] = field(init=False, repr=False)
    """As `columns`, with folded names."""

    def named(self, headers: Iterable[str]) -> Layout:
        """Return the layout for these headers, where their names say what its input includes.

        What ends on a last day begins on a first, whatever other date there is, and costs of parts
        are added up where no column has their sum.
        """
        here = {heading(header) for header in headers}
        columns = dict(self.columns)
        first, last = (self._those(f"{each}_day", here) for each in ("first", "last"))
        if first and (last or self._those("end", here)):
            columns["start"] = (*first, *self.columns["start"])
        if last:
            columns["end"] = (*self.columns["end"], *last)
        parts = self._those("cost_part", here)
        added = not self._those("cost", here) and all(
            any(re.search(kind, each, re.IGNORECASE) for each in parts) for kind in BOTH_WAYS
        )
        if added:
            columns["cost"] = parts
        elif parts and not self._those("cost", here):  # one alone is no cost of the row
            columns["cost_part"] = ()
        found = replace(self, columns=columns, cost_in_parts=added)
        if self.cached != "named":
            return found
        told = "beside" if here & BESIDE else "inside"
        total = self._those("total", here)
        return replace(found, cached="total" if total else told, untold=told)

    def _those(self, role: str, here: set[str]) -> tuple[str, ...]:
        """Return those columns of a role that are there."""
        return tuple(each for each in self.columns.get(role, ()) if folded(each) in here)

    def key(self, header: str) -> str:
        """Return what a header is known by: its own name where that is read, else its `heading`."""
        plain = folded(header)
        own = any(plain in names for names in self.places.values())
        return plain if own else heading(header)

    def scales(self, headers: Iterable[str]) -> dict[str, float]:
        """Return how many tokens or requests one is, of the headers that say so, by their keys."""
        counts = {name for role in COUNTED for name in self.places.get(role, ())}
        sizes = {self.key(header): scaled(header)[1] for header in headers}
        return {key: size for key, size in sizes.items() if size > 1 and key in counts}

    def __post_init__(self) -> None:
        places = {role: tuple(map(folded, names)) for role, names in self.columns.items()}
        object.__setattr__(self, "places", places)

    @property
    def is_long(self) -> bool:
        """Whether a row holds one kind of token, named in words."""
        return "quantity" in self.columns

    @property
    def is_metered(self) -> bool:
        """Whether the model stands among the words of a meter."""
        return self.is_long or self.metered


def folded(header: str) -> str:
    """Return what of a header counts: small letters and digits.

    >>> folded("lineItem/UsageType") == folded("line_item_usage_type")
    True
    """
    return re.sub(r"[\W_]", "", header).lower()


def heading(header: str) -> str:
    """Return a header as `folded`, or the known part of it.

    A known name may stand in brackets behind one in another language, or before a scale of tokens
    or a currency of money.

    >>> heading("Kategorie der Verbrauchseinheit (MeterCategory)"), heading("Usage Date (UTC)")
    ('metercategory', 'usagedateutc')
    >>> heading("Input Tokens (thousands)"), heading("Spend (CHF)"), heading("Cost (millions)")
    ('inputtokens', 'spend', 'costmillions')
    >>> heading("Output (USD)")  # and no column of dollars, which would be the cost of all
    'outputusd'
    """
    plain, inside = folded(header), re.search(r"\((\w+)\)\s*$", header)
    if plain in known_columns():
        return plain
    english = folded(inside[1]) if inside and without_currency(header) == header else ""
    bare, size = scaled(header)
    if size > 1 and folded(bare) in known_columns(COUNTED):
        return folded(bare)
    money = folded(without_currency(header))
    if money in known_columns(("cost", "cost_part")):
        return money
    return english if english in known_columns() else plain


@cache
def layouts() -> tuple[Layout, ...]:
    """Return every layout that can be read."""
    text = (files("workbooks.usage.exports") / "layouts.toml").read_text(encoding="utf-8")
    every = (Layout(**entry) for entry in tomllib.loads(text)["layout"])
    return tuple(replace(each, columns=_with_accounts(each.columns)) for each in every)


def _with_accounts(columns: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """Return columns by role; the accounts are projects where nothing else reads them."""
    read = {folded(name) for names in columns.values() for name in names}
    more = (name for name in ACCOUNTS if folded(name) not in read)
    return {**columns, "project": (*columns.get("project", ()), *more)}


@cache
def known_columns(roles: tuple[str, ...] = ()) -> frozenset[str]:
    """Return the folded names of the columns that some layout reads in some role or is told by."""
    places = (each.places for each in layouts())
    if roles:
        return frozenset(name for each in places for role in roles for name in each.get(role, ()))
    read = {name for each in places for names in each.values() for name in names}
    told = {folded(name) for each in layouts() for told in each.headers for name in told.split("|")}
    return frozenset(read | told)


def known_members(packed: tuple[str, ...]) -> frozenset[str]:
    """Return the members of these objects that some layout reads, by the names as they stand."""
    names = (name for each in layouts() for names in each.columns.values() for name in names)
    return frozenset(name for name in names if name.startswith(packed))


def detect(headers: Iterable[str]) -> Layout | None:
    """Return the layout with the most headers that are all here, in any order.

    One of no vendor counts only where no other is here.

    >>> detect(["Requests", "Date", "Usage", "Slug", "Prompt Tokens", "Completion Tokens"]).title
    'OpenRouter activity by day'
    >>> detect(["Date", "Amount"]) is None
    True
    """
    here = {heading(header) for header in headers}
    found = [each for each in layouts() if all(_is_here(name, here) for name in each.headers)]
    return max(found, key=lambda each: (not each.general, len(each.headers)), default=None)


def _is_here(names: str, here: set[str]) -> bool:
    """Whether one of the spellings of a header, parted by strokes, is there."""
    return any(folded(name) in here for name in names.split("|"))


def nearest(headers: Iterable[str]) -> tuple[Layout, list[str]]:
    """Return the layout that lacks the smallest part of its headers, and what it lacks."""
    here = {heading(header) for header in headers}
    lacks = {
        each.title: [name.split("|")[0] for name in each.headers if not _is_here(name, here)]
        for each in layouts()
    }
    best = min(layouts(), key=lambda each: len(lacks[each.title]) / len(each.headers))
    return best, lacks[best.title]
