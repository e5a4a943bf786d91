"""`evenpoint addin install|status|uninstall [--calc]`: the functions in Excel or in Calc."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from install.terminal.refusal import Refusal
from install.windows import desktop

Calc = Annotated[bool, typer.Option("--calc", help="In LibreOffice Calc, not in Excel.")]
Profile = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="LibreOffice profile, if not that of the current user."),
]


def install(
    calc: Calc = False,
    profile: Profile = None,
    bridge: Annotated[
        bool, typer.Option("--bridge", help="Compute outside LibreOffice in any case.")
    ] = False,
) -> None:
    """Install the worksheet functions in Excel on Windows, or in LibreOffice Calc.

    For the current user, without an administrator. In Calc, LibreOffice's own Python computes
    where it can import Evenpoint's numpy; elsewhere the add-in starts Evenpoint's beside it.

    Example: evenpoint addin install
    """
    if not calc:
        return print(desktop.install())
    from install.calc import profile as calc_profile

    calc_profile.install(profile, bridge)
    print(f"Installed. Restart LibreOffice if it is open.\n{calc_profile.status(profile)}")


def status(calc: Calc = False, profile: Profile = None) -> None:
    """Say whether Excel or LibreOffice has the functions, and what keeps them from working.

    Example: evenpoint addin status
    """
    if not calc:
        return print(desktop.status())
    from install.calc import profile as calc_profile

    print(calc_profile.status(profile))


def uninstall(calc: Calc = False, profile: Profile = None) -> None:
    """Remove the functions from Excel or LibreOffice; workbooks keep their formulas.

    Example: evenpoint addin uninstall
    """
    if not calc:
        return print(desktop.uninstall())
    from install.calc import profile as calc_profile

    calc_profile.uninstall(profile)
    print("Removed from LibreOffice. Restart it if it is open.")


def repair(
    file: Annotated[Path, typer.Argument(help="An .xlsx that LibreOffice saved.")],
    out: Annotated[Path | None, typer.Option(help="Write the repaired copy here instead.")] = None,
) -> None:
    """Give the functions in a workbook that LibreOffice 7 saved the names Excel knows.

    LibreOffice 7 stores its own long names in an .xlsx, which Excel shows as #NAME?.

    Example: evenpoint addin repair budget.xlsx
    """
    from addin.calc.repair import RepairError
    from addin.calc.repair import repair as repaired
    from install.terminal.writing import check_target, write

    target = out or file
    check_target(target, force=out is None)
    try:
        content, count = repaired(file)
    except RepairError as error:
        raise Refusal(f"{error}.") from None
    if count or out:
        write(target, content)
    print(f"{target}: {count} formulas repaired." if count else f"{file}: nothing to repair.")
