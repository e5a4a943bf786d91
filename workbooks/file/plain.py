"""The rows of a sheet as spreadsheet programs write them: each cell of them in one step.

An XML parser tells of a cell in six steps, each a call, and most of reading a workbook is that.
Where every cell of a sheet is written in the one form that programs give it, one pattern reads
it, from XML that the parser has found to be sound. Any other sheet is read step by step.
"""

from __future__ import annotations

import re
from functools import lru_cache

_GIVEN = r'(?:\s++[\w:.-]++="[^"<]*+")*+'
_OPEN = rf"<row({_GIVEN})\s*+"
_CELL = (
    rf'<c r="([A-Z]{{1,3}}[1-9][0-9]{{0,6}})"({_GIVEN})\s*+(?:/>|>'
    rf"(?:<f({_GIVEN})\s*+(?:/>|>([^<]*+)</f>))?+"
    r'((?:<v\s*+/>|<v>([^<]*+)</v>|<is><t(?: xml:space="preserve")?+>([^<]*+)</t></is>)?+)</c>)'
)
_ROW = rf"{_OPEN}(?:/>|>(?:\s*+{_CELL})*+\s*+</row>)"
_PLAIN = rf"<sheetData>(?:\s*+{_ROW})*+\s*+(?=</sheetData>)"


def _compiled(pattern: str, *, asks: bool) -> re.Pattern[bytes]:
    text = pattern if asks else re.sub(r"\((?!\?)", "(?:", pattern)
    return re.compile(text.encode())


PLAIN = _compiled(_PLAIN, asks=False)
"""The start of a sheet's data, if all of its rows and cells are of that form, to their end."""
EACH = _compiled(f"{_CELL}|{_OPEN}(?:/>|>)|</row>", asks=True)
"""A cell: its name, attributes, its formula's, formula, content, value, text; a row: its own."""
_ATTRIBUTE = re.compile(r'([\w:.-]+)="([^"]*)"')
_SPACES = str.maketrans("\t\n\r", "   ")
_ESCAPED = re.compile("&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(\\w+));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def block(data: bytes) -> tuple[int, int]:
    """Return where the rows of a sheet begin and end; nothing of it if they are not plain.

    >>> block(b'<sheetData><row r="1"><c r="A1"><v>7</v></c></row></sheetData>')
    (11, 50)
    >>> block(b'<sheetData><row r="1"><c r="A1"><v><!-- 6 -->7</v></c></row></sheetData>')
    (0, 0)
    """
    found = PLAIN.search(data)
    if not found or data.find(b"xmlns", *found.span()) >= 0:
        return 0, 0
    return found.start() + len("<sheetData>"), found.end()


@lru_cache(1 << 12)
def attributes(given: bytes) -> dict[str, str]:
    """Return the attributes of a start tag that is sound.

    >>> attributes(b' s="3" t="str"')
    {'s': '3', 't': 'str'}
    """
    found = _ATTRIBUTE.findall(given.decode().replace("\r\n", "\n").translate(_SPACES))
    return {name: _ESCAPED.sub(_character, value) for name, value in found}


def text(content: bytes) -> str:
    r"""Return the text that the content of an element stands for.

    >>> text(b"R&amp;D &#8364;\r\n")
    'R&D €\n'
    """
    plain = content.decode()
    if "\r" in plain:
        plain = plain.replace("\r\n", "\n").replace("\r", "\n")
    return _ESCAPED.sub(_character, plain) if "&" in plain else plain


def _character(found: re.Match[str]) -> str:
    code, number, name = found.groups()
    return _NAMED[name] if name else chr(int(code, 16) if code else int(number))
