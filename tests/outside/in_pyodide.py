"""Call a Lite program with the cells of ``calls.json``; Pyodide runs this file."""

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any


def lite_answers(calls: list[Any]) -> list[Any]:
    """Return what the functions show when they are called by our reading of Lite."""
    import lite_runtime

    main = lite_runtime.load(Path("main.py").read_text(encoding="utf-8"))

    def shown(name: str, cells: list[Any]) -> Any:
        try:
            return lite_runtime.call(main, name, *(received(cell) for cell in cells))
        except lite_runtime.XlwingsError:
            return [[lite_runtime.Error("#VALUE!")]]

    def received(cell: Any) -> Any:
        if isinstance(cell, list):
            return [received(each) for each in cell]
        return lite_runtime.Error(cell["basicValue"]) if isinstance(cell, dict) else cell

    return [shown(*call) for call in calls]


def xlwings_answers(calls: list[Any]) -> list[Any]:
    """Return what the functions show when the program imports the xlwings that is published."""
    import xlwings

    main = ModuleType("main")
    exec(compile(Path("main.py").read_text(encoding="utf-8"), "main.py", "exec"), vars(main))

    def shown(name: str, cells: list[Any]) -> Any:
        try:
            return vars(main)[name](*(rows(cell) for cell in cells))
        except xlwings.XlwingsError:
            return [["#VALUE!"]]

    return [shown(*call) for call in calls]


def rows(cell: Any) -> Any:
    """Return an argument as ``ndim=2`` and ``err_to_str`` have it: rows, an error as its text."""
    if cell is None:
        return None
    table = cell if isinstance(cell, list) else [[cell]]
    plain = [[c["basicValue"] if isinstance(c, dict) else c for c in row] for row in table]
    return [[None if c == "" else c for c in row] for row in plain]


if __name__ == "__main__":
    import numpy as np
    import scipy

    sys.path.insert(0, ".")
    given = json.loads(Path("calls.json").read_text(encoding="utf-8"))
    found = {
        "platform": sys.platform,
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "lite": lite_answers(given),
        "xlwings": xlwings_answers(given),
    }
    Path("answers.json").write_text(json.dumps(found, allow_nan=False), encoding="utf-8")
