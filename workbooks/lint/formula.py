"""What a formula is made of: its references, functions, numbers, and how it reads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from openpyxl.utils import column_index_from_string, get_column_letter

SHEET = r"(?:'(?:[^']|'')+'!|[\w.\[\]]+!)?"
TOKEN = re.compile(
    rf"""
    (?P<text>"(?:[^"]|"")*")
  | (?P<error>\#(?:REF!|DIV/0!|VALUE!|NAME\?|N/A|NUM!|NULL!))
  | (?P<table>[A-Za-z_\\][\w.]*\[(?:[^\[\]]|\[(?:[^\[\]]|\[[^\]]*\])*\])*\])
  | (?P<range>{SHEET}\$?[A-Za-z]{{1,3}}\$?\d{{1,7}}(?::\$?[A-Za-z]{{1,3}}\$?\d{{1,7}})?(?![\w(.\[]))
  | (?P<whole>{SHEET}(?:\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}|\$?\d+:\$?\d+)(?![\w(.\[]))
  | (?P<call>(?:{SHEET})[A-Za-z_\\][\w.]*\()
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<name>{SHEET}[A-Za-z_\\][\w.\\?]*)
  | (?P<space>\s+)
  | (?P<operator><>|>=|<=|[-+*/^&=<>])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
CORNER = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)(\d{1,7})")
COORDINATE = re.compile(r"(\$?)([A-Za-z]{1,3}|\d{1,7})")
PREFIXES = re.compile(r"^(?:_xlfn\.|_xlws\.|_xlpm\.)+", re.IGNORECASE)
LONGEST = 8_192
"""Excel's own limit; what is longer is cut off before it is read."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A block of cells that a formula reads; a sheet of its own is ""."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int
    fixed: bool = False
    """Whether its first column stays when the formula is copied across."""
    to_the_end: bool = False
    """Whether its last column stays then, and its first does not: all that is still to come."""


@dataclass(frozen=True)
class Formula:
    """A formula without its ``=``, taken apart."""

    text: str

    @cached_property
    def tokens(self) -> tuple[tuple[str, str], ...]:
        """Its pieces with their kinds; what cannot be understood is kept as it is."""
        found = TOKEN.finditer(self.text[:LONGEST])
        return tuple((str(each.lastgroup), each[0]) for each in found)

    def kind(self, *kinds: str) -> list[str]:
        """Return the tokens of some kinds, in order."""
        return [text for kind, text in self.tokens if kind in kinds]

    @cached_property
    def functions(self) -> tuple[str, ...]:
        """Names of the functions it calls, in capitals and without Excel's prefixes."""
        return tuple(PREFIXES.sub("", call[:-1]).upper() for call in self.kind("call"))

    @cached_property
    def constants(self) -> tuple[float, ...]:
        """The numbers typed into it."""
        return tuple(float(number) for number in self.kind("number"))

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """The cells it reads by their address."""
        return tuple(_reference(text) for text in self.kind("range"))

    @cached_property
    def names(self) -> frozenset[str]:
        """Defined names it reads, in small letters."""
        return frozenset(text.rpartition("!")[2].lower() for text in self.kind("name"))

    @cached_property
    def link(self) -> Reference | None:
        """The one cell of another sheet that it repeats and does nothing else with."""
        if len(self.tokens) != 1 or not self.references:
            return None
        only = self.references[0]
        return only if only.sheet and only.top == only.bottom and only.left == only.right else None

    @cached_property
    def nested_ifs(self) -> int:
        """How deep IF stands within IF."""
        open_calls: list[bool] = []
        deepest = 0
        for kind, text in self.tokens:
            if kind == "call" or text == "(":
                open_calls.append(kind == "call" and PREFIXES.sub("", text).upper() == "IF(")
                deepest = max(deepest, sum(open_calls))
            elif text == ")" and open_calls:
                open_calls.pop()
        return deepest

    @cached_property
    def is_spaced(self) -> bool:
        """Whether a space follows each comma and stands on both sides of each operator."""
        kinds = [("edge", ""), *self.tokens, ("edge", "")]
        for before, (kind, text), after in zip(kinds, kinds[1:], kinds[2:], strict=False):
            if (
                text == ","
                and kind == "other"
                and after[0] != "space"
                and after[1] not in {",", ")"}
            ):
                return False
            unary = before[0] in {"edge", "operator", "call"} or before[1] in {"(", ",", "{", ";"}
            if kind != "operator" or unary:
                continue
            if before[0] != "space":
                return False
            if after[0] != "space":
                return self._after_sign(kinds)
        return True

    @staticmethod
    def _after_sign(kinds: list[tuple[str, str]]) -> bool:
        """Say whether each operator without a space behind it is a sign, as in ``1, -2``."""
        solid = [pair for pair in kinds if pair[0] != "space"]
        signs = [
            before[0] in {"edge", "operator", "call"} or before[1] in {"(", ",", "{", ";"}
            for before, (kind, _) in pairwise(solid)
            if kind == "operator"
        ]
        bare = sum(
            after[0] != "space" for (kind, _), after in pairwise(kinds) if kind == "operator"
        )
        return bare <= sum(signs)

    def relative(self, row: int, column: int) -> str:
        """Return the formula as seen from its cell: the same text wherever it is copied.

        >>> parse("B1*$A$1").relative(1, 3), parse("C1*$A$1").relative(1, 4)
        ('R[0]C[-1]*R1C1', 'R[0]C[-1]*R1C1')
        """
        return "".join(
            _seen_from(text, row, column) if kind == "range" else text for kind, text in self.tokens
        )


@lru_cache(maxsize=50_000)
def parse(text: str) -> Formula:
    """Return a formula, which is taken apart when somebody asks for its pieces.

    >>> parse("SUM(A1:B2) + tax * 2").functions, parse("SUM(A1:B2) + tax * 2").constants
    (('SUM',), (2.0,))
    """
    return Formula(text)


def moved(text: str, down: int, right: int) -> str:
    """Return a formula as it reads when it is copied so many rows down and columns right.

    >>> moved("A$1 + $B2 * SUM(C:C)", 2, 1), moved("A1", 0, -1)
    ('B$1 + $B4 * SUM(D:D)', '#REF!')
    """
    return "".join(
        _moved(piece, down, right) if kind in {"range", "whole"} else piece
        for kind, piece in parse(text).tokens
    )


def _moved(text: str, down: int, right: int) -> str:
    sheet, mark, cells = text.rpartition("!")
    places: list[int] = []

    def one(found: re.Match[str]) -> str:
        fixed, at = found.groups()
        if fixed:
            return found[0]
        is_row = at.isdecimal()
        places.append(int(at) + down if is_row else column_number(at) + right)
        return str(places[-1]) if is_row else get_column_letter(max(places[-1], 1))

    new = COORDINATE.sub(one, cells)
    return f"{sheet}{mark}{new}" if min(places, default=1) > 0 else f"{sheet}{mark}#REF!"


def _reference(text: str) -> Reference:
    sheet, _, cells = text.rpartition("!")
    corners = CORNER.findall(cells)
    rows = [int(row) for _, _, _, row in corners]
    columns = [column_number(letters) for _, letters, _, _ in corners]
    named = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
    block = min(rows), min(columns), max(rows), max(columns)
    fixed, ends = corners[0][0] == "$", corners[-1][0] == "$"
    return Reference(named, *block, fixed=fixed, to_the_end=ends and not fixed)


@lru_cache(maxsize=20_000)
def column_number(letters: str) -> int:
    """Return the number of a column; 0 for letters that name none."""
    try:
        return int(column_index_from_string(letters.upper()))
    except ValueError:
        return 0


def _seen_from(text: str, row: int, column: int) -> str:
    sheet, mark, cells = text.rpartition("!")

    def corner(found: re.Match[str]) -> str:
        r = f"R{found[4]}" if found[3] else f"R[{int(found[4]) - row}]"
        c = column_number(found[2])
        return r + (f"C{c}" if found[1] else f"C[{c - column}]")

    return sheet + mark + CORNER.sub(corner, cells)
