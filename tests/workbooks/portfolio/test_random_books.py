"""Portfolios nobody wrote: both spreadsheets say what numpy says, of however many workloads."""

import pytest

from tests.workbooks.portfolio.books import differing


@pytest.mark.slow
@pytest.mark.libreoffice
@pytest.mark.usefixtures("soffice")
def test_random_portfolios_recalculate(tmp_path):
    """Two of them; ``python -m tests.workbooks.portfolio.books 200`` tries as many as one likes."""
    assert differing(2, tmp_path) == []
