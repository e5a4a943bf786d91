"""`evenpoint reconcile`: published claims beside what their own inputs give."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from install.terminal.answers import print_json, print_next, print_table, short
from install.terminal.flags import Json
from install.terminal.refusal import Refusal
from install.terminal.writing import check_target, write

if TYPE_CHECKING:
    from workbooks.plan.judgement.claimbook import Claim, ClaimFile


def reconcile(
    claim: Annotated[
        str | None,
        typer.Argument(metavar="CLAIM", help="A claim file, or a ready one; all if left out."),
    ] = None,
    copy: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a ready claim file, to edit, and stop."),
    ] = None,
    workbook: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a sheet for each publication.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the workbook.")] = False,
    as_json: Json = False,
) -> None:
    """Recompute a published claim: does it follow from its own inputs, and which trap is in it.

    "On paper" is what the claim's inputs give by its own arithmetic, "ours" what they give when
    capacity, people and idle hours count.

    Example: evenpoint reconcile article-1
    """
    from workbooks.plan.judgement.claimbook import load, ready

    if copy is not None:
        if claim not in ready():
            raise Refusal(f"--copy needs a ready claim: one of {', '.join(ready())}.")
        check_target(copy, force=False, hint="give another name")
        write(copy, ready()[claim].read_bytes())
        print(f"Wrote {copy}")
        return
    if workbook is not None:
        check_target(workbook, force)
    found = [_found(claim)] if claim else [load(file) for file in ready().values()]
    if workbook is not None:
        from workbooks.sheets.claims import claims as drawn

        write(workbook, drawn(found))
        print(f"Wrote {workbook}")
        return
    if as_json:
        print_json({"files": [_file(each) for each in found]})
        return
    print(_counted(found))
    for each in found:
        _print(each)
    print_next(
        "as sheets with their formulas",
        "reconcile --workbook claims.xlsx",
        *filter(None, [claim]),
    )


def _counted(found: list[ClaimFile]) -> str:
    claims = [one for each in found for one in each.claims]
    wrong = sum(not one.found.follows for one in claims)
    trapped = sum(bool(one.found.traps) for one in claims)
    return (
        f"{len(claims)} claims: {wrong} do not follow from their own inputs, "
        f"{trapped} fell into a trap."
    )


def _found(name: str) -> ClaimFile:
    from workbooks.plan.judgement.claimbook import load, ready
    from workbooks.scenario.sections import SectionError

    try:
        return load(ready().get(name, Path(name)))
    except SectionError as error:
        raise Refusal(f"{error}.") from None
    except OSError as error:
        why = f"{error.strerror}; name a claim file or one of {', '.join(ready())}"
        raise Refusal(f"{name} cannot be read: {why}.") from None


def _file(file: ClaimFile) -> dict[str, Any]:
    return {
        "name": file.name,
        "title": file.title,
        "source": file.source,
        "url": file.url,
        "currency": file.currency,
        "claims": [_claim(claim) for claim in file.claims],
    }


def _claim(claim: Claim) -> dict[str, Any]:
    """Return a claim as names and numbers; null is never."""
    return {
        "id": claim.id,
        "says": claim.says,
        "kind": claim.kind,
        "unit": claim.unit,
        "inputs": claim.inputs,
        "claimed": claim.found.claimed,
        "on_paper": claim.found.paper,
        "ours": claim.found.ours,
        "follows": claim.found.follows,
        "traps": [{"trap": trap.name, "why": trap.why} for trap in claim.found.traps],
    }


def _print(file: ClaimFile) -> None:
    print(f"\n{file.title} ({file.url or file.source})")
    columns = ("Theirs", "On paper", "Ours")
    rows = (
        (
            claim.says,
            *(short(value) for value in (claim.found.claimed, claim.found.paper, claim.found.ours)),
            "yes" if claim.found.follows else "NO",
        )
        for claim in file.claims
    )
    titles = {"Claim": False, **dict.fromkeys(columns, True), "Follows": False}
    print_table(titles, rows, spare=("On paper",))
    for claim in file.claims:
        for trap in claim.found.traps:
            print(f"  {claim.id}: {trap.name}. {trap.why}")
