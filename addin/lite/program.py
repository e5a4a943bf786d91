"""The program inside an xlwings Lite workbook: the catalogue as one file that anybody can read.

Lite asks its users to trust that file, so it is the source itself, module after module, and at
its end one function for each catalogue entry. It needs numpy and what Lite brings along.
"""

from __future__ import annotations

import ast
import io
import json
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from addin.help import help_for
from costcore.catalogue import CATEGORY, FUNCTIONS, SheetFunction

HOST = "addin.lite.host"
OURS = ("addin", "costcore")
REQUIREMENTS = "xlwings>=0.37.8\nnumpy>=2.0\nscipy\n"
HEAD = '''"""Worksheet functions that say when self-hosting an LLM beats a cloud API.

Evenpoint {version}; generated from its source, so change it there and not here. It computes on
the cells it is given; it asks no server and sends nothing anywhere.
"""

from __future__ import annotations
'''


@dataclass(frozen=True)
class Part:
    """One module of ours, to be set into a file with the others."""

    name: str

    @cached_property
    def text(self) -> str:
        """Its source."""
        spec = find_spec(self.name)
        if spec is None or spec.origin is None:
            raise LookupError(f"no source of {self.name}")
        return Path(spec.origin).read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """Its source, parsed."""
        return ast.parse(self.text)

    @property
    def imports(self) -> list[ast.Import | ast.ImportFrom]:
        """What it imports at its top."""
        return [node for node in self.tree.body if isinstance(node, ast.Import | ast.ImportFrom)]

    @property
    def needs(self) -> list[str]:
        """The modules of ours that it imports from."""
        froms = [node.module or "" for node in self.imports if isinstance(node, ast.ImportFrom)]
        return [name for name in froms if name.startswith(OURS)]

    @property
    def defines(self) -> set[str]:
        """The names it gives to something at its top."""
        targets = {
            name.id
            for node in self.tree.body
            for name in ast.walk(node)
            if isinstance(node, ast.Assign | ast.AnnAssign)
            and isinstance(name, ast.Name)
            and isinstance(name.ctx, ast.Store)
        }
        kinds = ast.FunctionDef | ast.ClassDef
        return targets | {node.name for node in self.tree.body if isinstance(node, kinds)}

    def body(self, clashing: set[str]) -> str:
        """Its source without docstring and imports; a name that others use too gets the module's.

        Raises
        ------
        ValueError
            If such a name stands where it cannot be found, inside the braces of a text.
        """
        names = {name: _apart(self.name, name) for name in self.defines & clashing}
        for node in self.imports:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(OURS):
                taken = {alias.name for alias in node.names} & clashing
                names |= {name: _apart(node.module or "", name) for name in taken}
        text = _renamed(self.text, names)
        if left := {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)} & set(
            names
        ):
            raise ValueError(f"{self.name}: {', '.join(left)} stands inside a text; take it out")
        lines = text.splitlines()
        for dropped in reversed([self.tree.body[0], *self.imports]):
            del lines[dropped.lineno - 1 : dropped.end_lineno]
        return "\n".join(lines).strip()


def program() -> str:
    """Return ``main.py``: our modules in the order they need each other, then the functions."""
    parts = list(_in_order(HOST, set()))
    count = Counter(name for part in parts for name in part.defines)
    count.update(entry.name for entry in FUNCTIONS)
    clashing = {name for name, number in count.items() if number > 1}
    sections = [HEAD.format(version=version("evenpoint")), _imports(parts)]
    for part in parts:
        title = f"# {part.name}: {(ast.get_docstring(part.tree) or '').partition(chr(10))[0]}"
        sections += [f"\n\n# {'-' * 98}\n{title}\n\n\n{part.body(clashing)}\n"]
    sections += [f"\n\n# {'-' * 98}\n# The functions, as Excel sees them.\n"]
    return "".join(sections) + "".join(f"\n\n{_function(entry)}" for entry in FUNCTIONS)


def _in_order(name: str, seen: set[str]) -> Iterator[Part]:
    """Yield a module after those that it needs."""
    if name not in seen:
        seen.add(name)
        part = Part(name)
        for other in part.needs:
            yield from _in_order(other, seen)
        yield part


def _imports(parts: Iterable[Part]) -> str:
    """Return the imports of all modules that are not ours, each once."""
    plain, froms = set(), {"xlwings": {"arg", "func"}}
    for node in (node for part in parts for node in part.imports):
        names = {ast.unparse(alias) for alias in node.names}
        if isinstance(node, ast.Import):
            plain |= names
        elif node.module != "__future__" and not (node.module or "").startswith(OURS):
            froms.setdefault(node.module or "", set()).update(names)
    lines = [f"import {name}" for name in sorted(plain)]
    lines += [f"from {name} import {', '.join(sorted(froms[name]))}" for name in sorted(froms)]
    return "\n" + "\n".join(lines) + "\n"


def _apart(module: str, name: str) -> str:
    """Return a name that no other module's is: ``_options_plain`` for ``_plain``."""
    return f"_{module.rpartition('.')[2]}_{name.lstrip('_')}"


def _renamed(text: str, names: dict[str, str]) -> str:
    """Return source with some of its names changed; attributes and texts stay as they are."""
    lines, before, found = text.splitlines(keepends=True), "", list[tokenize.TokenInfo]()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NAME and token.string in names and before != ".":
            found.append(token)
        before = token.string
    for token in reversed(found):
        (row, start), (_, end) = token.start, token.end
        line = lines[row - 1]
        lines[row - 1] = line[:start] + names[token.string] + line[end:]
    return "".join(lines)


def _function(entry: SheetFunction) -> str:
    """Return the source of one Excel function: no type hints, plain defaults, as Lite wants it."""
    taken = ", ".join(
        name if p.default is p.empty else f"{name}=None"
        for name, p in entry.signature.parameters.items()
    )
    lines = [f'@func(category="{CATEGORY}")']
    for name in entry.quantities:
        text = json.dumps(help_for(entry, name), ensure_ascii=False)
        lines += [f'@arg("{name}", ndim=2, err_to_str=True, doc={text})']
    lines += [f"def {entry.name}({taken}):", f'    """{entry.summary}"""']
    return "\n".join(
        [*lines, f'    return answered("{entry.name}", {", ".join(entry.quantities)})\n']
    )
