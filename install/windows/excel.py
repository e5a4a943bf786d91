"""What this machine has of Excel, and which settings keep an add-in from running in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from install.windows.registry import Registry

APP_PATH = "Software\\Microsoft\\Windows\\CurrentVersion\\App Paths\\excel.exe"
MACHINES = {0x014C: "32-bit", 0x8664: "64-bit", 0xAA64: "64-bit ARM"}
POLICIES = (
    "HKCU\\Software\\Policies\\Microsoft\\Office\\16.0",
    "HKCU\\Software\\Policies\\Microsoft\\Cloud\\Office\\16.0",
    "HKLM\\Software\\Policies\\Microsoft\\Office\\16.0",
)
SETTINGS = "HKCU\\Software\\Microsoft\\Office\\16.0"
MACROS_OFF, ONLY_SIGNED_MACROS = 4, 3
UNSIGNED = "and this one is not signed"


class Setting(NamedTuple):
    """A registry value of Office with which no unsigned add-in runs."""

    key: str
    name: str
    blocks: int
    means: str


BLOCKING = (
    Setting("Common", "VBAOff", 1, "VBA is switched off for all of Office"),
    Setting(
        "Common\\Security",
        "RequireAlwaysOnMacroSig",
        1,
        f"add-ins that load with Excel must be signed by a trusted publisher, {UNSIGNED}",
    ),
    Setting("Excel\\Security", "DisableAllAddins", 1, "all add-ins are switched off"),
    Setting(
        "Excel\\Security",
        "RequireAddinSig",
        1,
        f"add-ins must be signed by a trusted publisher, {UNSIGNED}",
    ),
)
NO_LOCATIONS = (
    Setting(
        "Excel\\Security\\Trusted Locations",
        "AllLocationsDisabled",
        1,
        "the start folder of Excel is not trusted",
    ),
    Setting(
        "Common\\Security\\Trusted Locations",
        "Allow User Locations",
        0,
        "the start folder of Excel is not trusted",
    ),
)


def program(registry: Registry) -> Path | None:
    """Return Excel's program file, or None where Excel is not found."""
    for hive in ("HKLM", "HKLM32", "HKCU"):
        found = registry.read(f"{hive}\\{APP_PATH}")
        if found and Path(str(found).strip('"')).exists():
            return Path(str(found).strip('"'))
    return None


def bits(path: Path) -> str:
    """Return for which processor a Windows program was made, from its own header."""
    with path.open("rb") as file:
        file.seek(0x3C)
        file.seek(int.from_bytes(file.read(4), "little"))
        signature, machine = file.read(4), int.from_bytes(file.read(2), "little")
    if signature != b"PE\0\0":
        return "unknown"
    return MACHINES.get(machine, "unknown")


def described(registry: Registry, python: str) -> str:
    """Return a sentence on the Excel of this machine and how it goes with a Python's bits."""
    path = program(registry)
    if path is None:
        return (
            "Excel was not found on this machine. The add-in is for the desktop Excel on Windows; "
            "for Excel in the browser there is: evenpoint addin lite."
        )
    kind = bits(path)
    if kind.startswith(python):
        return f"{kind} Excel, {path}."
    return (
        f"{kind} Excel, {path}, beside a {python} Python: they work together, "
        "for the add-in starts Python as a program of its own."
    )


def obstacles(registry: Registry) -> list[str]:
    """Return a sentence for each setting that keeps the add-in from running."""
    return [*_blocked(registry), *_untrusted(registry)]


def _blocked(registry: Registry) -> Iterator[str]:
    for setting in BLOCKING:
        found = _value(registry, setting)
        if found and found[0] == setting.blocks:
            yield f"Excel will not run the add-in: {setting.means}. {found[1]}"


def _untrusted(registry: Registry) -> Iterator[str]:
    """Macros in a trusted folder run whatever is set for macros; only without it they ask."""
    macros = _value(registry, Setting("Excel\\Security", "VBAWarnings", MACROS_OFF, ""))
    for setting in NO_LOCATIONS:
        found = _value(registry, setting)
        if not found or found[0] != setting.blocks:
            continue
        if macros and macros[0] in (MACROS_OFF, ONLY_SIGNED_MACROS):
            off = "off" if macros[0] == MACROS_OFF else f"off unless signed, {UNSIGNED}"
            why = f"macros are {off}, and {setting.means}"
            yield f"Excel will not run the add-in: {why}. {found[1]}"
        else:
            yield f"Excel may ask about macros at each start, for {setting.means}. {found[1]}"


def _value(registry: Registry, setting: Setting) -> tuple[object, str] | None:
    """Return the value in force, and who can change it; a policy counts more than the user."""
    for root in POLICIES:
        value = registry.read(f"{root}\\{setting.key}", setting.name)
        if value is not None:
            return value, (
                f"A policy of your organisation says so ({root}\\{setting.key}, {setting.name}); "
                "ask IT to allow evenpoint.xlam, or use evenpoint addin lite."
            )
    value = registry.read(f"{SETTINGS}\\{setting.key}", setting.name)
    if value is None:
        return None
    return value, "Change it in Excel: File, Options, Trust Center, Trust Center Settings."
