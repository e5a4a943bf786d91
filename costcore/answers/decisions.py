"""Rules of thumb put to the facts: which hold, which are unknown, and where money disagrees.

A rule is a list of conditions that must all hold; it points to an option. A book
holds some rules and says how many of them it takes. Gates come before money: an
option whose gate fails is out, whatever it costs.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias, cast


class Between(NamedTuple):
    """A number that is only known to lie between two others."""

    low: float
    high: float


Fact: TypeAlias = float | bool | Between
Facts: TypeAlias = Mapping[str, Fact]

OPERATORS = MappingProxyType(
    {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "is": operator.eq}
)
PASS, FAIL, UNKNOWN = "pass", "fail", "unknown"
KINDS = ("rules", "gates", "tiers")
OPTIONS = ("api", "managed", "own", "hybrid")
LOOK = "look"
"""What a rule points to that only says when to look closer."""
NAMES = MappingProxyType(
    {
        "api": "the API",
        "managed": "a managed platform",
        "own": "self-hosting",
        "hybrid": "a hybrid",
        LOOK: "a closer look",
    }
)


def _ends(fact: Fact) -> tuple[Any, ...]:
    return fact if isinstance(fact, Between) else (fact,)


@dataclass(frozen=True, slots=True)
class Condition:
    """A fact compared with a number, with yes or no, or with another fact."""

    quantity: str
    operator: str
    threshold: Fact | str

    def holds(self, facts: Facts) -> bool | None:
        """Say whether it holds; None where a fact is missing, or its range spans the limit.

        >>> facts = {"own_latency_ms": Between(80, 230)}
        >>> [Condition("own_latency_ms", "<", limit).holds(facts) for limit in (80, 100, 250)]
        [False, None, True]
        """
        limit = facts.get(self.threshold) if isinstance(self.threshold, str) else self.threshold
        if self.quantity not in facts or limit is None:
            return None
        compare = OPERATORS[self.operator]
        found = {compare(a, b) for a in _ends(facts[self.quantity]) for b in _ends(limit)}
        return found.pop() if len(found) == 1 else None

    @property
    def needs(self) -> tuple[str, ...]:
        """Facts it compares."""
        return (self.quantity, *((self.threshold,) if isinstance(self.threshold, str) else ()))


@dataclass(frozen=True, slots=True)
class Rule:
    """A sentence of a rule book, as conditions."""

    id: str
    text: str
    conditions: tuple[Condition, ...]
    option: str
    """What it points to when it holds; a gate: what must hold for these options."""
    removes: tuple[str, ...] = ()
    """Options that a failed gate takes out."""
    about_money: bool = False
    """Whether the computed cost can contradict it."""
    answer: str = ""
    """What somebody has answered; empty where the conditions say it."""

    def status(self, facts: Facts) -> str:
        """Pass, fail or unknown; one condition that fails settles it."""
        if self.answer:
            return self.answer
        held = [condition.holds(facts) for condition in self.conditions]
        if False in held:
            return FAIL
        return UNKNOWN if None in held else PASS


@dataclass(frozen=True, slots=True)
class Book:
    """Rules from one source, and how many of them it takes."""

    id: str
    title: str
    source: str
    kind: str
    rules: tuple[Rule, ...]
    needed: int = 1
    option: str = LOOK
    """What the book points to when enough of its rules hold."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule with what became of it."""

    book: Book
    rule: Rule
    status: str
    contradiction: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the gates leave, what costs least of it, and what every rule says."""

    choice: str
    """The cheapest option left; empty where the gates leave none."""
    removed: Mapping[str, str]
    """Options that a gate took out, with the reason."""
    findings: tuple[Finding, ...]
    books: Mapping[str, str]
    """Status of each book that counts its rules."""
    contradictions: tuple[str, ...]
    """Sentences in which the computed cost disagrees with what holds."""

    def count(self, status: str) -> int:
        """How many rules came out so."""
        return sum(finding.status == status for finding in self.findings)


def decide(
    books: Sequence[Book],
    facts: Facts,
    costs: Mapping[str, float],
    answers: Mapping[str, bool] = MappingProxyType({}),
    rest: str = "api",
) -> Decision:
    """Put every rule to the facts, gates first, and compare with what the options cost.

    Parameters
    ----------
    costs
        Present value of each option, the one of least change first.
    answers
        Rules that somebody has answered, by id; they count where the facts leave a rule open.
    rest
        What a hybrid buys its rest from: it is out where that is, or where own nodes are.

    Examples
    --------
    >>> big = Rule("big", "Above 1 B tokens", (Condition("tokens_per_month", ">", 1e9),), "own",
    ...            about_money=True)
    >>> book = Book("post", "A post", "its author", "rules", (big,))
    >>> found = decide([book], {"tokens_per_month": 2e9}, {"api": 100.0, "own": 250.0})
    >>> found.choice, found.findings[0].status
    ('api', 'pass')

    The rule holds, and following it would cost more than twice as much:

    >>> print(found.contradictions[0])
    A post: "Above 1 B tokens" holds and points to self-hosting, but computed it costs 250 and
    the API 100.
    """
    books = [replace(book, rules=_answered(book.rules, facts, answers)) for book in books]
    removed = _removed(books, facts)
    for part in filter(removed.__contains__, ("own", rest) if "hybrid" in costs else ()):
        removed.setdefault("hybrid", removed[part])
    left = {option: cost for option, cost in costs.items() if option not in removed}
    choice = min(left, key=left.__getitem__, default="")
    findings = tuple(
        _finding(book, rule, facts, left, choice) for book in books for rule in book.rules
    )
    counted = {book.id: _counted(book, facts) for book in books if book.kind != "gates"}
    verdicts = (
        _verdict(book, counted[book.id], left, choice) for book in books if book.id in counted
    )
    said = (*(found.contradiction for found in findings), *verdicts)
    return Decision(choice, removed, findings, counted, tuple(filter(None, said)))


def _answered(rules: Sequence[Rule], facts: Facts, answers: Mapping[str, bool]) -> tuple[Rule, ...]:
    """Give a rule that no fact settles the status that somebody has answered."""
    told = {True: PASS, False: FAIL}
    return tuple(
        replace(rule, answer=told[answers[rule.id]])
        if rule.id in answers and rule.status(facts) == UNKNOWN
        else rule
        for rule in rules
    )


def _removed(books: Sequence[Book], facts: Facts) -> dict[str, str]:
    """Take out each option whose gate fails; the first reason stands."""
    removed: dict[str, str] = {}
    for book in books:
        for rule in book.rules if book.kind == "gates" else ():
            if rule.status(facts) == FAIL:
                removed = dict.fromkeys(rule.removes, rule.text) | removed
    return removed


def _finding(
    book: Book, rule: Rule, facts: Facts, left: Mapping[str, float], choice: str
) -> Finding:
    status = rule.status(facts)
    if not rule.about_money or status != PASS:
        return Finding(book, rule, status)
    return Finding(
        book, rule, status, _dearer(f'{book.title}: "{rule.text}"', rule.option, left, choice)
    )


def _dearer(said: str, option: str, left: Mapping[str, float], choice: str) -> str:
    """Say that what holds points to an option that costs more; empty where it does not."""
    if option not in left or left[option] <= left[choice]:
        return ""
    return (
        f"{said} holds and points to {NAMES[option]}, but computed it costs "
        f"{left[option]:,.0f} and {NAMES[choice]} {left[choice]:,.0f}."
    )


def _verdict(book: Book, status: str, left: Mapping[str, float], choice: str) -> str:
    """Say where the computed cost disagrees with a whole book."""
    if status == PASS and book.needed > 1:
        return _dearer(book.title, book.option, left, choice)
    if status == FAIL and choice and book.option == choice:
        return f"{book.title} does not hold, but computed {NAMES[choice]} costs least."
    return ""


def _counted(book: Book, facts: Facts) -> str:
    """Pass as soon as enough rules hold, fail as soon as too few still can."""
    statuses = [rule.status(facts) for rule in book.rules]
    if statuses.count(PASS) >= book.needed:
        return PASS
    return UNKNOWN if len(statuses) - statuses.count(FAIL) >= book.needed else FAIL


def holes(book: Book, quantity: str) -> list[tuple[float, float]]:
    """Ranges of a quantity that no tier of a table speaks about, from and to.

    >>> tiers = [Rule("low", "", (Condition("x", "<", 5),), "api"),
    ...          Rule("high", "", (Condition("x", ">=", 10),), "own")]
    >>> holes(Book("t", "T", "", "tiers", tuple(tiers)), "x")
    [(5.0, 10.0)]
    """
    spans = sorted(_span(rule, quantity) for rule in book.rules)
    found, reached = [], 0.0
    for low, high in spans:
        if low > reached:
            found.append((reached, low))
        reached = max(reached, high)
    return found if reached == float("inf") else [*found, (reached, float("inf"))]


def _span(rule: Rule, quantity: str) -> tuple[float, float]:
    low, high = 0.0, float("inf")
    for each in rule.conditions:
        if each.quantity == quantity and not isinstance(each.threshold, str):
            if each.operator in {"<", "<="}:
                high = min(high, float(cast("float", each.threshold)))
            else:
                low = max(low, float(cast("float", each.threshold)))
    return low, high


def breach_per_year(facts: Facts) -> float | None:
    """Expected loss from a data breach in a year; None unless probability and loss are known.

    It is an insurance value beside the options, in none of their totals.

    >>> breach_per_year({"breach_share_per_year": 0.01, "breach_loss_cost": 4e6,
    ...                  "breach_records_share": 0.5})
    20000.0
    >>> breach_per_year({"breach_loss_cost": 4e6}) is None
    True
    """
    if not {"breach_share_per_year", "breach_loss_cost"} <= facts.keys():
        return None
    known = {"breach_records_share": 1.0, **facts}
    names = ("breach_share_per_year", "breach_loss_cost", "breach_records_share")
    return math.prod(cast("float", known[name]) for name in names)
