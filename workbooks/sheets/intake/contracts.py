"""Read the contracts of a filled-in workbook back; each row is one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workbooks.file.cells import Value
from workbooks.lint.reading import Page
from workbooks.plan.lines.lookup import header
from workbooks.plan.lines.owing.terms import term_name
from workbooks.scenario.contracts import (
    NUMBERS,
    SIGNS,
    check,
    checked,
    number,
    one_of,
)
from workbooks.scenario.entries import checked_code, checked_text
from workbooks.scenario.scenario import Contract, ScenarioError
from workbooks.sheets.intake.cells import Place, Reader
from workbooks.sheets.pages.contracts import CONTRACTS, FIELDS, WORDS


def read_contracts(reader: Reader) -> tuple[Contract, ...]:
    """Return the contracts of a workbook; one without the sheet has none."""
    if term_name(1, "first_month") not in reader.names and not reader.book.page(CONTRACTS.name):
        return ()
    page = reader.sheet(CONTRACTS.name, header("committed_nodes"))
    places = reader.heading(page, *map(header, FIELDS)) if page else {}
    if page is None or not places:
        return ()
    columns = {field: places[header(field)].column for field in FIELDS}
    columns |= reader.beside(page, places[header("contract")].row, "currency", header("currency"))
    top = places[header("contract")].row
    found = []
    for row in sorted(row for row in page.rows if row > top):
        cells = {field: Place(page, row, column) for field, column in columns.items()}
        if any(_filled(page, place) for place in cells.values()):
            found.append(_contract(reader, cells))
    try:
        return checked(found) if not reader.bad else ()
    except ScenarioError as error:
        reader.complain(places[header("contract")], str(error))
        return ()


def _filled(page: Page, place: Place) -> bool:
    cell = page.cells.get((place.row, place.column))
    return cell is not None and cell.shown not in (None, "")


def _contract(reader: Reader, cells: dict[str, Place]) -> Contract:
    """Return the contract of a row; bad cells are kept, and read as what is usual."""
    name = reader.read(cells["contract"], _named, "contract")
    kind = reader.read(cells["kind"], _word("kind", name, ""), "api")
    usual = {"signed": "yes", "price_held": "no", "strategy": SIGNS[kind]}
    read: dict[str, Any] = {
        word: reader.read(cells[word], _word(word, name, start), start)
        for word, start in usual.items()
    }
    for term, (start, *_) in NUMBERS.items():
        read[term] = reader.read(cells[term], _number(term, name), start)
    for text in ("partner", "source"):
        read[text] = reader.read(cells[text], _text(text, name), "")
    if "currency" in cells:
        read["currency"] = reader.read(cells["currency"], _code(name), "")
    found = Contract(contract=name, kind=kind, **read)
    try:
        check(found)
    except ScenarioError as error:
        reader.complain(cells["contract"], str(error))
    return found


def _named(held: Value) -> str:
    if held is None:
        raise ScenarioError("the name of the contract is blank; it must be text")
    return checked_text("contract", f"{held:g}" if isinstance(held, float) else held)


def _code(name: str) -> Callable[[Value], str]:
    return lambda held: "" if held is None else checked_code(f"currency of {name!r}", held)


def _text(field: str, name: str) -> Callable[[Value], str]:
    return lambda held: checked_text(f"{field} of {name!r}", "" if held is None else held)


def _word(word: str, name: str, usual: str) -> Callable[[Value], str]:
    return lambda held: one_of(word, usual if held is None else held, name, WORDS[word])


def _number(term: str, name: str) -> Callable[[Value], float | None]:
    def check_one(held: Value) -> float | None:
        return number(term, NUMBERS[term][0] if held is None else held, name)

    return check_one
