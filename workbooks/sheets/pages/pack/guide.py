"""The sheets How to read and Log: how the workbook is used, what is where, where it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version

from xlsxwriter.worksheet import Worksheet

from workbooks.sheets import paper
from workbooks.sheets.draft import PERIODS_ROW, Draft
from workbooks.sheets.pages.hints import told
from workbooks.sheets.pen import NEVER, Pen

CONTENTS = {
    "Cover": "one page to sign: verdict, four figures, what would change the answer",
    "Strategies": "what speaks for each and against it, year by year",
    "When it turns": "from which month and which volume own nodes cost less",
    "How sure": "what may come of each, and what decides it",
    "What we assume": "the ten inputs that matter, the gates, and what no figure tells",
    "Inputs": "everything you may change, with low, base and high, source, date and owner",
    "Workload": "your own volumes by month, and the seasons",
    "Contracts": "what was signed or is offered: minimums, terms, notice",
    "Prices": "token prices, with source and date",
    "Hardware": "rent, purchase and power of accelerators",
    "Throughput": "measured tokens per second",
    "Models": "open models: what they take",
    "Rates": "exchange rates",
    "Drivers": "what a token, a node and the people cost",
    "Sizing": "what a node can serve by the sizing model, step by step",
    "Monthly": "the plan month by month",
    "Comparison": "what each strategy costs a month: behind every sentence",
    "Break-even": "where self-hosting wins, and where it does not",
    "Load": "the load by hour, and how many nodes are worth owning",
    "Summary": "every total, by strategy and by year",
    "Scenarios": "downside, base and upside side by side",
    "Risk": "every draw in figures, and of what inputs they are",
    "Sensitivity": "two inputs moved at once: volume and price, speed and staff",
    "Decisions": "rules of thumb, and where the numbers disagree",
    "Finance": "rent, lease or buy; what a successful outcome costs",
    "Return": "what switching to self-hosting earns on what it costs",
    "Commitments": "what is promised beside what is used",
    "Books": "profit and loss with the migration spread, and leases as rights of use",
    "Budget": "by month and account, for a pivot or an upload",
    "Checks": "what must hold for the numbers to be right",
    "Functions": "the worksheet functions of the add-in, and whether each is right here",
    "Examples": "each function beside its native formula and its expected answer",
    "Log": "where the workbook comes from",
}
CONVENTIONS = (
    "Costs are positive; a saving is the API's cost less the other option's.",
    "Money is in single units of the reporting currency; volumes are tokens, not thousands.",
    "A month has the hours given in Inputs; prices are per million tokens (Mtok).",
    "Purchases are paid at the start of a month, bills when Inputs says, resale at the end.",
    "A node serves only so much: a volume its nodes cannot serve is no break-even.",
    f'"{NEVER}" is an answer: there is no such volume or month.',
)
STEPS = (
    "Inputs: low, base and high in the yellow cells; each says what it means, its bounds, and "
    "where to find it.",
    "Ten inputs show; + at the left opens the others of a section. A blank quote takes the "
    "table's figure.",
    "Workload: your own volumes by month. Prices, Hardware, Throughput, Rates: change a row, or "
    "add one below.",
    "Live case, in Inputs: 1 downside, 2 base, 3 upside of hosting. Every sheet with formulas "
    "follows at once.",
    "Scenarios, Risk and Decisions are values: evenpoint budget --from, with this file, makes "
    "them anew and names each cell that cannot be right.",
    "Checks must be 0; evenpoint lint, with this file, says where a change broke a rule of "
    "good modelling.",
    "The first five sheets print on five pages. Prices, Hardware, Throughput, Models, Rates and "
    "Budget are tables to filter: their pages are left out.",
)
KEY = {"input": "input", "data": "table data", "number": "formula", "found": "value as made"}


def write(draft: Draft) -> None:
    """Write how the workbook is read, and what is where."""
    note = f"Made by evenpoint {version('evenpoint')}; works without any add-in."
    sheet = draft.sheet("How to read", "How to read it", note)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 5, 17)
    row = _facts(draft, PERIODS_ROW)
    row = paragraphs(draft, sheet, row, {"How to use it": STEPS, "Conventions": CONVENTIONS})
    held = {name: text for name, text in CONTENTS.items() if name in draft.sheets}
    contents(draft, sheet, row + 1, held)
    paper.board(sheet, "How to read", portrait=True)
    draft.protect(sheet)


def _facts(draft: Draft, row: int) -> int:
    sheet = draft.sheets["How to read"]
    for label, name, form, meaning in (
        ("Currency", "currency", "", "single units"),
        ("Live case", "live_case", "0", "1 downside, 2 base, 3 upside: change it in Inputs"),
    ):
        sheet.write(row, 0, label, draft.style("label"))
        kind = "number" if form else "label"
        draft.formula(sheet, row, 1, f"={name}", draft.numbers[name], kind, form)
        sheet.write(row, 2, meaning, draft.style("unit"))
        row += 1
    return colour_key(draft, sheet, row, "Inputs and its neighbours")


def colour_key(pen: Pen, sheet: Worksheet, row: int, where: str) -> int:
    """Show what each look of a cell means; return the next row."""
    sheet.write(row, 0, "Colour key", pen.style("label"))
    for column, (kind, text) in enumerate(KEY.items(), start=1):
        sheet.write(row, column, text, pen.style(kind))
    key = told("Colour key", "A cell that looks so may be changed.", where)
    sheet.data_validation(row, 1, row, 1, {"validate": "any"} | key)
    return row + 1


def paragraphs(pen: Pen, sheet: Worksheet, row: int, said: Mapping[str, Sequence[str]]) -> int:
    """Write sentences across the page under their headings; return the next row."""
    for title, lines in said.items():
        row += 1
        sheet.write(row, 0, title, pen.style("heading"))
        for text in lines:
            row += 1
            sheet.merge_range(row, 0, row, 5, "", pen.style("wrap"))
            sheet.write_string(row, 0, text, pen.style("wrap"))
            sheet.set_row(row, 15 * -(-len(text) // 112))
        row += 1
    return row


def contents(pen: Pen, sheet: Worksheet, row: int, held: Mapping[str, str]) -> None:
    """Write what is on which sheet, with a way there."""
    sheet.write(row, 0, "Contents", pen.style("heading"))
    for name, text in held.items():
        row += 1
        sheet.write_url(row, 0, f"internal:'{name}'!A1", pen.style("link"), name)
        sheet.write(row, 1, text, pen.style("label"))


def write_log(draft: Draft, facts: dict[str, str]) -> None:
    """Write where the workbook comes from."""
    sheet = draft.sheet("Log", "Log", "How this workbook was made; add your own changes below.")
    logbook(draft, sheet, PERIODS_ROW, facts)


def logbook(pen: Pen, sheet: Worksheet, row: int, facts: Mapping[str, str | float]) -> None:
    """Write what made a workbook, and leave lines for what is changed in it."""
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 2, 44)
    for label, fact in facts.items():
        sheet.write_string(row, 0, label, pen.style("label"))
        if isinstance(fact, str):
            sheet.write_string(row, 1, fact, pen.style("label"))
        else:
            sheet.write_number(row, 1, fact, pen.style("found", "0.000000E+00"))
        row += 1
    row += 1
    for column, text in enumerate(("Date", "What changed", "Who and why")):
        sheet.write(row, column, text, pen.style("header"))
        for blank in range(1, 13):
            sheet.write_blank(row + blank, column, None, pen.style("input"))
        hint = {"validate": "any", "input_title": text, "input_message": LOGGED}
        sheet.data_validation(row + 1, column, row + 12, column, hint)
    pen.protect(sheet)


LOGGED = "One line for each change of this workbook: the day, what it was, who made it and why."
