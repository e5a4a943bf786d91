"""What GPUs rent for: through gpuhunt where it is installed, or from catalogue files."""

from __future__ import annotations

import csv
import io
import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from workbooks.headings import twin
from workbooks.numerals import decimal
from workbooks.prices.offers import FeedError, shown
from workbooks.prices.store import Download, Store, now
from workbooks.printable import cell_text

SOURCE = "gpuhunt"
FOLDER = "GPUHUNT_CATALOG_DIR"
LEAST, MOST = Decimal("0.01"), Decimal(100)  # USD an hour for one GPU; outside, a unit slipped


class Rental(NamedTuple):
    """One instance on offer; the price is that of all its GPUs together, in USD an hour."""

    provider: str
    instance: str
    region: str
    gpu: str
    gpus: int
    price: Decimal
    spot: bool

    @property
    def per_gpu_hour(self) -> Decimal:
        """The price of one GPU for an hour."""
        return self.price / self.gpus


class Range(NamedTuple):
    """What one kind of GPU rents for at several places, in USD an hour."""

    gpu: str
    low: Decimal
    middle: Decimal
    high: Decimal
    offers: int


def ask(providers: Sequence[str], folder: Path | None = None) -> list[Rental]:
    """Ask gpuhunt what GPUs rent for; with a folder it reads the catalogues there.

    Raises
    ------
    FeedError
        If gpuhunt is not installed, or has no answer.
    """
    try:
        from gpuhunt import Catalog  # noqa: PLC0415  # an extra that few need
    except ImportError:
        why = "GPU rental prices need the package gpuhunt"
        raise FeedError(f'{why}; install it with: pip install "evenpoint[gpu]"') from None
    with _catalogues(folder):
        try:
            catalog = Catalog(balance_resources=False, auto_reload=folder is None)
            if folder is None:
                catalog.load()
            items = catalog.query(provider=list(providers), min_gpu_count=1)
        except Exception as error:  # it lets errors of the network and of files through
            raise FeedError(f"gpuhunt has no answer: {shown(error)}") from None
    return [_from_item(item) for item in items]


@contextmanager
def _catalogues(folder: Path | None) -> Iterator[None]:
    """Point gpuhunt to a folder, and keep its tracebacks off the screen."""
    before, log = os.environ.get(FOLDER), logging.getLogger("gpuhunt")
    level = log.level
    log.setLevel(logging.CRITICAL + 1)
    if folder is not None:
        os.environ[FOLDER] = str(folder)
    try:
        yield
    finally:
        log.setLevel(level)
        os.environ.pop(FOLDER, None)
        if before is not None:
            os.environ[FOLDER] = before


def _from_item(item: Any) -> Rental:
    where = (str(item.provider), str(item.instance_name), str(item.location))
    return Rental(
        *where, str(item.gpu_name), int(item.gpu_count), Decimal(str(item.price)), bool(item.spot)
    )


def parse(content: bytes, provider: str) -> list[Rental]:
    """Read a catalogue file in gpuhunt's or SkyPilot's layout.

    Rows without a GPU are left out. SkyPilot's spot price is a row of its own here; where it
    repeats the standard price there is none.

    Raises
    ------
    FeedError
        If it has neither layout.
    """
    try:
        lines = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
        names = set(lines.fieldnames or ())
        if twice := twin(lines.fieldnames or ()):
            raise FeedError(f"it has two columns {shown(twice)!r}; keep one")
        if {"instance_name", "gpu_count", "gpu_name", "price"} <= names:
            return [each for line in lines for each in _gpuhunt(line, provider)]
        if {"InstanceType", "AcceleratorName", "AcceleratorCount", "Price"} <= names:
            return [each for line in lines for each in _skypilot(line, provider)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise FeedError(f"it is no catalogue of instances: {shown(error)}") from None
    raise FeedError("it is no catalogue of instances: it lacks the columns of gpuhunt and SkyPilot")


def _gpuhunt(line: dict[str, Any], provider: str) -> Iterator[Rental]:
    gpus, price = _count(line["gpu_count"]), _number(line["price"])
    if gpus and price:
        where = (provider, str(line["instance_name"]), str(line.get("location") or ""))
        spot = str(line.get("spot")).strip().lower() == "true"
        yield Rental(*where, str(line["gpu_name"]), gpus, price, spot)


def _skypilot(line: dict[str, Any], provider: str) -> Iterator[Rental]:
    gpus, price = _count(line["AcceleratorCount"]), _number(line["Price"])
    if not gpus or not line["AcceleratorName"]:
        return
    where = (provider, str(line["InstanceType"]), str(line.get("Region") or ""))
    what = (*where, str(line["AcceleratorName"]), gpus)
    spot = _number(line.get("SpotPrice"))
    if price:
        yield Rental(*what, price, False)
    if spot and spot != price:
        yield Rental(*what, spot, True)


def _number(text: Any) -> Decimal | None:
    number = decimal(text)
    return number if number and 0 < number < 10**6 else None


def _count(text: Any) -> int:
    """Return a whole number of GPUs; 0 for anything else, a share of a GPU included."""
    number = _number(text)
    return int(number) if number and number == int(number) else 0


def table(rentals: Iterable[Rental]) -> bytes:
    """Return rentals as a CSV file."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(Rental._fields)
    lines.writerows(map(cell_text, rental) for rental in rentals)
    return text.getvalue().encode()


def keep(store: Store, providers: Iterable[str], rentals: Sequence[Rental]) -> None:
    """Keep rentals in a budget folder, and tell who was asked."""
    content = table(rentals)
    with store.change():
        store.record(
            Download(
                source=SOURCE,
                url=", ".join(providers),
                retrieved_at=now(),
                sha256=store.keep_file(content, "csv"),
                size_bytes=float(len(content)),
                models=float(len({each.gpu for each in rentals})),
                outcome="accepted",
            )
        )


def kept(store: Store) -> Path | None:
    """Return the file of the rentals that were kept last; None where there is none."""
    last = store.last(SOURCE)
    return store.file(last.sha256) if last else None


def read_table(content: bytes) -> list[Rental]:
    """Read what `table` wrote.

    Raises
    ------
    FeedError
        If it is not such a file.
    """
    try:
        lines = list(csv.DictReader(io.StringIO(content.decode())))
        kept = [
            Rental(
                *(line["provider"], line["instance"], line["region"], line["gpu"]),
                *(
                    _count(line["gpus"]),
                    _number(line["price"]) or Decimal(0),
                    line["spot"] == "True",
                ),
            )
            for line in lines
        ]
    except (ValueError, KeyError, ArithmeticError, csv.Error) as error:
        raise FeedError(f"it is no table of rentals: {shown(error)}") from None
    if not all(each.gpus and each.price for each in kept):
        raise FeedError("it is no table of rentals: a number of GPUs or a price in it is none")
    return kept


def ranges(rentals: Iterable[Rental]) -> list[Range]:
    """Return the low, middle and high on-demand price of each GPU; implausible ones are left out.

    >>> eight = Rental("lambda", "8x", "us", "H100", 8, Decimal("23.92"), spot=False)
    >>> ranges([eight, eight._replace(price=Decimal("32"), region="eu")])[0].middle
    Decimal('3.495')
    """
    by_gpu: dict[str, list[Decimal]] = {}
    for rental in rentals:
        if not rental.spot and LEAST <= rental.per_gpu_hour <= MOST:
            by_gpu.setdefault(rental.gpu, []).append(rental.per_gpu_hour)
    return [
        Range(gpu, min(prices), median(prices), max(prices), len(prices))
        for gpu, prices in sorted(by_gpu.items())
    ]
