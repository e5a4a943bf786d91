"""Work out what a set of price files changes in the table, before anything is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from workbooks.folder.timeline import CONTRACT, LIST, completed, in_force, steps, timeline
from workbooks.prices.compare import Reading, judged, opinions, rank, row
from workbooks.prices.guards import covered, wild
from workbooks.prices.offers import OUTPUT, RATES, Doubt
from workbooks.rows import TokenPrice
from workbooks.tables import retirement

Rows = Sequence[TokenPrice]
Known = Mapping[str, Rows]  # by model, in the order they were written in


class Change(NamedTuple):
    """What happens to a model: `new`, `changed`, `kept`, `vanished` or `same`."""

    kind: str
    model: str
    old: TokenPrice | None
    new: TokenPrice | None
    why: str = ""
    place: str = ""


@dataclass
class Plan:
    """What would be written, and what is told to the user."""

    changes: list[Change] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    added: dict[str, list[TokenPrice]] = field(default_factory=dict)
    """The rows that would be written."""
    confirmed: dict[str, TokenPrice] = field(default_factory=dict)
    """The rows that a list has said once more, as they are now."""
    unknown: int = 0

    def of(self, *kinds: str) -> list[Change]:
        """Return the changes of some kinds."""
        return [change for change in self.changes if change.kind in kinds]


def plan(
    known: Known,
    readings: Sequence[Reading],
    day: date,
    accept: Collection[str] = (),
    add_new: bool = False,
) -> Plan:
    """Return what price lists, the most important first, change in the table on a day.

    They never touch a contract: it stands within its term, and what they say is told beside it.
    Models that the table lacks are added only on request; `accept` names those whose wild move
    is right.
    """
    made = Plan()
    offered = {model for reading in readings for model in reading.offers}
    made.unknown = 0 if add_new else len(offered - known.keys())
    for model in sorted(offered if add_new else offered & known.keys()):
        _plan_model(made, model, (known.get(model, ()), readings, day), accept)
    lists = {model: listed(rows) for model, rows in known.items()}
    for reading in readings:
        made.changes += _vanished(reading, lists, day)
        made.doubts += reading.parsed.doubts
    return made


def plan_sheet(
    known: Known,
    reading: Reading,
    day: date,
    accept: Collection[str] = (),
    origin: str = CONTRACT,
) -> Plan:
    """Return what a vendor's sheet changes in the table; its prices are a contract's, or a list."""
    made = Plan()
    for model in sorted(reading.offers):
        rows = known.get(model, ())
        quotes = [row(offer, reading, None, CONTRACT) for offer in reading.offers[model]]
        if model not in accept:
            quotes = [each and _until_newer(each, listed(rows), day) for each in quotes]
        held = [each for each in quotes if each]
        dated = [replace(each, valid_from=each.valid_from or day, origin=origin) for each in held]
        for quote in sorted(dated, key=lambda each: each.valid_from or day):
            _plan_quote(made, rows, quote, (reading, accept))
            rows = [*rows, *made.added.get(model, ())[-1:]]
    return made


def _until_newer(quote: TokenPrice, lists: Rows, day: date) -> TokenPrice:
    """Let a sheet that names an older day, and no term, hold until the list moved after it."""
    first = quote.valid_from
    newer = [each.valid_from for each in lists if each.valid_from and each.valid_from <= day]
    later = [each for each in newer if first and each > first]
    return replace(quote, valid_to=min(later)) if later and not quote.valid_to else quote


def listed(rows: Rows) -> list[TokenPrice]:
    """Return what lists say of a model from day to day, whatever contract stands before them."""
    return timeline([each for each in rows if each.origin != CONTRACT])


def _plan_quote(
    made: Plan, rows: Rows, quote: TokenPrice, told: tuple[Reading, Collection[str]]
) -> None:
    reading, accept = told
    start = quote.valid_from or date.min
    before, now = timeline(rows), in_force(timeline(rows), start)
    place, lists = _place(quote.model, reading), listed(rows)
    whole = completed(quote, in_force(lists, start) or next(iter(lists), None))
    if whole is None:
        made.doubts += _incomplete(quote.model, reading, now)
        return
    quote = whole if quote.origin == LIST else quote
    after = timeline([*rows, quote])
    new = in_force(after, start)
    if quote.model not in accept and (moved := wild(now, new, place)):
        made.doubts.append(moved)
        return
    made.changes.append(_change(quote.model, before, after, start)._replace(place=place))
    made.added.setdefault(quote.model, []).append(quote)


def _plan_model(
    made: Plan,
    model: str,
    known: tuple[Rows, Sequence[Reading], date],
    accept: Collection[str],
) -> None:
    rows, readings, day = known
    old = listed(rows)
    if old and _is_gone(model, day):
        made.changes.append(Change("same", model, old[-1], old[-1]))  # lists name it for longer
        return
    now = in_force(old, day)
    primary = _primary(model, now, readings)
    wanted = _rows(model, primary, now) if primary else steps(old, day)
    if primary and not wanted:
        made.doubts += _incomplete(model, primary, now)
        return
    if current := in_force(wanted, day):
        verdict = judged(current, opinions(current, readings, now, day))
        wanted = [replace(each, **verdict) if each is current else each for each in wanted]  # type: ignore[arg-type]  # columns by name
    if model not in accept and (moved := wild(now, in_force(wanted, day), _place(model, primary))):
        made.doubts.append(moved)
        return
    change = _change(model, old, wanted, day)._replace(place=_place(model, primary))
    agreed = in_force(timeline(rows), day)
    if agreed and agreed.origin == CONTRACT:
        made.changes.append(_against_contract(agreed, readings, day) or change)
    else:
        made.changes.append(change)
    _add(made, model, _written(old, wanted, day, change), now)


def _add(made: Plan, model: str, rows: list[TokenPrice], now: TokenPrice | None) -> None:
    """Keep rows to be written; one that says nothing new is only confirmed."""
    if len(rows) == 1 and now and _without_reading(rows[0]) == _without_reading(now):
        if rows[0] != now:
            made.confirmed[model] = rows[0]
    elif rows:
        made.added[model] = rows


def _without_reading(row: TokenPrice) -> TokenPrice:
    return replace(row, as_of=date.min, as_of_kind="", source_sha256="")


def _primary(model: str, now: TokenPrice | None, readings: Sequence[Reading]) -> Reading | None:
    """Return the file whose word counts; a lesser source never overrules the one in use."""
    limit = rank(now.source) if now else len(readings) + 99
    return next((r for r in readings if model in r.offers and rank(r.title) <= limit), None)


def _rows(model: str, reading: Reading, now: TokenPrice | None) -> list[TokenPrice]:
    made = [row(offer, reading, now, LIST) for offer in reading.offers[model]]
    gone = retirement(model)
    last = gone.retired_on if gone else date.max
    return [
        replace(each, valid_to=gone.retired_on)
        if gone and (each.valid_to or last) >= last
        else each
        for each in made
        if each
    ]


def _is_gone(model: str, day: date) -> bool:
    gone = retirement(model)
    return bool(gone and gone.retired_on <= day)


def _incomplete(model: str, reading: Reading, now: TokenPrice | None) -> Iterable[Doubt]:
    held = f"in that currency, only in {now.currency}" if now else "for this model"
    for offer in reading.offers[model]:
        for column in offer.rates:
            missing = "output" if OUTPUT not in offer.rates else "input"
            reason = f"its {missing} price is missing, and the table has none {held}"
            place = offer.places.get(column, "")
            yield Doubt(place, model, column, f"{offer.rates[column]:f}", reason)


def _place(model: str, reading: Reading | None) -> str:
    offers = reading.offers[model] if reading else []
    places = [place for offer in offers for place in offer.places.values()]
    cells: dict[str, list[str]] = {}
    for place in dict.fromkeys(places):
        sheet, _, cell = place.rpartition(" ")
        cells.setdefault(sheet, []).append(cell)
    return "; ".join(f"{sheet} {', '.join(each)}".strip() for sheet, each in cells.items())


def _prices(price: TokenPrice | None) -> tuple[object, ...] | None:
    if price is None:
        return None
    values = (getattr(price, column) for column in RATES)
    return (price.currency, *(None if v is None else float(f"{v:.9g}") for v in values))


def _first_difference(old: Rows, new: Rows, day: date) -> date | None:
    """Return the first day, from the given one on, on which two histories differ."""
    both = [*old, *new]
    ends = {end for each in both for end in (each.valid_from, each.valid_to) if end and end > day}
    for each in sorted({day, *ends}):
        if _prices(in_force(old, each)) != _prices(in_force(new, each)):
            return each
    return None


def _change(model: str, old: Rows, new: Rows, day: date) -> Change:
    if not old:
        return Change("new", model, None, in_force(new, day) or new[0])
    start = _first_difference(old, new, day)
    if start is None:
        return Change("same", model, in_force(old, day), in_force(new, day))
    return Change("changed", model, in_force(old, start), in_force(new, start), str(start))


def _written(old: Rows, wanted: Rows, day: date, change: Change) -> list[TokenPrice]:
    """Return the rows that say what is wanted: all where it is new, else from where it differs."""
    ours = [replace(each, origin=LIST) for each in wanted]
    if change.kind == "new":
        return ours
    now, fresh = in_force(old, day), in_force(ours, day)
    if change.kind == "changed":
        start = _since(date.fromisoformat(change.why), day, now, fresh)
        return _restated(old, ours, start if in_force(ours, start) else day)  # else it ends there
    if now is None or fresh is None:
        return []
    note = fresh.note or now.note
    return [replace(fresh, note=note, valid_from=now.valid_from, valid_to=now.valid_to)]


def _restated(old: Rows, wanted: Rows, start: date) -> list[TokenPrice]:
    """Return what is wanted from a day on, and again where an old row would begin later."""
    begins = {each.valid_from for each in (*old, *wanted) if each.valid_from} | {start}
    held = ((day, in_force(wanted, day)) for day in sorted(begins) if day >= start)
    return [replace(each, valid_from=day) for day, each in held if each]


def _since(start: date, day: date, now: TokenPrice | None, fresh: TokenPrice | None) -> date:
    """Return the day of a change: the source's own, if it lies after our last look."""
    own = fresh.valid_from if fresh else None
    if start == day and own and now and now.as_of < own < day and now.holds_on(own):
        return own
    return start


def _against_contract(now: TokenPrice, readings: Sequence[Reading], day: date) -> Change | None:
    for reading in readings:
        if said := reading.opinion(now.model, day):
            pair = f"{said.input_price:g} and {said.output_price:g} {said.currency}"
            why = f"your own sheet stands; {reading.title} lists {pair}"
            return Change("kept", now.model, now, now, why)
    return None


def _vanished(reading: Reading, history: Known, day: date) -> Iterable[Change]:
    for model in sorted(covered(reading.title, history) - reading.named):
        now = in_force(history[model], day)
        if now and now.source.startswith(reading.title):
            why = f"{reading.title} no longer lists it; its last price stays"
            yield Change("vanished", model, now, now, why)
