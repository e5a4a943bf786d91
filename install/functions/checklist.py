"""The page of what a person checks in a real Excel before each release.

``python -m install.functions.checklist`` writes it again after a change; a test tells when that
is due.
"""

from __future__ import annotations

from math import isinf
from pathlib import Path

from addin.excel.ribbon import BUTTONS
from costcore.catalogue import CATEGORY, FUNCTIONS, SheetFunction

PAGE = Path(__file__).parents[1] / "CHECKLIST.md"
MOST_CHARACTERS = 80
TEXT = """\
# What to check in a real Excel, per release

Everything else is tested on Linux and in Wine; this is what only Excel can show. It takes one
person 20 minutes on Windows with a desktop Excel of Microsoft 365. This page is written by
`python -m install.functions.checklist`; numbers may show in another format, and in the local
spelling.

## Install

- [ ] Close Excel; run `evenpoint-*-setup.exe`. No question about an administrator appears.
- [ ] Open Excel: the tab **Evenpoint** has {buttons}. No message about macros appears.
- [ ] `evenpoint addin status` in the installed Python says: installed, the server answers, the
  bits of this Excel.

## Functions

- [ ] Type `=TCO_3YR(` and press Ctrl+A: every argument has a help text with its unit; the
  category is {category}.
- [ ] Type each formula into a cell of a new workbook:

| formula | shows |
|---|---|
{formulas}

- [ ] `=BREAKEVEN_TOKENS(10,5400,388800000,3000)` shows `#N/A`, and `=SUM` over it `#N/A`.
- [ ] `=RENT_PER_MONTH("2")` shows `#VALUE!`; `=NODES_NEEDED(5E8,4E8,0.5)` shows `#NUM!`.
- [ ] A1:A3 hold 1, an empty cell, 3: `=RENT_PER_MONTH(A1:A3)` spills 730, `#NUM!`, 2190.
- [ ] `evenpoint functions --workbook examples.xlsx`: open it; no check on it says wrong.

## Ribbon

- [ ] **Explain this cell** on the `#N/A` above says that it never pays, and the 13.89.
- [ ] **New budget** opens a workbook; **Check workbook** on it says: Nothing wrong found.
- [ ] **Refresh prices** on it says that no price has to change; after one price is overtyped it
  asks, and on Yes changes that cell and not its format.
- [ ] **Help** names the functions.

## Start and end

- [ ] Task Manager: one `pythonw.exe` runs. End it, press Ctrl+Alt+F9: the formulas answer again.
- [ ] Close Excel: within ten seconds no `pythonw.exe` is left.
- [ ] In the VBA editor (Alt+F11), Debug, Compile Evenpoint finds nothing.
- [ ] With the setting Trust Center, Add-ins, "Require Application Add-ins to be signed" the
  functions show `#NAME?`, and `evenpoint addin status` names the setting. Switch it off again.
- [ ] A 32-bit Excel: the first formula of the table answers.

## Remove

- [ ] While Excel is open, Settings, Apps, Evenpoint, Uninstall asks to close Excel.
- [ ] With Excel closed it succeeds; then Excel starts without the tab and without a message, and
  a saved workbook with the formulas opens with the values it had.

## Lite workbook

- [ ] `evenpoint addin lite`; open it in Excel for Windows, for Mac and in the browser, accept
  xlwings Lite: no check says wrong.
"""


def page() -> str:
    """Return the text of the page."""
    buttons = ", ".join(button.label for button in BUTTONS)
    formulas = "\n".join(map(_line, filter(_short, FUNCTIONS)))
    return TEXT.format(buttons=buttons, category=CATEGORY, formulas=formulas)


def formula(function: SheetFunction) -> str:
    """Return the worked example of a function as one types it, its ranges as constants."""
    return f"={function.name}({','.join(map(_typed, function.example.arguments))})"


def _typed(value: object) -> str:
    if isinstance(value, tuple):
        rows = (map(_typed, row) if isinstance(row, tuple) else [_typed(row)] for row in value)
        return "{" + ";".join(",".join(row) for row in rows) + "}"
    return f'"{value}"' if isinstance(value, str) else _shown(value)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return "#N/A" if isinf(value) else f"{value:.15g}"
    return "" if value is None else str(value)


def _short(function: SheetFunction) -> bool:
    blank = ",," in formula(function) or ",}" in formula(function)  # no constant holds a blank
    return not blank and len(formula(function)) <= MOST_CHARACTERS


def _line(function: SheetFunction) -> str:
    answer = function.example.answer
    rows = answer if isinstance(answer, tuple) else (answer,)
    cells = [row if isinstance(row, tuple) else (row,) for row in rows]
    return f"| `{formula(function)}` | {'; '.join(', '.join(map(_shown, row)) for row in cells)} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"Wrote {PAGE}")
