"""Speeds that were measured, as lines of a receipt: rows of the table of measured systems."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date

from costcore.machines.measured import MEASURED_COLUMNS
from costcore.machines.roofline import sized
from costcore.machines.sizing import case_of
from costcore.machines.spec_rows import precision
from workbooks import tables
from workbooks.folder.receipts import Line

MUCH_MORE = 1.5


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
    return [speed_line(f"{name}, line {rows.line_num}", name, row, day) for row in rows]


def speed_line(place: str, name: str, row: Mapping[str, str], day: date) -> Line:
    """Return the line of one measurement, a row with the columns of `MEASURED_COLUMNS`.

    Raises
    ------
    ValueError
        With its place, the value and the rule.
    """
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


def fuller(line: Line) -> str:
    """Say that a copy was measured well below the load that fits on it, by the sizing model.

    A plan that takes such a speed for a whole node's buys too many.
    """
    try:
        busy = float(str(line["concurrency"]))
    except ValueError:  # all that fit
        return ""
    copy = float(str(line["gpus"]))
    model, hardware = (
        asdict(row)
        for row in (
            tables.model(str(line["model"])),
            tables.accelerator(str(line["hardware"])),
        )
    )
    case = case_of(model, hardware, copy, str(line["weight_precision"]))
    case |= {name: line[name] for name in ("input_tokens", "output_tokens")}
    case |= {"chosen_replica_gpus": copy}
    there, full = (
        float(sized(case | {"concurrency_count": count})["output_tokens_per_second"])
        for count in (busy, math.nan)
    )
    if not 0 < there * MUCH_MORE < full:
        return ""
    return (
        f"Full, the sizing model expects {full / there:.1f} times as much as with {busy:g} "
        "requests in flight: measure it there, or a plan buys too many nodes."
    )
