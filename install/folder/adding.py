"""`evenpoint add`: whatever arrives, recognised by its content, with its effect, then written."""

from __future__ import annotations

import datetime
import hashlib
import sys
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from install.folder.measuring import workload_lines
from install.folder.signing import folder_in_use, read_plan
from install.terminal.flags import currency_code, day
from install.terminal.refusal import Refusal
from install.terminal.scenarios import several

if TYPE_CHECKING:
    from workbooks.folder.receipts import Line
    from workbooks.portfolio.terms import Portfolio
    from workbooks.rows import TokenPrice


def add(
    files: Annotated[list[Path], typer.Argument(metavar="FILES", help="Whatever arrived.")],
    yes: Annotated[bool, typer.Option("--yes", help="Write it; without it you are asked.")] = False,
    provider: Annotated[
        str, typer.Option(metavar="NAME", help="Who sells, where a price sheet does not say.")
    ] = "",
    unit: Annotated[
        str, typer.Option(metavar="SIZE", help="Tokens a price is for, if not said: 1M, 1K, token.")
    ] = "",
    currency: Annotated[
        str, typer.Option(metavar="CODE", help="Currency, where a price sheet does not say.")
    ] = "",
    valid_from: Annotated[
        datetime.date | None, typer.Option(parser=day, metavar="DATE", help="First day of prices.")
    ] = None,
    valid_to: Annotated[
        datetime.date | None, typer.Option(parser=day, metavar="DATE", help="Last day of prices.")
    ] = None,
    leave_out: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="Heading that changes no price although it seems to."),
    ] = None,
    measured_on: Annotated[
        str,
        typer.Option(metavar="TEXT", help="What a load test ran on: '2x H200 SXM fp8, 4 copies'."),
    ] = "",
) -> None:
    """Add a vendor's prices, exchange rates, measured speeds, or usage to the budget folder.

    Each file is recognised by its content. What it says, what of it is not used, and what it does
    to the answer of budget.xlsx is shown first. A date, term, minimum, discount or seller that
    nothing uses stops it, until --leave-out says that it changes no price.

    Example: evenpoint add offer.xlsx --provider openai
    """
    from workbooks.folder import place, receipts

    folder = folder_in_use()
    told = _given(provider, unit, currency, (valid_from, valid_to), leave_out or [], measured_on)
    lines: list[Line] = []
    kept: dict[str, bytes] = {}
    exports: list[Path] = []
    for path in files:
        content = _content(path)
        digest = hashlib.sha256(content).hexdigest()
        _refuse_twin(path, digest)
        with place.supposing(lines) if lines else nullcontext():
            found = _lines(path, content, told)
        if not found:
            raise Refusal(f"{path.name} has nothing that is not known already.")
        lines += [*found, _source(path, digest, len(content), len(found))]
        if found[0]["table"] == "usage":
            exports.append(path)
        kept[f"{digest}{path.suffix.lower() or '.file'}"] = content
    lines += workload_lines(folder, exports) if exports else []
    for sentence in _effect(folder, lines):
        print(sentence)
    if not yes and not _agreed():
        print("Nothing was written; --yes writes it.", file=sys.stderr)
        return
    print(f"Kept as {receipts.write(folder, lines, kept).name}; evenpoint update brings it in.")


def _agreed() -> bool:
    return sys.stdin.isatty() and typer.confirm("Write it?")


def _given(
    provider: str,
    unit: str,
    currency: str,
    term: tuple[datetime.date | None, datetime.date | None],
    leave_out: Sequence[str],
    measured_on: str,
) -> object:
    from workbooks.prices.sheet.cells import Given
    from workbooks.prices.sheet.units import SIZES

    if unit and unit.lower() not in SIZES:
        raise Refusal(f"{unit!r} is no number of tokens; it must be one of {', '.join(SIZES)}.")
    code, size = currency_code(currency), SIZES[unit.lower()] if unit else None
    return Given(size, code, provider, False, *term, tuple(leave_out), measured_on)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror}.") from None


def _refuse_twin(path: Path, digest: str) -> None:
    from workbooks.folder import place

    for receipt in place.changes():
        if any(line.get("sha256") == digest for line in receipt.of("source")):
            raise Refusal(f"{path.name} was added already, with {receipt.name}.")


def _source(path: Path, digest: str, size: int, rows: int) -> Line:
    from workbooks.prices.sheet.importing import SOURCE
    from workbooks.prices.store import now

    read = {"url": path.name, "retrieved_at": now(), "sha256": digest, "size_bytes": size}
    return {"table": "source", "source": SOURCE, **read, "models": rows, "outcome": "accepted"}


