"""What can be added to a budget folder: each kind says whether a file is one, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from install.terminal.refusal import Refusal
from workbooks import clock

if TYPE_CHECKING:
    from workbooks.folder.receipts import Line


def rates(path: Path, content: bytes, _: object) -> list[Line] | None:
    """Return what a file of reference rates adds."""
    from workbooks.prices.offers import FeedError
    from workbooks.prices.rates.adding import rate_lines

    try:
        lines = rate_lines(path.name, content)
    except (FeedError, UnicodeDecodeError):
        return None
    print(f"{path.name}: reference rates of the European Central Bank, {len(lines)} of them new.")
    return lines


def speeds(path: Path, content: bytes, _: object) -> list[Line] | None:
    """Return what a file of measured speeds adds."""
    from workbooks.sizing.adding import is_measurement, speed_lines, unused

    if not is_measurement(content):
        return None
    lines = speed_lines(path.name, content, clock.today())
    print(f"{path.name}: {len(lines)} speeds that you measured.")
    for line in lines:
        _print_speed(line)
    _print_unused(unused(content))
    return lines


def _print_speed(line: Line, said: str = "") -> None:
    """Print a speed, and whether a full copy is much faster."""
    from workbooks.sizing.adding import fuller

    print(f"  {line['system']}: {line['tokens_per_second']:,.0f} tokens a second{said}")
    if low := fuller(line):
        print(f"  {low}")


def load_test(path: Path, content: bytes, told: Any) -> list[Line] | None:
    """Return what the results of a load test add: the speed of its fastest load."""
    from workbooks.sizing.adding import speed_line
    from workbooks.sizing.benchmarks import benchmark

    if (found := benchmark(path.name, content)) is None:
        return None
    row, said = found.row(told.measured_on)
    line = speed_line(path.name, path.name, row, clock.today())
    print(f"{path.name}: a speed that you measured, with {found.layout.title}.")
    _print_speed(line, f", {said}")
    _print_unused(found.unused())
    return [line]


def rents(path: Path, _: bytes, told: Any) -> list[Line] | None:
    """Return what a quote for rented accelerators adds."""
    from workbooks.plan.quotes import read_rents, rent_lines

    if (quote := read_rents(path)) is None:
        return None
    lines, unused = rent_lines(quote, clock.today(), told.leave_out)
    print(f"{path.name}: rents of {len(lines)} accelerators.")
    for line in lines:
        rent = f"{line['rent_base_per_gpu_hour']:,.2f} {line['rent_currency']}"
        print(f"  {line['hardware']}: {rent} an hour")
    _print_unused(unused)
    return lines


def purchases(path: Path, _: bytes, told: Any) -> list[Line] | None:
    """Return what a quote for accelerators that are bought adds."""
    from workbooks.plan.purchases import purchase_lines, read_quote

    if (quote := read_quote(path)) is None:
        return None
    lines, unused = purchase_lines(quote, clock.today(), told.leave_out)
    print(f"{path.name}: prices of {len(lines)} accelerators, each with its share of the server.")
    for line in lines:
        price = f"{line['buy_base_per_gpu']:,.2f} {line['buy_currency']}"
        print(f"  {line['hardware']}: {price} each")
    _print_unused(unused)
    return lines


def reductions(path: Path, _: bytes, told: Any) -> list[Line] | None:
    """Return what a sheet of discounts on the list, without prices, adds."""
    from workbooks.plan.discounts import discounts, read_discounts

    if (found := read_discounts(path)) is None:
        return None
    taken = discounts(found, told, clock.today())
    print(f"{path.name}: discounts on the list of today; add it again when that list moves.")
    for line, listed, share in taken:
        pairs = (
            f"{part} {getattr(listed, f'{part}_price_per_mtok'):g} -> "
            f"{line[f'{part}_price_per_mtok']:g}"
            for part in ("input", "output")
        )
        print(
            f"  {listed.model}: {share:.4g} off, {', '.join(pairs)} {listed.currency}, and the rest"
        )
    _print_unused(found.unused)
    return [each.line for each in taken]


def _print_unused(unused: Sequence[str]) -> None:
    if unused:
        print(f"  Not used: {', '.join(unused)}.")


def usage(path: Path, _: bytes, __: object) -> list[Line] | None:
    """Return what an export of usage or a bill adds."""
    from workbooks.disk import scratch

    try:
        from workbooks.usage.exports.layout import UsageError
        from workbooks.usage.exports.source import open_source
    except ModuleNotFoundError:
        return None
    try:
        with scratch() as folder:
            open_source(path, folder)
    except UsageError:
        return None
    from install.commands.usage import read_exports
    from workbooks.usage.adding import usage_lines
    from workbooks.usage.report import sentences

    found = read_exports([path], [])
    for sentence in sentences(found):
        print(sentence)
    return usage_lines(found)


def prices(path: Path, content: bytes, told: Any) -> list[Line] | None:
    """Return what a price sheet or an order form adds; it stops where it says more than is used."""
    from dataclasses import asdict

    from install.prices.report import print_import
    from workbooks.folder import place
    from workbooks.prices.offers import FeedError
    from workbooks.prices.sheet import importing
    from workbooks.prices.sheet.reading import NO_TABLE
    from workbooks.prices.store import Store

    try:
        seen = importing.preview(Store(place.current()), path, told, clock.today())
    except FeedError as error:
        if str(error).endswith(NO_TABLE):
            return None
        raise
    print_import(seen)
    if seen.stops:
        raise Refusal(importing.stopped(seen))
    if not seen.plan.added:
        asked = f" {seen.read.questions[0]}" if seen.read.questions else ""
        raise Refusal(f"{path.name} has no price that could be taken.{asked}")
    rows = (row for rows in seen.plan.added.values() for row in rows)
    return [{"table": "price", **asdict(row)} for row in rows]


KINDS: tuple[Callable[[Path, bytes, object], list[Line] | None], ...] = (
    *(rates, speeds, load_test, rents, purchases, reductions, usage, prices),
)
"""In the order in which they are tried: what has headings of its own comes first."""
