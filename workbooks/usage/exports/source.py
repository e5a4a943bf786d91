"""Open an export: what it is, which layout it has, and how a query engine reads it."""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from workbooks.headings import twin
from workbooks.usage.exports import pages, records
from workbooks.usage.exports.layout import Layout, UsageError, detect, folded, nearest
from workbooks.usage.exports.reading import (
    LONGEST_LINE_BYTES,
    literal,
    quick,
    quoted,
    read_csv,
    with_inner,
    with_members,
)
from workbooks.usage.exports.stated import Stated
from workbooks.usage.exports.tables.heads import head, open_text
from workbooks.usage.exports.tables.ranges import LAST_DAY, split_ranges
from workbooks.usage.exports.tables.sheets import sheets
from workbooks.usage.exports.tables.unread import SECRET, how_to_state, refuse_unread

MOST_COLUMNS = 2000
PERSONAL = re.compile(
    r"user|mail|api_?key|message|response(?!_?id)|prompt$|metadata|tags|team|person|owner|address|name$",
    re.IGNORECASE,
)
PACKED = ("metadata.", "product.")  # columns of whole objects, of which single members are read
NOTHING = Stated()
Rows = Callable[[], Iterator[records.Row]]


@dataclass(frozen=True)
class Source:
    """A table of text cells or of typed columns that a query engine can read."""

    name: str
    layout: Layout
    sql: str
    """What a query selects from; the columns of a CSV file are c0, c1 and so on."""
    columns: dict[str, str]
    """Folded header to the column's name in the query."""
    headers: tuple[str, ...]
    csv: Path | None = None
    delimiter: str = ","
    skip: int = 0
    notes: tuple[str, ...] = ()
    currency: str = ""

    def key(self, column: str) -> str:
        """Return the folded header of a column of the query."""
        return next(key for key, each in self.columns.items() if each == column)

    @property
    def quick_sql(self) -> str:
        """As `sql`, but quicker, and refused by the engine where a number is written otherwise."""
        return quick(self.sql, self.layout, self.columns)

    @property
    def scales(self) -> dict[str, float]:
        """How many one number is, of the columns of the query whose headers say so."""
        sizes = self.layout.scales(self.headers)
        return {self.columns[key]: size for key, size in sizes.items()}

    @property
    def left_out(self) -> list[str]:
        """Headers of columns that may hold personal data; none of them is read."""
        used = {name for names in self.layout.places.values() for name in names}
        used |= {folded(name.partition(".")[0]) for name in self.headers if name.startswith(PACKED)}
        others = [header for header in self.headers if self.layout.key(header) not in used]
        return [header for header in others if PERSONAL.search(header)]


def open_source(path: Path, scratch: Path, stated: Stated = NOTHING) -> Source:
    """Return a file as a source; what must be rewritten to be read goes to the folder `scratch`.

    Raises
    ------
    UsageError
        If it cannot be read, or has no layout that is known.
    """
    try:
        start = _start(path)
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(
            f"{path} cannot be read: {getattr(error, 'strerror', '') or error}"
        ) from None
    if not start.strip():
        raise UsageError(f"{path.name} is empty")
    if start.startswith(b"PK\3\4"):
        return _workbook(path, scratch, stated)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise UsageError(f"{path.name} is an Excel workbook; save the sheet as CSV UTF-8")
    if start.startswith(b"PAR1"):
        return parquet(path, stated)
    if start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return _json(path, scratch, stated)
    return _csv(path, scratch, stated)


def _workbook(path: Path, scratch: Path, stated: Stated) -> Source:
    """Return the sheet that is an export; which of several counts, nothing tells."""
    found, refusal = {}, UsageError(f"{path.name} has no cells")
    written = sheets(path, scratch)
    for title, sheet in written.items():
        try:
            found[title] = _csv(sheet.path, scratch, stated)
        except UsageError as error:
            refusal = error
    if len(found) > 1:
        raise UsageError(
            f"{path.name} has {len(found)} sheets that are exports ({', '.join(found)}); "
            "save each as a file of its own"
        )
    if not found:
        raise refusal
    ((title, source),) = found.items()
    if cell := written[title].uncomputed:
        raise UsageError(
            f"{path.name}, sheet {title}, cell {cell} is a formula without a value; "
            "open and save it in Excel first"
        )
    return replace(source, notes=(*source.notes, *filter(None, [written[title].hidden])))


def parquet(path: Path, stated: Stated = NOTHING) -> Source:
    """Return a Parquet file; members of its records are columns too."""
    import duckdb  # noqa: PLC0415  # an extra

    sql = f"read_parquet({literal(path)})"
    try:
        found = duckdb.sql(f"SELECT * FROM {sql} LIMIT 0")
    except duckdb.Error as error:
        raise UsageError(f"{path.name} is no Parquet file: {str(error).splitlines()[0]}") from None
    columns = dict(with_inner(found.columns, found.types, PACKED))
    chosen = ", ".join(f"{place} AS {quoted(name)}" for name, place in columns.items())
    layout = layout_of(path.name, columns, stated)
    return Source(
        path.name,
        layout,
        f"(SELECT {chosen} FROM {sql})",
        {layout.key(name): name for name in columns},
        tuple(columns),
    )


def layout_of(name: str, headers: Iterable[str], stated: Stated = NOTHING) -> Layout:
    """Return the layout that headers tell.

    Raises
    ------
    UsageError
        If they tell none; with the nearest one and what it needs.
    """
    headers = list(headers)
    stated = stated.of(headers)
    if found := stated.layout(name, detect(headers), headers):
        found = found.named(headers)
        refuse_unread(name, found, headers)
        return found
    near, lacks = nearest(headers)
    shown = ", ".join("…" if SECRET.search(each) else each[:40] for each in headers[:8])
    raise UsageError(
        f"{name} has headers of no export that is known ({shown}); "
        f"the nearest is {near.title}, which also has {', '.join(lacks)}; {how_to_state(headers)}"
    )


