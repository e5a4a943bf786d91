"""Damage files for every reader and count tracebacks: ``python -m tests.fuzz 50000``."""

import os
import sys
import tempfile
import time
import warnings
from pathlib import Path

from tests.fuzz.readers import READERS
from tests.fuzz.tries import tried

WEIGHTS = {
    "budget --from": 0.4,
    "budget --from a portfolio": 0.3,
    "report": 0.6,
    "report --template": 0.4,
    "lint": 0.3,
    "freeze": 0.5,
    "usage": 0.6,
    "scenario": 0.8,
}
"""What takes longest is tried less often than the others."""

wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
names = sys.argv[2:] or [*READERS, "flags"]
whole = sum(WEIGHTS.get(name, 1.3) for name in names)
warnings.simplefilter("error")
warnings.filterwarnings("ignore", "fetch_arrow_table|The 'future.infer_string'")
done = faults = 0
home = Path.cwd()
for name in names:
    count, start = round(wanted * WEIGHTS.get(name, 1.3) / whole), time.monotonic()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.chdir(folder)
        found = tried(name, count, seed=2)
        os.chdir(home)
    done, faults = done + count, faults + found.counts["fault"]
    each = (time.monotonic() - start) / max(count, 1)
    told = ", ".join(f"{kind} {number:,}" for kind, number in sorted(found.counts.items()))
    slow = f"slowest {found.slowest[0]:.1f} s"
    print(f"{name:16} {count:6,}: {told}; {each * 1000:.0f} ms each, {slow}", flush=True)
    for fault, (content, words) in found.faults.items():
        print(f"    {fault}\n        {words[:160]} ({len(content):,} bytes)", flush=True)
print(f"{done:,} tries, {faults:,} faults")
sys.exit(1 if faults else 0)
