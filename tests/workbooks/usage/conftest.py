"""What the tests of imports share."""

from collections.abc import Iterator

import pytest

from tests.workbooks.usage.connection import one_connection


@pytest.fixture(scope="module", autouse=True)
def connection() -> Iterator[None]:
    """One connection for all of a file; `test_engine.py`, which is about it, has its own."""
    # the scope "package" would last to the end of the session, for this folder is no package
    with one_connection():
        yield
