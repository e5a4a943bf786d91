"""The template: a budget to fill in by hand, with the worksheet functions at work beside it."""

from __future__ import annotations

from dataclasses import replace

from workbooks.plan.plan import Plan, plan
from workbooks.scenario.reading import load, ready
from workbooks.sheets.budget import budget

TITLE = "Our own plan: cloud API or own nodes"
PURPOSE = "A template: replace the figures of this mid-size company with your own."


def blank() -> Plan:
    """Return the plan the template starts from: a mid-size company, every figure a guess."""
    usual = load(ready()["mid-size"])
    return plan(replace(usual, title=TITLE, purpose=PURPOSE, origin="template"))


def template() -> bytes:
    """Return the workbook."""
    return budget(blank(), palette=True)
