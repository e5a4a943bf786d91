"""Refresh the prices in somebody's own workbook, and change not one byte more than that."""

from workbooks.file.refusal import RefreshError
from workbooks.prices.splice.changes import Change, Changes, Kept
from workbooks.prices.splice.plan import apply_refresh, plan_refresh

__all__ = ["Change", "Changes", "Kept", "RefreshError", "apply_refresh", "plan_refresh"]
