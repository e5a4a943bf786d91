"""Random portfolios in two spreadsheets: ``python -m tests.workbooks.portfolio.books 200``.

A second number is the seed of the first, where others are wanted than last time. Each has 1 to 20
workloads and four engines; numpy's values are those stored in the book.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

from tests import books, engines
from workbooks.plan.mixing.finding import found
from workbooks.portfolio.reading import parse_portfolio
from workbooks.sheets.portfolio.book import portfolio_book
from workbooks.sheets.portfolio.intake import portfolio_intake


def content(seed):
    """Draw what a file says: volumes, lives, loads, fees, pools of every kind, contracts."""
    rng = np.random.default_rng(seed)
    names = [f"Workload {number}" for number in range(1, int(rng.integers(1, 21)) + 1)]
    ours = {
        "horizon_months": int(rng.integers(12, 16)),
        "load_shape": str(rng.choice(["flat", "office-hours", "global-chat"])),
        "workload": [_workload(rng, name) for name in names],
        "engine": [*(_api(rng, n) for n in "KL"), *(_pool(rng, n) for n in "PQ")],
        "strategy": [_strategy(rng, names), _strategy(rng, names, overflow=True)],
        "finance": _tax(rng),
    }
    return {**ours, "contract": list(_contracts(rng, ours["engine"]))}


def _contracts(rng, every):
    """None to four, of every kind that their engine may have."""
    for number in range(int(rng.integers(0, 5))):
        engine = every[int(rng.integers(len(every)))]
        is_free = engine["kind"] == "api" and not engine["commit_per_month"] and rng.random() < 0.7
        kind = "api" if is_free else "dedicated" if engine["kind"] == "api" else "reserved"
        yield {
            "name": f"Contract {number}",
            "engine": engine["name"],
            "kind": kind,
            "first_month": int(rng.integers(-12, 9)),
            "term_months": int(rng.integers(1, 30)),
            "minimum_per_month": float(rng.uniform(100, 4_000)),
            "exit_share": float(rng.choice([0, 0.5])),
            **({"notice_months": int(rng.integers(0, 5))} if rng.random() < 0.6 else {}),
            **({"committed_nodes": int(rng.integers(1, 4))} if kind == "reserved" else {}),
            **({"committed_tokens_per_month": 3e9} if kind == "dedicated" else {}),
            **(_spent(rng) if is_free else {}),
            **({"signed": False, "strategy": "Full"} if rng.random() < 0.3 else {}),
        }


def _spent(rng):
    return {
        "settled_months": int(rng.choice([1, 3, 12])),
        "ramp_months": int(rng.choice([0, 6])),
        "overage_factor": float(rng.choice([1.0, 1.2])),
        "rollover_share": float(rng.choice([0.0, 0.5])),
    }


def _tax(rng):
    kinds = ["book", "macrs", "immediate"]
    taxed = {"tax_rate_share": 0.3, "tax_depreciation_kind": str(rng.choice(kinds))}
    return {**taxed, "fiscal_start_count": int(rng.integers(1, 13))} if rng.random() < 0.5 else {}


def _workload(rng, name):
    return {
        "name": name,
        "cost_centre": f"Centre {rng.integers(3)}",
        "tokens_per_month": float(rng.uniform(1e7, 8e9)),
        "growth_per_year": float(rng.uniform(-0.3, 0.9)),
        "output_share": float(rng.uniform(0.1, 0.6)),
        "cached_share": float(rng.uniform(0, 0.6)),
        "movable": bool(rng.random() < 0.3),
        "first_month": int(rng.integers(1, 4)),
        "ramp_months": int(rng.integers(0, 4)),
    }


def _api(rng, name):
    low = float(rng.uniform(0.05, 2))
    terms = {"fee_per_month": float(rng.choice([0, 500])), "signed": bool(rng.random() < 0.5)}
    commit = float(rng.choice([0, 3_000]))
    prices = {"input_price_per_mtok": low, "output_price_per_mtok": low * 4}
    return {"name": name, "kind": "api", **prices, "commit_per_month": commit, **terms}


def _pool(rng, name):
    return {
        "name": name,
        "kind": "nodes",
        "hardware": "H100 SXM",
        "rent_per_gpu_hour": float(rng.uniform(1.5, 4)),
        "node_tokens_per_second": float(rng.uniform(2_000, 12_000)),
        "acquisition_kind": str(rng.choice(["rent", "lease", "buy"])),
        "lease_per_gpu_month": float(rng.uniform(800, 2_000)),
        "reserved_share": float(rng.choice([0, 0.6])),
        "reserved_discount_share": 0.3,
        "moving_cost": float(rng.choice([0, 4_000])),
    }


def _strategy(rng, names, overflow=False):
    routes = {}
    for name in names:
        some = rng.choice(list("KLPQ"), 2, replace=False)
        share = float(rng.choice([1.0, 0.75, 0.5]))
        routes[name] = {str(some[0]): share, str(some[1]): 1 - share}
    full = {"nodes": {"P": int(rng.integers(0, 4))}, "overflow": {"P": "K"}}
    return {"name": "Full" if overflow else "Peak", "routes": routes, **(full if overflow else {})}


def written(ours, path):
    """Write the workbook of a portfolio, and return where."""
    path.write_bytes(portfolio_book(ours, found(ours, None, 0)))
    return path


def held_to_three_engines(ours, folder):
    """Return a portfolio as its workbook has it, in which engines agree and every check holds.

    What is read back makes the same workbook, to the last byte.
    """
    path = written(ours, folder / "book.xlsx")
    assert engines.disagreements([path], 1_000) == []
    checks = books.cached(path)["Checks"]
    assert not any(value == 1 for cell, value in checks.items() if cell[0] == "C")
    again = portfolio_intake(path)
    assert again.content == ours.content
    assert portfolio_book(again, found(again, None, 0)) == path.read_bytes()
    return again


def differing(count, folder, first=0):
    """Return where IronCalc or LibreOffice differ from numpy by more than 1e-9."""
    told = []
    for seed in range(first, first + count):
        ours = parse_portfolio(content(seed), f"{seed}.toml")
        told += engines.disagreements([written(ours, Path(folder) / f"book-{seed}.xlsx")], 0)
    return told


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        found_different = differing(int(sys.argv[1]), folder, *map(int, sys.argv[2:3]))
        print(*found_different[:20], sep="\n")
        print(f"{sys.argv[1]} portfolios: {len(found_different)} cells differ")
        sys.exit(bool(found_different))
