"""`evenpoint usage import`: what exports say was consumed, and a workload for a budget."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from install.terminal.answers import print_json, print_next, print_table
from install.terminal.flags import CostsIn, DayFirst, JsonFigures, OfExports, Units
from install.terminal.refusal import Refusal
from install.terminal.writing import check_target, write

if TYPE_CHECKING:
    from workbooks.plan.workloads.rules import Rule
    from workbooks.usage.actuals import Actuals

NOTHING_SAID = OfExports()
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
        typer.Option(
            metavar="URL",
            help="Your own engine: postgresql://user@host/database, or pyspark:// for the Spark "
            "session that your configuration names.",
        ),
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
    day_first: DayFirst = False,
    unit: Units = None,
    currency: CostsIn = None,
    rules: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.toml",
            help="Which usage is which workload.",
            show_default="workloads.toml of the budget folder",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the scenario file.")] = False,
    as_json: JsonFigures = False,
) -> None:
    """Read exports of usage and cost, and say what was consumed.

    It knows the exports of OpenAI, Anthropic, OpenRouter, LiteLLM, Langfuse, Azure, AWS, Google,
    FOCUS, GitHub Copilot, Cursor, ccusage, Portkey, Cloudflare, Langdock, Helicone, DeepSeek and
    more by their headers, and others that name date, model, input and output tokens. Columns about
    persons are not read. In a budget folder, what --columns and --currency say is kept for files
    with the same headers.
    With --out it writes a scenario with the measured workload: evenpoint budget WORKLOAD.toml.
    Each model is a workload, unless --rules say otherwise: [[workload]] name = "Support", match =
    { model = "gpt-4o*", project = "support" }. Several make a portfolio, and only if the measured
    months at their own prices come to the bill within 2 %.

    Example: evenpoint usage import 2026-08.csv 2026-09.csv 2026-10.csv --out workload.toml
    """
    if not files and not (database and table):
        raise Refusal("Nothing to read; give files, or --database and --table.")
    if (database is None) != (table is None):
        raise Refusal("A database needs both --database and --table.")
    if out:
        check_target(out, force)
    tables = [(database, table)] if database and table else []
    found = read_exports(files or [], tables, OfExports(columns, day_first, unit, currency))
    text = _workload(found, rules) if out else ""
    if out:
        write(out, text.encode())
    if as_json:
        from workbooks.usage.report import figures

        print_json({**figures(found), "file": str(out) if out else None})
        return
    _print(found)
    if out:
        print(f"Wrote {out}")
        print_next("with the measured workload", "budget", out)
    else:
        print_next("a workload for a budget", "usage import EXPORTS… --out workload.toml")


def read_exports(
    files: list[Path],
    tables: list[tuple[str, str]],
    said: OfExports = NOTHING_SAID,
) -> Actuals:
    """Return what files and tables say together, with a bar of progress."""
    try:
        from workbooks.folder.receipts import FolderError
        from workbooks.usage.exports.layout import UsageError
        from workbooks.usage.exports.stated import Stated, columns_of, currency_of, units_of
        from workbooks.usage.importing import import_and_keep
    except ModuleNotFoundError as error:
        raise Refusal(
            f'The package {error.name} is missing; install it with: pip install "evenpoint[usage]"'
        ) from None
    from install.terminal.table import progress

    with progress() as bar:
        tasks: dict[str, Any] = {}

        def show(name: str, share: float) -> None:
            task = tasks.setdefault(name, None)
            if task is None:
                task = tasks[name] = bar.add_task(name, total=1.0)
            bar.update(task, completed=share)

        try:
            stated = Stated(
                columns_of(said.columns) if said.columns else {},
                said.day_first,
                units_of(said.units or []),
                currency=currency_of(said.currency) if said.currency else "",
            )
            return import_and_keep(files, show, tables, stated)
        except (UsageError, FolderError) as error:
            raise Refusal(f"{error}.") from None


def _workload(found: Actuals, rules: Path | None) -> str:
    """Return the scenario file of one workload, or of several."""
    from workbooks.plan.workloads.content import text
    from workbooks.plan.workloads.planned import planned
    from workbooks.plan.workloads.rules import parts
    from workbooks.usage.exports.layout import UsageError
    from workbooks.usage.workload import base, workload

    try:
        known = known_rules(rules)
        if not known and len(parts(found, known)) == 1:
            return workload(found)
        made = planned(found, known, base(), found.next_month)
    except UsageError as error:
        raise Refusal(f"{error}.") from None
    for sentence in made.said:
        print(sentence, file=sys.stderr)
    return text(made.content)


def known_rules(path: Path | None = None) -> tuple[Rule, ...]:
    """Return the rules of a file, or of the budget folder in use; none where there are none."""
    from workbooks.folder import place
    from workbooks.plan.workloads.rules import FILE, rules

    if path and not path.exists():
        raise Refusal(f"{path} is not there; it must be a file of rules.")
    if path is None and (folder := place.current()):
        path = folder / FILE
    return rules(path) if path else ()


def _print(found: Actuals) -> None:
    from workbooks.usage.report import MONTH_COLUMNS, by_month, sentences

    titles = {title: place > 1 for place, title in enumerate(MONTH_COLUMNS)}
    first, *others = sentences(found)
    print(first)
    print_table(titles, by_month(found)[1:], spare=("Cached", "Requests", "Input", "Output"))
    print(*others, sep="\n")
