"""Every number of a table comes through one loader, so that no command misses a receipt."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOADER = {"workbooks/folder/cells.py", "workbooks/tables.py"}
MAKERS = {"workbooks/prices/snapshot.py", "workbooks/sizing/writing.py"}  # they write the tables
EARLIER = {"workbooks/prices/earlier.py"}  # a user's file of the same name
SHIPPED = "|".join(re.escape(path.name) for path in (ROOT / "workbooks" / "data").glob("*.csv"))
READER = re.compile(r"from workbooks\.folder\.cells import [^\n]*\bshipped\b")


def test_nothing_but_the_loader_reads_a_shipped_table() -> None:
    """Its name stands in the loader and in what makes the tables, its reader in the loader."""
    packages = ("costcore", "addin", "workbooks", "install")
    paths = [path for package in packages for path in (ROOT / package).rglob("*.py")]
    texts = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in paths}
    naming = {path for path, text in texts.items() if re.search(rf"[\"'/]({SHIPPED})[\"']", text)}
    assert naming - LOADER - MAKERS - EARLIER == set()
    assert "workbooks/tables.py" in naming
    assert {path for path, text in texts.items() if READER.search(text)} == {"workbooks/tables.py"}
