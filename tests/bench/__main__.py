"""Measure what the project promises about speed: ``python -m tests.bench``, a minute or two.

Every ratio compares two timings of this run on this machine, each the best of several. A
module in SECTIONS has `rows()`, which yields a `measure.Row`, or a sentence for what it skips.
"""

from tests.bench import (
    addin,
    billing,
    breakeven,
    calc,
    commands,
    portfolio,
    risk,
    sizing,
    splice,
    usage,
)
from tests.bench.measure import HEADING

SECTIONS = (breakeven, billing, risk, sizing, portfolio, splice, usage, addin, calc, commands)

for section in SECTIONS:
    print(f"\n{section.__doc__.strip()}\n\n{HEADING}\n{'-' * 132}", flush=True)
    for row in section.rows():
        print(row, flush=True)
