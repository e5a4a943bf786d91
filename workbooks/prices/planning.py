"""Work out what a set of price files changes in the table, before anything is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from workbooks.prices.compare import Reading, judged, opinions, rank, row
from workbooks.prices.guards import WILD_FACTOR, History, covered, moves
from workbooks.prices.offers import INPUT, OUTPUT, RATES, Doubt
from workbooks.prices.store import KeptPrice
from workbooks.prices.timeline import around, continued, in_force, steps
from workbooks.tables import exchange_rate, retirement


class Change(NamedTuple):
    """What happens to a model: `new`, `changed`, `kept`, `vanished` or `same`."""

    kind: str
    model: str
    old: KeptPrice | None
    new: KeptPrice | None
    why: str = ""
    place: str = ""


@dataclass
class Plan:
    """What would be written, and what is told to the user."""

    changes: list[Change] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    rows: dict[str, list[KeptPrice]] = field(default_factory=dict)
    unknown: int = 0

    def of(self, *kinds: str) -> list[Change]:
        """Return the changes of some kinds."""
        return [change for change in self.changes if change.kind in kinds]


def plan(
    history: History,
    readings: Sequence[Reading],
    day: date,
    origin: str = "feed",
    accept: Collection[str] = (),
    add_new: bool = False,
) -> Plan:
    """Return what some files, the most important first, change in the table on a day.

    A contract, which is a row of the user's own sheet, stands against every price list. Models
    that the table lacks are added only on request; `accept` names those whose wild move is right.
    """
    made = Plan()
    offered = {model for reading in readings for model in reading.offers}
    made.unknown = 0 if add_new else len(offered - history.keys())
    for model in sorted(offered if add_new else offered & history.keys()):
        _plan_model(made, model, (history.get(model, ()), readings, day), origin, accept)
    for reading in readings if origin == "feed" else ():
        made.changes += _vanished(reading, history, day)
        made.doubts += reading.parsed.doubts
    return made


def _plan_model(
    made: Plan,
    model: str,
    known: tuple[Sequence[KeptPrice], Sequence[Reading], date],
    origin: str,
    accept: Collection[str],
) -> None:
    old, readings, day = known
    if origin == "feed" and old and _is_gone(model, day):
        made.changes.append(Change("same", model, old[-1], old[-1]))  # lists name it for longer
        return
    now = in_force(old, day)
    primary = _primary(model, now, readings, origin)
    wanted = _rows(model, primary, now, origin, day) if primary else steps(old, day)
    if primary and not wanted:
        made.doubts += _incomplete(model, primary, now)
        return
    if primary:
        dated = origin != "feed" and model not in accept and _is_dated(primary, model)
        wanted = around(wanted, (row for row in old if _stays(row, day, dated)))
    listed = origin == "feed" and not (now and now.origin == "import")
    if listed and (current := in_force(wanted, day)):
        verdict: dict[str, Any] = judged(current, opinions(current, readings, now, day))
        wanted = [replace(each, **verdict) if each is current else each for each in wanted]
    place = _place(model, primary)
    if model not in accept and (wild := _wild(now, in_force(wanted, day), place)):
        made.doubts.append(wild)
        return
    change = _change(model, old, wanted, day)._replace(place=place)
    if now and now.origin == "import" and not primary:
        made.changes.append(_against_contract(now, readings, day) or change)
        return
    made.changes.append(change)
    made.rows[model] = _continued(old, wanted, day, change)


def _is_dated(reading: Reading, model: str) -> bool:
    """Say whether a sheet states itself from when on a model's price holds."""
    return all(offer.valid_from for offer in reading.offers[model])


def _stays(row: KeptPrice, day: date, dated: bool) -> bool:
    """Say whether a row that begins later stands against a price from a day on.

    A contract that was signed and has not begun always does; every newer step does against a
    sheet that states an older day, unless its model is accepted by name.
    """
    return bool(row.valid_from and row.valid_from > day) and (row.origin == "import" or dated)


def _primary(
    model: str, now: KeptPrice | None, readings: Sequence[Reading], origin: str
) -> Reading | None:
    """Return the file whose word counts; a lesser source never overrules the one in use."""
    if origin == "feed" and now and now.origin == "import":
        return None
    limit = rank(now.source) if now and origin == "feed" else len(readings) + 99
    fitting = (each for each in readings if model in each.offers)
    return next((each for each in fitting if origin != "feed" or rank(each.title) <= limit), None)


def _rows(
    model: str, reading: Reading, now: KeptPrice | None, origin: str, day: date
) -> list[KeptPrice]:
    made = [row(offer, reading, now, origin) for offer in reading.offers[model]]
    return [_until_retired(each, origin, day) for each in made if each]


