"""From exports of usage to the workloads of the plan of a budget folder."""

from __future__ import annotations

import datetime
import shutil
import tomllib
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from install.commands.usage import known_rules, read_exports
from install.folder.signing import read_plan
from install.terminal.refusal import Refusal
from install.terminal.scenarios import several

if TYPE_CHECKING:
    from workbooks.folder.receipts import Line
    from workbooks.usage.actuals import Actuals


def workload_lines(folder: Path, new: Sequence[Path]) -> list[Line]:
    """Return what new exports say of the plan, together with those that were added before.

    Nothing is returned where there is no budget to put it into.

    Raises
    ------
    Refusal
        If something is told by no export, or the plan of the measured months is not their bill.
    """
    from workbooks.folder.standing import BUDGET
    from workbooks.plan.workloads import lines
    from workbooks.plan.workloads.planned import planned
    from workbooks.usage.exports.layout import UsageError

    if not (folder / BUDGET).exists():
        return []
    content, start = base(folder / BUDGET)
    with _named(folder) as earlier:
        found = read_exports([*earlier, *new], [])
        for sentence in _counted_once(found, {path.name for path in new}):
            print(sentence)
        if not found.has_tokens:  # a bill alone says nothing of a volume
            return []
        try:
            made = planned(found, known_rules(), content, start)
        except UsageError as error:
            raise Refusal(f"{str(error).rstrip('.')}.") from None
    for sentence in made.said:
        print(sentence)
    for sentence in _told(made.content):
        print(sentence)
    return lines.lines(made.measured)


def _counted_once(found: Actuals, new: Set[str]) -> Iterator[str]:
    """Say which rows of new exports are in others, earlier ones among them."""
    from workbooks.usage.overlaps import SAME

    for export in found.exports:
        for each in export.asides if export.name in new else ():
            if each.reason.startswith(SAME):
                what = f"{each.rows:,} {each.reason}"
                yield f"{export.name}: {what}; they count once."


def base(path: Path) -> tuple[Mapping[str, Any], datetime.date]:
    """Return the content of the folder's plan, of one workload or several, and its first month."""
    from workbooks.scenario.writing import written

    if portfolio := several(str(path)):
        return portfolio.content, portfolio.frame.start_month
    scenario = read_plan(path).scenario
    return tomllib.loads(written(scenario)), scenario.start_month


@contextmanager
def _named(folder: Path) -> Iterator[list[Path]]:
    """Have the exports that were added before under the names that they came with."""
    from workbooks.disk import scratch
    from workbooks.folder import place, receipts
    from workbooks.folder.standing import SOURCE, USAGE

    with scratch() as aside:
        found: list[Path] = []
        for receipt in place.changes():
            for line in receipt.of(SOURCE) if receipt.of(USAGE) else ():
                digest = line.get("sha256", "")
                for kept in (folder / receipts.FILES).glob(f"{digest}.*") if digest else ():
                    to = aside / digest[:8] / Path(line.get("url", kept.name)).name
                    to.parent.mkdir(exist_ok=True)
                    shutil.copyfile(kept, to)
                    found.append(to)
        yield found


def _told(content: Mapping[str, Any]) -> Iterator[str]:
    """Say what is planned of each workload, and what the first month costs as used today."""
    from workbooks.plan.mixing.finding import found
    from workbooks.plan.workloads.content import TODAY
    from workbooks.portfolio.reading import parse_portfolio

    portfolio = parse_portfolio(content, "the measured plan")
    for each in portfolio.workloads:
        entries = each.scenario.entries
        level, growth, ends, written = (
            float(entries[name].base)
            for name in ("tokens_per_month", "growth_per_year", "growth_months", "output_share")
        )
        yield (
            f"{each.name}: {level:,.0f} tokens in {portfolio.frame.start_month:%Y-%m}, "
            f"{growth + 0.0:+.0%} a year until month {ends:.0f}, {written:.1%} output."
        )
    (way,) = (w for w in found(portfolio, None, 0).strategies if w.strategy.name == TODAY)
    if not way.out:
        first = float(way.told[way.lines.name("cash_per_month")][0])
        yield f"The plan's first month on today's models: {portfolio.frame.currency} {first:,.2f}."
