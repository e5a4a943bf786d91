"""Numbers in sentences, so that none says all, nothing or the same where that is not so."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.trace import amount, words


def percent(share: Any, digits: int = 0, number: Any = None) -> Any:
    """Return a share in percent; nothing but all is 100 %.

    What it is without these words may stand in a line of its own: its `number`.

    >>> [str(percent(np.float64(x))) for x in (0.004, 0.36, 0.996, 1.0)]
    ['under 1 %', '36 %', 'over 99 %', '100 %']
    >>> [str(percent(np.float64(x), 1)) for x in (0.0004, 0.996, 0.9996, 1.0)]
    ['under 0.1 %', '99.6 %', 'over 99.9 %', '100.0 %']
    """
    text, step = amount(share * 100, digits) if number is None else number, 10**-digits
    nothing, least, most, whole = (f"{x:.{digits}f}" for x in (0, step, 100 - step, 100))
    some = np.where((share < 1) & (text == whole), f"over {most}", text)
    return words(np.where(text == nothing, f"under {least}", some), " %")


def close_up(share: float, digits: int = 0) -> str:
    """Return a share in percent as it is printed, with no space before the sign.

    >>> close_up(0.36), close_up(0.997), close_up(1.0), close_up(0.9999, 1)
    ('36%', 'over 99%', '100%', 'over 99.9%')
    """
    return str(percent(np.float64(share), digits)).replace(" %", "%")


def apart(text: Any, other: Any, finer: Any) -> Any:
    """Return a number's text, or the finer one where it reads like the other number's.

    >>> [str(apart(text, "0.56", "0.5649")) for text in ("0.56", "0.60")]
    ['0.5649', '0.60']
    """
    return np.where(text == other, finer, text)
