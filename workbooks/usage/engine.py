"""Run the aggregation on a file, in bounded memory, or on a company's own database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pandas as pd

from workbooks.usage.aggregate import (
    Reading,
    broken_roles,
    broken_rows,
    has_decimal_comma,
    hourly,
    is_signed,
    sampled,
)
from workbooks.usage.exports import cells, faults
from workbooks.usage.exports.charges import contradiction, with_totals
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.exports.reading import BLANKS, quoted
from workbooks.usage.exports.source import Source, layout_of
from workbooks.usage.exports.tables import times
from workbooks.usage.repeats import Requests, Seen, frame, told_by_rank

MEMORY = "500MB"
MOST_GROUPS = 1_000_000
Progress = Callable[[float], None]


def read(
    source: Source,
    progress: Progress = lambda share: None,
    seen: Seen | None = None,
    scratch: Path | None = None,
) -> tuple[Reading, pd.DataFrame]:
    """Return how a file was read, and its sums by hour.

    Requests that stand in it twice, or were `seen` in other files of its layout, are sums of
    their own, told by a column `again`. What memory cannot hold goes to the folder `scratch`.

    Raises
    ------
    UsageError
        With the file, the line, the column, the value and the rule that is broken.
    """
    backend = _connected(scratch)
    try:
        quick = () if source.scales else ((source.quick_sql, "plain"),)  # reads no decimals of one
        for sql, numerals in (*quick, (source.sql, "grouped")):
            table = backend.sql(f"SELECT * FROM {sql}")
            reading = _reading(source, backend, table, sql, numerals)
            if reading.numerals == "comma" and sql != source.sql:
                continue  # a column that was read at once took its points for decimal ones
            requests = Requests(reading, {} if seen is None else seen)
            try:
                reading, sums = _sums(backend, table, reading, requests, progress)
            except duckdb.ConversionException:  # a cell that the quick way cannot read
                if sql == source.sql:
                    raise
                continue
            broken = broken_roles(sums, reading)
            sums, undated = _with_hours(sums, reading)
            if not broken and undated is None:
                if found := contradiction(sums, reading):
                    raise UsageError(_first_in_sign(backend, source, reading, *found))
                requests.remember()
                return reading, sums
        if broken:
            raise UsageError(_first_broken(backend, source, reading, broken[0]))
        raise UsageError(_first_undated(backend, source, reading, undated or ""))
    except duckdb.Error as error:
        raise UsageError(faults.unreadable(source, error)) from None
    finally:
        backend.disconnect()


def _sums(
    backend: Any, table: Any, reading: Reading, requests: Requests, progress: Progress
) -> tuple[Reading, pd.DataFrame]:
    """Return sums, from a second reading where signs, zones or repeats must be told apart."""
    sums = requests.unmarked(_watched(backend, requests.query(table), progress))
    zoned = reading.times == "iso" and bool(sums.zoned.any())
    if zoned:
        reading = replace(reading, times="offset")
    signed = is_signed(sums, reading)
    if zoned or signed or requests.repeat:
        again = hourly(requests.told(table), reading, signed=signed)
        sums = _watched(backend, again, progress)
    return reading, sums


def _connected(scratch: Path | None) -> Any:
    backend = ibis.duckdb.connect(
        memory_limit=MEMORY, preserve_insertion_order=False, temp_directory=scratch
    )
    # progress is counted for whoever asks, and not printed among the answers
    backend.raw_sql("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    backend.raw_sql("SET TimeZone = 'UTC'")
    return backend


def read_table(url: str, name: str) -> tuple[Reading, pd.DataFrame]:
    """Return the same of a table in a database that Ibis knows, such as PostgreSQL.

    Raises
    ------
    UsageError
        If it cannot be reached, has no known layout, or a value breaks a rule.
    """
    try:
        backend = ibis.connect(url)
    except Exception as error:  # every engine has errors of its own
        raise UsageError(f"table {name} cannot be opened: {faults.first_line(error)}") from None
    try:
        return _read_table(backend, name)
    finally:
        backend.disconnect()


def _read_table(backend: Any, name: str) -> tuple[Reading, pd.DataFrame]:
    try:
        table = backend.table(name)
    except Exception as error:
        raise UsageError(f"table {name} cannot be opened: {faults.first_line(error)}") from None
    layout = layout_of(name, table.columns)
    columns = {layout.key(column): column for column in table.columns}
    scales = {columns[key]: size for key, size in layout.scales(table.columns).items()}
    reading = Reading(layout, columns, scales=scales)
    if "cost" in reading.present:
        reading = replace(reading, cost_header=reading.present["cost"][0])
    table = told_by_rank(table, reading)
    query = hourly(table, reading, signed=True)
    sums = _checked(query.limit(MOST_GROUPS + 1).execute())
    for role in broken_roles(sums, reading):
        raise UsageError(f"table {name}, {role}: not every value is {cells.rule(role)}")
    sums, bad = _with_hours(sums, reading)
    if bad is not None:
        raise UsageError(f"table {name}, start: {bad!r} is not a date")
    return reading, sums


def _reading(source: Source, backend: Any, table: Any, sql: str, numerals: str) -> Reading:
    plain = Reading(source.layout, source.columns, told_currency=source.currency)
    plain = replace(plain, scales=source.scales)
    if role := plain.of_two_scales:
        raise UsageError(f"{source.name}: its columns of {role} are not all of one scale; keep one")
    if "cost" in plain.present:
        plain = replace(plain, cost_header=faults.header(source, "cost"))
    header = faults.header(source, "start")
    if "start" not in plain.present:
        raise UsageError(f"{source.name} has no column {header}, so its use has no date")
    plain = _without_blank(backend, sql, plain)
    start = table[plain.present["start"][0]]
    try:
        sample = _first_filled(backend, sql, plain.present["start"][0])
        if sample is None:
            raise UsageError("every cell is blank, so its use has no date")
        ends = [table[name] for name in plain.present.get("end", ())]
        how = times.written(table, [start, *ends], sample, source.layout.slash_dates)
    except UsageError as error:
        raise UsageError(f"{source.name}, {header}: {error}") from None
    comma = _has_comma(source, backend, table, plain)
    return replace(plain, times=how, numerals="comma" if comma else numerals)


def _has_comma(source: Source, backend: Any, table: Any, reading: Reading) -> bool:
    """Whether the comma of a file is decimal, or its point parts thousands."""
    comma = source.delimiter in ";\t" and has_decimal_comma(table, reading)
    if not source.csv:
        return comma
    counts, others = (sampled(backend, source.sql, reading, each) for each in (True, False))
    try:
        comma |= cells.has_grouping_point(counts)
        if source.delimiter == ";" and not comma:
            cells.refuse_unclear_point(others)
    except ValueError as error:
        raise UsageError(f"{source.name}: {error}") from None
    return comma


def _without_blank(backend: Any, sql: str, reading: Reading) -> Reading:
    """Return a reading without the columns of times that are blank, where another holds them."""
    blank = {
        column
        for role in ("start", "end")
        for column in reading.present.get(role, ())[:-1]
        if _first_filled(backend, sql, column) is None
    }
    left = {header: column for header, column in reading.columns.items() if column not in blank}
    return replace(reading, columns=left) if blank else reading


def _first_filled(backend: Any, sql: str, column: str) -> str | None:
    """Return the first cell of a column that is not blank, asked without an expression's detour."""
    text = f"CAST({quoted(column)} AS VARCHAR)"
    query = f"SELECT {text} FROM {sql} WHERE {text} NOT IN {BLANKS} LIMIT 1"
    first = backend.con.sql(query).fetchone()
    return str(first[0]).strip() if first else None


