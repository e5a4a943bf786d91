"""Open a workbook as a package of parts, and put it together again with some parts replaced.

A part that is not replaced keeps its bytes as they are on the disk, compressed, with its name,
time stamp and place; only offsets are written anew.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from workbooks.file.markup import Node, tree
from workbooks.file.refusal import RefreshError

LARGEST_FILE = 250_000_000
LARGEST_PART = 250_000_000
"""Of a part that is read whole: a sheet with formulas, or one that is written."""
LARGEST_IN_ALL = 400_000_000
LARGEST_PASSED = 4_000_000_000
"""Of a part that is looked through in pieces: a sheet of data that somebody keeps."""
PIECE, OVERLAP = 1 << 20, 1_000
MOST_PARTS = 20_000
SUSPICIOUS_SIZE, SUSPICIOUS_RATIO = 8_000_000, 200  # what a program writes packs 5 to 60 times
_LOCAL, _CENTRAL, _END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L"), b"PK\5\6"


class Relation(NamedTuple):
    """What one part of a package is to another."""

    kind: str
    target: str


class Package:
    """The parts of a workbook by name."""

    def __init__(self, path: Path, content: bytes) -> None:
        self.name, self.content = path.name, content
        self.read_in_all = 0
        self._parts: dict[str, bytes] = {}
        self._check_magic()
        try:
            self.zip = zipfile.ZipFile(io.BytesIO(content))
            self.entries = {entry.filename: entry for entry in self.zip.infolist()}
        except (zipfile.BadZipFile, ValueError, OverflowError, struct.error, NotImplementedError):
            raise self.refuse("is damaged: its list of parts cannot be read") from None
        self._check_entries()

    def refuse(self, why: str) -> RefreshError:
        """Return the error that says why this file is left alone."""
        return RefreshError(f"{self.name} {why}")

    def _check_magic(self) -> None:
        if self.content[:4] == b"\xd0\xcf\x11\xe0":
            if "EncryptedPackage".encode("utf-16-le") in self.content:
                raise self.refuse("is encrypted; remove its password in Excel first")
            raise self.refuse("is an old .xls workbook; save it as .xlsx in Excel first")
        if self.content[:4] != b"PK\3\4":
            raise self.refuse("is not an Excel workbook")

    def _check_entries(self) -> None:
        if len(self.entries) != len(self.zip.infolist()):
            raise self.refuse("is damaged: two of its parts have the same name")
        if len(self.entries) > MOST_PARTS:
            raise self.refuse(f"has {len(self.entries)} parts, more than any workbook needs")
        if any(entry.flag_bits & 1 for entry in self.entries.values()):
            raise self.refuse("is encrypted; remove its password first")
        self._check_places()
        if any(name.startswith("_xmlsignatures/") for name in self.entries):
            raise self.refuse(
                "is digitally signed, and a change would break the signature; remove it first"
            )

    def _check_places(self) -> None:
        placed = sorted(self.entries.values(), key=lambda entry: entry.header_offset)
        at = 0
        for entry in placed:
            if entry.header_offset < at:
                raise self.refuse(f"is damaged: its part {entry.filename} overlaps another")
            at = entry.header_offset + _LOCAL.size + entry.compress_size
        if at > self.zip.start_dir or any(r[42:46] == b"\xff" * 4 for r in self._records()):
            raise self.refuse("is damaged: its list of parts does not fit its parts")

    def read(self, name: str) -> bytes:
        """Return a part, no larger than a workbook may be."""
        if name not in self._parts:
            self._parts[name] = self._unpacked(name)
        return self._parts[name]

    def read_once(self, name: str) -> bytes:
        """Return a part that nobody reads again, and do not keep it."""
        return self._parts.get(name) or self._unpacked(name)

    def _unpacked(self, name: str) -> bytes:
        data = b"".join(self.pieces(name, LARGEST_PART))
        self.read_in_all += len(data)
        if self.read_in_all > LARGEST_IN_ALL:
            raise self._too_large(name)
        return data

    def pieces(self, name: str, largest: int = LARGEST_PASSED) -> Iterator[bytes]:
        """Yield a part piece by piece, so that it need not fit into memory."""
        if name not in self.entries:
            raise self.refuse(f"is damaged: it has no part {name}")
        entry = self.entries[name]
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise self.refuse(f"has a part that Excel could not unpack: {name}")
        packed = min(entry.compress_size, len(self.content))
        left = max(SUSPICIOUS_SIZE, min(largest, SUSPICIOUS_RATIO * packed))
        try:
            with self.zip.open(entry) as part:
                while left >= 0 and (piece := part.read(PIECE)):  # the last read checks the sum
                    left -= len(piece)
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError):
            raise self.refuse(f"is damaged: its part {name} cannot be unpacked") from None
        except (struct.error, RuntimeError, OverflowError, IndexError):
            raise self.refuse(f"is damaged: its part {name} cannot be found") from None
        if left < 0:
            raise self._too_large(name)

    def windows(self, name: str) -> Iterator[bytes]:
        """Yield a part in pieces that overlap, to look for something short in it."""
        tail = b""
        for piece in self.pieces(name):
            yield tail + piece
            tail = piece[-OVERLAP:]

    def _too_large(self, name: str) -> RefreshError:
        return self.refuse(f"unpacks to more than a workbook may hold, in its part {name}")

    def packed(self, name: str) -> tuple[int, ...]:
        """Return the checksum and the sizes of a part, which tell one from another; () of none."""
        entry = self.entries.get(name)
        return (entry.CRC, entry.file_size, entry.compress_size) if entry else ()

    def tree(self, name: str) -> Node:
        """Return a small part as a tree."""
        return tree(self.read(name), self.label(name))

    def label(self, name: str) -> str:
        """Return how a message names a part."""
        return f"{self.name}, part {name},"

    def relations(self, name: str) -> dict[str, Relation]:
        """Return what a part refers to inside the package, by identifier."""
        folder, base = posixpath.split(name)
        rels = posixpath.join(folder, "_rels", f"{base}.rels")
        if rels not in self.entries:
            return {}
        return {
            node.get("Id"): Relation(
                node.get("Type").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, node.get("Target"))).lstrip("/"),
            )
            for node in self.tree(rels).all("Relationship")
            if node.get("TargetMode") != "External"
        }

    @cached_property
    def central(self) -> dict[str, bytes]:
        """The records of the list of parts as they stand in the file, by name."""
        return dict(zip(self.entries, self._records(), strict=True))

    def _records(self) -> Iterator[bytes]:
        at = self.zip.start_dir
        for _ in self.entries:
            sizes = _CENTRAL.unpack_from(self.content, at)[10:13]
            yield self.content[at : at + _CENTRAL.size + sum(sizes)]
            at += _CENTRAL.size + sum(sizes)

    def rebuilt(self, parts: Mapping[str, bytes]) -> bytes:
        """Return the file with some parts replaced and all others as they are."""
        placed = sorted(self.entries.values(), key=lambda entry: entry.header_offset)
        ends = [*(entry.header_offset for entry in placed[1:]), self.zip.start_dir]
        out: list[bytes | memoryview] = []
        records, at, whole = {}, 0, memoryview(self.content)
        for entry, end in zip(placed, ends, strict=True):
            record = self.central[entry.filename]
            local: bytes | memoryview = whole[entry.header_offset : end]
            if entry.filename in parts:
                local, record = _packed(entry, record, parts[entry.filename])
            records[entry.filename] = record[:42] + struct.pack("<L", at) + record[46:]
            out.append(local)
            at += len(local)
        central = b"".join(records[name] for name in self.entries)
        counts = (len(records), len(records), len(central), at, len(self.zip.comment))
        return b"".join([*out, central, _END, struct.pack("<4H2LH", 0, 0, *counts)]) + (
            self.zip.comment
        )


def _packed(entry: zipfile.ZipInfo, record: bytes, data: bytes) -> tuple[bytes, bytes]:
    """Return the local and the central record of a part with new content."""
    squeeze = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = squeeze.compress(data) + squeeze.flush()
    old = _CENTRAL.unpack_from(record)
    name = record[_CENTRAL.size : _CENTRAL.size + old[10]]
    flags, stamp = old[3] & ~0x000E, old[5:7]  # the sizes come first, not after the data
    sizes = (zlib.crc32(data), len(packed), len(data), len(name), 0)
    local = _LOCAL.pack(b"PK\3\4", 20, flags, zipfile.ZIP_DEFLATED, *stamp, *sizes)
    central = _CENTRAL.pack(
        *(b"PK\1\2", old[1], 20, flags, zipfile.ZIP_DEFLATED, *stamp),
        *(*sizes, 0, *old[13:16], 0),
    )
    return local + name + packed, central + name
