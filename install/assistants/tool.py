"""What an assistant can call, and what it is told: in plain data, whatever the protocol."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool found; where something would be written, also the question for the user."""

    told: Mapping[str, Any]
    failed: bool = False
    question: str = ""
    """Empty where nothing would be written."""
    write: Callable[[], Answer] | None = None
    """What is done once the user has said yes."""
    typed: str = ""
    """The command with which the user could write it without the assistant."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool: its arguments as a JSON schema, and what answers a call."""

    name: str
    description: str
    schema: Mapping[str, Any]
    answer: Callable[[Mapping[str, Any]], Answer]
    writes: bool = False
    """Whether it can write files, having asked."""
    fetches: bool = False
    """Whether it reads the published price lists from the network."""


def refused(sentence: str) -> Answer:
    """Return an answer that says no, and why."""
    return Answer({"refused": sentence}, failed=True)


def unknown_argument(tool: str, schema: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """Say which arguments a tool does not take, or lacks; empty where all is well.

    >>> schema = {"properties": {"years": {}, "capex": {}}, "required": ["capex"]}
    >>> unknown_argument("TCO", schema, {"capex": 1, "colour": "red"})
    'TCO takes no argument colour; it takes years, capex.'
    >>> unknown_argument("TCO", schema, {"years": 3})
    'TCO needs the argument capex.'
    """
    known = schema["properties"]
    for name in given:
        if name not in known:
            return f"{tool} takes no argument {name}; it takes {', '.join(known)}."
    missing = [name for name in schema["required"] if given.get(name) is None]
    return f"{tool} needs the argument {missing[0]}." if missing else ""
