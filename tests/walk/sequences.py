"""Random months of a folder: files, edits and people in any order: ``python -m ... 2000``.

Each sequence is done once by one person and once by two in turns. What every table then says is
held against an account kept here, which knows nothing of receipts.
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest import mock

import pandas as pd

from install.folder.adding import add
from install.folder.undoing import undo
from install.terminal.refusal import Refusal
from workbooks import clock, tables
from workbooks.folder import place, receipts
from workbooks.folder.timeline import FOLLOWING, in_force, timeline
from workbooks.plan.workloads.planned import planned
from workbooks.plan.workloads.rules import Rule
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.importing import import_usage
from workbooks.usage.workload import base

START = datetime(2026, 12, 1, 9, tzinfo=UTC)
FIRST = date(2026, 6, 1)
MODELS = ("openai/gpt-6.1-sol", "openai/gpt-6-luna", "anthropic/claude-opus-5-5")
CARDS = ("H200 SXM", "H100 SXM")
STOPPING = ("Discount %", "Minimum commitment", "Laufzeit (Monate)", "Rabatt")
HARMLESS = ("Remark", "Bemerkung", "Contact")
MAIN = ("input_price_per_mtok", "output_price_per_mtok")
PEOPLE = ("anna", "bert")
CACHED = ("cached_share", "cache_write_share")
MEMORY = next(filter(os.path.isdir, ["/dev/shm"]), None)  # a disk takes twice as long
BILLED_EVERY = 30
"""Importing usage takes as long as many other acts."""
KNOWN = re.compile("known already|no price that could be taken|was added already")
"""What is said where nothing is new."""


@dataclass(frozen=True)
class Offer:
    """A price sheet of one model; a day that is None is not said."""

    model: str
    given: float
    received: float
    begins: date | None
    ends: date | None
    german: bool
    beside: str = ""
    currency: str = "USD"

    @property
    def refused(self) -> bool:
        """Whether nobody may take it without asking."""
        return self.beside in STOPPING or not self.currency

    def text(self) -> str:
        """Return the sheet as a file has it, in English or in German."""
        names = ["Model", "Input", "Output", "Unit", "Valid from", "Valid to", "Currency"]
        if self.german:
            names = [
                "Modell",
                "Eingabe",
                "Ausgabe",
                "Einheit",
                "Gültig ab",
                "Gültig bis",
                "Währung",
            ]
        cells = [self.model, f"{self.given}", f"{self.received}", "1M"]
        cells += [str(self.begins or ""), str(self.ends or ""), self.currency]
        if self.german:
            cells[1:3] = [each.replace(".", ",") for each in cells[1:3]]
            cells[4:6] = [f"{each:%d.%m.%Y}" if each else "" for each in (self.begins, self.ends)]
        if self.beside:
            names, cells = [*names, self.beside], [*cells, "5"]
        mark = ";" if self.german else ","
        return f"{mark.join(names)}\n{mark.join(cells)}\n"


@dataclass(frozen=True)
class Rent:
    """A quote for a rented card."""

    card: str
    rent: float

    refused = False

    def text(self) -> str:
        """Return the quote as a file has it."""
        return f"GPU,price per hour,currency,term\n{self.card},{self.rent},USD,12 months\n"


@dataclass(frozen=True)
class Rate:
    """A day's reference rate of the dollar."""

    day: date
    rate: float

    refused = False

    def text(self) -> str:
        """Return it as the bank's file of one day."""
        return f"Date, USD, \n{self.day:%d %B %Y}, {self.rate}, \n"


@dataclass(frozen=True)
class Undo:
    """The change before last, or an earlier one, is taken back."""

    back: int


Act = Offer | Rent | Rate | Undo


def drawn(draws: random.Random) -> list[Act]:
    """Return some acts in the order in which they come."""
    makers = [_offer, _offer, _offer, _rent, _rate, lambda d: Undo(d.randint(1, 3))]
    return [draws.choice(makers)(draws) for _ in range(draws.randint(2, 5))]


def _offer(draws: random.Random) -> Offer:
    begins = draws.choice([None, FIRST + timedelta(draws.randint(0, 900))])
    ends = begins and draws.choice([None, begins + timedelta(draws.randint(1, 500))])
    beside = draws.choice(["", "", "", *HARMLESS, *STOPPING])
    given = round(draws.uniform(0.05, 40), draws.randint(1, 4))
    received = round(given * draws.uniform(1, 6), 4)
    currency = draws.choice(["USD"] * 9 + [""])
    german = draws.random() < 0.5
    return Offer(draws.choice(MODELS), given, received, begins, ends, german, beside, currency)


