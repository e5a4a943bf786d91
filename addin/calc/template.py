"""Write an .ods document in which every worksheet function is at work, with its checks.

Nothing is stored as an answer: whoever opens it sees what the add-in computes there and then.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from addin.calc.package import HEAD, MADE, SERVICE, STATUS_METHOD, method_name
from costcore.catalogue import FUNCTIONS, SheetFunction
from costcore.language.quantities import QUANTITIES, unit_of

MIME = "application/vnd.oasis.opendocument.spreadsheet"
NAMES = "urn:oasis:names:tc:opendocument:xmlns"
SPACES = " ".join(
    f'xmlns:{name}="{NAMES}:{what}"'
    for name, what in {
        "office": "office:1.0",
        "table": "table:1.0",
        "text": "text:1.0",
        "style": "style:1.0",
        "fo": "xsl-fo-compatible:1.0",
        "of": "of:1.2",
        "manifest": "manifest:1.0",
    }.items()
)
INPUT, HEADING = "input", "heading"
STYLES = """<office:automatic-styles>
<style:style style:name="wide" style:family="table-column">
<style:table-column-properties style:column-width="6.5cm"/></style:style>
<style:style style:name="input" style:family="table-cell">
<style:table-cell-properties fo:background-color="#fff2cc"/></style:style>
<style:style style:name="heading" style:family="table-cell">
<style:text-properties fo:font-weight="bold"/></style:style>
</office:automatic-styles>"""
NOTES = (
    "Change the yellow cells and watch the answers. What is expected holds for the values given.",
    "Cells with #NAME? need the add-in. In a terminal: evenpoint addin install --calc",
)
VALUES = 3
"""The column of the first value, after name, unit and meaning."""

BLANK = (None, "")  # left out of the call, to which a blank cell would be a 0
Cells = list[str]
Rows = Sequence[Sequence[object]]


def template() -> bytes:
    """Return the document; the same version always is the same bytes."""
    parts = {"mimetype": MIME, "content.xml": _content(), "META-INF/manifest.xml": _manifest()}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as document:
        for name, text in parts.items():
            document.writestr(zipfile.ZipInfo(name, MADE), text)
    return content.getvalue()


def _content() -> str:
    rows: list[Cells] = [[_text("Worksheet functions by example", HEADING)]]
    rows += [[_text(note)] for note in NOTES]
    rows += [[_text("Status"), "", "", _formula(f"{SERVICE.upper()}.{STATUS_METHOD.upper()}()")]]
    for entry in FUNCTIONS:
        rows += [[], *_block(entry, len(rows) + 1)]
    lines = "\n".join(
        f"<table:table-row>{''.join(map(_placed, row))}</table:table-row>" for row in rows
    )
    columns = (
        f'<table:table-column table:style-name="wide" table:number-columns-repeated="{VALUES}"/>'
    )
    return (
        f'{HEAD}<office:document-content {SPACES} office:version="1.3">{STYLES}'
        f'<office:body><office:spreadsheet><table:table table:name="Functions">{columns}\n{lines}\n'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )


def _block(entry: SheetFunction, row: int) -> Iterator[Cells]:
    """Yield the rows of one function; `row` counts those above it."""
    yield [_text(entry.name, HEADING), "", _text(entry.summary, HEADING)]
    row += 1
    areas = []
    for name, value in zip(entry.quantities, entry.example.arguments, strict=False):
        values = _rows(value)
        areas.append(_area(row, values) if value not in BLANK else "")
        head = [_text(name), _text(unit_of(name).label), _text(QUANTITIES[name].help)]
        for line in values:
            yield [*head, *(_value(cell, INPUT) for cell in line)]
            head = [""] * VALUES
        row += len(values)
    call = f"{SERVICE.upper()}.{method_name(entry.name).upper()}({';'.join(areas)})"
    expected = _rows(entry.example.answer)
    for r, line in enumerate(expected, 1):
        one = "INDEX({};{};{})" if entry.answers == "a table" else "{}"
        yield [
            _text("Answer"),
            *[""] * 2,
            *(_formula(one.format(call, r, c + 1)) for c in range(len(line))),
        ]
    for line in expected:
        yield [_text("Expected"), "", _text(entry.example.source), *(_value(x) for x in line)]
    yield [_text("Check"), "", "", _formula(_check(row, expected))]


def _rows(value: object) -> Rows:
    """Return a value as the rows of cells it takes: numbers are a column, a mixture is a row."""
    if not isinstance(value, tuple):
        return ((value,),)
    if all(isinstance(each, float) for each in value):
        return tuple((each,) for each in value)
    return value if isinstance(value[0], tuple) else (value,)


def _check(row: int, expected: Rows) -> str:
    """Compare the answers from `row` on with what is expected, which follows them."""
    conditions = [
        _same(_cell(row + r, c), _cell(row + len(expected) + r, c), value)
        for r, line in enumerate(expected)
        for c, value in enumerate(line)
    ]
    return f'IF(AND({";".join(conditions)});"right";"wrong")'


def _same(found: str, wanted: str, value: object) -> str:
    if isinstance(value, str):
        return f"{found}={wanted}"
    if value == math.inf:
        return f"ISNA({found})"
    return f"ABS({found}-{wanted})<=1E-9*ABS({wanted})"


def _cell(row: int, column: int) -> str:
    return f"[.{chr(ord('A') + VALUES + column)}{row + 1}]"


def _area(row: int, values: Rows) -> str:
    first, last = _cell(row, 0), _cell(row + len(values) - 1, len(values[0]) - 1)
    return first if first == last else f"{first[:-1]}:{last[1:]}"


def _value(value: object, style: str = "") -> str:
    if isinstance(value, float) and math.isfinite(value):
        kind = f'office:value-type="float" office:value="{value!r}"'
        return f"<table:table-cell{_styled(style)} {kind}/>"
    return _text("never" if value == math.inf else value or "", style)


def _text(text: object, style: str = "") -> str:
    if not text:
        return f"<table:table-cell{_styled(style)}/>"
    return (
        f'<table:table-cell{_styled(style)} office:value-type="string">'
        f"<text:p>{escape(str(text))}</text:p></table:table-cell>"
    )


def _formula(formula: str) -> str:
    return f"<table:table-cell table:formula={quoteattr(f'of:={formula}')}/>"


def _styled(style: str) -> str:
    return f' table:style-name="{style}"' if style else ""


def _placed(cell: str) -> str:
    return cell or "<table:table-cell/>"


def _manifest() -> str:
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in {"/": MIME, "content.xml": "text/xml"}.items()
    )
    return f'{HEAD}<manifest:manifest {SPACES} manifest:version="1.3">{entries}</manifest:manifest>'
