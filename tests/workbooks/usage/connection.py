"""One connection to DuckDB for many imports: opening it costs more than reading a few rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workbooks.usage import engine, repeats
from workbooks.usage.aggregate import Reading, hourly

own, build = engine._connected, hourly
"""A connection for each import, as everywhere but in tests."""


@contextmanager
def one_connection(of: int = 5000) -> Iterator[None]:
    """Let many imports share a connection to DuckDB and the SQL of their queries.

    Both cost more than reading a few rows does.
    """
    used = 0
    backend: Any = None

    def shared(scratch: Path | None) -> Any:
        nonlocal backend, used
        if used % of == 0:
            backend = own(scratch)
            backend.disconnect = lambda: None
            backend.compile, backend.sql = _remembered(backend.compile), _viewed(backend)
        backend.raw_sql("SET preserve_insertion_order = false")
        used += 1
        return backend

    engine._connected, engine.hourly = shared, _built_once()
    repeats.hourly = engine.hourly
    try:
        yield
    finally:
        engine._connected = own
        engine.hourly = repeats.hourly = build


def _built_once() -> Callable[..., Any]:
    """Return what builds the expression of a reading once for all tables of the same columns."""
    known: dict[Any, Any] = {}

    def once(table: Any, reading: Reading, marked: bool = False, signed: bool = False) -> Any:
        key = table.op(), repr(reading), marked, signed
        if key not in known:
            known[key] = build(table, reading, marked, signed)
        return known[key]

    return once


def _viewed(backend: Any) -> Callable[[str], Any]:
    """Return what names every file alike, so that files with the same columns share their SQL."""

    def sql(query: str) -> Any:
        backend.con.execute(f"CREATE OR REPLACE TEMP VIEW export AS {query}")
        return backend.table("export", database=("temp", "main"))

    return sql


def _remembered(compiled: Callable[..., str]) -> Callable[..., str]:
    known: dict[Any, str] = {}

    def compile_(query: Any, **options: Any) -> str:
        key = query.op(), tuple(sorted(options.items()))
        if key not in known:
            known[key] = compiled(query, **options)
        return known[key]

    return compile_
