"""One copy of xlwings as on Windows for all tests of the add-in."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from install.calc import profile as calc_profile
from tests.addin.office import Office, running
from tests.addin.windows import xlwings_on_windows


@pytest.fixture(scope="package")
def windows() -> Iterator[SimpleNamespace]:
    """xlwings' Windows code, our functions under it, and its COM object."""
    with xlwings_on_windows() as found:
        yield found


@pytest.fixture(scope="session")
def calc() -> Iterator[Office]:
    """One LibreOffice for all tests, with the add-in as the command installs it."""
    with running(calc_profile.package(calc_profile.place())) as office:
        yield office
