"""Read every price of a vendor's file: what is taken, what is set aside, and what to ask."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from workbooks.prices.clouds.charges import PLACES
from workbooks.prices.gathering import Single, gather
from workbooks.prices.offers import INPUT, OUTPUT, FeedError, Offer, shown
from workbooks.prices.sheet.aside import SheetRead, asides, commented, elsewhere, notes, stated
from workbooks.prices.sheet.cells import Given
from workbooks.prices.sheet.files import Sheet, open_sheets
from workbooks.prices.sheet.headings import FIRST_ROWS, headings
from workbooks.prices.sheet.kinds import GROSS
from workbooks.prices.sheet.rows import Table
from workbooks.tables import token_prices

USUAL_RATIO, LONGEST_HEADING = 20, 40


NO_TABLE = "has no table with a column of models and a column of input or output prices"
ONLY_GROSS = ", but for prices with tax; name the net price"
BY_ITEM = (
    "; where an item such as {} names both, give the model in a column Model, and input or output "
    "in a column Token type beside the price"
)
ITEM = re.compile(r"^.*\w.* (?:input|output|prompt|completion)[ -]tokens?$", re.IGNORECASE)


def read_sheets(
    name: str, content: bytes, given: Given | None = None, known: Iterable[str] = ()
) -> SheetRead:
    """Read every table of a file; what only the user can tell is asked for, never guessed.

    Raises
    ------
    FeedError
        If the file cannot be opened, holds no table of models and prices, or its prices are not
        those that are paid.
    """
    told = given or Given()
    models = frozenset(known) or frozenset(row.model for row in token_prices())
    found, singles, sheets = SheetRead(), [], open_sheets(name, content, hidden=True)
    for sheet in sheets:
        starts = [] if sheet.is_hidden else list(headings(sheet.rows))
        found.warnings += _hidden(sheet) if starts else []
        found.asides += [] if starts else elsewhere(sheet)
        found.asides += commented(sheet, alone=not starts)
        ends = [*(following.below - 1 for following in starts[1:]), len(sheet.rows)]
        tops = [0, *ends]
        for top, start, end in zip(tops, starts, ends, strict=False):
            above, below = range(top, start.below - 1), notes(sheet, start, end)
            last_one = below if end == len(sheet.rows) else ()  # else it may be the next one's
            titles = range(top, start.below - start.rows)
            dated = stated(sheet, (*titles, *last_one))
            found.asides += asides(sheet, start, above, below, told, dated)
            begins, last = told.valid_from or dated.begins, told.valid_to or dated.ends
            held = told._replace(valid_from=begins, valid_to=last)
            table = Table(sheet, start, end, held, models, found)
            singles += list(table.singles())
            found.lists.add(start.public)
    if not found.lists:
        hints = dict.fromkeys(hint for sheet in sheets for hint in _hints(sheet))
        raise FeedError(f"{name} {NO_TABLE}" + "".join(hints))
    gathered = gather(_apart(singles), by_date=True)
    found.offers += gathered.offers
    found.doubts += gathered.doubts
    found.warnings += _warnings(found.offers)
    found.questions = list(dict.fromkeys(found.questions))
    return found


def _hints(sheet: Sheet) -> list[str]:
    """Return what may be why a sheet has no table: prices with tax, or rows of items."""
    rows = sheet.rows
    top = [cell for row in rows[:FIRST_ROWS] for cell in row if isinstance(cell, str)]
    items = (cell for row in rows for cell in row if isinstance(cell, str))
    item = next((each for each in items if ITEM.search(each)), "")
    told = {ONLY_GROSS: any(map(GROSS.search, top)), BY_ITEM.format(shown(item)): item}
    return [hint for hint, is_so in told.items() if is_so]


def _hidden(sheet: Sheet) -> list[str]:
    """Say which columns are hidden and read; hidden rows are set aside, and say so."""
    told = sheet.away._replace(rows=0).told()
    return [f"{sheet.file}, sheet {sheet.name}: {told}"] if told else []


def _apart(singles: list[tuple[str, Single]]) -> Iterator[Single]:
    """Add the region to the names of models that cost more in one region than in another.

    Where only what is served anywhere ("global") costs another price, it alone has its place.
    """
    anywhere = _torn(singles)
    here = _torn([each for each in singles if each[0] not in PLACES])
    regions: dict[str, set[str]] = {}
    for region, single in singles:
        regions.setdefault(single.model, set()).add(region)
    for region, single in singles:
        torn = anywhere if region in PLACES else here
        split_up = single.model in torn and len(regions[single.model]) > 1
        apart = f"{single.model}@{region}" if split_up and region else single.model
        yield single._replace(model=apart)


def _torn(singles: list[tuple[str, Single]]) -> set[str]:
    """Return the models that have several prices of one kind and day."""
    prices: dict[tuple[str, str, date | None], set[object]] = {}
    for _, single in singles:
        key = (single.model, single.column, single.valid_from)
        prices.setdefault(key, set()).add((single.price, single.currency))
    return {model for (model, *_), each in prices.items() if len(each) > 1}


def _warnings(offers: list[Offer]) -> Iterator[str]:
    pairs = [(each, each.rates[INPUT], each.rates[OUTPUT]) for each in offers if _both(each)]
    below = [each for each, given, received in pairs if 0 < received < given]
    if len(below) > len(pairs) / 2:
        yield "output costs less than input for most models: are the two columns swapped?"
    for each in below:
        yield f"{each.places[OUTPUT]}: {each.model} has cheaper output than input"
    for each, given, received in pairs:
        if given and received > USUAL_RATIO * given:
            times = f"{received / given:.0f} times"
            yield f"{each.places[OUTPUT]}: output of {each.model} costs {times} its input"


def _both(each: Offer) -> bool:
    return INPUT in each.rates and OUTPUT in each.rates
