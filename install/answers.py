"""How answers are printed: tables for people, JSON for programs."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Mapping
from typing import Any


def print_json(answer: Mapping[str, Any]) -> None:
    """Print an answer as JSON, its keys in their own order; what never happens is null."""
    print(json.dumps(_plain(answer), indent=2, ensure_ascii=False))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime.date):
        return value.isoformat()
    if getattr(value, "ndim", 0):
        return _plain(value.tolist())
    if getattr(getattr(value, "dtype", None), "kind", "f") in "UO":
        return str(value)
    return float(value) if math.isfinite(value) else None
