"""What an argument of a worksheet function means, in the words that every host shows."""

from __future__ import annotations

import numpy as np

from costcore.catalogue import SheetFunction


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
    return f"{quantity.help} [{unit.label}; {_default_in_words(name, default)}]"


def _default_in_words(name: str, default: object) -> str:
    if default is None:
        return LEFT_OUT.get(name, "optional")
    if default == np.inf:
        return "default no limit"
    return f"default {default:g}" if isinstance(default, float) else f"default {default}"


LEFT_OUT = {
    "cached_price_per_mtok": "default the input price",
    "as_of": "default the newest price",
}
"""What it means to leave out an argument whose default is None; "optional" for the others."""
