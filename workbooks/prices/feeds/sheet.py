"""Read a company's own price sheet, CSV or XLSX, as one source among the others."""

from __future__ import annotations

from datetime import date

from workbooks.prices.offers import Parsed
from workbooks.prices.sheet.reading import read_sheets

RANK = 0
TITLE = "price sheet"
URL = ""  # there is none until a company names its own
LARGEST_BYTES = 50_000_000
SUFFIX = "sheet"


def parse(content: bytes, day: date) -> Parsed:
    """Return the prices of a sheet whose units and currencies it states itself.

    Raises
    ------
    FeedError
        If it is not a table of prices.
    """
    found = read_sheets("price sheet", content)
    return Parsed(found.offers, found.doubts)
