"""What the tests of imports share."""

from collections.abc import Iterator

import pytest

from tests.workbooks.usage.connection import one_connection


@pytest.fixture(scope="package", autouse=True)
def connection() -> Iterator[None]:
    """One connection for all of them; `test_engine.py`, which is about it, has its own."""
    with one_connection():
        yield
