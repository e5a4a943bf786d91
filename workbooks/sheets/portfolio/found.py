"""The sheets Best mix and Risk: what was found by search and by chance, as values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from xlsxwriter.worksheet import Worksheet

from costcore.portfolio.mix import Mix
from workbooks.file.cells import Value
from workbooks.lint.reading import Page
from workbooks.plan.judgement.risk import RANKS, ranks
from workbooks.plan.mixing.finding import Found
from workbooks.plan.mixing.odds import PortfolioRisk
from workbooks.portfolio.terms import Mixed, Portfolio
from workbooks.sheets import charts
from workbooks.sheets.draft import FIRST, LABEL, PERIODS_ROW, UNIT
from workbooks.sheets.intake.cells import Place, Reader, at_least_0
from workbooks.sheets.pages.odds.bars import moved
from workbooks.sheets.portfolio.folio import TOP, Folio

DUST, LOST = 1e-6, 1e-4
"""Share of a workload that is nothing, and what all that is left out may come to."""
MONEY, SHARE = "#,##0;[Red](#,##0);0", "0.0%"
BARS, BAR = 10, 18
WIDTH, HEIGHT = 640, 90
BELOW = 4


def best(folio: Folio, portfolio: Portfolio, answer: Found, mix: Mix) -> None:
    """Write the best mix as values: who takes what, and the nodes, in every month."""
    note = f"Found by search, in {folio.currency}: values that no formula follows"
    sheet = folio.sheet("Best mix", "Best mix", note, True)
    engines, row = (*portfolio.billed, *portfolio.pools), TOP
    for w, workload in enumerate(portfolio.workloads):
        for e, engine in enumerate(engines):
            shares = np.where(mix.shares[:, w, e] > DUST, mix.shares[:, w, e], 0.0)
            if shares.any():
                row = folio.found(sheet, row, "share", _route(workload.name, engine.name), shares)
    for p, pool in enumerate(portfolio.pools):
        row = folio.found(sheet, row, "nodes", _nodes(pool.name), mix.nodes[:, p])
    row = _price(folio, sheet, row + 1, portfolio, mix)
    for sentence in answer.sentences:
        row += 1
        sheet.write(row, LABEL, sentence, folio.style("label"))
    for number, (label, text) in enumerate(what_changes(answer).items(), start=1):
        row += 1
        sheet.write(row + 1, LABEL, f"On the cover: {label}", folio.style("label"))
        sheet.write(row + 1, UNIT, text, folio.style("label"))
        folio.name(f"change_{number}_text", sheet, row + 1, UNIT)


def _route(workload: str, engine: str) -> str:
    return f"{workload}: {engine}"


def _nodes(pool: str) -> str:
    return f"{pool}: nodes, spares included"


def read(reader: Reader, portfolio: Portfolio, holds: bool) -> Mixed | None:
    """Return the best mix that stands in a workbook; None where none does.

    Its rows are found by their labels, wherever they stand.
    """
    place = reader.named("mix_cost")
    page = place.page if place else reader.book.page("Best mix")
    if page is None:
        return None
    rows = {str(c.shown): c.row for c in page.texts if c.column == LABEL + 1}
    every = [(w.name, e.name) for w in portfolio.workloads for e in portfolio.engines]
    months = portfolio.frame.horizon_months
    found = {
        pair: np.array([*_row(reader, page, rows[label], months)])
        for pair in every
        if (label := _route(*pair)) in rows
    }
    for w in portfolio.workloads:
        own = {pair: each for pair, each in found.items() if pair[0] == w.name}
        whole = sum(own.values(), start=np.zeros(months))
        for t in np.flatnonzero((whole > 0) & (abs(whole - 1) > LOST)):
            place = Place(page, rows[_route(*next(iter(own)))], FIRST + 1 + int(t))
            reader.complain(place, f"shares of {w.name} add to {whole[t]:g}; they must add to 1")
        found |= {pair: each / np.where(whole > 0, whole, 1.0) for pair, each in own.items()}
    nodes = {
        pool.name: tuple(_row(reader, page, rows[_nodes(pool.name)], months))
        for pool in portfolio.pools
        if _nodes(pool.name) in rows
    }
    return Mixed({pair: tuple(each.tolist()) for pair, each in found.items()}, nodes, holds)


def _row(reader: Reader, page: Page, row: int, months: int) -> Iterator[float]:
    for t in range(months):
        yield reader.read(Place(page, row, FIRST + 1 + t), _value, 0.0)


def _value(held: Value) -> float:
    """Take a share or nodes; dust of the search, on either side of 0, is nothing."""
    is_dust = isinstance(held, float) and abs(held) <= DUST
    return 0.0 if is_dust else at_least_0("a value of the mix")(held)


def _price(folio: Folio, sheet: Worksheet, row: int, portfolio: Portfolio, mix: Mix) -> int:
    """Write what the mix costs, and what is proven of it; return the next row."""
    label = f"Present value, at prices of {portfolio.frame.as_of}"
    for name, text, value, form in (
        ("mix_cost", label, mix.cost, MONEY),
        ("mix_gap_share", "Part of it that no plan can be cheaper", mix.gap, "0.00%"),
    ):
        sheet.write(row, LABEL, text, folio.style("label"))
        sheet.write(row, UNIT, folio.unit(name), folio.style("unit"))
        sheet.write(row, UNIT + 1, value, folio.style("found", form))
        folio.name(name, sheet, row, UNIT + 1)
        row += 1
    return row


def what_changes(answer: Found) -> dict[str, str]:
    """Return in words what would change the mix: a volume, a price, and the closest route."""
    told, said = answer.answers, answer.sentences

    def begins(start: str) -> str:
        return next((text for text in said if text.startswith(start)), "")

    if not told:
        return {}
    close = {n: s["costs_more_per_month"] for n, s in told["runner_ups"].items() if s["runner_up"]}
    unused = told["entry_price_shares"]
    found = {
        "Volume": begins("Own nodes enter"),
        "Price": begins(f"{max(unused, key=unused.__getitem__)} is not used") if unused else "",
        "Routes": begins(f"{min(close, key=close.__getitem__)}: ") if close else "",
    }
    month = begins("In month").rstrip(":").replace("In month", "in month")
    return {name: f"{text.rstrip('.')} ({month})." for name, text in found.items() if text}


def risk(folio: Folio, found: PortfolioRisk) -> None:
    """Write percentiles, how often each is the cheapest, and what decides between two."""
    note = (
        f"{found.draws:,} draws of every range, seed {found.seed}; values, not formulas: "
        "evenpoint risk gives the same."
    )
    sheet = folio.sheet("Risk", "How sure is it?", note)
    sheet.set_column(LABEL, LABEL, 58)
    sheet.set_column(UNIT, UNIT + 5, 18)
    sheet.fit_to_pages(1, 1)
    heads = ("Cheapest of all", *(rank.upper() for rank in RANKS))
    folio.names(sheet, PERIODS_ROW, heads)
    sheet.write(PERIODS_ROW, LABEL, f"Present value, {folio.currency}", folio.style("header"))
    row = PERIODS_ROW
    for name, drawn in found.present.items():
        row += 1
        told = {"wins": found.wins[name], **ranks(drawn)}
        sheet.write_string(row, LABEL, name, folio.style("label"))
        for column, (key, value) in enumerate(told.items(), start=UNIT):
            form = SHARE if key == "wins" else MONEY
            sheet.write_number(row, column, value, folio.style("found", form))
            folio.drawn[name, key] = folio.cell(sheet, row, column).text, value
    sheet.write(row + 2, LABEL, "Draws", folio.style("label"))
    sheet.write_number(row + 2, UNIT, found.draws, folio.style("found", "#,##0"))
    folio.name("draws_count", sheet, row + 2, UNIT)
    for sentence in found.unmoved:
        row += 1
        sheet.write_string(row + 2, LABEL, f"{sentence}.", folio.style("note"))
    if found.bars:
        _deciders(folio, sheet, row + 4, found)


def _deciders(folio: Folio, sheet: Worksheet, row: int, found: PortfolioRisk) -> None:
    """Write how far each driver moves what the cheapest saves against the next."""
    first, second = found.two
    lead = found.base[second] - found.base[first]
    title = f"{first} is cheaper than {second} by"
    folio.names(sheet, row, ("Unit", "From", "To", "Less than now", "More than now"))
    sheet.write(row, LABEL, title, folio.style("header"))
    folio.name("moved_text", sheet, row, LABEL)
    top = row + 1
    for bar in found.bars[:BARS]:
        row += 1
        sheet.write_string(row, LABEL, bar.name, folio.style("label"))
        sheet.write(row, UNIT, folio.currency, folio.style("unit"))
        ends = (bar.least, bar.most, bar.least - lead, bar.most - lead)
        for column, value in enumerate(ends, start=UNIT + 1):
            sheet.write_number(row, column, value, folio.style("found", MONEY))
    count = row - top + 1
    chart = moved(folio, (top, count), ("Less", "More"), BARS)
    reach = charts.largest([x - lead for bar in found.bars for x in (bar.least, bar.most)])
    chart.set_x_axis(charts.money(folio.currency, reach, "less or more than in the base case"))
    chart = charts.finish(
        chart, charts.words(f"What moves by how much {title}"), WIDTH, HEIGHT + BAR * count
    )
    told = {"description": "How far each input moves the lead of the cheapest strategy"}
    sheet.insert_chart(row + 2, LABEL, chart, told | {"object_position": 1})