def _start(path: Path) -> bytes:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rb") as file:
        return bytes(file.read(4096))


def _json(path: Path, scratch: Path, stated: Stated) -> Source:
    path = records.plain(path, scratch)
    more = pages.more_pages(path)
    notes = (f"{more}: import the other pages too, or every sum is too low",) if more else ()
    target = scratch / f"{path.stem}-flat.csv"
    return _rewritten(path, target, lambda: records.json_rows(path), stated, notes)


def _rewritten(
    path: Path, target: Path, rows: Rows, stated: Stated, notes: tuple[str, ...] = ()
) -> Source:
    try:
        told = [
            *stated.columns.values(),
            *(name for each in stated.kept for name in each.columns.values()),
        ]
        names, header = records.write_csv(rows, target, told)
    except UnicodeError:
        raise UsageError(f"{path.name} is not UTF-8 text") from None
    except (RecursionError, csv.Error, ArithmeticError) as error:
        raise UsageError(f"{path.name} cannot be taken apart: {error}") from None
    if not names:
        raise UsageError(f"{path.name} has no records")
    layout = layout_of(path.name, names, stated)
    layout, target, header = _with_spans(layout, target, target.parent, header)
    return Source(
        path.name,
        layout,
        read_csv(target, len(header), layout.blanks),
        _cells(path.name, layout, header),
        tuple(names),
        notes=notes,
    )


def _csv(path: Path, scratch: Path, stated: Stated) -> Source:
    if _start(path)[:2] in (b"\xff\xfe", b"\xfe\xff"):
        path = _transcoded(path, scratch)
    skip, delimiter, headers = head(path, stated)
    currency = _currency_above(path, skip)
    if any(folded(each) == "usagedetails" for each in headers):
        target = scratch / f"{path.stem}-unpacked.csv"
        return _rewritten(path, target, lambda: records.unpacked_csv(path, delimiter), stated)
    if len(headers) > MOST_COLUMNS:
        raise UsageError(f"{path.name} has {len(headers):,} columns; no export has so many")
    layout, name = layout_of(path.name, headers, stated), path.name
    layout, path, headers = _with_spans(layout, path, scratch, headers, delimiter, skip)
    cells = _cells(name, layout, headers)
    packed = [each for each in _packed(layout) if folded(each.partition(".")[0]) in cells]
    plain = read_csv(path, len(headers), layout.blanks, delimiter, skip)
    sql = with_members(plain, {each: cells[folded(each.partition(".")[0])] for each in packed})
    cells |= {folded(each): f"m{place}" for place, each in enumerate(packed)}
    told = (cells, (*headers, *packed), path, delimiter, skip)
    return Source(name, layout, sql, *told, currency=currency)


def _with_spans(
    layout: Layout,
    path: Path,
    scratch: Path,
    headers: list[str],
    delimiter: str = ",",
    skip: int = 0,
) -> tuple[Layout, Path, list[str]]:
    """Return a table in which ranges of days have a column for their end, or as it is."""
    place, target = _start_place(layout, headers), scratch / f"{path.stem}-days.csv"
    if place < 0 or not split_ranges(path, target, delimiter, skip, headers, place):
        return layout, path, headers
    spans = {"start": (headers[place],), "end": (LAST_DAY,)}
    layout = replace(layout, columns={**layout.columns, **spans}, end_is_last_day=True)
    return layout, target, [*headers, LAST_DAY]


def _start_place(layout: Layout, headers: Sequence[str]) -> int:
    """Return where the column stands that may hold ranges of days; -1 where another ends them."""
    keys = [layout.key(each) for each in headers]
    if any(name in keys for name in layout.places.get("end", ())):
        return -1
    return next((keys.index(name) for name in layout.places["start"] if name in keys), -1)


def _packed(layout: Layout) -> Iterator[str]:
    """Yield the members of objects that a layout reads; of a CSV file they stand in one cell."""
    for role, names in layout.columns.items():
        if role != "within":
            yield from (name for name in names if name.startswith(PACKED))


def _currency_above(path: Path, lines: int) -> str:
    """Return the currency that stands in the lines above a table."""
    with open_text(path) as file:
        above = [file.readline(LONGEST_LINE_BYTES) for _ in range(lines)]
    found = (re.match(r"\W*currency\W+([A-Z]{3})\b", line, re.IGNORECASE) for line in above)
    return next((each[1] for each in found if each), "")


def _cells(name: str, layout: Layout, headers: Sequence[str]) -> dict[str, str]:
    """Folded header to cell; a header that is read stands once, of others the first counts."""
    read = {folded(each) for names in layout.columns.values() for each in names}
    if twice := twin(key for key in map(layout.key, headers) if key in read):
        again = next(each for each in reversed(headers) if layout.key(each) == twice)
        raise UsageError(f"{name} has two columns {again!r}; keep one")
    return {layout.key(each): f"c{place}" for place, each in reversed(list(enumerate(headers)))}


def _transcoded(path: Path, scratch: Path) -> Path:
    target = scratch / path.name
    try:
        with (
            path.open(encoding="utf-16", newline="") as file,
            target.open("w", encoding="utf-8", newline="") as copy,
        ):
            while part := file.read(2**20):
                copy.write(part)
    except UnicodeError:
        raise UsageError(f"{path.name} is not the UTF-16 text it begins as") from None
    return target
