"""Write evenpoint.oxt, the add-in for LibreOffice Calc, from the catalogue.

Everything in it is text or made here, on any system, without LibreOffice; the same version
always is the same bytes. The names below are stored in people's documents: never change them.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from addin.calc.host import TEXT
from addin.calc.types import CELL, TABLE, type_library
from addin.help import help_for
from costcore.catalogue import FUNCTIONS

PACKAGE = "org.evenpoint.calc"
SERVICE = f"{PACKAGE}.Functions"
REENTRY = f"{PACKAGE}.Reentry"
STATUS, STATUS_METHOD = "EVENPOINT_STATUS", "evenpointStatus"
STATUS_HELP = "Says which Python computes the functions of Evenpoint, or what is missing."
CATEGORY = "Financial"  # Calc has no room for categories of an add-in's own
MADE = (2026, 1, 1, 0, 0, 0)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
OPENOFFICE = "http://openoffice.org"
CONFIGURATION = "application/vnd.sun.star.configuration-data"
PARTS = {
    "types.rdb": "application/vnd.sun.star.uno-typelibrary;type=RDB",
    "evenpoint.components": "application/vnd.sun.star.uno-components",
    "CalcAddIns.xcu": CONFIGURATION,
    "Jobs.xcu": CONFIGURATION,
}
"""What LibreOffice is told to read, with the media type of each."""
SOURCES = {
    "component.py": "component.py",
    "pythonpath/evenpoint_product.py": "product.py",
    "pythonpath/evenpoint_spellings.py": "spellings.py",
}


def build(extra: Mapping[str, str] | None = None) -> bytes:
    """Return the extension; `extra` files tell an installed one where Evenpoint is."""
    folder = Path(__file__).parent
    sources = {name: (folder / file).read_bytes() for name, file in SOURCES.items()}
    texts = {
        "META-INF/manifest.xml": _manifest(),
        "description.xml": _description(),
        "evenpoint.components": _components(),
        "CalcAddIns.xcu": _function_wizard(),
        "Jobs.xcu": _jobs(),
        "names.json": json.dumps(
            {
                "functions_service": SERVICE,
                "reentry_service": REENTRY,
                "status": STATUS,
                "functions": names(),
                "texts": [method_name(entry.name) for entry in FUNCTIONS if entry.answers == TEXT],
            }
        ),
    } | dict(extra or {})
    parts = sources | {name: text.encode() for name, text in texts.items()}
    methods = {
        method_name(entry.name): (
            CELL if entry.answers == TEXT else TABLE,
            list(map(spoken, entry.quantities)),
        )
        for entry in FUNCTIONS
    }
    methods[STATUS_METHOD] = (CELL, [])
    parts["types.rdb"] = type_library(f"{PACKAGE}.XFunctions", methods)
    return _zipped(parts)


def names() -> dict[str, str]:
    """Return the name of each function by its method: ``tco3yr`` is ``TCO_3YR``."""
    return {method_name(entry.name): entry.name for entry in FUNCTIONS}


def method_name(name: str) -> str:
    """Return the method behind a function.

    >>> method_name("TCO_API_3YR")
    'tcoApi3yr'
    """
    return spoken(name.lower())


def spoken(name: str) -> str:
    """Return a name as UNO takes it, which allows no underscores: ``price_per_mtok``.

    >>> spoken("price_per_mtok")
    'pricePerMtok'
    """
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _function_wizard() -> str:
    functions = "\n".join(
        _function(
            method_name(entry.name),
            entry.name,
            entry.summary,
            {name: help_for(entry, name) for name in entry.quantities},
        )
        for entry in FUNCTIONS
    )
    status = _function(STATUS_METHOD, STATUS, STATUS_HELP, {})
    nodes = _node("AddInFunctions", f"{functions}\n{status}", replace=False)
    service = _node(SERVICE, nodes)
    return _configuration("CalcAddIns", _node("AddInInfo", service, replace=False))


def _function(method: str, name: str, summary: str, arguments: Mapping[str, str]) -> str:
    parameters = "\n".join(
        _node(spoken(argument), _property("DisplayName", argument) + _property("Description", text))
        for argument, text in arguments.items()
    )
    told = _property("DisplayName", name) + _property("Description", summary)
    told += f'<prop oor:name="Category"><value>{CATEGORY}</value></prop>\n'
    told += _property("CompatibilityName", name)  # what LibreOffice 25 writes into an .xlsx
    return _node(method, told + _node("Parameters", parameters, replace=False))


def _jobs() -> str:
    job = f'<prop oor:name="Service"><value>{REENTRY}</value></prop>'
    # OnLoad does not happen for hidden documents, as in a conversion; this does
    listed = _node("OnLoadFinished", _node("JobList", _node(REENTRY, ""), replace=False), "fuse")
    jobs = _node("Jobs", _node(REENTRY, job), replace=False)
    return _configuration("Jobs", jobs + "\n" + _node("Events", listed, replace=False))


def _configuration(name: str, nodes: str) -> str:
    spaces = f'xmlns:oor="{OPENOFFICE}/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    return (
        f'{HEAD}<oor:component-data {spaces} oor:name="{name}" '
        f'oor:package="org.openoffice.Office">\n{nodes}\n</oor:component-data>\n'
    )


def _node(name: str, content: str, how: str = "replace", *, replace: bool = True) -> str:
    operation = f' oor:op="{how}"' if replace else ""
    return f'<node oor:name="{name}"{operation}>\n{content}\n</node>'


def _property(name: str, text: str) -> str:
    return f'<prop oor:name="{name}"><value xml:lang="en-US">{escape(text)}</value></prop>\n'


def _components() -> str:
    services = "".join(
        f"<implementation name={quoteattr(name)}><service name={quoteattr(name)}/>"
        "</implementation>\n"
        for name in (SERVICE, REENTRY)
    )
    return (
        f'{HEAD}<components xmlns="{OPENOFFICE}/2010/uno-components">\n'
        f'<component loader="com.sun.star.loader.Python" uri="component.py">\n{services}'
        "</component>\n</components>\n"
    )


def _manifest() -> str:
    entries = "".join(
        f'<manifest:file-entry manifest:media-type="{kind}" manifest:full-path="{name}"/>\n'
        for name, kind in PARTS.items()
    )
    space = f'xmlns:manifest="{OPENOFFICE}/2001/manifest"'
    return f"{HEAD}<manifest:manifest {space}>\n{entries}</manifest:manifest>\n"


def _description() -> str:
    libreoffice = "http://libreoffice.org/extensions/description/2011"
    return (
        f'{HEAD}<description xmlns="{OPENOFFICE}/extensions/description/2006" '
        f'xmlns:d="{OPENOFFICE}/extensions/description/2006">\n'
        f'<identifier value="{PACKAGE}"/>\n<version value="{version("evenpoint")}"/>\n'
        '<display-name><name lang="en">Evenpoint: cost of self-hosted LLMs</name></display-name>\n'
        f'<dependencies><l:LibreOffice-minimal-version xmlns:l="{libreoffice}" '
        'd:name="LibreOffice 7.4" value="7.4"/></dependencies>\n</description>\n'
    )


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as package:
        for name, part in sorted(parts.items()):
            entry = zipfile.ZipInfo(name, MADE)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            package.writestr(entry, part)
    return content.getvalue()
