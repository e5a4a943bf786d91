"""What an argument of a worksheet function means, in the words that every host shows."""

from __future__ import annotations

from costcore.catalogue import SheetFunction
from costcore.language.arguments import default_in_words


def help_for(entry: SheetFunction, name: str) -> str:
    """Return the help of an argument: meaning, unit and what it is when left out.

    >>> from costcore.catalogue import function
    >>> help_for(function("RENT_PER_MONTH"), "hours_per_month")
    'Hours in a month: 730 is a twelfth of a year. [hours per month; default 730]'
    """
    quantity, unit = entry.quantities[name]
    default = entry.signature.parameters[name].default
    if default is entry.signature.empty:
        return f"{quantity.help} [{unit.label}]"
    return f"{quantity.help} [{unit.label}; {default_in_words(name, default)}]"
