"""Write the type library of the Calc add-in: one interface, its methods and their arguments.

LibreOffice calls only what it has a typed description of, and its own compiler for those
comes with the SDK, which nobody has. The format is that of its source, ``unoidl/README.md``:
little-endian, a text in full where it first occurs and by its place afterwards, and a tree of
modules that ends with its root, whose place is in the header.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import TypeAlias

HEADER = b"UNOIDL\xff\0"
MODULE, INTERFACE = b"\0", b"\x05"
IN = b"\0"
SEEN = 0x80000000
CELL = "any"
"""One cell; as an argument a range as well, or nothing at all."""
TABLE = "[][]any"
"""Rows of cells."""

Methods: TypeAlias = Mapping[str, tuple[str, Sequence[str]]]


def type_library(name: str, methods: Methods) -> bytes:
    r"""Return a library with the interface `name`, such as ``org.maker.XThing``.

    For every method there are the type of its answer and the names of its arguments, all cells.

    >>> type_library("a.X", {"f": (TABLE, ["x"])})[:8]
    b'UNOIDL\xff\x00'
    """
    library = bytearray(HEADER + bytes(8))
    place = _interface(library, methods)
    *modules, last = name.split(".")
    for owner in [*reversed(modules), None]:
        entry = len(library)
        library += last.encode() + b"\0"
        root = len(library)
        if owner is not None:
            library += MODULE + _number(1)
        library += _number(entry) + _number(place)
        place, last = root, owner or ""
    struct.pack_into("<II", library, len(HEADER), place, 1)
    return bytes(library)


def _interface(library: bytearray, methods: Methods) -> int:
    seen: dict[str, int] = {}
    place = len(library)
    library += INTERFACE + _number(1)
    _text(library, seen, "com.sun.star.uno.XInterface")
    library += _number(0) + _number(0) + _number(len(methods))  # bases left open, attributes
    for method, (answer, arguments) in methods.items():
        _text(library, seen, method)
        _text(library, seen, answer)
        library += _number(len(arguments))
        for argument in arguments:
            library += IN
            _text(library, seen, argument)
            _text(library, seen, CELL)
        library += _number(0)  # exceptions
    return place


def _text(library: bytearray, seen: dict[str, int], text: str) -> None:
    if text in seen:
        library += _number(SEEN | seen[text])
        return
    seen[text] = len(library)
    library += _number(len(text)) + text.encode("ascii")


def _number(value: int) -> bytes:
    return struct.pack("<I", value)
