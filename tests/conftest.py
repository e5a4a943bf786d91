"""Fixtures for the spreadsheet engines, and a hypothesis profile that is the same on every run."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import settings

from install.programs import soffice as find_soffice
from tests import computing, engines
from workbooks import clock

DAY = date(2026, 11, 27)

settings.register_profile("evenpoint", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("evenpoint")


@pytest.fixture(scope="session", autouse=True)
def _the_day() -> Iterator[None]:
    """It is the day that the expected values were worked out on: prices have steps and ends."""
    past = datetime.now(UTC).date() - DAY

    def now() -> datetime:
        return datetime.now(UTC) - past

    with mock.patch.object(clock, "now", now):
        yield


@pytest.fixture(scope="session")
def soffice() -> str:
    """The LibreOffice program; a test that asks for it is skipped where there is none."""
    return find_soffice() or pytest.skip("LibreOffice is not installed")


@pytest.fixture(scope="session", autouse=True)
def _office_ends() -> Iterator[None]:
    """End the LibreOffice that a test has started: left to the end of Python, both would wait."""
    yield
    if computing.calc.cache_info().currsize:
        computing.calc().close()


@pytest.fixture(scope="session")
def impress(soffice: str) -> Path:
    """LibreOffice's program for decks, which may be missing where its spreadsheet is there."""
    program = Path(soffice).resolve().with_name("simpress")
    return program if program.exists() else pytest.skip("LibreOffice Impress is not installed")


@pytest.fixture(scope="session")
def pdftoppm() -> str:
    """The program that draws PDF pages; a test that asks for it is skipped where there is none."""
    return engines.pdftoppm() or pytest.skip("pdftoppm (poppler-utils) is not installed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what starts LibreOffice, and begin with the files that take longest.

    A file stays with one worker, so the last to begin should be a short one. Those that start other
    programs are longest, then those of many tests; a file with the examples of one module is last.
    """
    for item in items:
        if "soffice" in getattr(item, "fixturenames", ()):
            item.add_marker("libreoffice")
    long = {i.path for i in items if {"libreoffice", "slow"} & {m.name for m in i.iter_markers()}}
    many = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path not in long, -many[item.path]))
