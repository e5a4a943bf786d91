"""Exports for the tests: files in real column layouts, with invented values."""

from pathlib import Path

import pandas as pd

from workbooks.usage.actuals import Actuals
from workbooks.usage.importing import import_usage
from workbooks.usage.ledger import NUMBERS

DATA = Path(__file__).parent / "data"
SPEND_LOGS = "request_id,spend,prompt_tokens,completion_tokens,startTime,model,custom_llm_provider"


def imported(*names: str) -> Actuals:
    """Import files of the data folder."""
    return import_usage([next(DATA.glob(f"{name}*")) for name in names])


def totals(actuals: Actuals) -> dict[str, float]:
    """Sums of all numbers of the canonical table that are known and not zero."""
    sums = actuals.rows[list(NUMBERS)].sum(min_count=1)
    return {str(name): round(float(each), 6) for name, each in sums.items() if each > 0}


def spend_logs(path: Path, rows: pd.DataFrame) -> Path:
    """Write LiteLLM's log: one request for each row of start, model, prompt and completion."""
    log = pd.DataFrame({"request_id": path.stem + rows.index.astype(str), "spend": 0.001})
    log["prompt_tokens"], log["completion_tokens"] = rows["prompt"], rows["completion"]
    log["startTime"], log["model"] = rows["start"], rows["model"]
    log["custom_llm_provider"] = "openai"
    log.to_csv(path, index=False)
    return path
