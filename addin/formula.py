"""Find the call of a catalogue function in the formula of a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from costcore.catalogue import FUNCTIONS, SheetFunction, function

OUTSIDE = re.compile(
    r"\b(WEBSERVICE|RTD|IMAGE|STOCKHISTORY|CUBE[A-Z]+|SQL\.REQUEST|CALL|REGISTER(\.ID)?|EXEC|PY)\s*\("
    r"|\|"  # as between a program and a topic of DDE
    r"|\][\w.]*!|'[^']*[\\/\]][^']*'!",  # a reference to another workbook
    re.IGNORECASE,
)


def reaches_out(formula: str, names: Mapping[str, str]) -> bool:
    """Say whether computing a formula asks somebody outside the workbook, also through its names.

    >>> reaches_out("SUM(Prices[rate], Plan!A1/'Our plan'!B1)", {}), reaches_out("[1]Plan!A1", {})
    (False, True)
    >>> reaches_out("rate*2", {"rate": '=WEBSERVICE("http://a.example/")'})
    True
    """
    left, seen = [formula], set[str]()
    while left:
        text = re.sub(r"\"[^\"]*\"|'[^'\\/\]]*'!", "", left.pop())  # texts, and names of sheets
        if OUTSIDE.search(text):
            return True
        used = {word.lower() for word in re.findall(r"[\w.\\]+", text)} - seen
        seen |= used
        left += [names[word] for word in used if word in names]
    return False


def first_call(formula: str) -> tuple[SheetFunction, list[str]] | None:
    """Return the first catalogue function in a formula, and its arguments as they are written.

    >>> entry, arguments = first_call('=IFERROR(RENT_PER_MONTH(SUM(A1,B1),,"a,b"), 0)')
    >>> entry.name, arguments
    ('RENT_PER_MONTH', ['SUM(A1,B1)', '', '"a,b"'])
    """
    names = "|".join(sorted((entry.name for entry in FUNCTIONS), key=len, reverse=True))
    outside = re.sub(r'"[^"]*"', lambda text: " " * len(text[0]), formula)
    found = re.search(rf"(?<![\w.])({names})\(", outside, re.IGNORECASE)
    return found and (function(found[1]), list(_arguments(formula[found.end() :])))


def _arguments(rest: str) -> Iterator[str]:
    """Split at the commas between the arguments, up to the bracket that closes the call."""
    depth, quote, text = 0, "", ""
    for character in rest:
        if quote or character in "\"'":
            quote = "" if character == quote else quote or character
        elif character in ")}" and depth == 0:
            break
        elif character == "," and depth == 0:
            yield text.strip()
            text = ""
            continue
        else:
            depth += (character in "({") - (character in ")}")
        text += character
    if text.strip():
        yield text.strip()
