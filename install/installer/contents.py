"""What a release contains, for programs that watch over licences and flaws: CycloneDX."""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from install.installer.licences import listed

INSIDE = frozenset({"run", "windows"})
"""Locks of what everybody is given; other packages are extras, and those for tests nobody is."""
PYTHON = {
    "type": "application",
    "name": "Python",
    "version": "3.11",
    "licenses": [{"license": {"name": "Python Software Foundation License 2.0"}}],
    "description": "in the installer for Windows",
}
NSIS = {
    "type": "application",
    "name": "NSIS",
    "licenses": [{"license": {"name": "zlib licence"}}],
    "description": "what the installer for Windows is made with",
}


def contents(version: str, files: Mapping[str, str], second: int) -> bytes:
    """Return the list of a release: its files with their SHA-256, and every package inside."""
    made = datetime.datetime.fromtimestamp(second, datetime.UTC)
    told: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": made.isoformat(),
            "component": {
                "type": "application",
                "name": "evenpoint",
                "version": version,
                "licenses": [{"license": {"id": "MIT"}}],
            },
        },
        "components": [*map(_file, files, files.values()), *_packages(), PYTHON, NSIS],
    }
    number = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(told))
    return (json.dumps({**told, "serialNumber": f"urn:uuid:{number}"}, indent=2) + "\n").encode()


def _file(name: str, sha256: str) -> dict[str, Any]:
    return {"type": "file", "name": name, "hashes": [{"alg": "SHA-256", "content": sha256}]}


def _packages() -> Iterator[dict[str, Any]]:
    for package in listed():
        if package.locks != {"test"}:
            needed = bool(package.locks & INSIDE)
            yield {
                "type": "library",
                "name": package.name,
                "version": package.version,
                "purl": f"pkg:pypi/{package.name}@{package.version}",
                "scope": "required" if needed else "optional",
                "licenses": [{"license": {"name": package.licence}}],
                "description": f"in: {', '.join(sorted(package.locks - {'test'}))}",
            }
