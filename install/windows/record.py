"""Do what installing takes, keep a record of it, and undo exactly that.

The record is written before anything is done, so that an installation that was cut off can be
undone too. What somebody has changed since then is theirs, and stays.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from install.terminal.refusal import Refusal
from install.terminal.writing import write
from install.windows.registry import Registry


@dataclass(frozen=True)
class Record:
    """What an installation did."""

    files: dict[str, str]
    """Each file that was written, and the SHA-256 of what is in it."""
    folders: list[str]
    """Each folder that was made, the outer ones first."""
    values: dict[str, tuple[str, str | None]]
    """Each registry key whose default value was set: to what, and what it was before."""
    keys: list[str]
    """Each registry key that was made, the outer ones first."""


def carry_out(
    files: Mapping[Path, bytes], values: Mapping[str, str], place: Path, registry: Registry
) -> None:
    """Write files and registry values, with the record at `place`.

    Raises
    ------
    Refusal
        If a file cannot be written; what was done until then is undone.
    """
    record = _record(files, values, place, registry)
    for folder in record.folders:
        Path(folder).mkdir(exist_ok=True)
    write(place, json.dumps(asdict(record), indent=1).encode())
    try:
        for path, content in files.items():
            write(path, content)
    except Refusal:
        undo(place, registry)
        raise
    for key, text in values.items():
        registry.write(key, text)


def _record(
    files: Mapping[Path, bytes], values: Mapping[str, str], place: Path, registry: Registry
) -> Record:
    folders = [parent for path in (*files, place) for parent in reversed(path.parents)]
    keys = [key for each in values for key in _with_parents(each)]
    before = {key: registry.read(key) for key in values}
    return Record(
        files={str(path): _digest(content) for path, content in files.items()},
        folders=[str(folder) for folder in dict.fromkeys(folders) if not folder.exists()],
        values={
            key: (text, None if before[key] is None else str(before[key]))
            for key, text in values.items()
        },
        keys=[key for key in dict.fromkeys(keys) if not registry.exists(key)],
    )


def _with_parents(key: str) -> Iterator[str]:
    hive, *parts = key.split("\\")
    for count in range(1, len(parts) + 1):
        yield "\\".join([hive, *parts[:count]])


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read(place: Path) -> Record | None:
    """Return the record of an installation, or None where there is none."""
    if not place.exists():
        return None
    found = json.loads(place.read_text(encoding="utf-8"))
    return Record(**found | {"values": {key: tuple(v) for key, v in found["values"].items()}})


def undo(place: Path, registry: Registry) -> list[Path]:
    """Undo what the record at `place` tells; return the files that stay, because they changed.

    Raises
    ------
    Refusal
        If a file is in use; then the registry and the record are untouched.
    """
    record = read(place)
    if record is None:
        return []
    stay = [path for path in map(Path, record.files) if path.exists() and not _ours(path, record)]
    for path in map(Path, record.files):
        if path not in stay:
            _remove(path)
    for key, (text, before) in record.values.items():
        if registry.read(key) == text:
            _restore(registry, key, before)
    for key in reversed(record.keys):
        registry.remove_empty(key)
    _remove(place)
    for folder in map(Path, reversed(record.folders)):
        if folder.exists() and not any(folder.iterdir()):
            folder.rmdir()
    return stay


def _restore(registry: Registry, key: str, before: str | None) -> None:
    if before is None:
        registry.clear(key)
    else:
        registry.write(key, before)


def _ours(path: Path, record: Record) -> bool:
    return path.is_file() and _digest(path.read_bytes()) == record.files[str(path)]


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise Refusal(
            f"{path} cannot be removed: {error.strerror}; close Excel and try again."
        ) from None
