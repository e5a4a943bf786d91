"""What stands beside an input cell that is chosen: what it means, its bounds, where to find it."""

from __future__ import annotations

from costcore.language.quantities import QUANTITIES, is_number
from workbooks.scenario.entries import LARGEST
from workbooks.scenario.inputs import INPUTS, SECTIONS
from workbooks.scenario.reading import FIRST_DAY, LAST_DAY

TITLE, MESSAGE = 32, 255
"""The longest that a spreadsheet takes."""
WHERE = {
    "workload": "the usage export or bill of your vendor (evenpoint usage import)",
    "api": "the sheet Prices; your contract or last bill, where you have one",
    "managed": "the sheet Prices; your offer, where you have one",
    "nodes": "the sheets Hardware and Throughput; your quote or measurement, where you have one",
    "sizing": "the sheet Models, and the mean request of your usage",
    "people": "payroll, and the team that would run it",
    "hybrid": "your choice of what own nodes would serve",
    "gates": "whoever answers for data protection, quality and operations",
    "outcome": "a trial on your own tasks",
    "finance": "treasury or controlling",
}
"""Where each part of Inputs is found."""
FOUND = {each.name: WHERE[part] for part, inputs in SECTIONS.items() for each in inputs}
DAY = {
    "validate": "date",
    "criteria": "between",
    "minimum": FIRST_DAY,
    "maximum": LAST_DAY,
    "error_message": f"It must be a date from {FIRST_DAY} to {LAST_DAY}.",
}
CODE = {
    "validate": "length",
    "criteria": "==",
    "value": 3,
    "error_message": "It must be a code of three letters, such as USD.",
}
AT_LEAST = f"a number from 0 to {LARGEST:g}."
AT_LEAST_0 = {
    "validate": "decimal",
    "criteria": "between",
    "minimum": 0,
    "maximum": LARGEST,
    "ignore_blank": True,
    "error_message": f"It must be {AT_LEAST}",
}


def hint(name: str, label: str, where: str = "") -> dict[str, str]:
    """Return the hint of an input: its meaning, its bounds and where to find it.

    >>> hint("pue", "Power usage effectiveness")["input_message"]
    'Power of the whole site over power of the machines. It must be a number from 1 to 4. Find
    it in: the sheets Hardware and Throughput; your quote or measurement, where you have one.'
    """
    found = where or FOUND[name]
    return told(label, f"{QUANTITIES[name].help} {_bounds(name)}", found)


def _bounds(name: str) -> str:
    if not is_number(name) and not INPUTS[name].choices:
        return "It must be a name of the table, or blank."
    rule = INPUTS[name].rule if name in INPUTS else QUANTITIES[name].rule
    return f"It must be {rule}."


def told(label: str, meaning: str, where: str) -> dict[str, str]:
    """Return a hint in the lengths that a spreadsheet takes; what is cut ends with dots.

    >>> told("Rent", "What a node costs an hour.", "your quote")["input_message"]
    'What a node costs an hour. Find it in: your quote.'
    """
    said = f"{meaning} Find it in: {where}."
    return {"input_title": _cut(label, TITLE), "input_message": _cut(said, MESSAGE)}


def computed(title: str, message: str) -> dict[str, str]:
    """Return what refuses every value typed over a formula, with where to type instead."""
    never = {"validate": "custom", "value": "=FALSE"}
    return {**never, "error_title": title, "error_message": message}


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
