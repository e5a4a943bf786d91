"""Put cells into the rows of a sheet, whether the cell, or even the row, is there or not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from workbooks.file.markup import Edit, prefix
from workbooks.file.sheet import Sheet

_DROPPED = re.compile(rb"\s+(?:spans|hidden|collapsed)\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_NUMBER = re.compile(rb"(\s)r\s*=\s*(?:\"[^\"]*\"|'[^']*')")


def put(sheet: Sheet, number: int, cells: Mapping[int, bytes], like: int = 0) -> Iterator[Edit]:
    """Yield the edits that give a row these cells, by column; others stay as they are.

    A row that is not there is made like the row of number `like`.
    """
    data, row = sheet.data, sheet.rows.get(number)
    content = b"".join(cells[column] for column in sorted(cells))
    if row is None:
        at = _place(sheet, number)
        yield Edit(at, at, _new_row(sheet, number, content, like))
    elif row.end == row.open_end:
        p = prefix(data, row.start).encode()
        opened = data[row.start : row.open_end - 2].rstrip() + b">"
        yield Edit(row.start, row.end, opened + content + b"</" + p + b"row>")
    else:
        yield from _into(sheet, number, cells)


def _into(sheet: Sheet, number: int, cells: Mapping[int, bytes]) -> Iterator[Edit]:
    there = sorted(column for row, column in sheet.cells if row == number)
    for column in sorted(cells):
        if old := sheet.cells.get((number, column)):
            yield Edit(old.start, old.end, cells[column])
        else:
            after = [other for other in there if other > column]
            row = sheet.rows[number]
            at = sheet.cells[number, after[0]].start if after else row.close
            yield Edit(at, at, cells[column])


def _place(sheet: Sheet, number: int) -> int:
    before = [row for row in sheet.rows if row < number]
    return sheet.rows[max(before)].end if before else sheet.before


def _new_row(sheet: Sheet, number: int, content: bytes, like: int) -> bytes:
    model = sheet.rows.get(like)
    p = prefix(sheet.data, sheet.root).encode()
    tag = b"<" + p + b"row>"
    if model:
        tag = (
            _DROPPED.sub(b"", sheet.data[model.start : model.open_end]).rstrip(b"/> \r\n\t") + b">"
        )
    tag = _NUMBER.sub(b"", tag)
    return tag[:-1] + f' r="{number}">'.encode() + content + b"</" + p + b"row>"
