"""The page of what a person checks in a real Excel: its numbers are those of the catalogue."""

from costcore.catalogue import function
from install.functions import checklist


def test_the_page_is_up_to_date() -> None:
    """`python -m install.functions.checklist` writes it."""
    assert checklist.PAGE.read_text(encoding="utf-8") == checklist.page()


def test_it_fits_on_a_page_and_most_functions_are_on_it() -> None:
    """Longer formulas would be mistyped; they are in the workbook of examples."""
    lines = checklist.page().splitlines()
    assert len(lines) <= 90
    assert sum(line.startswith("| `=") for line in lines) >= 20


def test_a_formula_is_typed_as_in_a_cell() -> None:
    """Columns as constants with semicolons, text in quotes; the example of the catalogue."""
    assert checklist.formula(function("ROUTED_PRICE")) == "=ROUTED_PRICE({0.8;0.2},{0.1;0.75})"
