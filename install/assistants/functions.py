"""Every worksheet function as a tool: arguments, units, bounds and errors from the catalogue."""

from __future__ import annotations

import inspect
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, astuple, fields
from datetime import date
from functools import partial
from importlib.metadata import version
from typing import Any

from addin.arguments import rows_of
from addin.cells import CellError, evaluate
from addin.help import help_for
from addin.reasons import reason
from costcore.catalogue import FUNCTIONS, SheetFunction
from costcore.language.quantities import Quantity, is_number, unit_of
from install.assistants.tool import Answer, Tool, refused, unknown_argument
from workbooks import tables
from workbooks.sizing.choices import measured_table

SHIPPED = "shipped"
NAMED = {
    "model_row": "Or the name of a model in the shipped table.",
    "accelerator_row": "Or the name of an accelerator in the shipped table.",
    "price_table": f'"{SHIPPED}" stands for the table that ships.',
    "measured_table": f'"{SHIPPED}" stands for the published speeds that ship.',
}
"""Tables that nobody types in: what stands for one, by argument."""
ERRORS = (
    "Where there is no such number the answer has `error`: #N/A is never or not found, #NUM! "
    "unknown or out of bounds, #VALUE! no number; `why` says which."
)
SECTION = r"{}\n-+\n(.*?)(?=\n\n\w+\n-+\n|\Z)"


def tools() -> Iterator[Tool]:
    """Yield a tool for each worksheet function, by its name in a sheet."""
    for entry in FUNCTIONS:
        schema = _schema(entry)
        yield Tool(entry.name, _description(entry), schema, partial(_answer, entry, schema))


def _description(entry: SheetFunction) -> str:
    """Return what the function's documentation says, with its example."""
    text = inspect.getdoc(entry.call) or ""
    head = re.split(r"\n\n\w+\n-+\n", text, maxsplit=1)[0]
    told = [f"{title}: {_section(text, title)}" for title in ("Returns", "Raises")]
    given = dict(zip(entry.signature.parameters, entry.example.arguments, strict=False))
    example = f"Example: {json.dumps(given)} gives {entry.example.answer} ({entry.example.source})."
    unit = f"Unit: {unit_of(entry.returns).label}."
    return "\n\n".join([head, *told, unit, ERRORS, example])


def _section(text: str, title: str) -> str:
    found = re.search(SECTION.format(title), text, re.DOTALL)
    return " ".join(found[1].split()).replace("``", "") if found else "none"


def _schema(entry: SheetFunction) -> dict[str, Any]:
    parameters = entry.signature.parameters
    required = [name for name, each in parameters.items() if each.default is each.empty]
    return {
        "type": "object",
        "properties": {name: _property(entry, name) for name in parameters},
        "required": required,
        "additionalProperties": False,
    }


def _property(entry: SheetFunction, name: str) -> dict[str, Any]:
    quantity, unit = entry.quantities[name]
    told = {"description": " ".join(filter(None, [help_for(entry, name), NAMED.get(name)]))}
    if unit.label == "table":
        return {"type": ["array", "object", "string"], **told}
    if not is_number(name):
        return {"type": "string", **told}
    return {"type": ["number", "array"], "items": {"type": ["number", "array"]}, **told} | dict(
        _bounds(quantity)
    )


def _bounds(quantity: Quantity) -> Iterator[tuple[str, float]]:
    if math.isfinite(quantity.low):
        yield "minimum", quantity.low
    if math.isfinite(quantity.high):
        yield "maximum", quantity.high
    if quantity.whole:
        yield "multipleOf", 1


def _answer(
    entry: SheetFunction, schema: Mapping[str, Any], arguments: Mapping[str, Any]
) -> Answer:
    if wrong := unknown_argument(entry.name, schema, arguments):
        return refused(wrong)
    given = {name: arguments.get(name) for name in entry.signature.parameters}
    try:
        cells = [_cells(name, value) for name, value in given.items()]
    except LookupError as error:
        return refused(str(error.args[0]))
    shown = evaluate(entry, cells)
    return Answer(
        {
            "function": entry.name,
            "value": None if isinstance(shown, CellError) else _told(shown),
            "unit": unit_of(entry.returns).label,
            "error": shown.value if isinstance(shown, CellError) else None,
            "why": reason(entry, cells),
            "sources": list(_sources(entry, given)),
        }
    )


def _told(shown: Any) -> Any:
    if isinstance(shown, list):
        return [_told(each) for each in shown]
    return shown.value if isinstance(shown, CellError) else shown


def _cells(name: str, value: Any) -> Any:
    """Return what a cell or a range of the argument would hold.

    Raises
    ------
    LookupError
        If it names a row that no shipped table has.
    """
    if isinstance(value, str) and name in NAMED:
        return _shipped(name, value)
    if isinstance(value, Mapping):
        return [list(value), list(value.values())]
    return [list(row) for row in rows_of(value)] if isinstance(value, list) else value


def _shipped(name: str, value: str) -> list[list[Any]]:
    if name.endswith("_row"):
        row = asdict(tables.model(value) if name == "model_row" else tables.accelerator(value))
        return [list(row), list(row.values())]
    if value != SHIPPED:
        raise LookupError(f'{name} is {value!r}; it must be rows, or "{SHIPPED}".')
    if name == "measured_table":
        return measured_table()
    columns = [field.name for field in fields(tables.TokenPrice)]
    return [columns, *(list(astuple(row)) for row in tables.token_prices())]


def _sources(entry: SheetFunction, given: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Yield who says so, and as of when: for the rows of shipped tables, and for what was given."""
    typed = [name for name, value in given.items() if value is not None]
    for name in typed:
        if isinstance(given[name], str) and name in NAMED:
            yield {"of": name, **_source(name, given)}
    ours = [n for n in typed if not (isinstance(given[n], str) and n in NAMED)]
    if ours:
        yield {"of": ", ".join(ours), "source": "given in this call", "as_of": "not stated"}
    module = entry.call.__module__.replace(".", "/")
    yield {"of": "formula", "source": f"{module}.py", "as_of": f"Evenpoint {version('evenpoint')}"}


def _source(name: str, given: Mapping[str, Any]) -> dict[str, str]:
    if name == "accelerator_row":
        accelerator = tables.accelerator(given[name])
        return {"source": accelerator.spec_source, "as_of": str(accelerator.spec_as_of)}
    if name == "model_row":
        model = tables.model(given[name])
        return {"source": model.source, "as_of": str(model.as_of)}
    if name == "measured_table":
        newest = max(row.as_of for row in tables.throughputs())
        return {"source": "published speeds that ship with Evenpoint", "as_of": str(newest)}
    try:
        day = date.fromisoformat(given["as_of"]) if given["as_of"] else None
        price = tables.price_on(given["model"], day)
    except (LookupError, ValueError):
        newest = max(row.as_of for row in tables.token_prices())
        return {"source": "token prices that ship with Evenpoint", "as_of": str(newest)}
    return {"source": price.source, "as_of": str(price.as_of)}
