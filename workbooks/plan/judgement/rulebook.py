"""Read rule books from a file that anybody can edit, and say clearly what is wrong with it."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from costcore.answers.decisions import KINDS, LOOK, OPERATORS, OPTIONS, Book, Condition, Fact, Rule
from workbooks.numerals import number
from workbooks.scenario.entries import shown
from workbooks.scenario.sections import SectionError, one_of, only, read, section, sections, text

BOOK_KEYS = ("id", "title", "source", "kind", "currency", "needed", "option", "rule")
RULE_KEYS = ("id", "text", "when", "option", "removes", "money")
CONDITION = re.compile(r"(\w+) +(<=|>=|<|>|is) +(\S+)")
ANSWERS = {"yes": True, "no": False}
MONEY_ENDINGS = ("_per_month", "_per_mtok", "_cost")
TOKENS = "tokens_per_month"
Rate = Callable[[str], float]
"""Units of the plan's currency for one of another."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Books, and what the file says that no plan knows; None where it leaves it open."""

    books: tuple[Book, ...]
    asked: Mapping[str, Fact | None]


def shipped() -> Traversable:
    """Return the file of rules that comes with the package."""
    return files("workbooks.data") / "rules.toml"


def load(file: Traversable, planned: Collection[str], rate: Rate) -> Rulebook:
    """Read a file of rules; amounts are converted with `rate`, facts are of those `planned`.

    Raises
    ------
    SectionError
        With the file, the rule, the value and what it must be.
    OSError
        If the file cannot be read.
    """
    return read(file, lambda content: _rulebook(content, planned, rate))


def _rulebook(content: Mapping[str, Any], planned: Collection[str], rate: Rate) -> Rulebook:
    only(content, ("facts", "book"), "the file")
    facts = section(content.get("facts", {}), "facts")
    asked = {name: None if value == "" else fact(name, value) for name, value in facts.items()}
    names = [*planned, *asked]
    books = tuple(_book(each, names, rate) for each in sections(content, "book", "the file"))
    ids = [*(book.id for book in books), *(rule.id for book in books for rule in book.rules)]
    if twice := next((each for each in ids if ids.count(each) > 1), None):
        raise SectionError(f"the id {twice!r} stands twice; each must be its own")
    return Rulebook(books, asked)


def fact(name: str, value: object) -> Fact:
    """Return an answer as a fact: a number, yes or no.

    >>> fact("data_months", "3"), fact("data_must_stay", "yes")
    (3.0, True)

    Raises
    ------
    SectionError
        If it is neither.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ANSWERS:
        return ANSWERS[value.lower()]
    found = number(value)
    if math.isnan(found):
        raise SectionError(f"{name} is {shown(value)}; it must be a finite number, yes or no")
    return found


def _book(content: Mapping[str, Any], names: list[str], rate: Rate) -> Book:
    title = text(content, "title", "a book")
    only(content, BOOK_KEYS, title)
    money = rate(text(content, "currency", title)) if "currency" in content else 1.0
    kind = one_of(content.get("kind", "rules"), KINDS, f"kind of {title}")
    rules = tuple(_rule(each, names, money, kind) for each in sections(content, "rule", title))
    needed = content.get("needed", 1)
    if type(needed) is not int or not 1 <= needed <= len(rules):
        rule = f"it must be a whole number from 1 to {len(rules)}, its rules"
        raise SectionError(f"needed of {title} is {needed!r}; {rule}")
    option = one_of(content.get("option", LOOK), (*OPTIONS, LOOK), f"option of {title}")
    name, source = text(content, "id", title), text(content, "source", title)
    return Book(name, title, source, kind, rules, needed, option)


def _rule(content: Mapping[str, Any], names: list[str], money: float, kind: str) -> Rule:
    place = f"rule {text(content, 'id', 'a rule')}"
    only(content, RULE_KEYS, place)
    removes = content.get("removes", [])
    if not isinstance(removes, list) or (kind == "gates") != bool(removes):
        raise SectionError(f"{place}: removes is {removes!r}; a gate, and no other, lists options")
    for each in removes:
        one_of(each, OPTIONS, f"removes of {place}")
    if type(content.get("money", False)) is not bool:
        raise SectionError(f"{place}: money is {content['money']!r}; it must be true or false")
    return Rule(
        text(content, "id", place),
        text(content, "text", place),
        tuple(_conditions(text(content, "when", place), names, money, place)),
        one_of(content.get("option", LOOK), (*OPTIONS, LOOK), f"option of {place}"),
        tuple(removes),
        content.get("money", False),
    )


def _conditions(when: str, names: list[str], money: float, place: str) -> Iterator[Condition]:
    for part in when.split(" and "):
        found = CONDITION.fullmatch(part.strip())
        if not found:
            signs = " ".join(OPERATORS)
            raise SectionError(f"{place}: {part!r} is not a fact, one of {signs}, and a threshold")
        quantity, sign, threshold = found.groups()
        _named(quantity, names, place)
        limit: Fact | str
        try:
            limit = fact(quantity, threshold)
        except SectionError:
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
    raise SectionError(f"{place}: {name!r} is not a fact; {hint}")
