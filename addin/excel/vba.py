"""Write the VBA of the desktop add-in from the catalogue: wrappers, bridge and ribbon."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from addin.excel.ribbon import BUTTONS
from addin.excel.ribbon import MODULE as RIBBON
from addin.excel.udfs import CODES, MOST_HELP_CHARACTERS
from addin.names import check_clashes, check_function
from costcore.catalogue import FUNCTIONS, SheetFunction

CUSTOM_CATEGORY = 20
"""The number of the first category that is not one of Excel's own."""
MOST_LINE_CHARACTERS = 1_023
BRIDGE, WRAPPERS = "EvenpointBridge", "EvenpointFunctions"


def modules(entries: Sequence[SheetFunction] = FUNCTIONS) -> dict[str, str]:
    """Return the source of each VBA module by its name, lines ending as VBA's do.

    Raises
    ------
    ValueError
        If a name would be misread, or a text or a line is too long for Excel.
    """
    check_clashes([*(entry.name for entry in entries), BRIDGE, WRAPPERS, RIBBON])
    sources = {
        BRIDGE: _bridge(),
        WRAPPERS: "Option Explicit\n\n" + "\n".join(map(_wrapper, entries)),
        RIBBON: _ribbon(),
    }
    return {name: _finished(name, source) for name, source in sources.items()}


def _bridge() -> str:
    cases = (f'        Case "{e.value}": OneValue = CVErr({code})' for e, code in CODES.items())
    source = Path(__file__).with_name("bridge.bas").read_text(encoding="ascii")
    return source.replace("@ERRORS@", "\n".join(cases))


def _wrapper(entry: SheetFunction) -> str:
    """Return the worksheet function; its help is in attributes, which Excel reads and hides."""
    parameters = entry.signature.parameters
    check_function(entry.name, parameters)
    declared = ", ".join(
        f"{'Optional ' * (parameter.default is not parameter.empty)}ByVal {name} As Variant"
        for name, parameter in parameters.items()
    )
    help_text = check_help(entry.summary).encode("ascii").decode().replace('"', '""')
    return (
        f"Public Function {entry.name}({declared}) As Variant\n"
        f'Attribute {entry.name}.VB_Description = "{help_text}"\n'
        f'Attribute {entry.name}.VB_ProcData.VB_Invoke_Func = " \\n{CUSTOM_CATEGORY}"\n'
        f'    {entry.name} = EvenpointCall("{entry.name}", Array({", ".join(parameters)}))\n'
        "End Function\n"
    )


def check_help(text: str) -> str:
    """Return a help text that Excel can show.

    Raises
    ------
    ValueError
        If it is longer than Excel's box, or more than one line.
    """
    if len(text) > MOST_HELP_CHARACTERS or "\n" in text:
        raise ValueError(f"help is one line of at most {MOST_HELP_CHARACTERS} characters: {text!r}")
    return text


def _ribbon() -> str:
    subs = (
        f"Public Sub {button.callback}(ByVal control As IRibbonControl)\n"
        f'    EvenpointRun "{button.action}"\n'
        "End Sub\n"
        for button in BUTTONS
    )
    return "Option Explicit\n\n" + "\n".join(subs)


def _finished(name: str, source: str) -> str:
    text = f'Attribute VB_Name = "{name}"\n{source}'
    longest = max(map(len, text.splitlines()))
    if longest > MOST_LINE_CHARACTERS:
        raise ValueError(f"{name} has a line of {longest} characters; VBA reads 1,023.")
    return text.replace("\n", "\r\n")
