"""What the name checker refuses, and that the catalogue passes it."""

import pytest

from addin.names import check_clashes, check_function, is_address
from costcore.catalogue import FUNCTIONS


@pytest.mark.parametrize("entry", FUNCTIONS, ids=lambda entry: entry.name)
def test_every_function_may_be_typed_into_a_cell(entry) -> None:
    """Neither it nor an argument reads as something else."""
    check_function(entry.name, entry.signature.parameters)


@pytest.mark.parametrize(
    "name",
    ["TCO3", "a1", "XFD1048576", "R1C1", "rc", "R", "C", "C5", "Z1S1", "L1C1", "R1_COST", "C2_X"],
)
def test_addresses_are_refused(name: str) -> None:
    """Excel reads them as cells: TCO3 is column TCO, row 3."""
    with pytest.raises(ValueError, match="address of a cell"):
        check_function(name, [])


@pytest.mark.parametrize("name", ["XFE1", "A1048577", "TCO_3YR", "COST", "RENT_PER_MONTH", "A0"])
def test_what_only_looks_like_an_address_passes(name: str) -> None:
    """A sheet has 16,384 columns and 1,048,576 rows."""
    assert not is_address(name)


@pytest.mark.parametrize("name", ["SUM", "Price", "NPV"])
def test_functions_of_excel_are_refused(name: str) -> None:
    """Excel's own would be called instead."""
    with pytest.raises(ValueError, match="already a function of Excel"):
        check_function(name, [])


@pytest.mark.parametrize("name", ["name", "Date", "next", "on", "type", "ByVal"])
def test_words_of_vba_are_refused(name: str) -> None:
    """A module with such an argument does not compile, and no function of it works."""
    with pytest.raises(ValueError, match=f"{name} is a word of VBA"):
        check_function("COST", ["capex", name])


@pytest.mark.parametrize("name", ["_cost", "3YR", "TCO-3", "TCO.3", "préis", "", "X" * 65])
def test_names_that_are_no_identifiers_are_refused(name: str) -> None:
    """A name is a letter, then letters, digits or an underscore."""
    with pytest.raises(ValueError, match="a name is a letter"):
        check_function(name, [])


def test_names_that_differ_only_by_case_are_refused() -> None:
    """VBA does not tell them apart."""
    with pytest.raises(ValueError, match="twice"):
        check_function("COST", ["capex", "Capex"])
    with pytest.raises(ValueError, match="twice"):
        check_function("COST", ["cost"])
    with pytest.raises(ValueError, match="two things"):
        check_clashes(["COST", "EvenpointBridge", "evenpointbridge"])
