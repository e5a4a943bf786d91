"""Read the sections of a file that people edit by hand; whatever is wrong is one sentence."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Mapping
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

Read = TypeVar("Read")


class SectionError(ValueError):
    """A file cannot be used; the message says what to change."""


def read(file: Traversable, parse: Callable[[Mapping[str, Any]], Read]) -> Read:
    """Read a TOML file and parse it; what is wrong is told with the name of the file.

    Raises
    ------
    SectionError
        If it is not TOML, or `parse` refuses it.
    OSError
        If it cannot be read.
    """
    try:
        return parse(tomllib.loads(file.read_bytes().decode("utf-8-sig")))
    except SectionError as error:
        raise SectionError(f"{file.name}: {error}") from None
    except (ValueError, RecursionError, OverflowError) as error:
        raise SectionError(f"{file.name} is not a TOML file: {error}") from None


def only(table: object, keys: tuple[str, ...], place: str) -> None:
    """Refuse a key that a section does not take, with the nearest that it does."""
    for key in section(table, place):
        if key not in keys:
            near = difflib.get_close_matches(key, keys, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"it takes {', '.join(keys)}"
            raise SectionError(f"{key!r} is not part of {place}; {hint}")


def section(value: Any, place: str) -> Mapping[str, Any]:
    """Return a section, which holds names and values."""
    if not isinstance(value, Mapping):
        raise SectionError(f"{place} is {value!r}; it must be a section")
    return value


def sections(content: Mapping[str, Any], key: str, place: str) -> list[Mapping[str, Any]]:
    """Return a list of sections that must not be empty."""
    value = content.get(key, [])
    if not isinstance(value, list) or not value:
        raise SectionError(f"{place} has no {key}; write it under [[{key}]]")
    return [section(each, key) for each in value]


def text(content: Mapping[str, Any], key: str, place: str) -> str:
    """Return a text that must not be empty."""
    value = content.get(key)
    if not isinstance(value, str) or not value.strip():
        raise SectionError(f"{key} of {place} is {value!r}; it must be text")
    return value


def one_of(value: Any, allowed: tuple[str, ...], place: str) -> str:
    """Return one of a few words."""
    if value not in allowed:
        raise SectionError(f"{place} is {value!r}; it must be one of {', '.join(allowed)}")
    return str(value)
