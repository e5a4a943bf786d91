"""`evenpoint usage import`: what exports say was consumed, and a workload for a budget."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from install.terminal.refusal import Refusal
from install.terminal.writing import check_target, write

if TYPE_CHECKING:
    from workbooks.usage.actuals import Actuals

usage = typer.Typer(
    help="What do we really consume? Reads exports of usage and cost.", rich_markup_mode=None
)
usage.callback()(lambda: None)


@usage.command("import")
def usage_import(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILES", help="Exports: CSV, Excel, JSON, JSON Lines or Parquet."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="WORKLOAD.toml", help="Scenario file to write.")
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Your own engine: postgresql://user@host/database."),
    ] = None,
    table: Annotated[
        str | None, typer.Option(metavar="NAME", help="Table there, in one of the same layouts.")
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="NAME=HEADER,…", help="Which column is which: date=Day,model=LLM,…; kept."
        ),
    ] = None,
    day_first: Annotated[bool, typer.Option("--day-first", help="1/8/2026 is in August.")] = False,
    unit: Annotated[
        list[str] | None,
        typer.Option(metavar="UNIT=SIZE", help="How many tokens a unit is: Units=1M."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the scenario file.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Read exports of usage and cost, and say what was consumed.

    It knows the exports of OpenAI, Anthropic, OpenRouter, LiteLLM, Langfuse, Azure, AWS, Google,
    FOCUS, Langdock, Helicone, Cursor and DeepSeek by their headers. Columns about persons are not
    read. Columns that --columns names are kept for files with the same headers. With --out it
    writes a scenario with the measured workload: evenpoint budget
    WORKLOAD.toml.

    Example: evenpoint usage import 2026-08.csv 2026-09.csv 2026-10.csv --out workload.toml
    """
    if not files and not (database and table):
        raise Refusal("Nothing to read; give files, or --database and --table.")
    if (database is None) != (table is None):
        raise Refusal("A database needs both --database and --table.")
    if out:
        check_target(out, force)
    tables = [(database, table)] if database and table else []
    found = read_exports(files or [], tables, columns, day_first, unit or [])
    text = _workload(found) if out else ""
    if out:
        write(out, text.encode())
    if as_json:
        from install.terminal.answers import print_json
        from workbooks.usage.report import figures

        print_json({**figures(found), "file": str(out) if out else None})
        return
    _print(found)
    if out:
        print(f"\nWrote {out}: evenpoint budget {out}")


def read_exports(
    files: list[Path],
    tables: list[tuple[str, str]],
    columns: str | None = None,
    day_first: bool = False,
    units: Sequence[str] = (),
) -> Actuals:
    """Return what files and tables say together, with a bar of progress."""
    try:
        from workbooks.prices.store import default_folder
        from workbooks.usage.exports.layout import UsageError
        from workbooks.usage.exports.stated import Stated, columns_of, units_of
        from workbooks.usage.importing import import_and_keep
    except ModuleNotFoundError as error:
        raise Refusal(
            f'The package {error.name} is missing; install it with: pip install "evenpoint[usage]"'
        ) from None
    from rich.progress import Progress

    from install.terminal.screen import console

    with Progress(console=console(stderr=True), transient=True, disable=_is_quiet()) as bar:
        tasks: dict[str, Any] = {}

        def show(name: str, share: float) -> None:
            task = tasks.setdefault(name, None)
            if task is None:
                task = tasks[name] = bar.add_task(name, total=1.0)
            bar.update(task, completed=share)

        try:
            stated = Stated(columns_of(columns) if columns else {}, day_first, units_of(units))
            return import_and_keep(files, show, tables, stated, default_folder())
        except UsageError as error:
            raise Refusal(f"{error}.") from None


def _is_quiet() -> bool:
    return not sys.stderr.isatty()


def _workload(found: Actuals) -> str:
    from workbooks.usage.exports.layout import UsageError
    from workbooks.usage.workload import workload

    try:
        return workload(found)
    except UsageError as error:
        raise Refusal(f"{error}.") from None


def _print(found: Actuals) -> None:
    from rich.table import Table

    from install.terminal.screen import console
    from workbooks.usage.report import by_month, sentences

    screen = console(highlight=False, markup=False)
    screen.width = max(screen.width, 110)
    months = by_month(found)
    shown = Table(*months[0], box=None, header_style="bold", pad_edge=False)
    shown.columns[1].overflow, shown.columns[1].min_width = "fold", 24
    for column in shown.columns[2:]:
        column.justify = "right"
    for line in months[1:]:
        shown.add_row(*line)
    screen.print(shown)
    screen.print()
    for sentence in sentences(found):
        screen.print(sentence, soft_wrap=True)
