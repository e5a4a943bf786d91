"""`evenpoint lint`: any workbook held against the rules of a good financial model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from install.terminal.answers import print_json, print_next
from install.terminal.refusal import Refusal

if TYPE_CHECKING:
    from workbooks.lint.linting import Finding, Report


def lint(
    book: Annotated[Path, typer.Argument(help="Workbook to look at.", metavar="BOOK.xlsx")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Say where a workbook breaks the rules of good modelling, and how to mend it.

    Each finding names the rule, the sheet and the first cell. The workbook may be anybody's; it
    is only read. The exit code is 1 when anything was found. A document of LibreOffice (.ods)
    is not read: save it as .xlsx first.

    Example: evenpoint lint budget.xlsx
    """
    findings, passed = _found(book)
    if as_json:
        found = {"findings": [_plain(each) for each in findings], "values_passed_by": dict(passed)}
        print_json({"file": str(book), **found})
    else:
        _print(book, findings, passed)
    raise typer.Exit(1 if findings else 0)


def _found(book: Path) -> Report:
    from workbooks.file.refusal import RefreshError
    from workbooks.lint.linting import report

    if book.suffix.lower() in (".ods", ".fods"):
        raise Refusal(f"{book} is a document of LibreOffice; save it as .xlsx and lint that.")
    try:
        return report(book)
    except RefreshError as error:
        raise Refusal(f"{str(error).rstrip('.')}.") from None
    except OSError as error:
        raise Refusal(f"{book} cannot be read: {error.strerror}.") from None


def _plain(found: Finding) -> dict[str, Any]:
    rule = found.rule
    return {
        "rule": rule.number,
        "name": rule.name,
        "source": rule.source,
        "text": rule.text,
        "sheet": found.sheet,
        "cell": found.cell,
        "more_cells": found.more,
        "wrong": found.wrong,
        "mend": rule.mend,
    }


def _print(book: Path, findings: list[Finding], passed: Mapping[str, int]) -> None:
    from workbooks.lint.rules import BY_HAND, RULES

    count = f"{len(findings)} finding{'s' * (len(findings) != 1)}"
    print(f"{book}: {count}; {len(RULES)} rules looked at.\n")
    broken = dict.fromkeys(each.rule for each in findings)
    for rule in broken:
        print(f"{rule.number} {rule.name} ({rule.source}): {rule.text}")
        for each in findings:
            if each.rule is rule:
                print(f"   {each.place}: {each.wrong}{each.alike}")
        print(f"   Mend: {rule.mend}\n")
    print("Not looked at, for no reading of a file decides them:")
    for number, text in BY_HAND.items():
        print(f"   {number} {text}")
    for sheet, values in passed.items():
        print(
            f"   {values:,} values of sheet {sheet}, which is large: its first were, and all "
            "formulas and errors"
        )
    if findings:
        print_next("when they are mended", "lint", book)
    else:
        print_next("when prices change", "prices refresh --workbook", book)
