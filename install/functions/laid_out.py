"""A long formula in lines that a reader can follow; Excel takes it in either form."""

from __future__ import annotations

import re

WIDTH = 96


def laid_out(formula: str, indent: str = "") -> list[str]:
    """Return a formula in lines that fit, broken at the arguments of its longest bracket.

    >>> for line in laid_out(f"1 + MAX({'a' * 60}, {'b' * 60})"):
    ...     print(line.replace("a" * 59, "").replace("b" * 59, ""))
    1 + MAX(
      a,
      b
    )
    """
    if len(indent + formula) < WIDTH:  # a comma may follow
        return [indent + formula]
    first, *others = _split(formula, re.compile(r" (?=[-+] )"))
    if others:
        return [line for term in (first, *others) for line in laid_out(term, indent)]
    opened = _longest_bracket(formula)
    if not opened:
        return [indent + formula]
    start, end = opened
    parts = _split(formula[start + 1 : end], re.compile(r", "))
    *inside, last = [laid_out(part, f"{indent}  ") for part in parts]
    joined = [line for part in inside for line in [*part[:-1], f"{part[-1]},"]]
    rest = laid_out(formula[end:], indent)
    return [indent + formula[: start + 1], *joined, *last, *rest]


def _longest_bracket(formula: str) -> tuple[int, int] | None:
    """Return where the longest bracket that stands in no other begins and ends."""
    depth, start, found = 0, 0, list[tuple[int, int]]()
    for place, sign in enumerate(formula):
        if sign == "(":
            start = place if depth == 0 else start
            depth += 1
        elif sign == ")":
            depth -= 1
            if depth == 0:
                found.append((start, place))
    return max(found, key=lambda pair: pair[1] - pair[0], default=None)


def _split(formula: str, separator: re.Pattern[str]) -> list[str]:
    """Return what the separators that stand in no bracket and no text separate."""
    parts, start = list[str](), 0
    for found in separator.finditer(formula):
        before = formula[: found.start()]
        if before.count("(") == before.count(")") and before.count('"') % 2 == 0:
            parts.append(formula[start : found.start()])
            start = found.end()
    return [*parts, formula[start:]]