def _watched(backend: Any, query: Any, progress: Progress) -> pd.DataFrame:
    """Run a query in a thread, so that its progress can be shown and it can be stopped."""
    answer: list[Any] = []

    def run() -> None:
        try:
            answer.append(frame(query.limit(MOST_GROUPS + 1)))
        except BaseException as error:  # raised again below, in the thread that waits
            answer.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(0.1)
            progress(max(0.0, backend.con.query_progress()) / 100)
    except KeyboardInterrupt:
        backend.con.interrupt()
        raise
    if isinstance(answer[0], BaseException):
        raise answer[0]
    return _checked(answer[0])


def _checked(sums: pd.DataFrame) -> pd.DataFrame:
    if len(sums) > MOST_GROUPS:
        raise UsageError(
            f"there are more than {MOST_GROUPS:,} pairs of hour and model; "
            "the column of models or dates holds something else"
        )
    return sums


def _with_hours(sums: pd.DataFrame, reading: Reading) -> tuple[pd.DataFrame, str | None]:
    """Return the sums with hours for their texts, and a text that is none."""
    sums = with_totals(sums)
    used = sums.kept & (sums[[f"n_{role}" for role in reading.measures]].sum(axis=1) > 0)
    blank = sums.hour.isna()
    if (used & blank).any():
        return sums, ""
    hours = {text: times.hour(text, reading.times) for text in sums.hour.dropna().unique()}
    bad = min((text for text, time in hours.items() if time is None), default=None)
    sums = sums.assign(hour=pd.to_datetime(sums.hour.map(hours)))
    if "until" in sums:
        ends = {text: times.end_hour(text, reading.times) for text in sums.until.dropna().unique()}
        bad = bad or min((text for text, time in ends.items() if time is None), default=None)
        sums["until"] = pd.to_datetime(sums.until.map(ends))
    return sums, bad


def _first_broken(backend: Any, source: Source, reading: Reading, role: str) -> str:
    table, here = _numbered(backend, source), reading.present[role]
    for column in here if role in reading.added else ():  # each of what is added up is a number
        others = {name: each for name, each in reading.columns.items() if each not in here}
        alone = replace(reading, columns={**others, source.key(column): column})
        rows = broken_rows(table, alone, role)
        if not rows.limit(1).execute().empty:
            return faults.told(source, (column,), role, rows, f"is not {cells.rule(role)}")
    rows = broken_rows(table, reading, role)
    return faults.told(source, here, role, rows, f"is not {cells.rule(role)}")


def _first_undated(backend: Any, source: Source, reading: Reading, text: str) -> str:
    table = _numbered(backend, source)
    start, role = table[reading.present["start"][0]], "start"
    if text:
        until = table[reading.present["end" if reading.has_end else "start"][0]]
        found = times.hour_text(start, reading.times) == text
        if table.filter(found).limit(1).execute().empty:
            found = times.hour_text(until, reading.times, minutes=True) == text
            role = "end"
        rows = table.filter(found)
    else:
        filled = [table[reading.present[role][0]].notnull() for role in reading.measures]
        rows = table.filter(start.isnull() & ibis.or_(*filled))
    return faults.told(source, reading.present[role], role, rows, "is not a date like the others")


def _first_in_sign(backend: Any, source: Source, reading: Reading, sign: str, currency: str) -> str:
    table = _numbered(backend, source)
    rows = table.filter(table[reading.present["cost"][0]].contains(sign))
    if "currency" in reading.present:
        rows = rows.filter(rows[reading.present["currency"][0]].upper() == currency)
    return faults.told(source, reading.present["cost"], "cost", rows, f"is not in {currency}")


def _numbered(backend: Any, source: Source) -> Any:
    backend.raw_sql("SET preserve_insertion_order = true")
    return backend.sql(f"SELECT *, row_number() OVER () AS record FROM {source.sql}")
