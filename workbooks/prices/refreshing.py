"""Refresh the user's price table from price lists: fetch, guard, compare, and write."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from workbooks.prices.compare import Reading
from workbooks.prices.feeds import genai
from workbooks.prices.feeds.registry import FEEDS, Feed
from workbooks.prices.fetching import public
from workbooks.prices.guards import check
from workbooks.prices.offers import FeedError
from workbooks.prices.planning import Plan, listed, plan
from workbooks.prices.store import Download, Store, age_days, now
from workbooks.tables import token_prices


class Source(NamedTuple):
    """A price list and where to have it from: its own address, another, a file, or the package."""

    feed: Feed
    origin: str = ""

    def content(self) -> bytes:
        """Return the file.

        Raises
        ------
        FeedError
            If it cannot be had.
        """
        if self.origin == INSTALLED:
            return genai.installed()
        if self.origin.startswith(("http://", "https://")) or not self.origin:
            return self._fetched()
        try:
            path = Path(self.origin)
            if path.stat().st_size > self.feed.largest_bytes:
                raise FeedError(f"{path} has more than {self.feed.largest_bytes // 1_000_000} MB")
            return path.read_bytes()
        except OSError as error:
            raise FeedError(f"{self.origin} cannot be read: {error.strerror}") from None

    def _fetched(self) -> bytes:
        if not (self.origin or self.feed.url):
            raise FeedError("it has no address of its own; say from which file or address")
        return self.feed.fetch(self.origin)


INSTALLED = "installed package"


@dataclass(frozen=True)
class Held:
    """A price list that was read already: what somebody agrees to is then what is written."""

    feed: Feed
    origin: str
    found: bytes | FeedError

    def content(self) -> bytes:
        """Return the file.

        Raises
        ------
        FeedError
            If it could not be had.
        """
        if isinstance(self.found, FeedError):
            raise self.found
        return self.found


def held(sources: Sequence[Source]) -> list[Held]:
    """Read price lists, and keep what they say or why they cannot be had."""
    return [Held(each.feed, each.origin, _content(each)) for each in sources]


@dataclass
class Refresh:
    """What a refresh found: the readings that were accepted, and why others were refused."""

    plan: Plan = field(default_factory=Plan)
    read: list[Reading] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    ages: Mapping[str, str] = field(default_factory=dict)


def refresh(
    store: Store,
    sources: Sequence[Source | Held],
    day: date,
    accept: Collection[str] = (),
    add_new: bool = False,
) -> Refresh:
    """Read the sources, keep every file, and write what they change; a bad one changes nothing.

    Raises
    ------
    FolderError
        If the folder cannot be read or written.
    """
    ordered = sorted(sources, key=lambda each: list(FEEDS).index(each.feed.name))
    contents = [_content(source) for source in ordered]  # slow, and needs no lock
    with store.change():
        return _refreshed(store, list(zip(ordered, contents, strict=True)), day, accept, add_new)


def _content(source: Source | Held) -> bytes | FeedError:
    try:
        return source.content()
    except FeedError as error:
        return error


def _refreshed(
    store: Store,
    contents: Sequence[tuple[Source | Held, bytes | FeedError]],
    day: date,
    accept: Collection[str],
    add_new: bool,
) -> Refresh:
    done = Refresh()
    known = store.written()
    for source, content in contents:
        try:
            done.read.append(_read(store, source, content, day))
        except FeedError as error:
            done.refused[source.feed.title] = str(error)
    done.plan = plan(known, done.read, day, accept=accept, add_new=add_new)
    store.add(done.plan.added)
    _confirm(store, done.plan)
    for reading in done.read:
        ours = (doubt for doubt in reading.parsed.doubts if doubt.model in known)
        store.set_aside(reading.title, reading.sha256, ours)
    wild = [doubt for doubt in done.plan.doubts if "accept this model" in doubt.reason]
    store.set_aside("moved", "", wild)
    done.ages = ages(store, [source.feed for source, _ in contents], day)
    return done


def _confirm(store: Store, plan: Plan) -> None:
    """Tell in one line for each list which models it has at the price that they have."""
    same: dict[str, list[str]] = {}
    for model, row in plan.confirmed.items():
        same.setdefault(row.source, []).append(model)
    for source, models in same.items():
        store.confirm(source, models, plan.confirmed[models[0]])


def _read(store: Store, source: Source | Held, content: bytes | FeedError, day: date) -> Reading:
    feed = source.feed
    if isinstance(content, FeedError):
        raise content
    if not content.strip():
        raise FeedError("it is empty")
    sha256 = store.keep_file(content, feed.suffix)
    models = 0
    try:
        parsed = feed.parse(content, day)
        models = len({offer.model for offer in parsed.offers})
        dated = _dated(store, source, content, day)
        reading = Reading(feed.title, parsed, sha256, dated, feed.url)
        lists = {model: listed(rows) for model, rows in store.written().items()}
        check(reading, lists, store.last(feed.name), day)
    except FeedError as error:
        _record(store, source, (sha256, len(content), models), f"refused: {error}")
        raise
    _record(store, source, (sha256, len(content), models), "accepted")
    return reading


def _dated(store: Store, source: Source | Held, content: bytes, day: date) -> tuple[date, str]:
    """Return the date the rows carry; no source says when it last checked a price."""
    if source.origin != INSTALLED:
        return day, "retrieved"
    released, last = genai.released(content, day), store.last(source.feed.name)
    if last and last.url != INSTALLED and last.retrieved_at[:10] > str(released):
        raise FeedError(
            f"the installed copy is as of {released} and would put old prices back; "
            f"the table was read on {last.retrieved_at[:10]}"
        )
    return released, "release"


def _record(store: Store, source: Source | Held, about: tuple[str, int, int], outcome: str) -> None:
    sha256, size, models = about
    url = public(source.origin or source.feed.url)
    store.record(
        Download(
            source=source.feed.name,
            url=url,
            retrieved_at=now(),
            sha256=sha256,
            size_bytes=float(size),
            models=float(models),
            outcome=outcome,
        )
    )


def ages(store: Store, feeds: Sequence[Feed], today: date) -> Mapping[str, str]:
    """Return in words how old the table's prices are, by source."""
    return {feed.title: _age(store, feed, today) for feed in feeds}


def _age(store: Store, feed: Feed, today: date) -> str:
    last = store.last(feed.name)
    if last and last.url == INSTALLED:
        dated = max(row.as_of for row in store.rows() if row.source == feed.title)
        return f"installed copy, as of {dated}, {_days((today - dated).days)} ago"
    if last:
        days = age_days(last.retrieved_at, today)
        return f"read on {last.retrieved_at[:10]}, {_days(days)} ago"
    shipped = [row.as_of for row in token_prices() if row.source.startswith(feed.title)]
    if shipped:
        old = _days((today - max(shipped)).days)
        return f"shipped with Evenpoint, as of {max(shipped)}, {old} ago"
    return "never read"


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{max(days, 0)} days"
