"""The COM object behind the add-in: what Excel starts, per user, on Windows.

xlwings' own object can run any Python that it is sent. This one offers two methods:
the functions of the catalogue and the actions of the ribbon, each by its name.
Start it with ``python -I -m addin.excel.server {CLSID}``; it ends with its last client.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any, ClassVar

from addin.excel import actions
from addin.excel.open_book import OpenBook
from addin.log import log_failure
from costcore.catalogue import FUNCTIONS

PROG_ID = "Evenpoint.Server"
CLSID = "{5D1F2B0A-6C83-4E0B-9B5E-3C1B7A54E0F7}"
MODULE = "addin.excel.udfs"
NAMES = frozenset(entry.name for entry in FUNCTIONS)


def server_class(base: type[Any]) -> type[Any]:
    """Return xlwings' COM object, narrowed to what the add-in needs."""

    class Server(base):  # type: ignore[misc]
        _public_methods_: ClassVar = ["CallUDF", "Run"]

        def CallUDF(  # noqa: N802  (xlwings' name, which VBA calls)
            self, module: str, name: str, args: object, *_workbook_and_caller: object
        ) -> object:
            if module != MODULE or name not in NAMES:
                raise LookupError(f"{module}.{name} is no worksheet function")
            return super().CallUDF(module, name, args)

        def Run(self, action: str, workbook: object) -> str:  # noqa: N802
            if workbook is None:
                return "Open a workbook first."
            try:
                return actions.run(action, OpenBook(workbook))
            except Exception as error:
                log_failure(action)
                return f"That did not work: {error}"

    return Server


def main(clsid: str = CLSID) -> None:
    """Serve until the last client is gone."""
    com_server: Any = importlib.import_module("xlwings.com_server")  # exists on Windows only
    com_server.XLPython = server_class(com_server.XLPython)
    com_server.serve(clsid)


if __name__ == "__main__":
    main(*sys.argv[1:2])  # Windows adds -Embedding to what is registered
