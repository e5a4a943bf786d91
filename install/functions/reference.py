"""The function reference: an index and a page for each function, written from the catalogue.

``python -m install.functions.reference`` writes it again after a change; a test tells when that
is due.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from costcore.catalogue import FUNCTIONS, SheetFunction
from costcore.language.arguments import LEFT_OUT
from costcore.language.quantities import QUANTITIES, is_number, unit_of
from costcore.language.trace import Cell
from costcore.native import CHOICES, native
from install.functions.laid_out import laid_out

FOLDER = Path(__file__).parents[2] / "addin" / "reference"
README = Path(__file__).parents[2] / "README.md"
START, END = "<!-- functions -->", "<!-- /functions -->"
INTRODUCTION = """\
# Worksheet functions

The functions that the add-in and the Lite workbook bring to a cell. Tokens are tokens per month,
not millions; prices are per million tokens (Mtok); money is in whatever one currency you use.
Arguments in [brackets] may be left out. This page and the pages it links to are written from the
catalogue by `python -m install.functions.reference`.
"""
ERRORS = (
    ("`#N/A`", "There is no such number: never, no such model, no such price."),
    ("`#NUM!`", "An input is unknown (a required blank) or out of its bounds."),
    ("`#VALUE!`", "Text, a date, TRUE or FALSE where a number belongs, or ranges that do not fit."),
    ("any other", "An argument is that error."),
)
NATIVE = (
    "It computes the same on good inputs, and does not check their bounds. `#DIV/0!` in it is a "
    "node that serves nothing, or a volume of zero."
)
LAMBDA = "`evenpoint functions --lambda {}` prints it as a LAMBDA, which does check them."


def table(folder: str = "addin/reference/") -> str:
    """Return the table of all functions, linked to their pages as seen from the top folder."""
    rows = [(f"[`{f.name}`]({folder}{f.name}.md)", f.summary, _unit(f)) for f in FUNCTIONS]
    return _table(("Function", "Answer", "Unit"), rows)


def injected(text: str, folder: str = "addin/reference/") -> str:
    """Return a document with the table between its markers; without markers as it was."""
    pattern = re.compile(f"{START}.*?{END}", re.DOTALL)
    return pattern.sub(lambda _: f"{START}\n{table(folder)}\n{END}", text)


def pages() -> dict[str, str]:
    """Return the text of every file of the reference, by its name."""
    index = f"{INTRODUCTION}\n{table('')}\n"
    return {"README.md": index} | {f"{f.name}.md": page(f) for f in FUNCTIONS}


def page(function: SheetFunction) -> str:
    """Return the page of one function."""
    sections = {
        "": f"# {function.name}\n\n{_description(function)}\n\n```\n={_call(function)}\n```",
        "Arguments": _arguments(function),
        "Answer": _answer(function),
        "Errors": _table(("In the cell", "Means"), ERRORS),
        "Example": _example(function),
        "Formula": _formula(function),
        "Source": f"Example: {function.example.source}.",
    }
    return "\n\n".join(f"## {k}\n\n{v}" if k else v for k, v in sections.items()) + "\n"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _unit(function: SheetFunction) -> str:
    return "text" if function.answers == "text" else unit_of(function.returns).label


def _call(function: SheetFunction) -> str:
    given = [
        name if p.default is p.empty else f"[{name}]"
        for name, p in function.signature.parameters.items()
    ]
    return f"{function.name}({', '.join(given)})"


def _sections(function: SheetFunction) -> dict[str, str]:
    """Return the parts of the docstring by their headings; what stands before them under ""."""
    text = inspect.getdoc(function.call) or ""
    parts = re.split(r"^(\w+)\n-+\n", text, flags=re.MULTILINE)
    return dict(zip(["", *parts[1::2]], [p.strip() for p in parts[::2]], strict=True))


def _plain(text: str) -> str:
    """Return a docstring's text as a cell's reader sees it: inf is an error, names are links."""
    text = text.replace("``inf``", "`#N/A`").replace("``nan``", "`#NUM!`").replace("``", "`")
    for function in FUNCTIONS:
        link = f"[`{function.name}`]({function.name}.md)"
        text = text.replace(f"`{function.name.lower()}`", link)
    return text


def _description(function: SheetFunction) -> str:
    return _plain(_sections(function)[""])


def _arguments(function: SheetFunction) -> str:
    rows = [
        (f"`{name}`", unit.label, quantity.help, _allowed(name), _default(function, name))
        for name, (quantity, unit) in function.quantities.items()
    ]
    return _table(("Argument", "Unit", "Meaning", "Allowed", "When left out"), rows)


def _allowed(name: str) -> str:
    if name in CHOICES:
        return ", ".join(CHOICES[name])
    return QUANTITIES[name].rule if is_number(name) else unit_of(name).label


def _default(function: SheetFunction, name: str) -> str:
    value = function.signature.parameters[name].default
    if value is inspect.Parameter.empty:
        return "required"
    if value is None:
        return LEFT_OUT.get(name, "optional").removeprefix("default ")
    return "no limit" if value == np.inf else str(value).removesuffix(".0")


def _answer(function: SheetFunction) -> str:
    _, _, notes = _sections(function).get("Returns", "").partition("\n")
    text = f"{function.answers.capitalize()}: {_unit(function)}."
    return f"{text} {_plain(inspect.cleandoc(notes))}".strip()


def _example(function: SheetFunction) -> str:
    given = dict(zip(function.signature.parameters, function.example.arguments, strict=False))
    call = f"={function.name}({', '.join(_typed(n, v) for n, v in given.items())})"
    ranges = [
        f"where `{name}` is the range\n\n```\n{_block(value)}\n```"
        for name, value in given.items()
        if isinstance(value, tuple)
    ]
    answer = f"gives\n\n```\n{_block(function.example.answer)}\n```"
    return "\n\n".join([f"```\n{call}\n```", *ranges, answer, _in_python(function)])


def _in_python(function: SheetFunction) -> str:
    """Return the examples of the docstring, the code in blocks of its own."""
    said = re.sub(r"  # doctest:.*", "", _sections(function)["Examples"])
    parts = [f"```python\n{p}\n```" if p.startswith(">>>") else p for p in said.split("\n\n")]
    return "\n\n".join(["In Python:", *parts])


def _typed(name: str, value: object) -> str:
    """Return an argument as one types it into a cell; a range goes by the argument's name."""
    if isinstance(value, tuple):
        return name
    return f'"{value}"' if isinstance(value, str) else _shown(value)


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return "#N/A" if np.isinf(value) else f"{value:.15g}"
    return str(value)


