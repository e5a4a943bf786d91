"""The flags of a command as arguments of a tool: read off the command itself, typed back again."""

from __future__ import annotations

import datetime
import inspect
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from typer.models import ArgumentInfo, OptionInfo

OUT = "out"
WITHHELD = frozenset({"context", "as_json", "force"})
"""Not for an assistant: it is always told in JSON, and never writes over a file."""
JSON_TYPES = {bool: "boolean", int: "integer", float: "number"}


@dataclass(frozen=True, slots=True)
class Flag:
    """One argument or flag of a command."""

    name: str
    kind: Any
    info: ArgumentInfo | OptionInfo
    default: Any

    @property
    def is_positional(self) -> bool:
        """Whether it is typed without a name."""
        return isinstance(self.info, ArgumentInfo)

    @property
    def schema(self) -> dict[str, Any]:
        """What may be given, as JSON Schema has it."""
        told: dict[str, Any] = {"description": self._told}
        if self.default not in (None, inspect.Parameter.empty) and self.name != OUT:
            told["default"] = f"{self.default}" if self._typed == "string" else self.default
        if get_origin(self.kind) is Literal:
            return told | {"enum": list(get_args(self.kind))}
        if get_origin(self.kind) is list:
            return told | {"type": "array", "items": {"type": "string"}}
        return told | {"type": self._typed}

    @property
    def _told(self) -> str:
        shown = f" [{self.info.metavar}]" if self.info.metavar else ""
        return f"{self.info.help or ''}{shown}"

    @property
    def _typed(self) -> Any:
        if self.info.parser is None or self.kind is datetime.date:
            return JSON_TYPES.get(self.kind, "string")
        return ["number", "string"]  # 2.5B is as good as 2500000000

    def words(self, value: Any) -> Iterator[str]:
        """Yield how a value is typed."""
        if self.is_positional:
            yield f"{value}"
        elif isinstance(value, bool):
            yes, _, no = self._declared.partition("/")
            yield from [yes] if value else [no] if no else []
        else:
            for each in value if isinstance(value, list) else [value]:
                yield f"{self._declared}={each}"

    @property
    def _declared(self) -> str:
        return flag_of(self.name, self.info, self.kind)


def flag_of(name: str, info: ArgumentInfo | OptionInfo, kind: Any = str) -> str:
    """Return how a flag is typed: as it was declared, else after its name.

    >>> import typer
    >>> flag_of("output_share", typer.Option()), flag_of("rent", typer.Option("--rent/--buy"), bool)
    ('--output-share', '--rent/--buy')
    >>> flag_of("answers", typer.Option(), bool)
    '--answers/--no-answers'
    """
    # what is first in Annotated[..., Option("--rent/--buy")] arrives as its default
    declared = (f"{info.default}", *((isinstance(info, OptionInfo) and info.param_decls) or ()))
    plain = name.replace("_", "-")
    otherwise = f"--{plain}/--no-{plain}" if kind is bool else f"--{plain}"
    return next((each for each in declared if each[:2] == "--"), otherwise)


def flags(command: Callable[..., None]) -> Iterator[tuple[str, Flag]]:
    """Yield the arguments of a command by the name that its help shows."""
    hints = get_type_hints(command, include_extras=True)
    for name, parameter in inspect.signature(command).parameters.items():
        if name in WITHHELD:
            continue
        plain, info = get_args(hints[name])[:2]
        options = [each for each in get_args(plain) if each is not types.NoneType]
        kind = options[0] if get_origin(plain) in (Union, types.UnionType) else plain
        shown = info.metavar if isinstance(info, ArgumentInfo) else flag_of(name, info)
        declared = (shown or name).partition("/")[0].strip("-").replace("-", "_").lower()
        default = ... if parameter.default is parameter.empty else parameter.default
        yield declared, Flag(name, kind, info, None if default is ... else default)


def schema_of(
    command: Callable[..., None], without: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Return what a command takes, as JSON Schema has it."""
    required = {n for n, p in inspect.signature(command).parameters.items() if p.default is p.empty}
    known = {name: flag for name, flag in flags(command) if name not in without}
    return {
        "type": "object",
        "properties": {name: flag.schema for name, flag in known.items()},
        "required": [name for name, flag in known.items() if flag.name in required],
        "additionalProperties": False,
    }


def description_of(command: Callable[..., None]) -> str:
    """Return the help of a command, without the example of how it is typed."""
    return (inspect.getdoc(command) or "").partition("\n\nExample:")[0]


def typed(
    words: tuple[str, ...], command: Callable[..., None], given: Mapping[str, Any]
) -> list[str]:
    """Return the command as it is typed; what is no flag comes last, so that it reads as none."""
    named: list[str] = []
    placed: list[str] = []
    for name, flag in flags(command):
        if given.get(name) is not None:
            (placed if flag.is_positional else named).extend(flag.words(given[name]))
    return [*words, *named, *(["--", *placed] if placed else [])]
