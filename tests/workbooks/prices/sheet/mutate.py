"""Mutate price sheets by the thousand: `python -m tests.workbooks.prices.sheet.mutate 20000`.

Half of them get damaged bytes: each must be read, or refused in one sentence. In the other half one
cell below the heading gets another text: no price in another row may change or vanish untold.
"""

from __future__ import annotations

import csv
import io
import random
import re
import sys
import time
from collections import Counter
from pathlib import Path

from tests.workbooks.prices.clouds.test_lists import AWS_LIST, GOOGLE_LIST
from tests.workbooks.prices.sheet.test_fuzz import CSV, TOLD, damaged, is_sentence
from workbooks.prices.offers import FeedError
from workbooks.prices.sheet.aside import SheetRead
from workbooks.prices.sheet.reading import read_sheets

PUBLIC = Path(__file__).parents[1] / "feeds" / "public"
TEXTS = [
    *("", "-", "n/a", "free", "ask us", "4-Jan", "1 00", "1 000", "2:50", "1/2", "#REF!", "50%"),
    *("2,50", "2.50", "1.234,5", "1,250", "0", "-1", "1e-6", "€3", "$3", "3 ct", "3 / 1K tokens"),
    *("Model", "Input", "Price (USD/month)", "batch", "flex", "USD", "EUR", "2026-07-01", "1M"),
]
Prices = dict[str, tuple[str, str, str, str]]


def samples() -> list[bytes]:
    """Return the sheets that are mutated: four layouts, two of clouds and the public ones."""
    return [
        *CSV,
        AWS_LIST,
        GOOGLE_LIST,
        *(path.read_bytes() for path in sorted(PUBLIC.glob("sheet_*.csv"))),
    ]


def priced(found: SheetRead) -> Prices:
    """Return every price by its cell."""
    return {
        place.rpartition(" ")[2]: (each.model, column, f"{each.rates[column]:f}", each.currency)
        for each in found.offers
        for column, place in each.places.items()
    }


def row_of(place: str) -> int:
    """Return the row of a cell, from 1."""
    return int(re.sub(r"\D", "", place))


def with_one_cell(text: bytes, chance: random.Random) -> tuple[bytes, int]:
    """Return a sheet in which one cell below the heading has another text, and its row."""
    rows = list(csv.reader(io.StringIO(text.decode())))
    at = chance.randrange(1, len(rows))
    if rows[at]:
        rows[at][chance.randrange(len(rows[at]))] = chance.choice(TEXTS)
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows(rows)
    return made.getvalue().encode(), at + 1


def untold(before: SheetRead, after: SheetRead, row: int) -> list[str]:
    """Return the prices in other rows that changed or vanished without a word."""
    now, told = priced(after), {doubt.place.rpartition(" ")[2] for doubt in after.doubts}
    ends = [
        row_of(doubt.place.rpartition(" ")[2]) for doubt in after.doubts if "table" in doubt.reason
    ]
    return [
        f"{place} {price} -> {now.get(place)}"
        for place, price in priced(before).items()
        if row_of(place) != row and now.get(place) != price and place not in told
        if not any(row_of(place) > end for end in ends)
    ]


def run(times: int, seed: int) -> Counter[str]:
    """Read mutated sheets and count what became of them; anything but a refusal is raised."""
    chance, sheets, found = random.Random(seed), samples(), Counter[str]()
    whole = [text for text in sheets if text.startswith((b"Model", b"id", b'"Google'))]
    originals = {text: read_sheets("list.csv", text, TOLD) for text in whole}
    for number in range(times):
        original = chance.choice(sheets if number % 2 else whole)
        text, row = (
            (damaged(original, chance), 0) if number % 2 else with_one_cell(original, chance)
        )
        try:
            read = read_sheets("list.csv", text, TOLD)
        except FeedError as refusal:
            found["refused"] += is_sentence(str(refusal))
            continue
        found["read"] += 1
        found["prices"] += len(priced(read))
        found["set aside"] += len(read.doubts)
        if row and (changed := untold(originals[original], read, row)):
            found["untold"] += 1
            found[f"{changed[0]} in {text!r}"] += 1
    return found


if __name__ == "__main__":
    started = time.monotonic()
    counts = run(int(sys.argv[1]), seed=2026)
    for what, how_many in counts.most_common(12):
        print(how_many, what)
    print(f"{time.monotonic() - started:.0f} s")
