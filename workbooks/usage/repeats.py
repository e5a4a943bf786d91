"""Requests that stand more than once, in one file or in files that overlap, and count once."""

from __future__ import annotations

from dataclasses import dataclass, field

import ibis
import numpy as np
import numpy.typing as npt
import pandas as pd
from ibis.expr import types as ir

from workbooks.usage.aggregate import Reading, hourly, mark
from workbooks.usage.exports.reading import BLANKS

Marks = npt.NDArray[np.uint64]
NONE: Marks = np.array([], dtype=np.uint64)
Seen = dict[str, Marks]
"""Title of a layout to the hashes of the requests that its files had, eight bytes for each."""


@dataclass
class Requests:
    """The requests of one file: which of them stand twice, and which another file had."""

    reading: Reading
    seen: Seen
    marks: Marks = field(default_factory=lambda: NONE)
    twice: Marks = field(default_factory=lambda: NONE)

    @property
    def _told(self) -> bool:
        return "request" in self.reading.present

    def query(self, table: ir.Table) -> ir.Table:
        """Return the sums, with the hashes of all requests where the layout names requests."""
        return hourly(table, self.reading, marked=self._told)

    def unmarked(self, sums: pd.DataFrame) -> pd.DataFrame:
        """Return sums without hashes, after looking whether one comes twice."""
        if not self._told:
            return sums
        marks = sums.attrs.pop("marks")
        again = marks[1:] == marks[:-1]
        self.twice = np.unique(marks[1:][again])
        self.marks = np.unique(marks) if len(self.twice) else marks
        return sums

    @property
    def repeat(self) -> bool:
        """Whether some request stands twice, or in another file."""
        return bool(len(self.twice) or len(self._before))

    def told(self, table: ir.Table) -> ir.Table:
        """Return a table whose column `again` says that a request was counted before."""
        if not self.repeat:
            return table
        suspect = _listed(np.union1d(self.twice, self._before))
        before = _listed(self._before)
        each = mark(table, self.reading)
        once = table.filter(~each.isin(suspect).fill_null(False)).mutate(again=False)
        ranked = told_by_rank(table.filter(each.isin(suspect)), self.reading)
        name = ranked[self.reading.present["request"][0]]
        known = mark(ranked, self.reading).isin(before) & name.notin(BLANKS)
        return once.union(ranked.mutate(again=ranked.again | known))

    def remember(self) -> None:
        """Let later files know the requests of this one."""
        if self._told:
            both = np.union1d(self._known, self.marks) if len(self._known) else self.marks
            self.seen[self.reading.layout.title] = both

    @property
    def _before(self) -> Marks:
        if not len(self._known):  # most often; sorting both would take a copy of each
            return NONE
        return np.intersect1d(self.marks, self._known, assume_unique=True)

    @property
    def _known(self) -> Marks:
        return self.seen.get(self.reading.layout.title, NONE)


def _listed(marks: Marks) -> ir.Value:
    return ibis.memtable(pd.DataFrame({"mark": marks})).mark


def told_by_rank(table: ir.Table, reading: Reading) -> ir.Table:
    """Return a table with `again`: whether a request stands before, as it begins earlier."""
    if "request" not in reading.present:
        return table
    name = table[reading.present["request"][0]]
    columns = [reading.present[role][0] for role in ("start", *reading.measures)]
    order = [table[column] for column in columns]
    rank = ibis.row_number().over(ibis.window(group_by=name, order_by=order))
    return table.mutate(again=name.notnull() & name.cast("string").notin(BLANKS) & (rank > 0))


def frame(query: ir.Table) -> pd.DataFrame:
    """Return an answer, its lists of hashes as one sorted array in `attrs`, eight bytes each."""
    if "marks" not in query.columns:
        return pd.DataFrame(query.execute())
    answer = query.to_pyarrow()
    marks = answer["marks"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    rest = answer.drop_columns(["marks"]).to_pandas()
    sums = pd.DataFrame(query.drop("marks").__pandas_result__(rest))
    sums.attrs["marks"] = np.sort(marks.astype(np.uint64, copy=False))
    return sums
