"""The Decisions sheet: gates, rules of thumb, and where the computed cost disagrees."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from costcore.answers.decisions import FAIL, PASS, UNKNOWN, Decision, Fact, decide
from workbooks.plan.judgement.facts import answered, costs, facts, odds
from workbooks.plan.judgement.latency import answer_times, basis
from workbooks.plan.judgement.risk import Risk
from workbooks.plan.judgement.rulebook import load, shipped
from workbooks.plan.plan import Plan
from workbooks.plan.results.verdict.sentences import PHRASES
from workbooks.scenario.feasibility import exchange_rate
from workbooks.sheets.draft import PERIODS_ROW, Draft
from workbooks.sheets.style import BAD, GOOD, STALE

HEADERS = ("Rule book", "Rule", "Holds", "Points to", "What the computed cost says", "Source")
WIDTHS = (34, 64, 12, 14, 90, 84)
COLOURS = {PASS: GOOD, FAIL: BAD, UNKNOWN: STALE}


def decided(plan: Plan, found: Risk) -> Decision:
    """Put the shipped rules to what the plan knows."""
    known: dict[str, Fact] = {**facts(plan), **odds(found), **answer_times(plan)}
    book = load(shipped(), known, lambda code: exchange_rate(code, plan.scenario))
    asked = {name: value for name, value in book.asked.items() if value is not None}
    rest = plan.scenario.hybrid_rest
    return decide(book.books, {**known, **asked}, costs(plan), answered(plan), rest)


def write(draft: Draft, answer: Decision) -> None:
    """Write the decision, what disagrees with it, and every rule with what became of it."""
    note = (
        f"The base case as computed when the workbook was made, in {draft.plan.scenario.currency}; "
        "evenpoint decide asks for more."
    )
    sheet = draft.sheet("Decisions", "Rules of thumb against the numbers", note)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    row = _sentences(draft, sheet, PERIODS_ROW, answer)
    for column, title in enumerate(HEADERS):
        sheet.write(row, column, title, draft.style("header"))
    sheet.repeat_rows(row)
    for found in answer.findings:
        row += 1
        cells = (
            found.book.title,
            found.rule.text,
            found.status,
            found.rule.option,
            found.contradiction,
            found.book.source,
        )
        for column, text in enumerate(cells):
            sheet.write_string(row, column, text, draft.style("wrap"))
    _colour(draft, sheet, row - len(answer.findings) + 1, row)
    draft.protect(sheet)


def _sentences(draft: Draft, sheet: Worksheet, row: int, answer: Decision) -> int:
    choice = PHRASES.get(answer.choice, "No option passes the gates")
    counts = ", ".join(f"{answer.count(each)} {each}" for each in COLOURS)
    told = [f"{choice}. Rules: {counts}.", *sorted(set(answer.removed.values()))]
    told += basis(draft.plan)
    for text in (*told, *answer.contradictions):
        sheet.write_string(row, 0, text, draft.style("label"))
        row += 1
    return row + 1


def _colour(draft: Draft, sheet: Worksheet, first: int, last: int) -> None:
    for status, colour in COLOURS.items():
        look = draft.book.add_format({"font_color": colour, "bold": True})
        rule = {"type": "cell", "criteria": "==", "value": f'"{status}"', "format": look}
        sheet.conditional_format(first, 2, last, 2, rule)