def _rent(draws: random.Random) -> Rent:
    return Rent(draws.choice(CARDS), round(draws.uniform(0.5, 12), 2))


def _rate(draws: random.Random) -> Rate:
    return Rate(date(2026, 12, 1) + timedelta(draws.randint(0, 90)), round(draws.uniform(1, 2), 4))


def done(acts: Sequence[Act], home: Path, people: Sequence[str]) -> dict[str, list[Act]]:
    """Do the acts in turns, each person in a folder of their own that is synchronised after each.

    Returns what each folder's owner was not refused, in order, with what was taken back left out.
    """
    homes = {who: home / who for who in people}
    for each in homes.values():
        each.mkdir(parents=True)
    first = receipts.write(next(iter(homes.values())), [{"table": "folder"}], who="anna")
    _synchronise(first.parent.parent, homes.values())
    kept: list[Act] = []
    for number, act in enumerate(acts):
        who = people[number % len(people)]
        with at_work(homes[who], who, START + timedelta(minutes=number)) as printed:
            _do(act, number, kept, printed)
        _synchronise(homes[who], homes.values())
    return dict.fromkeys(people, kept)


def _do(act: Act, number: int, kept: list[Act], printed: io.StringIO) -> None:
    if isinstance(act, Undo):
        names = [each.name for each in place.changes() if not each.of("folder")]
        if len(names) >= act.back:
            undo(names[-act.back])
            del kept[-act.back]
        return
    path = Path(f"{number}.csv")
    path.write_text(act.text(), encoding="utf-8")
    before, refusal = len(place.changes()), ""
    try:
        add([path], yes=True)
        kept.append(act)
    except Refusal as found:
        refusal = str(found)
    told = printed.getvalue() + refusal
    expect(act.refused <= bool(refusal), f"{act} was taken")
    expect(act.refused or not refusal or KNOWN.search(refusal), f"{act}: {refusal}")
    expect(not refusal or len(receipts.read(Path.cwd())) == before, f"{act}: a refusal wrote")
    if isinstance(act, Offer):  # what is not used is said
        expect(act.beside in told, f"{act}: nobody speaks of {act.beside}: {told}")


def expect(holds: object, why: str) -> None:
    """Fail with a reason."""
    if not holds:
        raise AssertionError(why)


@contextlib.contextmanager
def at_work(folder: Path, who: str, moment: datetime) -> Iterator[io.StringIO]:
    """Be somebody in a folder at a time; what is printed is kept."""
    printed = io.StringIO()
    with (
        contextlib.chdir(folder),
        mock.patch.object(clock, "now", return_value=moment),
        mock.patch.dict(os.environ, LOGNAME=who),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        place.using(folder),
    ):
        yield printed


def _synchronise(source: Path, homes: Iterator[Path] | Sequence[Path]) -> None:
    """Make every copy what one of them is."""
    for home in homes:
        if home != source:
            shutil.rmtree(home)
            shutil.copytree(source, home)


def price(acts: Sequence[Act], model: str, on: date, listed: float) -> float:
    """Return the input price of a day: the contract that began last and still runs, or the list.

    One without an end runs until the next begins; of two from one day the later one counts.
    """
    ours = [each for each in acts if isinstance(each, Offer) and each.model == model]
    days = [each.begins or START.date() for each in ours]
    order = sorted(range(len(ours)), key=lambda at: (days[at], at))
    begun = [at for at in order if days[at] <= on]
    for at in reversed(begun):
        last = ours[at].ends
        if (last and on <= last) or (last is None and at == begun[-1]):
            return ours[at].given
    return listed


def check(seed: int, home: Path, shipped: dict[str, float]) -> int:
    """Do one sequence by one and by two, and hold the tables against the account; count acts."""
    draws = random.Random(seed)
    acts = drawn(draws)
    told = []
    for people in (PEOPLE[:1], PEOPLE):
        kept = done(acts, home / str(len(people)), people)[people[0]]
        folder = home / str(len(people)) / people[-1]
        with place.using(folder):
            told.append(_tables())
            _hold(kept, draws, shipped)
            _cheaper(draws)
            if seed % BILLED_EVERY == 0 and people == PEOPLE:
                _known_total(kept, draws, shipped, home)
        _damage(folder, draws)
    assert told[0] == told[1], f"{seed}: two people's tables differ from one's"
    return len(acts)


