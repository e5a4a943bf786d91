"""Refreshing the prices of a workbook in place, beside openpyxl loading and saving it.

The workbook is the tests' own, with everything in it that a finance user's may have; the large
one has a sheet of 200,000 more numbers. Below the times: what the same file has lost on the way.
"""

import re
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import openpyxl

from tests.bench.measure import Row, best, no_slower
from tests.workbooks.prices.splice import rich
from workbooks.file.markup import tree
from workbooks.prices.splice import apply_refresh, plan_refresh

FEATURES = {
    "slicers": rb"<(?:x14:)?slicer ",
    "sparklines": rb"<x14:sparkline>",
    "extended data bars": rb"<x14:dataBar",
    "extended validations": rb"<x14:dataValidation ",
    "dynamic arrays": rb"<c [^>]*\bcm=",
    "text boxes": rb"<xdr:sp ",
    "form controls": rb'ObjectType="Button"',
    "ribbons": rb"<customUI ",
    "custom XML": rb"<approval ",
    "header pictures": rb"<legacyDrawingHF ",
    "ignored errors": rb"<ignoredError ",
    "stored results of other sheets": rb"<f>SUM\(A1:A3\)</f><v>6</v>",
}
Save = Callable[[Path], object]


def rows() -> Iterator[Row | str]:
    """Times of the ordinary and of a large workbook, then the losses."""
    with tempfile.TemporaryDirectory() as name:
        book = rich.workbook(Path(name, "book.xlsm"))
        yield timed("refresh 40 parts in place", book)
        yield timed("refresh beside 200,000 numbers", large(book))
        rich.workbook(book)
        for who, save in (("refresh in place", ours), ("openpyxl load and save", theirs)):
            yield f"{who}: {losses(book, save)}"


def timed(what: str, book: Path) -> Row:
    """Time both on a fresh copy of a file each time."""
    content = book.read_bytes()
    mine, peer = best(
        lambda: ours(fresh(book, content)), lambda: theirs(fresh(book, content)), rounds=3
    )
    return Row(what, mine, "openpyxl load and save", peer, no_slower(1))


def fresh(book: Path, content: bytes) -> Path:
    """Return the workbook as it was."""
    book.write_bytes(content)
    return book


def ours(book: Path) -> None:
    """Refresh the prices in place."""
    apply_refresh(book, plan_refresh(book, rich.NEW))


def theirs(book: Path) -> None:
    """Load and save, as careful as the library can be."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        loaded = openpyxl.load_workbook(book, keep_vba=True, rich_text=True)
        loaded["Prices"]["C4"] = 2.4
        loaded.save(book)


def large(book: Path) -> Path:
    """Put many numbers on the sheet that has nothing to do with prices."""
    cells = "".join(
        f'<row r="{row}">' + "".join(f"<c><v>{row * n}</v></c>" for n in range(20)) + "</row>"
        for row in range(10, 10_010)
    )
    return rich.replaced(book, "xl/worksheets/sheet4.xml", "</sheetData>", f"{cells}</sheetData>")


def losses(book: Path, save: Save) -> str:
    """Say what a way of saving keeps byte for byte, and what it drops."""
    before, content = rich.parts_of(book), book.read_bytes()
    save(book)
    after = rich.parts_of(book)
    book.write_bytes(content)
    same = sum(after.get(name) == data for name, data in before.items())
    was, now = counted(before), counted(after)
    lost = [f"{name} {was[name]} -> {now[name]}" for name in FEATURES if now[name] < was[name]]
    kinds = content_types(before) - content_types(after)
    return (
        f"{same} of {len(before)} parts byte for byte; lost parts: "
        f"{', '.join(f'{n} {kind}' for kind, n in sorted(kinds.items())) or 'none'}; "
        f"lost: {', '.join(lost) or 'nothing'}"
    )


def counted(parts: Mapping[str, bytes]) -> Counter[str]:
    """Count the features of a package, whatever its parts are called."""
    whole = b"".join(parts.values())
    return Counter({name: len(re.findall(text, whole)) for name, text in FEATURES.items()})


def content_types(parts: Mapping[str, bytes]) -> Counter[str]:
    """Count the parts of each kind, whatever they are called."""
    listed = tree(parts["[Content_Types].xml"], "the list of kinds")
    exact = {n.get("PartName")[1:]: n.get("ContentType") for n in listed.all("Override")}
    usual = {n.get("Extension").lower(): n.get("ContentType") for n in listed.all("Default")}
    kinds = (exact.get(n) or usual.get(n.rpartition(".")[2].lower(), n) for n in parts)
    return Counter(re.split(r"[./]", kind.removesuffix("+xml"))[-1] for kind in kinds)
