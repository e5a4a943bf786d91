"""The Cover and Log sheets: the answer, how to read the workbook, where it comes from."""

from __future__ import annotations

from importlib.metadata import version

from costcore.answers.options import EXCEL_EPOCH
from workbooks.plan.judgement.endings import endings
from workbooks.plan.lines.option import TITLES
from workbooks.sheets.draft import NEVER, PERIODS_ROW, Draft
from workbooks.sheets.style import BAD, GOOD

CONTENTS = {
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
    "Summary": "the options side by side",
    "Decision": "one page to sign: alternatives, flows, returns, downside, way out",
    "Scenarios": "downside, base and upside side by side",
    "Risk": "percentiles, what decides it, and how sure it is",
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
    "Inputs: low, base and high in the yellow cells, with source, date and owner; a blank quote "
    "takes the table's figure.",
    "Workload: your own volumes by month. Prices, Hardware, Throughput, Rates: change a row, or "
    "add one below.",
    "Live case, in Inputs: 1 downside, 2 base, 3 upside of hosting. Every sheet with formulas "
    "follows at once.",
    "Scenarios, Risk and Decisions are values: evenpoint budget --from, with this file, makes "
    "them anew and names each cell that cannot be right.",
    "Checks must be 0; evenpoint lint, with this file, says where a change broke a rule of "
    "good modelling.",
)
LIMITS = (
    "What is compared is the present value of cash; opportunity cost joins it in Inputs.",
    "List prices, not your contract. Replace them in Prices or Inputs.",
    "Purchase prices and staffing are the weakest figures: get quotes.",
    "Throughput holds for the measured request lengths and load only.",
    "Quality and latency are not priced: they are gates, answered in Inputs, before the money.",
)


def write(draft: Draft) -> None:
    """Write the Cover sheet."""
    sheet, scenario = draft.sheets["Cover"], draft.plan.scenario
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 6, 19)
    draft.formula(sheet, 0, 0, "=plan_title", scenario.title, "title")
    draft.formula(sheet, 1, 0, "=plan_purpose", scenario.purpose, "note")
    for row, (name, height) in enumerate(SENTENCES.items(), start=3):
        sheet.merge_range(row, 0, row, 6, "", draft.style("verdict" if row == 3 else "wrap"))
        kind = "verdict" if row == 3 else "wrap"
        draft.formula(sheet, row, 0, f"={name}", draft.numbers[name], kind)
        sheet.set_row(row, height)
    row = _figures(draft, _endings(draft, 7))
    row = _facts(draft, row + 1)
    told = {"How to use it": STEPS, "Conventions": CONVENTIONS, "What it cannot tell you": LIMITS}
    for title, lines in told.items():
        sheet.write(row + 1, 0, title, draft.style("heading"))
        for text in lines:
            row += 1
            sheet.write(row + 1, 0, text, draft.style("label"))
        row += 2
    _contents(draft, row)
    draft.page(sheet, "Cover")
    sheet.set_portrait()
    sheet.fit_to_pages(1, 1)
    draft.protect(sheet)
    sheet.activate()


def _endings(draft: Draft, row: int) -> int:
    """Tell of prices that end before the plan does, as a value as made; return the next row."""
    if told := endings(draft.plan):
        sheet = draft.sheets["Cover"]
        sheet.merge_range(row, 0, row, 6, "", draft.style("warning"))
        sheet.write_string(row, 0, " ".join(told), draft.style("warning"))
        sheet.set_row(row, 28 * len(told))
    return row + 1


def _figures(draft: Draft, row: int) -> int:
    sheet = draft.sheets["Cover"]
    options = draft.plan.options
    sheet.write(row, 0, "Whole plan", draft.style("header"))
    for column, option in enumerate(options, start=1):
        sheet.write(row, column, TITLES[option], draft.style("figure header"))
    rows = {"cash": "Cash", "present": "Present value of it", "compared": COMPARED}
    for view, label in {**rows, "each": "Cash per Mtok"}.items():
        row += 1
        sheet.write(row, 0, label, draft.style("label"))
        for column, option in enumerate(options, start=1):
            name = f"{option}_{view}_{'per_mtok' if view == 'each' else 'cost'}"
            form = "#,##0.00" if view == "each" else "#,##0"
            draft.formula(sheet, row, column, f"={name}", draft.numbers[name], "number", form)
    return row + 1


