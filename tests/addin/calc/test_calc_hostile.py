"""Opening a document sends nothing, with the add-in and without it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from addin.calc.template import template
from install.calc import profile as calc_profile
from tests.addin.calc import hostile_documents as hostile
from tests.addin.office import Office, missing, running

pytestmark = [
    pytest.mark.libreoffice,
    pytest.mark.skipif(bool(missing()), reason=missing() or "it is there"),
]
LONG = "ORG.EVENPOINT.CALC.FUNCTIONS.RENTPERMONTH(2)"


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


@pytest.mark.parametrize("kind", hostile.HOSTILE)
@pytest.mark.parametrize("with_add_in", [True, False], ids=["add-in", "bare"])
def test_opening_a_hostile_document_sends_nothing(
    calc: Office, office: Office, asked, tmp_path: Path, kind: str, with_add_in: bool
) -> None:
    """Neither what it asks for nor what its other cells hold reaches a server."""
    url, paths = asked
    program = calc if with_add_in else office
    for number, name in enumerate(hostile.HOSTILE[kind]):
        program.ask("open", str(hostile.write(tmp_path, kind, name, f"{url}{number}/")))
        program.ask("read")
        assert paths == [], name
    program.ask("close")
    assert paths == []


@pytest.mark.parametrize("kind", hostile.HOSTILE)
@pytest.mark.parametrize(
    "name",
    [
        "unknown until it is typed",
        "unknown until it is typed, a word with our name in it",
        "by an address that is put together",
    ],
)
def test_the_same_documents_send_what_somebody_types(
    calc: Office, asked, tmp_path: Path, kind: str, name: str
) -> None:
    """They are live: mending without a look would send, so the count could be other than zero."""
    url, paths = asked
    calc.ask("open", str(hostile.write(tmp_path, kind, name, url)))
    assert paths == []
    calc.ask("type_again")
    calc.ask("calculate")
    assert paths != []


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("fods", "of another document, elsewhere"),
        ("fods", "of another sheet"),
        ("fods", "of another area"),
        ("ods", "of a DDE server"),
        ("xlsx", "of another document, elsewhere"),
    ],
)
def test_a_document_whose_links_are_blocked_stays_as_it_is(
    calc: Office, asked, tmp_path: Path, kind: str, name: str
) -> None:
    """LibreOffice asks its user first; our names are not mended before that."""
    calc.ask("open", str(hostile.write(tmp_path, kind, name, asked[0])))
    assert "_xll" in str(calc.ask("formulas"))


def test_a_harmless_document_with_broken_names_is_mended(calc: Office, tmp_path: Path) -> None:
    """2 an hour are 1,460 a month; neither other words nor links to click keep it broken."""
    path = tmp_path / "harmless.fods"
    formulas = [hostile.BROKEN, 'HYPERLINK("http://127.0.0.1/")', '"WEBSERVICE, DDE"']
    hostile.flat(path, hostile.document(hostile.sheet(formulas)))
    calc.ask("open", str(path))
    assert 1_460.0 in calc.ask("read")["Sheet1"].values()


def test_a_link_to_our_own_add_in_in_excel_is_no_link(calc: Office, asked, tmp_path: Path) -> None:
    """Excel keeps where the add-in was; the call is mended, and nobody looks there."""
    url, paths = asked
    name = "of an add-in that is elsewhere"
    calc.ask("open", str(hostile.write(tmp_path, "xlsx", name, url)))
    assert 1_460.0 in calc.ask("read")["Sheet1"].values()
    assert paths == []


def test_only_cells_with_broken_names_are_typed_again(tmp_path: Path) -> None:
    """A LibreOffice that computes nothing on opening shows what Excel stored, here always 1."""
    path = tmp_path / "stored.xlsx"
    names = ['LEN("profits and RENT_PER_MONTH(2)")', LONG, 'LEN("FITS(")', "B2+1"]
    with running(calc_profile.package(calc_profile.place()), computes=False) as office:
        for formulas in (names, [*names, hostile.BROKEN]):
            hostile.workbook(path, formulas)
            office.ask("open", str(path))
            shown = office.ask("read")["Sheet1"]
            mended = [1_460.0] * (len(formulas) - len(names))
            assert [shown[f"1,{row}"] for row in range(len(formulas))] == [1.0] * 4 + mended
            assert office.ask("modified") is False


def test_the_template_needs_no_mending_and_links_to_nothing(calc: Office, tmp_path: Path) -> None:
    """It has the names that Calc itself stores: none of its cells is typed again."""
    path = tmp_path / "template.ods"
    path.write_bytes(template())
    calc.ask("open", str(path))
    assert calc.ask("links") == []
    assert calc.ask("modified") is False
    functions = {text.partition("(")[0] for text in calc.ask("formulas")["Functions"].values()}
    assert not functions & {"=WEBSERVICE", "=DDE", "=INDIRECT", "=HYPERLINK"}
