"""One copy of xlwings as on Windows for all tests of the add-in."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from tests.addin.windows import xlwings_on_windows


@pytest.fixture(scope="package")
def windows() -> Iterator[SimpleNamespace]:
    """xlwings' Windows code, our functions under it, and its COM object."""
    with xlwings_on_windows() as found:
        yield found