SENTENCES = {"verdict_text": 66, "reason_text": 46, "scale_text": 32, "conditions_text": 46}
"""What the cover says, with the height of its row."""
COMPARED = "Compared"
FACTS = (
    ("rival_text", "Rival that counts", "", ""),
    ("pays_from_months", "Pays from month", "0", "of the plan, against that rival"),
    ("first_tokens_per_month", "Break-even, first", "#,##0", "tokens, in the busiest month"),
    ("sustained_tokens_per_month", "Break-even, for good", "#,##0", "tokens, in the busiest month"),
    ("sure_share", "Cheapest of all", "0.0%", "of the draws as made, seed in Risk"),
    ("as_of_day", "As of", "yyyy-mm-dd", "the day of prices and rates"),
    ("live_case", "Live case", "0", "1 downside, 2 base, 3 upside: change it in Inputs"),
    ("currency", "Currency", "", "single units"),
)


def _facts(draft: Draft, row: int) -> int:
    sheet = draft.sheets["Cover"]
    for name, label, form, unit in FACTS:
        sheet.write(row, 0, label, draft.style("label"))
        kind = "number" if form else "label"
        draft.formula(sheet, row, 1, f"={name}", _setting(draft, name), kind, form)
        sheet.write(row, 2, unit, draft.style("unit"))
        row += 1
    owner = draft.plan.scenario.owner or "not named"
    sheet.write(row, 0, "Owner", draft.style("label"))
    text = '=IF(plan_owner = "", "not named", plan_owner)'
    draft.formula(sheet, row, 1, text, owner, "label")
    sheet.write(row + 1, 0, "Made by", draft.style("label"))
    sheet.write_string(row + 1, 1, f"evenpoint {version('evenpoint')}", draft.style("label"))
    row += 2
    sheet.write(row, 0, "Checks", draft.style("label"))
    draft.formula(sheet, row, 1, draft.check_text, draft.check_word, "number")
    for criteria, colour in (("begins with", BAD), ("not containing", GOOD)):
        look = draft.book.add_format({"font_color": colour, "bold": True})
        rule = {"type": "text", "criteria": criteria, "value": "A check", "format": look}
        sheet.conditional_format(row, 1, row, 1, rule)
    sheet.write(row + 1, 0, "Colour key", draft.style("label"))
    for column, (kind, text) in enumerate(KEY.items(), start=1):
        sheet.write(row + 1, column, text, draft.style(kind))
    return row + 2


KEY = {"input": "input", "data": "table data", "number": "formula", "found": "value as made"}


def _setting(draft: Draft, name: str) -> object:
    if name == "as_of_day":
        return serial(draft)
    return draft.numbers[name]


def serial(draft: Draft) -> int:
    """Return the plan's day as a cell holds it."""
    return (draft.plan.scenario.as_of - EXCEL_EPOCH).days


def _contents(draft: Draft, row: int) -> None:
    sheet = draft.sheets["Cover"]
    sheet.write(row + 1, 0, "Contents", draft.style("heading"))
    for name, text in CONTENTS.items():
        if name not in draft.sheets:
            continue
        row += 1
        sheet.write_url(row + 1, 0, f"internal:'{name}'!A1", draft.style("link"), name)
        sheet.write(row + 1, 1, text, draft.style("label"))


def write_log(draft: Draft, facts: dict[str, str]) -> None:
    """Write where the workbook comes from."""
    sheet = draft.sheet("Log", "Log", "How this workbook was made; add your own changes below.")
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 2, 44)
    row = PERIODS_ROW
    for label, text in facts.items():
        sheet.write_string(row, 0, label, draft.style("label"))
        sheet.write_string(row, 1, text, draft.style("label"))
        row += 1
    row += 1
    for column, text in enumerate(("Date", "What changed", "Who and why")):
        sheet.write(row, column, text, draft.style("header"))
        for blank in range(1, 13):
            sheet.write_blank(row + blank, column, None, draft.style("input"))
    draft.protect(sheet)