def _block(value: object) -> str:
    """Return a value or its rows of cells, in columns."""
    rows = value if isinstance(value, tuple) else (value,)
    rows = rows if isinstance(rows[0], tuple) else (rows,)
    texts = [[_shown(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    lines = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in texts]
    return "\n".join(line.rstrip() for line in lines)


def _formula(function: SheetFunction) -> str:
    if not function.traces:
        return "It is no single formula: it looks up, loops or answers with a table."
    parameters = function.signature.parameters
    cells = {name: Cell(name) for name in parameters if is_number(name)}
    words = {name: CHOICES[name] for name in parameters if name in CHOICES}
    kinds = [(n, w) for n, each in words.items() for w in each]
    texts = [
        f'`{n}` is "{w}":\n\n{_fenced(native(function, {**cells, n: w}))}' for n, w in kinds
    ] or [_fenced(native(function, cells))]
    told = "As it would be typed into a cell, with each name for the cell of that argument."
    return "\n\n".join([f"{told} {NATIVE}", *texts, LAMBDA.format(function.name)])


def _fenced(formula: str) -> str:
    first, *rest = laid_out(formula)
    return "\n".join(["```", f"={first}", *rest, "```"])


def function_pages(folder: Path) -> Iterator[Path]:
    """Yield the generated pages; one in lower case is written by hand."""
    return (path for path in folder.glob("*.md") if path.stem.isupper())


def write(folder: Path = FOLDER) -> None:
    """Write the reference, and remove pages of functions that are no more."""
    folder.mkdir(exist_ok=True)
    texts = pages()
    for path in function_pages(folder):
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
    README.write_text(injected(README.read_text(encoding="utf-8")), encoding="utf-8")
