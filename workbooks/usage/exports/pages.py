"""Whether a page of an API says that others follow, so that it is not taken for the whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbooks.usage.exports.layout import folded

LARGEST_PAGE_BYTES = 64 * 2**20
ABOUT = ("meta", "metadata", "pagination", "paging", "pageinfo", "resultinfo", "links")
"""Members in which an answer says where it stands among its pages."""
NEXT = (
    *("next", "nextpage", "nextpagelink", "nextlink", "odatanextlink", "nextcursor"),
    *("nextpagetoken", "nextpageurl", "nexttoken", "nextmarker", "continuationtoken", "cursor"),
)
MORE = ("hasmore", "hasnext", "hasnextpage", "more", "istruncated", "truncated")
TOTALS = ("totalitems", "totalcount", "totalrecords", "totalresults", "totalusageeventscount")


def more_pages(path: Path) -> str:
    """Say that a page of an API says that others follow; empty where none does.

    Of pages behind each other, in a list or line by line, the last one tells.
    """
    pages = list(_pages(path))
    if not pages:
        return ""
    said, alone = dict(_said(pages[-1])), len(pages) == 1
    page, all_pages = _count(said.get("page")), _count(said.get("totalpages"))
    if all_pages > 1 and (alone or page < all_pages):
        return f"it says that it is page {page or '?'} of {all_pages}"
    more = any(str(said.get(name)).lower() == "true" for name in MORE)
    if more or any(said.get(name) for name in NEXT):
        return "it says that more pages follow"
    rows, all_rows = _rows(pages[-1]), max(_count(said.get(name)) for name in TOTALS)
    if "limit" in said or "offset" in said:
        all_rows = max(all_rows, _count(said.get("total")))
    if alone and 0 < rows < all_rows:
        return f"it says that it is a page with {rows:,} of {all_rows:,} records"
    return ""


def _pages(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the pages of a document, or of JSON Lines the last two, for two are no single one."""
    if path.stat().st_size > LARGEST_PAGE_BYTES:
        return
    text = path.read_text(encoding="utf-8-sig", errors="replace")  # its rows are read strictly
    try:
        content = [json.loads(text)]
    except (ValueError, RecursionError):
        lines = [line for line in text.splitlines() if line.strip()]
        content = _parsed(lines[-2:])
    for each in content:
        yield from (page for page in (each if isinstance(each, list) else [each]) if _is_page(page))


def _parsed(lines: list[str]) -> list[Any]:
    try:
        return [json.loads(line) for line in lines]
    except (ValueError, RecursionError):
        return []  # what reads its rows says what is wrong


def _is_page(node: Any) -> bool:
    """Whether it holds rows; a row may have a member called next or total itself."""
    return isinstance(node, dict) and any(isinstance(each, list) for each in node.values())


def _said(page: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in page.items():
        plain = folded(name)
        if isinstance(value, dict) and plain in ABOUT:
            yield from ((folded(inner), each) for inner, each in value.items())
        elif plain != "cursor":  # of the answer itself it may be this page's own
            yield plain, value


def _rows(page: dict[str, Any]) -> int:
    return max(len(each) for each in page.values() if isinstance(each, list))


def _count(value: Any) -> int:
    """Return a whole number, also one written as text; 0 where it is none."""
    return int(value) if str(value).isdecimal() else 0
