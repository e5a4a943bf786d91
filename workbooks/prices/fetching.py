"""Download one file: only when asked to, with a limit on its size and on the time it takes."""

from __future__ import annotations

import time

from workbooks.prices.offers import FeedError

CONNECT_SECONDS, READ_SECONDS, ALL_SECONDS = 10.0, 30.0, 180.0
MOST_REDIRECTS = 3


def download(url: str, largest_bytes: int) -> bytes:
    """Return what an address holds.

    Raises
    ------
    FeedError
        If it cannot be reached, answers with an error, is too slow, or is too large.
    """
    import httpx  # noqa: PLC0415  # nothing but a refresh may reach the network

    timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    headers = {"User-Agent": "evenpoint", "Accept": "application/json, text/csv, */*"}
    try:
        with (
            httpx.Client(
                timeout=timeout,
                headers=headers,
                follow_redirects=True,
                max_redirects=MOST_REDIRECTS,
            ) as client,
            client.stream("GET", url) as answer,
        ):
            return _body(answer, url, largest_bytes)
    except httpx.InvalidURL:
        raise FeedError(f"{url} is not an address") from None
    except httpx.HTTPError as error:
        raise FeedError(f"{url} cannot be reached: {_why(error)}") from None


def _why(error: Exception) -> str:
    return str(error).strip() or type(error).__name__


def _body(answer: object, url: str, largest_bytes: int) -> bytes:
    import httpx  # noqa: PLC0415

    assert isinstance(answer, httpx.Response)
    if answer.status_code != httpx.codes.OK:
        raise FeedError(f"{url} answers {answer.status_code} {answer.reason_phrase}".rstrip())
    if answer.url.scheme != httpx.URL(url).scheme:
        raise FeedError(f"{url} leads to {answer.url}, which is not protected in the same way")
    body, stop = bytearray(), time.monotonic() + ALL_SECONDS
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > largest_bytes:
            raise FeedError(f"{url} sends more than {largest_bytes // 1_000_000} MB")
        if time.monotonic() > stop:
            raise FeedError(f"{url} takes longer than {ALL_SECONDS:.0f} seconds")
    return bytes(body)
