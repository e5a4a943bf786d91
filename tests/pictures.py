"""Draw the picture in the README from a generated budget: ``python -m tests.pictures``."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.engines import render
from workbooks.plan.plan import plan
from workbooks.scenario.reading import load, ready
from workbooks.sheets.budget import budget

PICTURE = Path(__file__).parents[1] / "workbooks" / "pictures" / "cover.png"
PAGE = ["-f", "1", "-l", "1", "-singlefile", "-r", "110"]


def main() -> None:
    """Render the cover of the mid-size scenario, as it is printed."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "budget.xlsx"
        book.write_bytes(budget(plan(load(ready()["mid-size"]))))
        render(book, Path(folder))
        pdf = next(Path(folder).glob("*.pdf"))
        PICTURE.parent.mkdir(exist_ok=True)
        where = [*PAGE, str(pdf), str(PICTURE.with_suffix(""))]
        subprocess.run(["pdftoppm", "-png", *where], check=True)


if __name__ == "__main__":
    sys.exit(main())
