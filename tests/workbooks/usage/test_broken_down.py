"""Reports whose days are broken down by model: ccusage, and what a day has beyond its models."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.workbooks.usage.exports import totals
from workbooks.usage.actuals import Actuals
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.importing import import_usage

NUMBERS = {"inputTokens": 900, "outputTokens": 300, "cacheCreationTokens": 50}
NUMBERS |= {"cacheReadTokens": 10}
OPUS = {"modelName": "claude-opus-4-1", **NUMBERS, "cost": 0.3}
HAIKU = {"modelName": "claude-haiku-4-5", **NUMBERS, "cost": 0.1}
BOTH = {name: 2 * each for name, each in NUMBERS.items()} | {"totalTokens": 2520, "totalCost": 0.4}
SUMS = {
    "uncached": 1800, "output": 600, "cache_write_5m": 100, "cache_read": 20, "cost": 0.4,
}  # fmt: skip


def read(path: Path, content: Any) -> Actuals:
    """Import a report."""
    path.write_text(json.dumps(content))
    return import_usage([path])


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ({"daily": [{"date": "2026-08-03"}]}, "2026-08-03", "2026-08-03"),
        ({"daily": [{"period": "2026-08-03", "agent": "all"}]}, "2026-08-03", "2026-08-03"),
        ({"projects": {"a": [{"date": "2026-08-03"}]}}, "2026-08-03", "2026-08-03"),
        ({"monthly": [{"month": "2026-08"}]}, "2026-08-01", "2026-08-31"),
        (
            {"sessions": [{"sessionId": "s", "lastActivity": "2026-08-03T02:20:00.000Z"}]},
            "2026-08-03",
            "2026-08-03",
        ),
        (
            {"session": [{"period": "s", "metadata": {"lastActivity": "2026-08-03T02:20:00Z"}}]},
            "2026-08-03",
            "2026-08-03",
        ),
    ],
)
def test_every_report_of_ccusage_is_read(
    said: dict[str, Any], first: str, last: str, tmp_path: Path
) -> None:
    """By day, project, month and session; a session has a day, and no hour."""
    (kind, rows) = next(iter(said.items()))
    told = next(iter(rows.values())) if isinstance(rows, dict) else rows
    told[0] |= {**BOTH, "modelBreakdowns": [OPUS, HAIKU]}
    found = read(tmp_path / "a.json", {kind: rows, "totals": BOTH})
    assert totals(found) == SUMS
    assert set(found.rows.model) == {"claude-opus-4-1", "claude-haiku-4-5"}
    assert (str(found.first), str(found.last)) == (first, last)
    assert found.peak_factor is None


def test_what_a_day_has_beyond_its_models_is_kept(tmp_path: Path) -> None:
    """900 of its 1,800 tokens of input, and 0.10 of its 0.40, are of no model that it names."""
    row = {"date": "2026-08-03", **BOTH, "modelBreakdowns": [OPUS]}
    found = read(tmp_path / "a.json", {"daily": [row]})
    assert totals(found) == SUMS
    assert found.by_month().cost.droplevel("month").round(6).to_dict() == {
        "claude-opus-4-1": 0.3,
        "(not named)": 0.1,
    }


@pytest.mark.parametrize("none", [{"modelBreakdowns": []}, {"models": {}}, {"usage": [1]}])
def test_a_day_without_models_keeps_its_numbers(none: dict[str, Any], tmp_path: Path) -> None:
    """Beside a day that has them."""
    day = {"date": "2026-08-03", **BOTH, "modelBreakdowns": [OPUS, HAIKU]}
    found = read(tmp_path / "a.json", {"daily": [day, {"date": "2026-08-04", **BOTH, **none}]})
    assert totals(found) == {name: 2 * each for name, each in SUMS.items()}


def test_models_above_their_day_are_refused(tmp_path: Path) -> None:
    """Nothing tells which of both is right."""
    row = {"date": "2026-08-03", **BOTH, "modelBreakdowns": [OPUS, OPUS, HAIKU]}
    with pytest.raises(UsageError, match="models of 2026-08-03 add up to more inputTokens than"):
        read(tmp_path / "a.json", {"daily": [row]})


def test_models_without_costs_leave_the_cost_to_their_day(tmp_path: Path) -> None:
    """As of Codex: 900 and 300 are 1,210 with 10 cached beside them, so reasoning is within."""
    part = NUMBERS | {"cacheCreationTokens": 0, "reasoningOutputTokens": 7, "totalTokens": 1210}
    day = {"date": "2026-08-03", **part, "costUSD": 0.2}
    found = read(tmp_path / "a.json", {"daily": [day | {"models": {"gpt-5": part}}]})
    expected = {"uncached": 900, "cache_read": 10, "output": 300, "reasoning": 7, "cost": 0.2}
    assert totals(found) == expected
    assert set(found.rows.model) == {"gpt-5"}
    two = {name: 2 * each for name, each in part.items()}
    day = day | two | {"models": {"gpt-5": part, "gpt-5-mini": part}}
    found = read(tmp_path / "b.json", {"daily": [day]})
    assert found.by_month().cost["2026-08"].to_dict() == {
        "(not named)": 0.2, "gpt-5": 0, "gpt-5-mini": 0,
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["weekly", "blocks"])
def test_a_report_without_spans_or_models_is_refused(kind: str, tmp_path: Path) -> None:
    """A week is no day, and a block names no model."""
    row = {"week": "2026-08-03", "period": "2026-08-03", **BOTH, "modelBreakdowns": [OPUS, HAIKU]}
    with pytest.raises(UsageError, match="headers of no export that is known"):
        read(tmp_path / "a.json", {kind: [row], "totals": BOTH})


@pytest.mark.parametrize(("total", "uncached"), [(1200, 2 * 840), (1260, 2 * 900)])
def test_a_day_without_a_total_is_as_those_with_one(
    total: int, uncached: int, tmp_path: Path
) -> None:
    """900 and 300 are 1,200 with the 60 cached within the input, and 1,260 with them beside it."""
    days = [{"date": f"2026-08-0{day}", "modelName": "m", **NUMBERS} for day in (3, 4)]
    days[0]["totalTokens"] = total
    found = read(tmp_path / "a.json", {"daily": days})
    assert totals(found)["uncached"] == uncached
