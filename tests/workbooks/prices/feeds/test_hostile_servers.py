"""Servers that lead astray, never end, unpack to anything, or send what is no price list."""

import gzip
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from install.command import main
from tests.workbooks.prices.feeds.lists import DAY, content
from workbooks.folder import receipts
from workbooks.prices import fetching
from workbooks.prices.feeds.registry import FEEDS
from workbooks.prices.offers import FeedError
from workbooks.prices.refreshing import Source, refresh
from workbooks.prices.store import Store

Answer = Callable[[BaseHTTPRequestHandler], None]
done = Event()


@contextmanager
def serving(answer: Answer) -> Iterator[tuple[str, list[str]]]:
    """Serve one answer to everything on this machine; also what was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            answer(self)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    done.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/prices", asked
        done.set()
        server.shutdown()


def sending(body: bytes, status: int = 200, **headers: str) -> Answer:
    """Return an answer with a body."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return answer


@pytest.mark.parametrize(
    "place",
    [
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "ftp://127.0.0.1/x",
        "data:application/json,{}",
        "javascript:1",
        "gopher://127.0.0.1/",
        "http+unix://%2Fvar%2Frun%2Fdocker.sock/x",
        "https://127.0.0.1:9/x",
    ],
)
def test_a_redirect_leads_to_no_file_and_no_other_kind_of_address(
    tmp_path: Path, place: str
) -> None:
    """One sentence, and the table stays as it is."""
    with serving(sending(b"", 302, Location=place)) as (url, asked):
        found = refresh(Store(tmp_path), [Source(FEEDS["litellm"], url)], DAY)
    (why,) = found.refused.values()
    assert "leads to" in why or "cannot be reached" in why, why
    assert "root:" not in why
    assert len(asked) == 1
    assert not list(tmp_path.glob("files/*"))


@pytest.mark.parametrize(
    ("asked", "led", "refused"),
    [
        ("https://prices.example/a", "https://cdn.example/a", ""),
        ("https://prices.example/a", "http://prices.example/a", "not protected"),
        ("https://prices.example/a", "https://127.0.0.1/a", "your own network"),
        ("https://prices.example/a", "https://[::1]/a", "your own network"),
        ("https://prices.example/a", "https://169.254.169.254/latest", "your own network"),
        ("https://prices.example/a", "https://10.0.0.1/a", "your own network"),
        ("https://prices.example/a", "https://LOCALHOST./a", "your own network"),
        ("https://prices.example/a", "https://metadata.google.internal/a", "your own network"),
        ("https://prices.example/a", "https://2130706433/a", "your own network"),
        ("https://prices.example/a", "https://127.1/a", "your own network"),
        ("https://prices.example/a", "https://0x7f000001/a", "your own network"),
        ("https://prices.example/a", "https://[::ffff:10.0.0.1]/a", "your own network"),
        ("https://prices.example/a", "https://[64:ff9b::a00:1]/a", "your own network"),
        ("https://prices.example/a", "https://[2002:a00:1::]/a", "your own network"),
        ("https://prices.example/a", "https://[fe80::1%25eth0]/a", "your own network"),
        ("https://prices.example/a", "https://100.64.0.1/a", "your own network"),
        ("https://prices.example/a", "https://0/a", "your own network"),
        ("https://prices.example/a", "https://intranet/a", "your own network"),
        ("https://prices.example/a", "https://nas.lan./a", "your own network"),
        ("https://prices.example/a", "https://8.8.8.8/a", ""),
        ("https://10.0.0.1/a", "https://10.0.0.2/a", ""),
    ],
)
def test_a_public_list_leads_nobody_into_his_own_network(
    asked: str, led: str, refused: str
) -> None:
    """A server outside has nothing to ask of machines inside; a company's own server may."""
    way = (httpx.URL(asked), httpx.URL(led))
    if not refused:
        return fetching._check_way(*way)
    with pytest.raises(FeedError, match=refused):
        fetching._check_way(*way)
    return None