def _tables() -> tuple[object, ...]:
    return (tables.token_prices(), tables.accelerators(), tables.exchange_rates())


def _hold(kept: Sequence[Act], draws: random.Random, shipped: dict[str, float]) -> None:
    """Every number that was typed is in force when it should be, and no other."""
    rows = tables.token_prices()
    for model in MODELS:
        for _ in range(3):
            on = FIRST + timedelta(draws.randint(0, 1000))
            (row,) = (each for each in rows if each.model == model and each.holds_on(on))
            want = price(kept, model, on, shipped[model])
            assert row.input_price_per_mtok == want, f"{model} on {on}: {kept}"
    for card in CARDS:
        quotes = [each.rent for each in kept if isinstance(each, Rent) and each.card == card]
        if quotes:
            assert tables.accelerator(card).rent_base_per_gpu_hour == quotes[-1]
    rates = {each.day: each.rate for each in kept if isinstance(each, Rate)}
    for day, rate in rates.items():
        assert tables.exchange_rate("EUR", "USD", day)[0] == rate


def _cheaper(draws: random.Random) -> None:
    """Let one row of a receipt be cheaper: no price of its model rises on any day."""
    written = tables.written_prices(place.changes())
    model = draws.choice(MODELS)
    rows, at = written[model], draws.randrange(len(written[model]))
    share = draws.uniform(0.1, 0.99)
    prices = {name: getattr(rows[at], name) for name in (*MAIN, *FOLLOWING)}
    lower = replace(rows[at], **{name: held and held * share for name, held in prices.items()})
    before, after = timeline(rows), timeline([*rows[:at], lower, *rows[at + 1 :]])
    for on in {day for row in before for day in (row.valid_from, row.valid_to) if day}:
        old, new = in_force(before, on), in_force(after, on)
        expect((old is None) == (new is None), f"{model} on {on}")
        for name in prices if old and new else ():
            was, now = (getattr(row, name) or 0 for row in (old, new))
            expect(now <= was + 1e-9, f"{model}, {name} on {on}: {was} became {now}")


def _known_total(
    kept: Sequence[Act], draws: random.Random, shipped: dict[str, float], home: Path
) -> None:
    """Usage that was billed at the prices of its days is planned; a bill beside them stops it."""
    model, first = draws.choice(MODELS), pd.Timestamp(2026, draws.randint(7, 12), 1)
    days = pd.date_range(first, first + pd.DateOffset(months=2) + pd.offsets.MonthEnd())
    listed = [price(kept, model, day, shipped[model]) for day in days.date]
    tokens = [draws.randint(1, 90) * 10**6 for _ in days]
    name = model.rpartition("/")[2]
    stated = dict.fromkeys(("growth_per_year", "batch_share", *CACHED), 0.0)
    rule = Rule(name, {}, {"peak_factor": 2.0, **stated})
    for paid in (1.0, draws.choice([0.9, 1.1])):
        cost = [paid * each * p / 1e6 for each, p in zip(tokens, listed, strict=True)]
        log = pd.DataFrame({"date": days.date, "model": model, "requests": 9})
        log = log.assign(input_tokens=tokens, output_tokens=0, cost_usd=cost)
        log.to_csv(home / "usage.csv", index=False)
        found = import_usage([home / "usage.csv"])
        try:
            planned(found, [rule], base(), found.next_month)
            expect(paid == 1, f"{model} at {paid} of its price was planned: {kept}")
        except UsageError as error:
            expect(paid != 1 and "more than 2 % apart" in str(error), f"{error}: {kept}")


def _damage(folder: Path, draws: random.Random) -> None:
    """A receipt that is not what was written is a refusal, and never left out."""
    path = draws.choice(sorted((folder / receipts.RECEIPTS).iterdir()))
    whole = path.read_bytes()
    at = draws.randrange(len(whole))
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    try:
        receipts.read(folder)
    except receipts.FolderError:
        return
    finally:
        path.write_bytes(whole)
    raise AssertionError(f"{path.name} was changed, and nobody said so")


def many(count: int, first: int = 0) -> int:
    """Do so many sequences, and return how many acts they had."""
    day = START.date()
    shipped = {name: tables.price_on(name, day).input_price_per_mtok for name in MODELS}
    acts = 0
    for seed in range(first, first + count):
        with tempfile.TemporaryDirectory(dir=MEMORY) as home:
            acts += check(seed, Path(home).resolve(), shipped)
    return acts


if __name__ == "__main__":
    print(f"{many(int(sys.argv[1]), *map(int, sys.argv[2:]))} acts, no fault")
