"""Download one file: only when asked to, with a limit on its size and on the time it takes."""

from __future__ import annotations

import ipaddress
import re
import socket
import time
from threading import Thread
from typing import TYPE_CHECKING

from workbooks.prices.offers import FeedError

if TYPE_CHECKING:
    import httpx

CONNECT_SECONDS, READ_SECONDS, ALL_SECONDS = 10.0, 30.0, 180.0
MOST_REDIRECTS = 3
NEAR = (
    *(".localhost", ".local", ".internal", ".lan", ".home", ".corp", ".intranet", ".private"),
    *(".localdomain", ".home.arpa"),
)
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # what follows is an address of the older kind


def download(url: str, largest_bytes: int) -> bytes:
    """Return what an address holds.

    Raises
    ------
    FeedError
        If it cannot be reached, leads astray, answers with an error, is too slow, or is too large.
    """
    answers: list[bytes | Exception] = []

    def get() -> None:
        try:
            answers.append(_fetched(url, largest_bytes))
        except Exception as error:  # raised again below, in the thread that waits
            answers.append(error)

    thread = Thread(target=get, daemon=True)  # a server may send its heading a byte a minute
    thread.start()
    thread.join(ALL_SECONDS)
    if not answers:
        raise FeedError(f"{public(url)} takes longer than {ALL_SECONDS:g} seconds")
    if isinstance(answers[0], Exception):
        raise answers[0]
    return answers[0]


def public(url: str) -> str:
    """Return an address without the name and the password of whoever may read it.

    >>> public("https://me:secret@prices.example/list?page=1")
    'https://prices.example/list?page=1'
    """
    return re.sub(r"//[^/?#]*@", "//", url)


def _fetched(url: str, largest_bytes: int) -> bytes:
    import httpx  # noqa: PLC0415  # nothing but a refresh may reach the network

    timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    headers = {"User-Agent": "evenpoint", "Accept": "application/json, text/csv, */*"}
    told = public(url)
    try:
        asked = httpx.URL(url)
    except httpx.InvalidURL:
        raise FeedError(f"{told} is not an address") from None
    try:
        with (
            httpx.Client(
                timeout=timeout,
                headers=headers,
                follow_redirects=True,
                max_redirects=MOST_REDIRECTS,
                event_hooks={"request": [lambda request: _check_way(asked, request.url)]},
            ) as client,
            client.stream("GET", asked) as answer,
        ):
            return _body(answer, told, largest_bytes)
    except httpx.InvalidURL:
        raise FeedError(f"{told} leads to what is no address") from None
    except httpx.HTTPError as error:
        raise FeedError(f"{told} cannot be reached: {_why(error)}") from None


def _check_way(asked: httpx.URL, led: httpx.URL) -> None:
    """Refuse to be led to a file, off a protected way, or into somebody's own network."""
    leads = f"{public(str(asked))} leads to {public(str(led))}"
    if led.scheme != asked.scheme:
        raise FeedError(f"{leads}, which is not protected in the same way")
    if led.host != asked.host and _is_near(led.host) and not _is_near(asked.host):
        raise FeedError(f"{leads}, which is in your own network")


def _is_near(host: str) -> bool:
    """Say whether a host is this machine or one beside it, however its address is written.

    >>> _is_near("169.254.169.254"), _is_near("localhost"), _is_near("prices.example")
    (True, True, False)
    >>> _is_near("2130706433"), _is_near("0x7f.1"), _is_near("64:ff9b::7f00:1"), _is_near("nas")
    (True, True, True, True)
    """
    name = host.lower().rstrip(".")
    try:
        address = ipaddress.ip_address(_number(name))
    except ValueError:
        return "." not in name or name.endswith(NEAR)
    if isinstance(address, ipaddress.IPv6Address):
        older = address.sixtofour or address.ipv4_mapped
        if address in TRANSLATED:
            older = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return not (older or address).is_global
    return not address.is_global


def _number(host: str) -> str:
    """Return an address in its usual form: a system also takes 127.1 and 2130706433."""
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return host


def _why(error: Exception) -> str:
    return str(error).strip() or type(error).__name__


def _body(answer: httpx.Response, told: str, largest_bytes: int) -> bytes:
    if answer.status_code != 200:
        raise FeedError(f"{told} answers {answer.status_code} {answer.reason_phrase}".rstrip())
    body, stop = bytearray(), time.monotonic() + ALL_SECONDS
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > largest_bytes:
            raise FeedError(f"{told} sends more than {largest_bytes // 1_000_000} MB")
        if time.monotonic() > stop:
            raise FeedError(f"{told} takes longer than {ALL_SECONDS:g} seconds")
    return bytes(body)