def slowly(*parts: bytes) -> Answer:
    """Send a part each tenth of a second, and the last one again and again."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        given = list(parts)
        while not done.wait(0.1):
            try:
                request.wfile.write(given.pop(0) if len(given) > 1 else given[0])
                request.wfile.flush()
            except OSError:
                return

    return answer


@pytest.mark.parametrize(
    "parts",
    [
        (b"HTTP/1.1 200 OK\r\nX: ", b"a"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"["),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n[\r\n"),
        (b"H", b""),
    ],
    ids=["heading", "body", "chunks", "nothing"],
)
def test_a_server_that_drips_is_left(monkeypatch: pytest.MonkeyPatch, parts: Any) -> None:
    """All of it has a limit of time, and not each piece of it alone; here it is a second."""
    monkeypatch.setattr(fetching, "ALL_SECONDS", 1.0)
    began = time.monotonic()
    late = pytest.raises(FeedError, match="takes longer than 1 seconds")
    with serving(slowly(*parts)) as (url, _), late:
        fetching.download(url, 1_000_000)
    assert time.monotonic() - began < 10


def test_a_packed_answer_is_cut_at_the_size_it_unpacks_to() -> None:
    """200 MB of zeros are 200 kB on the way; a limit of 1 MB never holds a tenth of them."""
    packed = gzip.compress(bytes(200_000_000), 9)
    with serving(sending(packed, Content_Encoding="gzip")) as (url, _):
        tracemalloc.start()
        with pytest.raises(FeedError, match="sends more than 1 MB"):
            fetching.download(url, 1_000_000)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most < 200_000_000


@pytest.mark.parametrize("name", list(FEEDS))
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", b"<!doctype html><title>Sign in</title>"),
        ("application/json", b"<?xml version='1.0'?><a/>"),
        ("image/png", b"\x89PNG\r\n\x1a\n" + bytes(99)),
        ("application/zip", b"PK\x03\x04" + bytes(99)),
        ("application/x-msdownload", b"MZ" + bytes(99)),
        ("application/json", b'{"error": "unauthorized"}'),
    ],
)
def test_what_is_no_price_list_changes_nothing(
    tmp_path: Path, name: str, kind: str, body: bytes
) -> None:
    """Whatever a server says that it sends, what it sends decides."""
    with serving(sending(body, Content_Type=kind)) as (url, _):
        found = refresh(Store(tmp_path), [Source(FEEDS[name], url)], DAY)
    assert len(found.refused) == 1
    assert found.plan.added == {}
    assert not (tmp_path / "token_prices.csv").exists()


def test_a_list_of_another_type_is_read_all_the_same(tmp_path: Path) -> None:
    """Some honest servers say text/plain of JSON."""
    with serving(sending(content("litellm"), Content_Type="text/plain")) as (url, _):
        found = refresh(Store(tmp_path), [Source(FEEDS["litellm"], url)], DAY)
    assert "it has shrunk" in next(iter(found.refused.values()))  # it was read, and is a sample


def test_a_password_in_an_address_is_neither_printed_nor_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It reaches its server; the refusal and the ledger have the address without it."""
    sent: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        sent.append(request.headers["Authorization"])
        sending(content("litellm"))(request)

    receipts.write(tmp_path, [{"table": "folder"}])
    with serving(answer) as (url, _):
        secret = url.replace("//", "//me:secret@")
        main(["prices", "refresh", "--from", f"litellm={secret}", "--folder", str(tmp_path)])
    secret = "http://me:secret@127.0.0.1:9/x"
    main(["prices", "refresh", "--from", f"litellm={secret}", "--folder", str(tmp_path)])
    assert sent[0].startswith("Basic ")
    said = capsys.readouterr()
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*.csv"))
    assert "127.0.0.1" in said.out + said.err
    assert b"127.0.0.1" in kept
    assert "secret" not in said.out + said.err + kept.decode()


def test_credentials_do_not_follow_to_another_host() -> None:
    """Nor does the name of whoever asks."""
    seen: list[str | None] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        seen.append(request.headers["Authorization"])
        sending(b"[]")(request)

    with serving(answer) as (other, _):
        led = other.replace("127.0.0.1", "127.0.0.2")
        with serving(sending(b"", 302, Location=led.replace("127.0.0.2", "127.0.0.1"))) as (url, _):
            asked = url.replace("//127.0.0.1", "//me:secret@localhost")
            assert fetching.download(asked, 1_000_000) == b"[]"
    assert seen == [None]
