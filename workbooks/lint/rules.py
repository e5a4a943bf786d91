"""The rules, in one list: number, source, what must hold, for which sheets, how to mend it."""

from __future__ import annotations

from workbooks.lint.checks import entries, formulas, lines, presentation, proof, structure
from workbooks.lint.kinds import Kind
from workbooks.lint.rule import CODE, FAST, ICAEW, OURS, SMART, SSRB, Rule

COVER, BOARD, INPUTS, TABLE, CALCULATION, CALCULATOR, OUTPUT, *LAST = Kind
RECORD, CHECKS, LOG, EXAMPLES, OTHER = LAST
COMPUTED = (CALCULATION, OUTPUT, CHECKS)
READ = (COVER, BOARD, INPUTS, TABLE, CALCULATION, CALCULATOR, OUTPUT, RECORD, CHECKS, LOG)
"""Sheets of a model; examples stand beside it."""

# fmt: off
RULES: tuple[Rule, ...] = (
    Rule(
        1, "Cover", f"{ICAEW} 7",
        "The first sheet and those about the workbook say what it is for, as of when, by whom, and "
        "how to read it.",
        "Begin with a cover that says it.",
        structure.cover, of_models=True,
    ),
    Rule(
        2, "Order of sheets", f"{FAST} 1.02, {ICAEW} 10",
        "Tabs run from cover and board pages over inputs, calculations, outputs and checks to the "
        "log, in colours; a calculator stands where it is needed.",
        "Move the tab to its place; give each tab the colour of its kind.",
        structure.order, READ, of_models=True,
    ),
    Rule(
        3, "Separate inputs", f"{ICAEW} 10, {FAST} 3",
        "Inputs and calculations do not share a sheet; only the live case is picked among inputs. "
        "A calculator beside the plan (Sizing, Load, Sensitivity) keeps its own inputs, marked so.",
        "Move it to a sheet of its own kind.",
        structure.separation, (INPUTS, *COMPUTED),
    ),
    Rule(
        4, "No typed numbers", f"{FAST} 3.04, {ICAEW} 14",
        "Sheets that compute hold no typed numbers but the numbering of rows and periods; "
        "a record of results holds values and says what made them.",
        "Move the number to the inputs and refer to it.",
        formulas.typed_numbers, (BOARD, *COMPUTED),
    ),
    Rule(
        5, "No numbers in formulas", f"{FAST} 3.04-01",
        "Formulas contain no number but small whole and round ones, those of the calendar and of "
        "MACRS, and tolerances below 0.0001; a calculator may hold those of the law it applies.",
        "Give the number a cell and a name among the inputs.",
        formulas.constants, (*COMPUTED, INPUTS, COVER, BOARD),
    ),
    Rule(
        6, "One formula a row", f"{FAST} 3.02, {ICAEW} 12",
        "Where time runs across, a row has one formula from the first period to the last.",
        "Copy the first formula across; N() of the cell before the first counts as 0.",
        lines.one_formula,
    ),
    Rule(
        7, "One time axis", f"{FAST} 2.01, 2.03",
        "A column is the same period on every sheet with dates, and the dates stay in sight.",
        "Start every time sheet in the same column, and freeze the panes below the dates.",
        lines.one_axis,
    ),
    Rule(
        8, "Columns with one purpose", f"{FAST} 2.01-01",
        "Where time runs across: label, unit, total, a gap, then periods.",
        "Put labels first, and leave a blank column before the first period.",
        lines.columns, (INPUTS, *COMPUTED),
    ),
    Rule(
        9, "Labels and units", f"{FAST} 3.05",
        "Each line of a calculation has a label of its own and a unit.",
        "Write the label and the unit in front of the figure.",
        lines.labels, (CALCULATION,),
    ),
    Rule(
        10, "Short formulas", f"{FAST} 3.03, {ICAEW} 13",
        f"A formula has at most {formulas.LONGEST} characters (a sentence "
        f"{formulas.LONGEST_SENTENCE}), {formulas.MOST_FUNCTIONS} functions, "
        f"and IF at most {formulas.DEEPEST_IF} deep.",
        "Split it: compute a part on a line of its own.",
        formulas.length, (INPUTS, TABLE, CALCULATOR, *COMPUTED),
    ),
    Rule(
        11, "Room to read", f"{FAST} 3.04-02",
        "A space follows each comma and stands around each operator.",
        "Write A1 + B1, and SUM(A1, B1).",
        formulas.spacing, (*COMPUTED, CALCULATOR, INPUTS, TABLE),
    ),
    Rule(
        12, "Nothing volatile", f"{FAST} 4.01-03",
        "No OFFSET, INDIRECT, TODAY, NOW, RAND, CELL or INFO.",
        "Use INDEX for a place, an input for a date, and a recorded seed for chance.",
        formulas.volatile,
    ),
    Rule(
        13, "Safe look-ups", f"{FAST} 4.01",
        "Look-ups name their column.",
        "Use INDEX and MATCH.",
        formulas.lookups,
    ),
    Rule(
        14, "Visible discounting", f"{FAST} 4.01-02",
        "Calculations discount with factors in a row; NPV and IRR only prove or summarise.",
        "Multiply by a row of discount factors; keep NPV on the checks.",
        formulas.discounting, (CALCULATION, CALCULATOR, INPUTS),
    ),
    Rule(
        15, "No chains of links", f"{ICAEW} 15",
        "A link leads to where the number is computed, not to another link.",
        "Refer to the source itself.",
        lines.links,
    ),
    Rule(
        16, "No circles", CODE,
        "No formula depends on itself, and iterative calculation is off.",
        "Break the circle, with the value of the period before if need be.",
        lines.circles,
    ),
    Rule(
        17, "Self-contained", f"{FAST} 1.03",
        "No links to other workbooks, no unexplained macros.",
        "Bring the data into a sheet; say on the cover what a macro does.",
        structure.external,
    ),
    Rule(
        18, "Nothing hidden", CODE,
        "No hidden sheet, row or column, unless a + in sight unfolds it, and no text in the colour "
        "of its ground.",
        "Show it, group it, or delete it.",
        structure.hidden,
    ),
    Rule(
        19, "No errors", OURS,
        "No cell shows an error, and every formula has a stored value.",
        "Mend the formula; recalculate and save.",
        formulas.errors,
    ),
    Rule(
        20, "Errors are seen", OURS,
        "Calculations do not hide errors with IFERROR or IFNA.",
        "Test for the one case that is meant: IF(A1 = 0, 0, B1 / A1).",
        formulas.hidden_errors, (CALCULATION, CALCULATOR, INPUTS, TABLE),
    ),
    Rule(
        21, "No rounding inside", CODE,
        "Calculations round only to whole things, with ROUNDUP, INT or CEILING, "
        "or to six digits and more.",
        "Leave rounding to the number format.",
        formulas.rounding, (CALCULATION, CALCULATOR),
    ),
    Rule(
        22, "Checks in sight", f"{CODE}, {FAST} 2.03",
        "Checks are 0 or 1 against a tolerance, summed in MASTER_CHECK, seen on every sheet.",
        "Mend what fails; add a Checks sheet, and show its sum under each title.",
        proof.master, READ, of_models=True,
    ),
    Rule(
        23, "What checks prove", OURS,
        "The checks prove totals, write-off, capacity, NPV, years, the case, and prices.",
        "Add the check.",
        proof.coverage, (CHECKS,),
    ),
    Rule(
        24, "Costs are positive", CODE,
        "Lines of cost are positive.",
        "Turn the sign, or call the line a saving.",
        lines.signs,
    ),
    Rule(
        25, "Currency in sight", SSRB,
        "A sheet that speaks of money names its currency.",
        "Write it in the unit of each line, or under the title.",
        presentation.currency, (COVER, BOARD, CALCULATION, CALCULATOR, OUTPUT, RECORD),
        of_models=True,
    ),
    Rule(
        26, "Inputs look like inputs", f"{CODE}, {ICAEW}",
        "Inputs are blue on a coloured ground, unlocked and validated.",
        "Give the cell the input style and a validation.",
        entries.marked, (INPUTS, CALCULATOR),
    ),
    Rule(
        27, "Register of assumptions", f"{CODE}, {FAST} 2.04",
        "Assumptions have low, base and high, a source, a date and an owner; tables of data have "
        "a source and a date.",
        "Add the column.",
        entries.register, (INPUTS, TABLE),
    ),
    Rule(
        28, "One switch", SMART,
        "One named, validated number picks the case.",
        "Name a cell live_case, allow it a list of whole numbers, and use it with INDEX.",
        entries.switch, (INPUTS,), of_models=True,
    ),
    Rule(
        29, "Version log", f"{ICAEW} 17",
        "A log lists changes, and the file's properties say what it is and what made it.",
        "Add a Log sheet; fill in title and comments under File, Info.",
        structure.log, of_models=True,
    ),
    Rule(
        30, "Estimates are marked", CODE,
        "A typed figure has a source, or says that it is an estimate.",
        "Name the source in its row.",
        entries.sourced, (INPUTS, TABLE),
    ),
    Rule(
        31, "Sound names", f"{CODE}, {FAST} 4.03",
        "Defined names are of single cells, read unlike cells, and lead somewhere.",
        "Rename or delete it in the name manager.",
        structure.names,
    ),
    Rule(
        32, "Real tables", f"{SSRB}, {OURS}",
        "Tables and their columns are named, and no cells are merged but for sentences.",
        "Name it; unmerge the cells.",
        structure.tables, tuple(kind for kind in Kind if kind is not COVER),
    ),
    Rule(
        33, "Readable numbers", SSRB,
        "Thousands are parted, shares and prices have the digits they need.",
        "Use a format such as #,##0;[Red](#,##0);-",
        presentation.formats, READ,
    ),
    Rule(
        34, "Opens well", f"{FAST} 2.03",
        "Headers of wide and long sheets are frozen, the zoom is 85 to 100%, the cover opens.",
        "Freeze the panes; save with the cursor in A1 of the cover.",
        presentation.view,
    ),
    Rule(
        35, "Prints well", OURS,
        "Paper and footer are set, wide sheets print across, months break after every 12.",
        "Set it under Page Layout.",
        presentation.printing,
    ),
    Rule(
        36, "Charts explain themselves", OURS,
        "Charts have a title, titles on their axes, and alternative text.",
        "Add it under Chart Design, and Edit Alt Text.",
        presentation.charts,
    ),
    Rule(
        37, "Protected, not locked away", f"{ICAEW} 20",
        "Formulas are protected without a password; sheets with a table stay open, to grow.",
        "Protect the sheet and leave the password blank.",
        presentation.protection, (COVER, BOARD, CALCULATOR, *COMPUTED), of_models=True,
    ),
    Rule(
        38, "Links to and fro", SSRB,
        "The cover, or a sheet about the workbook, links to every sheet, and every sheet back.",
        "Insert a link to a place in this document.",
        structure.navigation,
    ),
    Rule(
        39, "Left to right", f"{FAST} 2.01-04",
        "No formula reads a later period, but for all of them or all to come.",
        "Turn the calculation round, so that it reads the period before.",
        lines.direction,
    ),
    Rule(
        40, "Sheet names", CODE,
        "Sheets are named for what they hold.",
        "Rename it.",
        structure.tab_names,
    ),
    Rule(
        41, "Works everywhere", OURS,
        "Excel 2016 and LibreOffice 7.4 have every function; among examples, a function of an "
        "add-in may stand within IFERROR.",
        "Use older functions, such as INDEX and MATCH, or freeze the values.",
        formulas.everywhere,
    ),
)
# fmt: on

BY_HAND = {
    42: "Recalculated in a second program, every number is the same.",
    43: "Volumes of 0, 1 and 100 times, prices of 0 and rates of 0 give sensible answers.",
    44: "The same inputs make the same file.",
    45: "A reviewer has signed, and the comments are listed.",
}
"""Rules that no reading of the file can decide."""
