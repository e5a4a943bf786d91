"""Ask whether a flaw is known in what the locks name: ``python -m install.installer.audit``.

The data are the package index's own, or what the options name (see pip-audit --help). Without
them nothing is known, which is said and is no failure: an outage is not a flaw.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from install.installer.lock import Pin, pins
from install.installer.steps import LOCKS

OPTIONS = ("--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off")


def main(options: Sequence[str] = (), folder: Path = LOCKS) -> int:
    """Print what is known of each lock, and return 1 when a flaw is."""
    code, audited = 0, set[Pin]()
    for lock in sorted(folder.glob("*.txt"), key=lambda lock: (-len(list(pins(lock))), lock)):
        if not audited.issuperset(pins(lock)):
            flawed, said = _told(lock, options)
            print(said)
            code |= flawed
            audited.update(pins(lock))
    return code


def _told(lock: Path, options: Sequence[str]) -> tuple[int, str]:
    """Return the exit code and what to say of one lock."""
    command = [sys.executable, "-I", "-m", "pip_audit", *OPTIONS, *options, "-r", str(lock)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if not done.stdout.startswith("{"):
        reason = (done.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1][:200]
        return 0, f"{lock.name}: not audited, there are no data ({reason})"
    packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    flaws = [_flaw(each, vuln) for each in packages for vuln in each.get("vulns", [])]
    unknown = sum("skip_reason" in each for each in packages)
    lines = [f"{lock.name}: {len(packages) - unknown} packages audited, {len(flaws)} flaws known"]
    if unknown:
        lines.append(f"    {unknown} packages not audited: there are no data of them")
    return int(bool(flaws)), "\n".join(lines + flaws)


def _flaw(package: dict[str, Any], vuln: dict[str, Any]) -> str:
    mended = ", ".join(vuln["fix_versions"]) or "no version yet"
    return f"    {package['name']} {package['version']}: {vuln['id']}, mended in {mended}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
