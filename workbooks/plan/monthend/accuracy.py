"""How right forecasts were: month by month, and their record, a CSV that only grows."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from costcore.language.timeline import Line
from costcore.money.variance import accuracy, error_share
from workbooks.numerals import number
from workbooks.plan.monthend.bills import ActualsError
from workbooks.printable import cell_text

JUDGED = (
    Line(
        "judged_count",
        "Months to judge by",
        lambda m: np.where(m.actual_per_month > 0, m.closed_count, 0),
        sums=True,
    ),
    Line(
        "missed_share",
        "Error: forecast less actual, over actual",
        lambda m: np.where(
            m.judged_count > 0, error_share(m.expected_per_month, m.actual_per_month), 0
        ),
    ),
    Line("missed_size_share", "Size of the error", lambda m: np.absolute(m.missed_share)),
)


def _mean(column: str) -> Any:
    def rule(m: Any) -> Any:
        months = np.sum(m.judged_count, axis=0)
        return np.where(months > 0, np.sum(getattr(m, column), axis=0) / months, 0)

    return rule


MISSED = (
    Line("mape_share", "Mean size of the forecast error (MAPE)", _mean("missed_size_share")),
    Line("bias_share", "Mean forecast error (bias)", _mean("missed_share")),
)


@dataclass(frozen=True, slots=True)
class Past:
    """What was forecast for a month before it was closed, and what it cost."""

    recorded_on: str
    scenario: str
    option: str
    method: str
    month: str
    forecast: float
    actual: float
    error_share: float

    @property
    def series(self) -> tuple[str, str, str, str]:
        """What it is a forecast of, as the file has it."""
        return cell_text(self.scenario), self.option, self.method, self.month

    @property
    def said(self) -> tuple[object, ...]:
        """Everything but the day it was written on, as the file has it."""
        return (*self.series, f"{self.forecast:.2f}", f"{self.actual:.2f}")


HEADER = tuple(field.name for field in fields(Past))


def read(path: Path) -> list[Past]:
    """Return the rows of a record; none where there is no file yet.

    Raises
    ------
    ActualsError
        If it is not such a record.
    """
    if not path.exists():
        return []
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ActualsError(f"{path} cannot be read: {why}") from None
    if not rows or tuple(rows[0]) != HEADER:
        raise ActualsError(f"{path.name} is no record of forecasts; its first line must be "
                           f"{','.join(HEADER)}")  # fmt: skip
    return [_past(f"{path.name}, line {number}", row) for number, row in enumerate(rows[1:], 2)]


def _past(place: str, row: Sequence[str]) -> Past:
    try:
        day, scenario, option, method, month, forecast, actual, error = row
    except ValueError:
        raise _fault(place, row) from None
    told = (number(forecast), number(actual), number(error))
    if any(math.isnan(each) for each in (told if error else told[:2])):
        raise _fault(place, row)
    return Past(day, scenario, option, method, month, *told)


def _fault(place: str, row: Sequence[str]) -> ActualsError:
    shown = ",".join(row)[:60]
    return ActualsError(f"{place} is {shown!r}; it must have {', '.join(HEADER)}")


def fresh(known: Iterable[Past], rows: Iterable[Past]) -> list[Past]:
    """Return the rows that a record does not have; one that was restated is new."""
    said = {each.said for each in known}
    return [row for row in rows if row.said not in said]


def extended(begun: bytes, rows: Sequence[Past]) -> bytes:
    """Return a record with rows after what it has; one that has nothing begins with a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if not begun:
        writer.writerow(HEADER)
    for row in rows:
        *texts, forecast, actual, error = asdict(row).values()
        share = "" if math.isnan(error) else f"{error:.6f}"
        writer.writerow([*map(cell_text, texts), f"{forecast:.2f}", f"{actual:.2f}", share])
    gap = b"" if not begun or begun.endswith(b"\n") else b"\n"
    return begun + gap + text.getvalue().encode()


def judged(rows: Iterable[Past], last: Past) -> tuple[int, float, float]:
    """Return months, MAPE and bias of one series; of a month restated, the last row counts."""
    latest = {row.month: row for row in rows if row.series[:3] == last.series[:3]}
    return len(latest), *accuracy([row.error_share for row in latest.values()])
