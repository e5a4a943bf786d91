"""What exports say was consumed and billed, by month and model, as lines of a receipt."""

from __future__ import annotations

import math
from typing import Any

from workbooks.folder.receipts import Line
from workbooks.folder.standing import USAGE
from workbooks.usage.actuals import Actuals


def usage_lines(found: Actuals) -> list[Line]:
    """Return a line for each month and model; unknown is blank, never 0."""
    layouts = ", ".join(dict.fromkeys(each.layout.title for each in found.exports))
    lines: list[Line] = []
    months: Any = found.by_month().iterrows()
    for (month, model), row in months:
        numbers = {str(name): float(each) for name, each in row.items()}
        known = {name: each for name, each in numbers.items() if not math.isnan(each)}
        lines.append({"table": USAGE, "month": month, "model": model, "export": layouts, **known})
    return lines
