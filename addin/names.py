"""Refuse names that Excel or VBA would misread: found when building, not in front of the user."""

from __future__ import annotations

import re
from collections.abc import Iterable

from openpyxl.utils import FORMULAE
from openpyxl.utils.cell import column_index_from_string

MOST_CHARACTERS = 64
LAST_COLUMN, LAST_ROW = 16_384, 1_048_576
VBA_WORDS = """
    abs addressof alias and any append as attribute base binary boolean byref byte byval call case
    cbool cbyte ccur cdate cdbl cdec cint class clng clnglng clngptr close compare const csng cstr
    currency cvar cverr date debug decimal declare defbool defbyte defcur defdate defdbl defint
    deflng defobj defsng defstr defvar dim do doevents double each else elseif empty end endif enum
    eqv erase error event exit explicit false fix for friend function get global gosub goto if imp
    implements in input inputb int integer is lbound len lenb let lib like line lock long longlong
    longptr loop lset me mid midb mod module name new next not nothing null object on open option
    optional or output paramarray preserve print private property ptrsafe public put raiseevent
    random read redim rem reset resume return rset scale seek select set sgn shared single spc
    static step stop string sub tab text then time to true type typeof ubound unlock until variant
    wend while width with withevents write xor
"""
ROW_AND_COLUMN = re.compile(r"[RC](\d.*)?|[RZLF]\d*[CSK]\d*", re.IGNORECASE)
"""R1C1, and what it is called in the French, German and Spanish Excel; R1_COST begins with one."""


def check_function(function: str, arguments: Iterable[str]) -> None:
    """Refuse a function that a formula or a VBA wrapper could not be written for.

    Raises
    ------
    ValueError
        If the name of the function or of an argument reads as something else.

    Examples
    --------
    >>> check_function("TCO_3YR", ["capex", "residual"])
    >>> check_function("TCO3", ["capex"])
    Traceback (most recent call last):
    ValueError: TCO3 is also the address of a cell; put an underscore into it.
    """
    _check_word(function, function)
    if is_address(function):
        raise ValueError(f"{function} is also the address of a cell; put an underscore into it.")
    if function.upper() in FORMULAE:
        raise ValueError(f"{function} is already a function of Excel.")
    taken = {function.lower()}
    for argument in arguments:
        _check_word(argument, f"{function}, argument {argument}")
        if argument.lower() in taken:
            raise ValueError(f"{function} uses the name {argument} twice; VBA ignores case.")
        taken.add(argument.lower())


def check_clashes(names: Iterable[str]) -> None:
    """Refuse two functions or modules of one name, whatever their case."""
    taken: set[str] = set()
    for name in names:
        if name.lower() in taken:
            raise ValueError(f"{name} is the name of two things; VBA ignores case.")
        taken.add(name.lower())


def is_address(name: str) -> bool:
    """Say whether a formula would read `name` as a cell.

    >>> is_address("XFD1"), is_address("XFE1"), is_address("r1c1"), is_address("TCO_3YR")
    (True, False, True, False)
    """
    if ROW_AND_COLUMN.fullmatch(name):
        return True
    cell = re.fullmatch(r"([A-Za-z]{1,3})(\d{1,7})", name)
    if cell is None:
        return False
    column, row = column_index_from_string(cell[1].upper()), int(cell[2])
    return column <= LAST_COLUMN and 1 <= row <= LAST_ROW


def _check_word(name: str, place: str) -> None:
    if not re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII) or len(name) > MOST_CHARACTERS:
        raise ValueError(
            f"{place}: a name is a letter, then letters, digits or _, {MOST_CHARACTERS} at most."
        )
    if name.lower() in VBA_WORDS.split():
        raise ValueError(f"{place}: {name} is a word of VBA.")