def _lines(path: Path, content: bytes, told: object) -> list[Line]:
    """Return what a file says as lines of a receipt, and print what it is.

    Raises
    ------
    Refusal
        If it is nothing that is known, or says something that cannot be used.
    """
    from install.folder import kinds
    from workbooks.prices.offers import FeedError

    try:
        for kind in kinds.KINDS:
            found = kind(path, content, told)
            if found is not None:
                return found
    except (FeedError, ValueError) as error:
        raise Refusal(f"{str(error).rstrip('.')}.") from None
    _refuse_bill(path)
    raise Refusal(
        f"{path.name} is none of what can be added: a price sheet or order form, a file of "
        "reference rates, speeds that were measured, a quote for accelerators, or an export "
        "of usage and bills."
    )


def _refuse_bill(path: Path) -> None:
    """Refuse what another command takes, with its name."""
    from workbooks.plan.monthend.bills import ActualsError, is_plain
    from workbooks.plan.monthend.invoices import is_invoice

    with suppress(ActualsError):
        if is_plain(path) or is_invoice(path):
            raise Refusal(
                f"{path.name} is a bill or an invoice, which evenpoint close MONTH approved "
                f"{path.name} holds against the budget."
            )


def _effect(folder: Path, lines: list[Line]) -> list[str]:
    """Return in words what would change in the answer of the folder's workbook."""
    from workbooks import clock
    from workbooks.folder import place
    from workbooks.folder.standing import BUDGET, lacking
    from workbooks.plan.brought import brought, effect, hidden, known, later
    from workbooks.plan.dated import with_steps

    if all(line["table"] in {"usage", "source", "doubt", "input"} for line in lines):
        return []
    if not (folder / BUDGET).exists():
        return [f"{BUDGET} is not in {folder}, so what this does to its answer is not known."]
    waits = _waiting(folder / BUDGET)
    told = [f"Counted in on both sides: {waits}."] if waits else []
    if portfolio := several(str(folder / BUDGET)):
        return [*told, *_costs(portfolio, lines, bool(waits))]
    ours = now = read_plan(folder / BUDGET)
    on = max(ours.scenario.as_of, clock.today())
    before = known(on)
    if waits:
        with place.without(lacking(folder / BUDGET)):
            had = known(on)
        ours = brought(ours, had, before)
        now = with_steps(ours)
    named = {ours.scenario.entries[f"{option}_model"].base for option in ("api", "managed")}
    with place.supposing(lines):
        changed = with_steps(brought(ours, before, known(on)))
        ahead = later(_said(lines), named, on, ", on the sheet Workload")
        priced = [(now.scenario, option, "The sheet Inputs") for option in ("api", "managed")]
        return [*told, *effect(now, changed), *ahead, *hidden(_said(lines), priced)]


def _said(lines: list[Line]) -> list[TokenPrice]:
    """Return the rows of the price table that lines have led to."""
    from workbooks.tables import token_prices

    said = {(line.get("source"), line.get("valid_from")) for line in lines}
    return [row for row in token_prices() if (row.source, row.valid_from) in said]


def _waiting(book: Path) -> str:
    """Say what the workbook does not have yet; blank where it has everything."""
    from workbooks.folder import place
    from workbooks.folder.standing import waiting

    count = len(waiting(place.changes(), book))
    return f"{count} change{'s' * (count > 1)} that wait{'s' * (count == 1)}" if count else ""


def _costs(portfolio: Portfolio, lines: list[Line], waits: bool) -> list[str]:
    """Return what each strategy would cost, and what it costs without some lines."""
    from workbooks import clock
    from workbooks.folder import place
    from workbooks.plan.brought import hidden, later
    from workbooks.plan.mixing.finding import found
    from workbooks.portfolio.reading import parse_portfolio
    from workbooks.sheets.update.pooled import is_alike
    from workbooks.sheets.update.several import effect

    day = max(portfolio.frame.as_of, clock.today())
    content, origin = {**portfolio.content, "as_of": day}, portfolio.frame.origin
    before = found(parse_portfolio(content, origin) if waits else portfolio, None, 0)
    models = {each.scenario.entries[f"{each.inputs}_model"].base for each in portfolio.billed}
    with place.supposing(lines):
        moved = parse_portfolio(content, origin)
        after = found(moved, None, 0)
        priced = [(each.scenario, each.inputs, f"Engine {each.name}") for each in portfolio.billed]
        ahead = [*later(_said(lines), models, day), *hidden(_said(lines), priced)]
    if is_alike(before, after):
        return ["The answer of budget.xlsx stays as it is.", *ahead]
    return [*effect(before, after, moved), *ahead]
