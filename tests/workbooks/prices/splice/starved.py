"""Refresh with little room, on the disk or in memory: ``python -m ... file|memory BOOK LIMIT``."""

import json
import resource
import signal
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.workbooks.prices.splice import rich
from workbooks.prices.splice import RefreshError, apply_refresh, plan_refresh

GIGABYTE = 1 << 30
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
RELATIONS = "xl/worksheets/_rels/sheet1.xml.rels"
Chunks = Iterator[bytes]


def main(kind: str, book: Path, limit: str) -> dict[str, object]:
    """Return what the refresh said, how long it took and how much memory it had."""
    if kind == "memory":
        explosive(book, *BOMBS[limit]())
        resource.setrlimit(resource.RLIMIT_AS, (2 * GIGABYTE, 2 * GIGABYTE))
    start, said = time.perf_counter(), ""
    try:
        changes = plan_refresh(book, rich.NEW)
        if kind == "file":
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
        apply_refresh(book, changes)
    except RefreshError as error:
        said = str(error)
    finally:
        if kind == "file":
            hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    return {"said": said, "seconds": time.perf_counter() - start, "megabytes": peak_megabytes()}


def peak_megabytes() -> float:
    """Most memory this program had; on Linux `getrusage` counts that of the parent too."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (line,) = (text for text in status.read_text().splitlines() if text.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def explosive(book: Path, part: str, chunks: Chunks) -> None:
    """Give a workbook a part that unpacks to far more than it is."""
    parts = rich.parts_of(book)
    del parts[part]
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
        with package.open(part, "w") as file:
            for chunk in chunks:
                file.write(chunk)


def around(element: str, inside: Chunks) -> Chunks:
    """Yield an element of the main namespace around its content."""
    yield f'<{element} xmlns="{rich.MAIN}">'.encode()
    yield from inside
    yield f"</{element}>".encode()


def times(chunk: bytes, size: int) -> Chunks:
    """Yield a text again and again until it has a size."""
    many = chunk * (1_000_000 // len(chunk) + 1)
    yield from (many for _ in range(size // len(many)))


def sheet(inside: Chunks) -> Chunks:
    """Yield a sheet with rows."""
    return around("worksheet", around("sheetData", inside))


def one_cell(text: Chunks) -> Chunks:
    """Yield a row with one cell that holds a text."""
    yield b'<row><c t="str"><v>'
    yield from text
    yield b"</v></c></row>"


def entities() -> Chunks:
    """Yield a text that stands for a billion laughs."""
    yield b'<!DOCTYPE x [<!ENTITY a "ha">'
    for one, two in zip("bcdefghij", "abcdefghi", strict=True):
        yield f'<!ENTITY {one} "{f"&{two};" * 10}">'.encode()
    yield f']><worksheet xmlns="{rich.MAIN}">&j;</worksheet>'.encode()


def attributes() -> Chunks:
    """Yield an element with more attributes than any."""
    yield f'<worksheet xmlns="{rich.MAIN}"'.encode()
    yield from (f' a{number}="x"'.encode() for number in range(200_000))
    yield b"/>"


BOMBS: dict[str, Callable[[], tuple[str, Chunks]]] = {
    "zeros": lambda: (SHEET, times(b"\0", 400_000_000)),
    "cells": lambda: (SHEET, sheet(times(b"<row><c><v>1</v></c></row>", 150_000_000))),
    "deep": lambda: (SHEET, sheet(times(b"<a>", 6_000_000))),
    "strings": lambda: (STRINGS, around("sst", times(b"<si><t>x</t></si>", 150_000_000))),
    "text": lambda: (SHEET, sheet(one_cell(times(b"x", 7_000_000)))),
    "entities": lambda: (SHEET, entities()),
    "attributes": lambda: (SHEET, attributes()),
    "relations": lambda: (
        RELATIONS,
        around(
            "Relationships", times(b'<Relationship Id="a" Type="b/table" Target="c"/>', 7_900_000)
        ),
    ),
}

if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])))
