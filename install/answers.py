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
    if isinstance(value, list | tuple) or getattr(value, "ndim", 0):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if hasattr(value, "item"):
        return _plain(value.item())
    return value.isoformat() if isinstance(value, datetime.date) else value
