"""Which usage belongs to which workload: by the rules of a company, or one for each model."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pandas as pd

from workbooks.portfolio.reading import WORKLOAD_KEYS
from workbooks.scenario.inputs import SECTIONS
from workbooks.usage.actuals import Actuals
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.ledger import Export
from workbooks.usage.listprice import list_name

FILE = "workloads.toml"
COLUMNS = ("model", "project", "vendor")
"""What a rule can go by."""
STATED = {*WORKLOAD_KEYS, *(each.name for each in SECTIONS["workload"])} - {"name"}


@dataclass(frozen=True)
class Rule:
    """A workload of the company: which rows are its own, and what no export tells of it."""

    name: str
    match: Mapping[str, str] = field(default_factory=dict)
    """Pattern by column; without any it says more of the workload of that name."""
    stated: Mapping[str, Any] = field(default_factory=dict)

    def takes(self, row: Mapping[str, str]) -> bool:
        """Say whether every pattern fits; capitals do not count.

        >>> Rule("Support", {"model": "gpt-4o*"}).takes({"model": "openai/gpt-4o-mini"})
        True
        """
        return bool(self.match) and all(
            any(fnmatchcase(each, text.lower()) for each in _spellings(row.get(column, "")))
            for column, text in self.match.items()
        )


@dataclass(frozen=True)
class Part:
    """One workload: what the exports say of it, and what its rule states."""

    name: str
    actuals: Actuals
    rule: Rule

    @property
    def is_over(self) -> bool:
        """Whether nothing was used in the last whole month."""
        months = self.actuals.full_months
        return not self.actuals.volume.sum() or (len(months) > 0 and not months.iloc[-1])


def _spellings(name: str) -> tuple[str, str]:
    plain = name.lower()
    return plain, plain.rpartition("/")[2]


def rules(path: Path) -> tuple[Rule, ...]:
    """Read the rules of a file; none where there is no file.

    Raises
    ------
    UsageError
        If it is no such file, or a rule has a key that means nothing.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path.name} cannot be read: {error}") from None
    listed = content.get("workload", [])
    if set(content) - {"workload"} or not isinstance(listed, list):
        raise UsageError(f"{path.name} has more than rules; write each under [[workload]]")
    return tuple(_rule(each, number, path.name) for number, each in enumerate(listed, start=1))


def _rule(table: Any, number: int, file: str) -> Rule:
    name = table.get("name") if isinstance(table, Mapping) else None
    place = f"{file}, workload {name or number}"
    if not isinstance(name, str) or not name.strip():
        raise UsageError(f"{place} has no name; give it one")
    match = table.get("match", {})
    known = isinstance(match, Mapping) and set(match) <= set(COLUMNS)
    if not known or not all(isinstance(text, str) and text for text in match.values()):
        rule = f"it must have patterns for {', '.join(COLUMNS)}"
        raise UsageError(f"{place}: match is {match!r}; {rule}")
    if odd := sorted(set(table) - STATED - {"name", "match"}):
        raise UsageError(f"{place}: {odd[0]} is not part of a workload")
    return Rule(name.strip(), match, {key: table[key] for key in table if key in STATED})


def parts(found: Actuals, known: Sequence[Rule]) -> tuple[Part, ...]:
    """Return the workloads that usage falls into, the largest first.

    What no rule takes is a workload of its own, named after its model.
    """
    by_name = {rule.name: rule for rule in reversed(known)}
    found = replace(found, rows=found.language, exports=tuple(map(_language, found.exports)))
    names = names_of(found.rows, known)
    exports = [(export, names_of(export.rows, known)) for export in found.exports]
    split = [
        Part(name, _only(found, names == name, exports, name), by_name.get(name, Rule(name)))
        for name in dict.fromkeys(names)
    ]
    return tuple(sorted(split, key=lambda part: -float(part.actuals.volume.sum())))


def idle(known: Sequence[Rule], split: Sequence[Part]) -> Iterator[str]:
    """Name the rules that no row fits: a misspelt one would go unseen."""
    names = {part.name for part in split}
    for rule in known:
        if rule.name not in names:
            what = "no row fits it" if rule.match else "no model is called so"
            yield f"{FILE}, workload {rule.name}: {what}"


def names_of(rows: pd.DataFrame, known: Sequence[Rule]) -> pd.Series:
    """Return the workload of each row: the first rule that takes it, or its model's own name."""
    columns = list(COLUMNS)
    named: dict[tuple[str, ...], str] = {}
    for each in rows[columns].drop_duplicates().itertuples(index=False, name=None):
        row = dict(zip(columns, map(str, each), strict=True))
        listed = list_name(row["model"], row["vendor"])
        alike = ({**row, "model": spelled} for spelled in (row["model"], listed or row["model"]))
        taken = (rule.name for way in alike for rule in known if rule.takes(way))
        named[each] = next(taken, (listed or row["model"]).rpartition("/")[2])
    keys = zip(*(rows[column] for column in columns), strict=True)
    return pd.Series([named[key] for key in keys], index=rows.index, dtype=object)


def _language(export: Export) -> Export:
    return replace(export, rows=export.rows[export.rows.medium == ""])


def _only(
    found: Actuals, mine: pd.Series, exports: Sequence[tuple[Export, pd.Series]], name: str
) -> Actuals:
    """Return what concerns one workload, from the day that it was first used."""
    own = tuple(replace(e, rows=e.rows[names == name]) for e, names in exports)
    rows = found.rows[mine].reset_index(drop=True)
    part = replace(found, exports=own, rows=rows)
    used = rows.hour[part.tokens > 0]
    first = used.min().date() if len(used) else found.first
    if first.replace(day=1) <= found.first.replace(day=1):
        first = found.first
    return replace(part, first=first, days_with_data=_covered(found, first))


def _covered(found: Actuals, first: datetime.date) -> int:
    """Return on how many days from then on the exports say anything, of whatever workload."""
    days = {day.date() for export in found.exports if export.has_tokens for day in export.days}
    return len([day for day in days if first <= day <= found.last])
