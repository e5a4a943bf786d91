"""Write a portfolio as the TOML file that reads back as the same portfolio."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workbooks.portfolio.dated.rates import LISTED
from workbooks.portfolio.flat import NAMED
from workbooks.scenario.writing import toml


def written(content: Mapping[str, Any]) -> str:
    """Return the file with this content; remarks of the file it came from are not in it.

    >>> print(written({"title": "Ours", "engine": [{"name": "A", "speeds": {"Chat": 2.5}}]}))
    title = "Ours"
    <BLANKLINE>
    [[engine]]
    name = "A"
    speeds = { "Chat" = 2.5 }
    <BLANKLINE>
    """
    parts = [f"{key} = {_value(value)}" for key, value in content.items() if _is_plain(value)]
    for key, value in content.items():
        if key in (*NAMED, *LISTED):
            for each in value:
                parts += ["", f"[[{key}]]", *_keys(each)]
        elif isinstance(value, Mapping):
            parts += ["", f"[{key}]", *_keys(value)]
    return "\n".join([*parts, ""])


def _is_plain(value: Any) -> bool:
    return not (isinstance(value, Mapping) or _is_tables(value))


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(each, Mapping) for each in value)


def _keys(table: Mapping[str, Any]) -> Iterator[str]:
    return (f"{key} = {_value(value)}" for key, value in table.items())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{toml(k)} = {_value(v)}' for k, v in value.items())} }}"
    return toml(value)
