"""Walk once, and write both pages: ``python -m tests.walk``."""

import contextlib
import tempfile
from pathlib import Path

from tests.walk import reaching, walking


def pages() -> None:
    """Write the walk, and which number reaches which command."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        walking.PAGE.write_text(walking.page(walking.walk(Path(folder))), encoding="utf-8")
        reaching.prepared(Path(folder, "reach"))
        reaching.PAGE.write_text(reaching.page(reaching.found()), encoding="utf-8")
    print(f"Wrote {walking.PAGE} and {reaching.PAGE}")


if __name__ == "__main__":
    pages()
