"""Bring the workbook of a budget folder up to date with the receipts it does not have yet."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from workbooks import tables
from workbooks.file import swap
from workbooks.file.package import Package
from workbooks.folder.cells import values
from workbooks.folder.place import changes
from workbooks.folder.prices import folded
from workbooks.folder.receipts import Receipt
from workbooks.plan.brought import effect
from workbooks.plan.dated import alike, follows, price_steps
from workbooks.plan.foreign import PRICED_IN
from workbooks.plan.judgement.endings import endings
from workbooks.plan.judgement.judged import judged
from workbooks.plan.plan import Plan
from workbooks.plan.workloads.content import Content, is_one
from workbooks.plan.workloads.lines import newest
from workbooks.prices.splice.changes import Change, Changes, Kept
from workbooks.prices.splice.plan import plan_content
from workbooks.rows import Accelerator, Model, Throughput, TokenPrice
from workbooks.scenario.own_rows import Beside
from workbooks.scenario.steps import OPTIONS
from workbooks.sheets.budget import budget
from workbooks.sheets.intake.reading import Intake, intake_of
from workbooks.sheets.portfolio.intake import is_book, portfolio_intake
from workbooks.sheets.update.inputs import with_inputs, with_months
from workbooks.sheets.update.log import dated, logged
from workbooks.sheets.update.rows import renewed
from workbooks.sheets.update.several import begun, remade
from workbooks.sheets.update.undone import given_back, left_over
from workbooks.sheets.update.values import parsed, revalued

SECOND = {"Second input price per mtok", "Second output price per mtok"}
TERM = {"Valid from", "Valid to"}
OTHERS: tuple[tuple[str, str, str, type[Any]], ...] = (
    ("hardware", "tblHardware", "hardware", Accelerator),
    ("speed", "tblThroughput", "system", Throughput),
    ("model", "tblModels", "model", Model),
)
"""Tables of receipts beside the prices: their table in a workbook, its key, and its rows."""


@dataclass
class Update:
    """What an update changes in a workbook; nothing has been written."""

    old: bytes
    new: bytes
    prices: list[Change] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    effect: list[str] = field(default_factory=list)
    steps: dict[str, tuple[float, ...]] = field(default_factory=dict)
    """Price steps that are in the workbook and follow from dated prices."""
    notes: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Sheets that were rearranged, so that their values stay as they are."""

    @property
    def moved(self) -> list[Change]:
        """Prices that are others now, and from when to when they hold."""
        return [each for each in self.prices if _moves(each)]

    @property
    def restated(self) -> list[str]:
        """Models whose prices stay, but which are of another day or source."""
        moved = {each.model for each in self.moved}
        return list(dict.fromkeys(e.model for e in self.prices if e.model not in moved))

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.prices or self.others)


def planned(
    path: Path,
    waiting: Sequence[Receipt],
    back: Sequence[Receipt],
    who: str,
    today: datetime.date,
) -> Update:
    """Return what the waiting receipts change in a workbook, and those that were taken back.

    Raises
    ------
    RefreshError, ScenarioError
        If it cannot be read, or has to stay as it is; the message says why.
    """
    real, content = swap.read(path)
    made = Update(content, content)
    if is_book(real):
        portfolio = portfolio_intake(real, anew=False)
        day = max(today, portfolio.frame.as_of)
        new = remade(real, content, portfolio, _measured(waiting, back), day)
        made.new, made.others, made.effect, made.left, made.notes = new
        return _logged(made, real, waiting, who, today)
    before = intake_of(real, content)
    day = max(today, before.plan.scenario.as_of)
    _bring_prices(made, real, waiting, back, day)
    _bring_others(made, real, waiting, back, before.plan, day)
    if (measured := _measured(waiting, back)) and not is_one(measured):
        content = dated(real, made.new, day)  # a row is ours if it is what our list has on that day
        new = begun(real, content, intake_of(real, content).plan, measured, day)
        made.new, made.others, made.effect, made.left, made.notes = new
        return made
    if measured:
        made.new, told = with_inputs(real, made.new, measured)
        made.others += told
    _bring_steps(made, real)
    if made.is_idle:
        made.notes += endings(before.plan)
        return made
    made.new = dated(real, made.new, day)
    after = _recomputed(made, real, before)
    made.notes += endings(after)
    made.effect = effect(before.plan, after)
    return _logged(made, real, waiting, who, today)


def _measured(waiting: Sequence[Receipt], back: Sequence[Receipt]) -> Content | None:
    """Return what usage now says, where it is new or some of it was taken back."""
    return newest(waiting) or (newest(changes()) if newest(back) else None)


def _logged(
    made: Update, path: Path, waiting: Sequence[Receipt], who: str, today: datetime.date
) -> Update:
    """Write a line into the Log for each change."""
    entries = _entries(made, waiting, who, today)
    made.new, has_log = logged(path, made.new, entries) if entries else (made.new, True)
    parsed.cache_clear()
    if not has_log:
        made.left.append("Log")
    return made


def apply(path: Path, made: Update) -> Path:
    """Write a workbook that was planned, and return the copy of what it was.

    Raises
    ------
    RefreshError
        If it is open, cannot be written, or has been saved since it was read.
    """
    real, _ = swap.read(path)
    swap.check_unchanged(real, hashlib.sha256(made.old).hexdigest())
    old, new = Package(real, made.old), Package(real, made.new)
    parts = {n: new.read(n) for n in new.entries if new.packed(n) != old.packed(n)}
    swap.check_whole(real, made.new, parts)
    return swap.swap(real, made.old, made.new)


