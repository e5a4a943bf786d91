"""The layouts of usage exports, and which of them a file has, by its headers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files

from workbooks.printable import printable

TOKENS = ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output")
MEASURES = (
    *("requests", *TOKENS, "reasoning", "total", "apart"),
    *("quantity", "priced", "cost", "effective"),
)
"""Roles of columns that are numbers, and are added up."""
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
        """Return the layout for these headers, where their names say what its input includes."""
        if self.cached != "named":
            return self
        here = {heading(header) for header in headers}
        told = "beside" if here & BESIDE else "inside"
        total = here & set(self.places.get("total", ()))
        return replace(self, cached="total" if total else told, untold=told)

    def key(self, header: str) -> str:
        """Return what a header is known by: its own name where that is read, else its `heading`."""
        plain = folded(header)
        own = any(plain in names for names in self.places.values())
        return plain if own else heading(header)

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
    """Return a header as `folded`, or a known one in brackets behind a name in another language.

    >>> heading("Kategorie der Verbrauchseinheit (MeterCategory)"), heading("Usage Date (UTC)")
    ('metercategory', 'usagedateutc')
    """
    plain, inside = folded(header), re.search(r"\((\w+)\)\s*$", header)
    english = folded(inside[1]) if inside else ""
    return english if plain not in known_columns() and english in known_columns() else plain


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
def known_columns() -> frozenset[str]:
    """Return the folded names of all columns that some layout reads or is told by."""
    read = {name for each in layouts() for names in each.places.values() for name in names}
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
