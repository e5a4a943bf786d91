"""Bring the price table that an earlier version kept for each user into a folder, once."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from workbooks.folder.prices import PRICE
from workbooks.folder.receipts import Line
from workbooks.folder.timeline import CONTRACT, LIST
from workbooks.prices.offers import FeedError

TABLE = "token_prices.csv"
ORIGINS = {"import": CONTRACT, "feed": LIST}


def usual_folder() -> Path | None:
    """Return where an earlier version kept the table on this platform, if it did."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Application Support")
    else:
        base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    folder = Path(base) / "evenpoint" / "prices"
    return folder if (folder / TABLE).is_file() else None


def lines(folder: Path, files: dict[str, bytes]) -> list[Line]:
    """Return the rows of an earlier table as lines of a receipt, and add it to the files.

    Raises
    ------
    FeedError
        If there is no such table, or it is damaged.
    """
    path = folder / TABLE
    try:
        content = path.read_bytes()
        rows = list(csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FeedError(f"{path} cannot be read: {error}") from None
    if not rows or not {"model", "origin", "valid_from"} <= rows[0].keys():
        raise FeedError(f"{path} is no price table of an earlier version")
    files[f"{hashlib.sha256(content).hexdigest()}.csv"] = content
    return [_line(row) for row in rows if _ever_held(row) and row["origin"] in ORIGINS]


def _ever_held(row: Mapping[str, str]) -> bool:
    return not row["valid_to"] or row["valid_from"] < row["valid_to"]


def _line(row: Mapping[str, str]) -> Line:
    return {"table": PRICE, **row, "origin": ORIGINS[row["origin"]]}
