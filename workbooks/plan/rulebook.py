"""Read rule books from a file that anybody can edit, and say clearly what is wrong with it."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from costcore.decisions import KINDS, LOOK, OPERATORS, OPTIONS, Book, Condition, Fact, Rule

BOOK_KEYS = ("id", "title", "source", "kind", "currency", "needed", "option", "rule")
RULE_KEYS = ("id", "text", "when", "option", "removes", "money")
CONDITION = re.compile(r"(\w+) +(<=|>=|<|>|is) +(\S+)")
ANSWERS = {"yes": True, "no": False}
MONEY_ENDINGS = ("_per_month", "_per_mtok", "_cost")
TOKENS = "tokens_per_month"
Rate = Callable[[str], float]
"""Units of the plan's currency for one of another."""


class RulesError(ValueError):
    """A rule book cannot be used; the message says what to change, in one sentence."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Books, and what the file says that no plan knows; None where it leaves it open."""

    books: tuple[Book, ...]
    asked: Mapping[str, Fact | None]


def shipped() -> Traversable:
    """Return the file of rules that comes with the package."""
    return files("workbooks.data") / "rules.toml"


def load(file: Traversable, planned: Mapping[str, Fact], rate: Rate) -> Rulebook:
    """Read a file of rules; amounts are converted with `rate`, facts checked against `planned`.

    Raises
    ------
    RulesError
        With the file, the rule, the value and what it must be.
    OSError
        If the file cannot be read.
    """
    try:
        content = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise RulesError(f"{file.name} is not a TOML file: {error}") from None
    try:
        return _rulebook(content, planned, rate)
    except RulesError as error:
        raise RulesError(f"{file.name}: {error}") from None


def _rulebook(content: Mapping[str, Any], planned: Mapping[str, Fact], rate: Rate) -> Rulebook:
    _known(content, ("facts", "book"), "the file")
    facts = _table(content.get("facts", {}), "facts")
    asked = {name: None if value == "" else fact(name, value) for name, value in facts.items()}
    names = [*planned, *asked]
    books = tuple(_book(each, names, rate) for each in _tables(content, "book", "the file"))
    ids = [*(book.id for book in books), *(rule.id for book in books for rule in book.rules)]
    if twice := next((each for each in ids if ids.count(each) > 1), None):
        raise RulesError(f"the id {twice!r} stands twice; each must be its own")
    return Rulebook(books, asked)


def fact(name: str, value: object) -> Fact:
    """Return an answer as a fact: a number, yes or no.

    >>> fact("data_months", "3"), fact("data_must_stay", "yes")
    (3.0, True)

    Raises
    ------
    RulesError
        If it is neither.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ANSWERS:
        return ANSWERS[value.lower()]
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise RulesError(f"{name} is {value!r}; it must be a number, yes or no") from None
    if number - number != 0:
        raise RulesError(f"{name} is {value!r}; it must be a finite number, yes or no")
    return number


def _book(content: Mapping[str, Any], names: list[str], rate: Rate) -> Book:
    title = _text(content, "title", "a book")
    _known(content, BOOK_KEYS, title)
    money = rate(_text(content, "currency", title)) if "currency" in content else 1.0
    kind = _one_of(content.get("kind", "rules"), KINDS, f"kind of {title}")
    rules = tuple(_rule(each, names, money, kind) for each in _tables(content, "rule", title))
    needed = content.get("needed", 1)
    if type(needed) is not int or not 1 <= needed <= len(rules):
        rule = f"it must be a whole number from 1 to {len(rules)}, its rules"
        raise RulesError(f"needed of {title} is {needed!r}; {rule}")
    option = _one_of(content.get("option", LOOK), (*OPTIONS, LOOK), f"option of {title}")
    name, source = _text(content, "id", title), _text(content, "source", title)
    return Book(name, title, source, kind, rules, needed, option)


def _rule(content: Mapping[str, Any], names: list[str], money: float, kind: str) -> Rule:
    place = f"rule {_text(content, 'id', 'a rule')}"
    _known(content, RULE_KEYS, place)
    removes = content.get("removes", [])
    if not isinstance(removes, list) or (kind == "gates") != bool(removes):
        raise RulesError(f"{place}: removes is {removes!r}; a gate, and no other, lists options")
    for each in removes:
        _one_of(each, OPTIONS, f"removes of {place}")
    if type(content.get("money", False)) is not bool:
        raise RulesError(f"{place}: money is {content['money']!r}; it must be true or false")
    return Rule(
        _text(content, "id", place),
        _text(content, "text", place),
        tuple(_conditions(_text(content, "when", place), names, money, place)),
        _one_of(content.get("option", LOOK), (*OPTIONS, LOOK), f"option of {place}"),
        tuple(removes),
        content.get("money", False),
    )


def _conditions(when: str, names: list[str], money: float, place: str) -> Iterator[Condition]:
    for part in when.split(" and "):
        found = CONDITION.fullmatch(part.strip())
        if not found:
            signs = " ".join(OPERATORS)
            raise RulesError(f"{place}: {part!r} is not a fact, one of {signs}, and a threshold")
        quantity, sign, threshold = found.groups()
        _named(quantity, names, place)
        limit: Fact | str
        try:
            limit = fact(quantity, threshold)
        except RulesError:
            limit = _named(threshold, names, place)
        if type(limit) is float and _is_money(quantity):
            limit *= money
        yield Condition(quantity, sign, limit)


def _is_money(quantity: str) -> bool:
    return quantity.endswith(MONEY_ENDINGS) and TOKENS not in quantity


def _named(name: str, names: list[str], place: str) -> str:
    if name in names:
        return name
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else "add it to [facts]"
    raise RulesError(f"{place}: {name!r} is not a fact; {hint}")


def _known(table: object, keys: tuple[str, ...], place: str) -> None:
    for key in _table(table, place):
        if key not in keys:
            near = difflib.get_close_matches(key, keys, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"it takes {', '.join(keys)}"
            raise RulesError(f"{key!r} is not part of {place}; {hint}")


def _table(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise RulesError(f"{place} is {value!r}; it must be a section")
    return value


def _tables(content: Mapping[str, Any], key: str, place: str) -> list[Mapping[str, Any]]:
    """Return a list of sections that must not be empty."""
    value = content.get(key, [])
    if not isinstance(value, list) or not value:
        raise RulesError(f"{place} has no {key}; write it under [[{key}]]")
    return [_table(each, key) for each in value]


def _text(content: Mapping[str, Any], key: str, place: str) -> str:
    value = content.get(key)
    if not isinstance(value, str) or not value.strip():
        raise RulesError(f"{key} of {place} is {value!r}; it must be text")
    return value


def _one_of(value: Any, allowed: tuple[str, ...], place: str) -> str:
    if value not in allowed:
        raise RulesError(f"{place} is {value!r}; it must be one of {', '.join(allowed)}")
    return str(value)
