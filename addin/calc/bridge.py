"""Answer the Calc add-in from Evenpoint's own Python: a line of JSON in, a line out.

LibreOffice for Windows and Mac brings a Python of its own without numpy. There the add-in
starts ``python -m addin.calc.bridge`` and asks it; it ends when LibreOffice does.
"""

from __future__ import annotations

import json
import sys
from typing import TextIO

from addin.calc.host import about, call


def serve(asked: TextIO, answers: TextIO) -> None:
    """Answer every line ``[name, cells]``; a line ``[]`` asks which versions compute.

    >>> import io, sys
    >>> serve(io.StringIO('["RENT_PER_MONTH", [2.0]]'), sys.stdout)
    1460.0
    """
    for line in asked:
        request = json.loads(line)
        answers.write(json.dumps(call(*request) if request else about()) + "\n")
        answers.flush()


if __name__ == "__main__":
    pipe, sys.stdout = sys.stdout, sys.stderr  # what prints must not answer
    serve(sys.stdin, pipe)
