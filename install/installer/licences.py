"""The list of what is inside, with the licence that each package states of itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import NamedTuple

LIST = Path(__file__).parent / "PACKAGES.md"
PIN = re.compile(r"([\w.-]+)==(\S+)")
HEAD = """\
# What is inside

Each package that the locks name, with the licence it states of itself. `run` is what Evenpoint
needs, `usage`, `gpu`, `mcp` and `report` are its extras, `windows` is what the installer for
Windows carries, and `test` is for developers only. Written by `python -m install.installer.lock`;
the texts of the licences come with the packages. The installer for Windows also carries Python 3.11
(Python Software Foundation License 2.0) and is made with NSIS (zlib licence).

| package | version | licence | in |
|---|---|---|---|
"""


class Package(NamedTuple):
    """One line of the list."""

    name: str
    version: str
    licence: str
    locks: frozenset[str]


def listed() -> Iterator[Package]:
    """Yield what the list says."""
    for line in LIST.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == len(Package._fields) and cells[0] not in ("package", "---"):
            name, version, stated, locks = cells
            yield Package(name, version, stated, frozenset(locks.split(", ")))


def licence(package: Distribution) -> str:
    """Return the licence that a package states: as an expression, a class, a field or a file."""
    return next(_stated(package), "not stated")


def _stated(package: Distribution) -> Iterator[str]:
    metadata = package.metadata
    yield from metadata.get_all("License-Expression", [])
    found = [each.split(" :: ") for each in metadata.get_all("Classifier", [])]
    classified = [names[-1] for names in found if names[0] == "License" and len(names) > 2]
    if classified:
        yield ", ".join(classified)
    texts: list[str | None] = [*metadata.get_all("License", [])]
    for name in metadata.get_all("License-File", []):
        texts += [package.read_text(f"licenses/{name}"), package.read_text(name)]
    for text in filter(str.strip, filter(None, texts)):
        yield text.strip().splitlines()[0].strip()


def write_list(locks: Path, folders: Iterable[Path]) -> Path:
    """Write the list of what the locks name and was installed into folders; return its path."""
    licences = {
        (canonical(package.metadata["Name"]), package.version): licence(package)
        for folder in folders
        for package in distributions(path=[str(folder)])
    }
    inside = defaultdict(set)
    for lock in locks.glob("*.txt"):
        for line in lock.read_text(encoding="utf-8").splitlines():
            if named := PIN.match(line):
                inside[named[1], named[2]].add(lock.stem)
    rows = (
        f"| {name} | {version} | {stated} | {', '.join(sorted(inside[name, version]))} |"
        for (name, version), stated in sorted(licences.items())
    )
    LIST.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return LIST


def canonical(name: str) -> str:
    """Return the name of a package as a lock has it.

    >>> canonical("ruamel.yaml_Clib")
    'ruamel-yaml-clib'
    """
    return re.sub(r"[-_.]+", "-", name).lower()
