"""Walk once, and write the page: ``python -m tests.walk``."""

import tempfile
from pathlib import Path

from tests.walk.walking import PAGE, page, walk

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        PAGE.write_text(page(walk(Path(folder))), encoding="utf-8")
    print(f"Wrote {PAGE}")
