"""The Evenpoint tab of the ribbon: its buttons, and the XML Excel reads them from."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import NamedTuple

NAMESPACE = "http://schemas.microsoft.com/office/2006/01/customui"
TAB, MODULE = "Evenpoint", "EvenpointRibbon"


class Button(NamedTuple):
    """One button: the action it runs, what it says, and which of Office's icons it wears."""

    action: str
    group: str
    label: str
    icon: str
    tip: str

    @property
    def callback(self) -> str:
        """The VBA procedure behind the button."""
        return "On" + self.action.title().replace("_", "")


BUTTONS = (
    Button(
        "new_budget",
        "Budget",
        "New budget",
        "FileNew",
        "Ask four questions, write a budget workbook beside this one, and open it.",
    ),
    Button(
        "refresh_prices",
        "Budget",
        "Refresh prices",
        "Refresh",
        "Show which prices of this workbook have changed, and change them if you agree.",
    ),
    Button(
        "explain_cell",
        "Check",
        "Explain this cell",
        "FormulaEvaluate",
        "Say in words what the Evenpoint function in the selected cell found, or why it shows "
        "an error; of a break-even, its staircase step by step.",
    ),
    Button(
        "check_workbook",
        "Check",
        "Check workbook",
        "ErrorChecking",
        "List errors, numbers stored as text, failed checks and links to an add-in elsewhere.",
    ),
    Button(
        "show_help",
        "Help",
        "Help",
        "Help",
        "List the functions with their arguments, and where the log is.",
    ),
)


def custom_ui() -> bytes:
    """Return the ribbon's XML."""
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(f"{{{NAMESPACE}}}customUI")
    tabs = _add(_add(root, "ribbon"), "tabs")
    tab = _add(tabs, "tab", id="evenpointTab", label=TAB)
    groups: dict[str, ET.Element] = {}
    for button in BUTTONS:
        if button.group not in groups:
            groups[button.group] = _add(
                tab, "group", id=f"evenpoint{button.group}", label=button.group
            )
        _add(
            groups[button.group],
            "button",
            id=f"evenpoint{button.callback}",
            label=button.label,
            size="large",
            imageMso=button.icon,
            screentip=button.label,
            supertip=button.tip,
            onAction=f"{MODULE}.{button.callback}",
        )
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _add(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{NAMESPACE}}}{tag}", attributes)