def _until_retired(price: KeptPrice, origin: str, day: date) -> KeptPrice:
    """Close a price on the day its model is retired; a sheet that states an end is believed."""
    gone = retirement(price.model)
    if not gone or gone.retired_on <= max(price.valid_from or day, day):
        return price  # whoever still sells it
    stated = origin != "feed" and price.valid_to is not None
    if stated or (price.valid_to or date.max) < gone.retired_on:
        return price
    return replace(price, valid_to=gone.retired_on)


def _is_gone(model: str, day: date) -> bool:
    gone = retirement(model)
    return bool(gone and gone.retired_on <= day)


def _incomplete(model: str, reading: Reading, now: KeptPrice | None) -> Iterable[Doubt]:
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


def _wild(now: KeptPrice | None, new: KeptPrice | None, place: str) -> Doubt | None:
    if not now or not new or not (worth := _worth(new.currency, now.currency)):
        return None
    prices = {column: getattr(new, column) * worth for column in (INPUT, OUTPUT)}
    factor = max(moves(now, prices), default=1.0)
    if factor <= WILD_FACTOR:
        return None
    reason = f"it moves by {factor:,.0f} times; if that is right, accept this model by name"
    column = max(prices, key=lambda name: max(moves(now, {name: prices[name]}), default=0))
    said = f"{getattr(now, column):g} {now.currency} -> {getattr(new, column):g} {new.currency}"
    return Doubt(place or new.source, new.model, column, said, reason)


def _worth(currency: str, other: str) -> float:
    """Return how much of another currency one unit buys; 0 where no rate is known."""
    try:
        return 1.0 if currency == other else exchange_rate(currency, other)[0]
    except LookupError:
        return 0.0


def _prices(price: KeptPrice | None) -> tuple[object, ...] | None:
    if price is None:
        return None
    values = (getattr(price, column) for column in RATES)
    return (price.currency, *(None if v is None else float(f"{v:.9g}") for v in values))


def _first_difference(old: Iterable[KeptPrice], new: Iterable[KeptPrice], day: date) -> date | None:
    """Return the first day, from the given one on, on which two histories differ."""
    both = [*old, *new]
    ends = {end for each in both for end in (each.valid_from, each.valid_to) if end and end > day}
    for each in sorted({day, *ends}):
        if _prices(in_force(old, each)) != _prices(in_force(new, each)):
            return each
    return None


def _change(model: str, old: Sequence[KeptPrice], new: list[KeptPrice], day: date) -> Change:
    if not old:
        return Change("new", model, None, in_force(new, day) or new[0])
    start = _first_difference(old, new, day)
    if start is None:
        return Change("same", model, in_force(old, day), in_force(new, day))
    return Change("changed", model, in_force(old, start), in_force(new, start), str(start))


def _continued(
    old: Sequence[KeptPrice], new: list[KeptPrice], day: date, change: Change
) -> list[KeptPrice]:
    """Return a model's rows: as told where it is new, confirmed where nothing changed."""
    if change.kind == "new":
        return new
    now, fresh = in_force(old, day), in_force(new, day)
    if change.kind == "changed":
        start = date.fromisoformat(change.why)
        return continued(old, new, _since(start, day, now, fresh))
    if now is None or fresh is None:
        return list(old)
    note = fresh.note or now.note
    confirmed = replace(fresh, note=note, valid_from=now.valid_from, valid_to=now.valid_to)
    return [confirmed if each is now else each for each in old]


def _since(start: date, day: date, now: KeptPrice | None, fresh: KeptPrice | None) -> date:
    """Return the day of a change: the source's own, if it lies after our last look."""
    own = fresh.valid_from if fresh else None
    if start == day and own and now and now.as_of < own < day and now.holds_on(own):
        return own
    return start


def _against_contract(now: KeptPrice, readings: Sequence[Reading], day: date) -> Change | None:
    for reading in readings:
        if listed := reading.opinion(now.model, day):
            pair = f"{listed.input_price:g} and {listed.output_price:g} {listed.currency}"
            why = f"your own sheet stands; {reading.title} lists {pair}"
            return Change("kept", now.model, now, now, why)
    return None


def _vanished(reading: Reading, history: History, day: date) -> Iterable[Change]:
    for model in sorted(covered(reading.title, history) - reading.named):
        now = in_force(history[model], day)
        if now and now.source.startswith(reading.title):
            why = f"{reading.title} no longer lists it; its last price stays"
            yield Change("vanished", model, now, now, why)
