"""A budget workbook: every sheet in order, the same bytes for the same inputs."""

from __future__ import annotations

import datetime
import hashlib
import io
from importlib.metadata import version

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from workbooks.plan import foreign
from workbooks.plan.judgement.endings import ends_told
from workbooks.plan.judgement.judged import judged
from workbooks.plan.judgement.risk import Risk
from workbooks.plan.plan import Plan
from workbooks.scenario.inputs import CASES, INPUTS
from workbooks.sheets import paper
from workbooks.sheets.draft import Draft
from workbooks.sheets.intake.lost import COUNTED, asked
from workbooks.sheets.pages import (
    calculation,
    comparison,
    contracts,
    decisions,
    inputs,
    ledger,
    load,
    months,
    returns,
    sizing,
    summary,
    tables,
)
from workbooks.sheets.pages.odds import risk, sensitivity
from workbooks.sheets.pages.pack import assumed, cover, guide, strategies, sure, turning
from workbooks.sheets.style import new_book

TABS = {
    "Cover": "#0B3C5D",
    "Strategies": "#0B3C5D",
    "When it turns": "#0B3C5D",
    "How sure": "#0B3C5D",
    "What we assume": "#0B3C5D",
    "How to read": "#9AA5B1",
    "Inputs": "#F2C94C",
    "Workload": "#F2C94C",
    "Contracts": "#F2C94C",
    "Prices": "#F2C94C",
    "Hardware": "#F2C94C",
    "Throughput": "#F2C94C",
    "Models": "#F2C94C",
    "Rates": "#F2C94C",
    "Drivers": "#9AA5B1",
    "Sizing": "#9AA5B1",
    "Monthly": "#9AA5B1",
    "Books": "#9AA5B1",
    "Comparison": "#0072B2",
    "Break-even": "#0072B2",
    "Load": "#0072B2",
    "Summary": "#0072B2",
    "Scenarios": "#0072B2",
    "Risk": "#0072B2",
    "Sensitivity": "#0072B2",
    "Decisions": "#0072B2",
    "Finance": "#0072B2",
    "Return": "#0072B2",
    "Commitments": "#0072B2",
    "Budget": "#0072B2",
    "Checks": "#1B7F4B",
    "Log": "#9AA5B1",
}
PALETTE = {"Functions": "#CC79A7", "Examples": "#CC79A7"}


class PlainWorksheet(Worksheet):  # type: ignore[misc]  # XlsxWriter ships no type information
    """A worksheet whose formulas use only functions that need no ``_xlfn.`` prefix.

    XlsxWriter looks for each newer function in each formula, which takes a third
    of the time of a budget; `tests` hold our formulas to the older ones.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")


def budget(
    plan: Plan, case: str = "base", palette: bool = False, drawn: Risk | None = None
) -> bytes:
    """Return the workbook of a plan, with one of its cases live; it is drawn unless it was.

    With a `palette` it shows the worksheet functions of the add-in, too.

    Raises
    ------
    ValueError
        If `case` is not low, base or high.
    """
    if case not in CASES:
        raise ValueError(f"case is {case!r}; it must be one of {', '.join(CASES)}")
    content = io.BytesIO()
    book = new_book(content)
    book.set_calc_mode("auto")
    book.set_size(2400, 1400)
    book.worksheet_class = PlainWorksheet
    if drawn is None:
        plan, drawn = judged(plan)
    draft = Draft(book, plan, case)
    for name, colour in tabs(plan, palette).items():
        draft.sheets[name] = book.add_worksheet(name)
        draft.sheets[name].set_tab_color(colour)
    _fill(draft, drawn)
    _properties(book, plan)
    book.close()
    return content.getvalue()


def tabs(plan: Plan, palette: bool = False) -> dict[str, str]:
    """Return the sheets of a plan in order, with their colours."""
    asked = {
        "Sizing": plan.sized,
        "Contracts": bool(plan.scenario.contracts) or palette,
        "Books": bool(plan.books),
    }
    ours = {name: colour for name, colour in TABS.items() if asked.get(name, True)}
    return ours | (PALETTE if palette else {})


def _fill(draft: Draft, drawn: Risk) -> None:
    """Write the sheets in the order of the calculation; the tabs keep theirs."""
    load.place(draft)
    tables.write(draft)
    inputs.write(draft)
    series = months.write_workload(draft)
    if "Contracts" in draft.sheets:
        contracts.write_table(draft)
    calculation.write_drivers(draft)
    if draft.plan.sized:
        sizing.write(draft)
    calculation.write_monthly(draft, series)
    summary.write(draft)
    words = comparison.write_months(draft)
    calculation.write_breakeven(draft)
    load.write(draft)
    calculation.write_finance(draft)
    returns.write(draft)
    risk.write_scenarios(draft)
    risk.write_risk(draft, drawn)
    comparison.write_words(draft, words)
    sensitivity.write(draft)
    decisions.write(draft, decisions.decided(draft.plan, drawn))
    ledger.write(draft)
    calculation.write_checks(draft)
    _pack(draft, drawn)
    guide.write(draft)
    guide.write_log(draft, facts(draft.plan))
    if "Examples" in draft.sheets:
        _palette(draft)
    draft.tell_checks()
    paper.settle(draft.sheets.values())


def _pack(draft: Draft, drawn: Risk) -> None:
    """Write the five pages for a board, which only show what stands elsewhere."""
    strategies.write(draft, drawn)
    turning.write(draft)
    sure.write(draft, drawn)
    assumed.write(draft)
    cover.write(draft)


def _palette(draft: Draft) -> None:
    from workbooks.sheets import examples  # noqa: PLC0415  # it brings the formula of every function

    examples.palette(draft.book, draft.style, (draft.sheets["Functions"], draft.sheets["Examples"]))
    for name in ("Functions", "Examples"):
        link = ("internal:'Cover'!A1", draft.style("link"), "Back to the cover")
        draft.sheets[name].write_url(len(examples.NOTES) + 1, 0, *link)


def facts(plan: Plan) -> dict[str, str]:
    """Return what made the workbook: program, scenario, tables."""
    scenario = plan.scenario
    inputs = repr((scenario, plan.tables, *foreign.said(scenario, plan.tables)))
    digest = hashlib.sha256(inputs.encode()).hexdigest()
    return {
        "Made by": f"evenpoint {version('evenpoint')}",
        "Scenario": scenario.origin,
        "As of": scenario.as_of.isoformat(),
        "Owner": scenario.owner or "not named",
        "Token prices": f"{len(plan.tables.prices)} models, source and date in each row",
        **ends_told(plan),
        "Fingerprint of the inputs": digest,
        COUNTED: str(len(asked(INPUTS, "managed" in plan.options))),
    }


def _properties(book: Workbook, plan: Plan) -> None:
    made = datetime.datetime.combine(plan.scenario.as_of, datetime.time())
    book.set_properties(
        {
            "title": plan.scenario.title,
            "subject": plan.scenario.purpose,
            "author": plan.scenario.owner,
            "comments": "Made by evenpoint; works without any add-in.",
            "created": made,
        }
    )
