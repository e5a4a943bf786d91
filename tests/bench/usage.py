"""A log of requests added up by hour and model: a file like LiteLLM's, made for this run.

The peer is pandas as one writes it, `read_csv`, `floor` and `groupby`, and then told which
columns to read. Its sums are asserted equal first. Ours runs each time in a process of its own,
whose memory is shown. The file has USAGE_ROWS rows, a million unless the environment says
otherwise; 10,000,000 take 5 GB of disk, 10 GB of memory for pandas, and some minutes. What ours
needs to start, 0.2 s, weighs on short files. A quarter of ours is parting text into cells, and a
third unquoting and searching the objects of `metadata`, which the columns told leave out.

Measured in December 2026 with DuckDB 1.5 and pandas 3.1, on two cores that other work kept busy:
a million rows take ours 2.2 s of processor time, of which parting the text takes 0.8, and pandas
that is told its columns 1.2 s; the clock said 0.5 to 0.7 times the speed of pandas. Ten million
take ours 28 to 38 s, and 719 MB at the peak; pandas took 17 s in one round, 51 s in the next. Ours
uses every core and pandas one, so two free cores make them about even. Three times the speed
would need about six: on two, parting the text alone leaves 2.8 at most.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from tests.bench.measure import Row, best, faster, no_slower

ROOT = Path(__file__).parents[2]
METADATA = (
    '{"user_api_key_hash": "88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b", '
    '"user_api_key_alias": "assistant", "user_api_key_team_id": "team-a", "spend_logs_metadata": '
    'null, "usage_object": {"total_tokens": 1200, "prompt_tokens": 1000}}'
)
"""What a proxy logs with every request, and pandas reads unless it is told not to."""
ROWS = int(os.environ.get("USAGE_ROWS", "1000000"))
BLOCK = 500_000
MODELS = np.array(["gpt-4o", "gpt-4o-mini", "claude-sonnet-4-5", "gemini-2.5-pro"])
NEEDED = ["startTime", "model", "custom_llm_provider", "call_type", "spend"]
TOKENS = ["prompt_tokens", "completion_tokens"]
MEGABYTES = 1000
OURS = """
import sys
from pathlib import Path
from workbooks.usage.engine import read
from workbooks.usage.exports.source import open_source
sums = read(open_source(Path(sys.argv[1]), Path(".")))[1]
status = Path("/proc/self/status").read_text()  # getrusage would count the parent's memory too
peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
print(int(sums.input.sum()), int(sums.output.sum()), len(sums), peak)
"""


def rows() -> Iterator[Row | str]:
    """Against pandas that reads every column, and against pandas told what to read."""
    from workbooks.usage.engine import read
    from workbooks.usage.exports.source import open_source

    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log.csv")
        write_log(log)
        told = subprocess.run(
            [sys.executable, "-c", OURS, log],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        ).stdout.split()
        sums = with_pandas(log)
        assert [int(each) for each in told[:3]] == [*map(int, sums[TOKENS].sum()), len(sums)]
        ours, everything, chosen = best(
            lambda: read(open_source(log, Path(folder))),
            lambda: with_pandas(log),
            lambda: with_pandas(log, [*NEEDED, *TOKENS]),
            rounds=3,
        )
        size = log.stat().st_size / 1e6
    what = f"{ROWS / 1e6:g} M rows, {size:,.0f} MB"
    yield Row(what, ours, "pandas", everything, faster(3))
    yield Row(what, ours, "pandas with usecols", chosen, no_slower(2))
    verdict = "met" if float(told[3]) < MEGABYTES else "MISSED"
    yield f"memory of the process at its peak: {float(told[3]):,.0f} MB, < {MEGABYTES} MB {verdict}"


def with_pandas(log: Path, columns: list[str] | None = None) -> pd.DataFrame:
    """Tokens and spend by hour, model, provider and type of call."""
    frame = pd.read_csv(log, usecols=columns, parse_dates=["startTime"])
    frame["hour"] = frame["startTime"].dt.floor("h")
    keys = ["hour", "model", "custom_llm_provider", "call_type"]
    return frame.groupby(keys)[["spend", *TOKENS]].sum()


def write_log(path: Path) -> None:
    """Write three months of requests, in blocks, with the columns that a proxy logs."""
    draws = np.random.default_rng(1)
    for first in range(0, ROWS, BLOCK):
        count = min(BLOCK, ROWS - first)
        seconds = np.sort(draws.integers(0, 92 * 86_400, count))
        start = pd.Timestamp("2026-08-01") + pd.to_timedelta(seconds, unit="s")
        text = start.strftime("%Y-%m-%dT%H:%M:%SZ")
        prompt, completion = draws.integers(10, 20_000, count), draws.integers(1, 4_000, count)
        block = pd.DataFrame({
            "request_id": np.char.add("chatcmpl-", np.arange(first, first + count).astype(str)),
            "call_type": "acompletion", "api_key": draws.bytes(32).hex(),
            "spend": np.round(prompt * 2.5e-6 + completion * 1e-5, 8),
            "total_tokens": prompt + completion, "prompt_tokens": prompt,
            "completion_tokens": completion, "startTime": text, "endTime": text,
            "model": MODELS[draws.integers(0, len(MODELS), count)], "model_group": "chat",
            "custom_llm_provider": "openai", "user": "", "metadata": METADATA, "cache_hit": "None",
            "request_tags": "[]", "team_id": "team-a", "end_user": "", "status": "success",
        })  # fmt: skip
        block.to_csv(path, mode="a" if first else "w", header=not first, index=False)
