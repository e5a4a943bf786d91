"""Speeds that were measured, as lines of a receipt: rows of the table of measured systems."""

from __future__ import annotations

import csv
import io
from datetime import date

from costcore.machines.measured import MEASURED_COLUMNS
from costcore.machines.spec_rows import precision
from workbooks import tables
from workbooks.folder.receipts import Line


def is_measurement(content: bytes) -> bool:
    """Say whether a file is one of measured speeds, by its headings."""
    return set(MEASURED_COLUMNS) <= set(_headings(content))


def unused(content: bytes) -> list[str]:
    """Return the columns of such a file that nothing uses."""
    return [each for each in _headings(content) if each not in MEASURED_COLUMNS]


def _headings(content: bytes) -> list[str]:
    try:
        found = csv.DictReader(io.StringIO(content.decode("utf-8-sig"))).fieldnames or ()
    except (UnicodeDecodeError, csv.Error):
        return []
    return [each.strip() for each in found if each]


def speed_lines(name: str, content: bytes, day: date) -> list[Line]:
    """Return a line for each measurement.

    Raises
    ------
    ValueError
        With the line of the file, the value and the rule.
    """
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    return [_line(f"{name}, line {rows.line_num}", name, row, day) for row in rows]


def _line(place: str, name: str, row: dict[str, str], day: date) -> Line:
    try:
        hardware, model = tables.accelerator(row["hardware"]).hardware, tables.model(row["model"])
        bits = precision(row["weight_precision"])
        numbers = ("gpus", "input_tokens", "output_tokens", "output_tokens_per_second")
        gpus, prompt, answer, speed = (float(row[each]) for each in numbers)
    except (LookupError, ValueError) as error:
        raise ValueError(f"{place}: {error.args[0]}") from None
    if not all(0 < each < 1e12 for each in (gpus, prompt, answer, speed)):
        raise ValueError(f"{place}: counts and speeds must be numbers above 0")
    system = f"{gpus:g}x {hardware} | {model.model} {bits} | {prompt:g}/{answer:g} | yours"
    return {
        **{"table": "speed", "system": system, "hardware": hardware, "gpus": gpus},
        **{"model": model.model, "params_total_b": model.params_total_b},
        **{"params_active_b": model.params_active_b or model.params_total_b},
        **{"weight_precision": bits, "input_tokens": prompt, "output_tokens": answer},
        **{"concurrency": row["concurrency"].strip(), "output_tokens_per_second": speed},
        **{"tokens_per_second": speed * (prompt + answer) / answer},
        **{"tokens_per_second_kind": "derived", "engine": "yours", "measure": "yours"},
        **{"as_of": day, "source": f"your measurement {name}", "source_url": "", "note": ""},
    }
