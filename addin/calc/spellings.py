"""The names under which files keep a call of ours, and the name that is typed.

Excel stores the function of an add-in as ``[1]!NAME`` or ``'evenpoint.xlam'!NAME``, that of an
XLL as ``_xll.NAME`` and that of an Office add-in as ``_xldudf_NAME``; LibreOffice 7.4 writes its
own long name into every file. Part of evenpoint.oxt, and of the command that repairs files.
"""

from __future__ import annotations

import re
from typing import Callable, Iterable, Mapping  # noqa: UP035  (Python 3.8)

FILE = r"evenpoint[^'\\/\[\]!]*\.xlam?"  # never the function of another add-in
PREFIXES = (
    rf"(?:\[\d+\]!|'(?:[^']*[\\/])?{FILE}'!|evenpoint[\w.-]*\.xlam?!|_xll\.|_xldudf_(?:[A-Z]+_)??)?"
)


def retyped(names: Iterable[str]) -> Callable[[str], str]:
    """Return what turns a formula into one with every call of ours as it is typed.

    >>> fix = retyped(["TCO_3YR"])
    >>> fix('=IF(A1, [1]!tco_3yr(B1), _xll.TCO_3YR(C1)) & "_xll.TCO_3YR("')
    '=IF(A1, TCO_3YR(B1), TCO_3YR(C1)) & "_xll.TCO_3YR("'
    """
    any_name = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    call = re.compile(
        rf'"[^"]*"|(?<![\w.!\]]){PREFIXES}({any_name})\s*(?=\()', re.IGNORECASE | re.ASCII
    )
    return lambda formula: call.sub(
        lambda found: found[1].upper() if found[1] else found[0], formula
    )


def misspelled(names: Iterable[str]) -> Callable[[str], bool]:
    """Return what says whether a whole word is one of our names as a file may keep it.

    >>> ours = misspelled(["FITS"])
    >>> ours("_xll.fits"), ours("[1]!FITS"), ours("profits"), ours("'other.xlam'!FITS")
    (True, True, False, False)
    """
    any_name = "|".join(map(re.escape, names))
    word = re.compile(f"{PREFIXES}(?:{any_name})", re.IGNORECASE | re.ASCII)
    return lambda text: word.fullmatch(text) is not None


def linked(address: str) -> bool:
    """Say whether a link of a document leads anywhere but to an Evenpoint add-in.

    >>> linked("file:///C:/Add-ins/evenpoint.xlam"), linked("1"), linked("http://a.example/b.ods")
    (False, False, True)
    """
    return re.fullmatch(rf"(?:.*[\\/])?{FILE}|\d*", address, re.IGNORECASE) is None


def shortened(service: str, names: Mapping[str, str]) -> Callable[[str], tuple[str, int]]:
    """Return what shortens the long names in the XML of a file, and counts them.

    >>> fix = shortened("org.maker.Add", {"tco3yr": "TCO_3YR"})
    >>> fix("<f>1+ORG.MAKER.ADD.TCO3YR(A1)</f>")
    ('<f>1+TCO_3YR(A1)</f>', 1)
    """
    typed = {method.upper(): name for method, name in names.items()}
    long = re.compile(rf"{re.escape(service)}\.({'|'.join(typed)})(?=\()", re.IGNORECASE)
    return lambda xml: long.subn(lambda found: typed[found[1].upper()], xml)
