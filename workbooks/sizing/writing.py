"""Write what is computed into the tables: ``python -m workbooks.sizing.writing``.

Shares of models and families, fitted with the constants in use, and the rents of accelerators. The
constants that a fit gives are printed.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Mapping
from importlib.resources import as_file, files

import numpy as np

from workbooks import tables
from workbooks.sizing.fitting import START, Cases, cases, refit, shares, shipped_constants, usable
from workbooks.sizing.rents import RentRange, ranges

Cells = Mapping[str, str]
SHAPE = ("params_total_b", "layers", "hidden", "attn_heads", "kv_heads", "experts")


def kin(model: tables.Model, known: Cases) -> str:
    """Return under which name the speeds of a model's shape were published.

    Llama 3.1 and 3.3 70B are one to a GPU.
    """
    published = set(known.groups["model"])
    alike = [row.model for row in tables.models() if _shape(row) == _shape(model)]
    return next((name for name in [model.model, *alike] if name in published), model.model)


def _shape(model: tables.Model) -> tuple[object, ...]:
    return tuple(getattr(model, name) for name in SHAPE)


def rewrite(table: str, cells: Callable[[Cells], Cells]) -> None:
    """Change some cells in every row of a table."""
    with as_file(files("workbooks.data") / table) as path:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows({**row, **cells(row)} for row in rows)


def main() -> None:
    """Fit, write shares and rents, print the constants."""
    known = cases([row for row in tables.throughputs() if usable(row)])
    found = refit(known)
    print({name: float(f"{found[name]:.3g}") for name in START})
    learned, counted = shares(known, shipped_constants()), Counter(known.groups["model"])
    names = {row.model: kin(row, known) for row in tables.models()}
    asked = ranges(tables.rents())

    def model(row: Cells) -> Cells:
        share = learned["model"].get(names[row["model"]], 0.0)
        count = counted[names[row["model"]]]
        return {"model_speed_share": f"{np.exp(share):.3f}", "published_speeds_count": str(count)}

    def accelerator(row: Cells) -> Cells:
        share = learned["family"].get(row["family"], 0.0)
        rent = _rent(asked.get(row["hardware"]))
        return {"hardware_speed_share": f"{np.exp(share):.3f}", **rent}

    rewrite("models.csv", model)
    rewrite("accelerators.csv", accelerator)


def _rent(found: RentRange | None) -> Cells:
    names = ("low_per_gpu_hour", "base_per_gpu_hour", "high_per_gpu_hour")
    columns = [f"rent_{name}" for name in (*names, "currency", "source", "as_of")]
    if found is None:  # the reason that the table gives stays
        return {}
    prices = (f"{price:.2f}" for price in (found.low, found.base, found.high))
    return dict(zip(columns, (*prices, "USD", found.source, str(found.as_of)), strict=True))


if __name__ == "__main__":
    main()