def _moves(change: Change) -> bool:
    is_price = float in {type(change.new), type(change.old)} and change.column not in SECOND
    return is_price or change.column in TERM


def _bring_prices(
    made: Update,
    path: Path,
    waiting: Sequence[Receipt],
    back: Sequence[Receipt],
    day: datetime.date,
) -> None:
    every = tables.token_prices()
    written = tables.written_prices(
        (*changes(), *back)
    )  # rows of what was taken back are ours, too
    known = [row for rows in (*written.values(), folded(written), every) for row in rows]
    rows = [row for row in every if row.holds_on(day)]
    _take(made, path, plan_content(path, made.new, rows, known=known, ours=True))
    new = {c.get("model") for r in waiting for c in values(r, "price", TokenPrice)}
    added = [row for row in rows if row.model in new]
    if added:
        _take(made, path, plan_content(path, made.new, added, known=known, ours=True, append=True))


def _take(made: Update, path: Path, found: Changes) -> None:
    if found.parts:
        made.new = Package(path, made.new).rebuilt(found.parts)
    made.prices += found.changed
    made.others += [f"{found.sheet}: new row {model}" for model in found.added]
    made.kept = list(found.kept)


def _bring_others(
    made: Update,
    path: Path,
    waiting: Sequence[Receipt],
    back: Sequence[Receipt],
    plan: Plan,
    day: datetime.date,
) -> None:
    made.notes += left_over(back)
    if newest(back) and not _measured(waiting, back):
        made.notes.append("Usage was taken back and none is left; the inputs keep what it said.")
    for table, name, key, kind in OTHERS:
        rows = given_back(back, table, key, kind, plan)
        rows |= {str(cells[key]): cells for r in waiting for cells in values(r, table, kind)}
        made.new, told = renewed(path, made.new, name, key, rows)
        made.others += told
    if new := dict(_new_rates(plan, waiting, day)):
        made.new, told = renewed(path, made.new, "tblRates", "from_currency", new)
        made.others += told
    if any(receipt.of("rate") for receipt in (*waiting, *back)):
        rates = dict(_rates(plan, day))
        made.new, told = renewed(path, made.new, "tblRates", "from_currency", rates, add=False)
        made.others += told


def _bring_steps(made: Update, path: Path) -> None:
    """Let the price of each month follow what is dated; steps that a person typed stay."""
    plan = intake_of(path, made.new).plan
    for option in (each for each in OPTIONS if each in plan.options):
        name, held = f"{option}_steps", getattr(plan.scenario, f"{option}_steps")
        new = price_steps(plan, option)
        if not alike(held, new) and not follows(plan, option):
            made.notes.append(f"Workload has price steps of your own for the {option}; they stay.")
            continue
        made.steps[name] = new
        if not alike(held, new):
            months = plan.scenario.horizon_months
            every = [*new, *(1.0,) * (months - len(new))]
            made.new, told = with_months(path, made.new, f"{option}_price_factor", every)
            made.others += told


def _new_rates(
    plan: Plan, waiting: Sequence[Receipt], day: datetime.date
) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the rate of each currency that what is new is priced in and Rates has no row of."""
    kinds = [("price", TokenPrice), *((table, kind) for table, _, _, kind in OTHERS)]
    codes = {
        str(cells[column])
        for receipt in waiting
        for table, kind in kinds
        for cells in values(receipt, table, kind)
        for column in PRICED_IN
        if cells.get(column)
    }
    known = Beside(plan.scenario.rows)
    for code in sorted(codes - {rate.from_currency for rate in plan.tables.rates}):
        with suppress(LookupError):  # one without a rate is told where the workbook is read
            yield code, asdict(known.rate(code, plan.scenario.currency, day))


def _rates(plan: Plan, day: datetime.date) -> Iterator[tuple[str, dict[str, object]]]:
    to = plan.scenario.currency
    for rate in plan.tables.rates:
        if rate.from_currency != to and rate.source.startswith("ECB"):
            amount, published = tables.exchange_rate(rate.from_currency, to, day)
            yield rate.from_currency, {"rate": amount, "date": published}


def _recomputed(made: Update, path: Path, before: Intake) -> Plan:
    """Put the values of the new plan into the workbook, and return that plan."""
    # inputs may be formulas, whose values count; a large workbook is not kept longer than needed
    plan, drawn = judged(intake_of(path, revalued(path, made.new, made.old)[0]).plan)
    made.new, made.left = revalued(path, made.new, budget(plan, before.case, drawn=drawn))
    return plan


def _entries(
    made: Update, waiting: Iterable[Receipt], who: str, today: datetime.date
) -> list[tuple[str, str, str]]:
    """Return a line of the Log for each change: all of a model's prices are one, and all dates."""
    names = ", ".join(sorted({r.name.partition(".csv")[0] for r in waiting}))[:200]
    why = f"{who}; evenpoint update" + (f", receipts {names}" if names else "")
    models: dict[str, list[str]] = {}
    for change in made.moved:
        models.setdefault(change.model, []).append(change.what)
    texts = [f"{model}: {', '.join(moved)}" for model, moved in models.items()]
    texts += list(dated_anew(made.restated))
    return [(today.isoformat(), text, why) for text in [*texts, *made.others]]


def dated_anew(models: Sequence[str]) -> Iterator[str]:
    """Say of models that their prices stay, and are of another day or source; nothing of none.

    >>> list(dated_anew(["a/b"])), list(dated_anew(["a/b", "c/d"])), list(dated_anew([]))
    (['a/b: source, date and agreement'], ['2 models: source, date and agreement'], [])
    """
    if models:
        name = models[0] if len(models) == 1 else f"{len(models)} models"
        yield f"{name}: source, date and agreement"
