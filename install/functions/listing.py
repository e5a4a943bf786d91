"""`evenpoint functions`: the worksheet functions, and one page of help for each."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from install.functions.lambdas import lambdas, print_lambdas
from install.terminal.answers import print_json, print_next, print_table, short
from install.terminal.flags import Json
from install.terminal.refusal import Refusal
from install.terminal.screen import print_whole
from install.terminal.writing import check_target, write

if TYPE_CHECKING:
    from costcore.catalogue import SheetFunction


def functions(
    name: Annotated[
        str | None, typer.Argument(help="One function, for its page.", metavar="NAME")
    ] = None,
    as_json: Json = False,
    as_lambda: Annotated[
        bool, typer.Option("--lambda", help="Print definitions for Excel 365; no add-in needed.")
    ] = False,
    workbook: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a workbook of examples instead: .xlsx or .ods."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """List the worksheet functions, or show the page of one.

    Example: evenpoint functions BREAKEVEN_TOKENS
    """
    if workbook is not None:
        return _write_examples(workbook, force)
    if as_lambda:
        definitions = lambdas(_named(name) if name else None)
        return print_json({"lambdas": definitions}) if as_json else print_lambdas(definitions)
    return _list(name, as_json)


def _write_examples(file: Path, force: bool) -> None:
    from addin.calc.template import template
    from workbooks.sheets.examples import examples

    check_target(file, force)
    write(file, template() if file.suffix.lower() == ".ods" else examples())
    print(f"{file}: every worksheet function at work, with its expected answer and a check.")


def _list(name: str | None, as_json: bool) -> None:
    from costcore.catalogue import FUNCTIONS

    if name is not None:
        entry = _named(name)
        print_json(_page(entry)) if as_json else _print_page(entry)
    elif as_json:
        print_json({"functions": [_page(each) for each in FUNCTIONS]})
    else:
        rows = [(each.name, each.summary) for each in FUNCTIONS]
        print(f"{len(rows)} worksheet functions.")
        print_table({"Function": False, "Answer": False}, rows)
        print_next("the page of one, with an example", "functions BREAKEVEN_TOKENS")


def _named(name: str) -> SheetFunction:
    from difflib import get_close_matches

    from costcore.catalogue import FUNCTIONS, function

    try:
        return function(name)
    except LookupError:
        names = [each.name for each in FUNCTIONS]
        nearest = ", ".join(get_close_matches(name.upper(), names, n=3, cutoff=0))
        raise Refusal(f"There is no function {name!r}; the nearest are {nearest}.") from None


def _page(entry: SheetFunction) -> dict[str, Any]:
    parameters = entry.signature.parameters.values()
    return {
        "name": entry.name,
        "summary": entry.summary,
        "returns": entry.returns,
        "answers": entry.answers,
        "arguments": [
            {
                "name": each.name,
                "unit": entry.quantities[each.name][1].label,
                "meaning": entry.quantities[each.name][0].help,
                "default": _default(each),
            }
            for each in parameters
        ],
        "example": _example(entry),
        "answer": entry.example.answer,
        "source": entry.example.source,
    }


def _default(parameter: inspect.Parameter) -> str:
    if parameter.default is inspect.Parameter.empty:
        return "required"
    return "" if parameter.default is None else f"{parameter.default}"


def _example(entry: SheetFunction) -> str:
    return f"={entry.name}({', '.join(map(_typed, entry.example.arguments))})"


def _typed(value: object) -> str:
    """Return an argument as it is typed into a cell; a table is a range, a blank left out."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f'"{value}"'
    if not isinstance(value, tuple):
        return f"{value:.12g}"
    if isinstance(value[0], tuple):
        return f"A1:{chr(64 + len(value[0]))}{len(value)}"
    return f"{{{','.join(map(_typed, value))}}}"


def _print_page(entry: SheetFunction) -> None:
    from costcore.language.quantities import unit_of

    page = _page(entry)
    names = ", ".join(entry.signature.parameters)
    print(f"{entry.summary}\n\n{entry.name}({names})")
    rows = [(*told, _said(default)) for *told, default in map(dict.values, page["arguments"])]
    print_table(dict.fromkeys(("Argument", "Unit", "Meaning", "Default"), False), rows)
    print(f"Answers with {entry.answers}: {unit_of(entry.returns).label}.")
    print_whole(f"Example: {page['example']}")
    print(f"Answer: {_shown(page['answer'])}\nSource: {page['source']}")
    if entry.traces:
        print_next("for Excel 365 without an add-in", f"functions {entry.name} --lambda")
    else:
        print_next("in a workbook of examples", "functions --workbook examples.xlsx")


def _said(default: str) -> str:
    return "no limit" if default == "inf" else default.removesuffix(".0")


def _shown(answer: object) -> str:
    """Return an answer as a sheet shows it; the rows of a table stand between semicolons."""
    if isinstance(answer, tuple):
        within = "; " if any(isinstance(each, tuple) for each in answer) else ", "
        return within.join(map(_shown, answer))
    return short(answer) if isinstance(answer, int | float) else str(answer)
