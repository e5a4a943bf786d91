"""Read an add-in strictly: package, compound file and VBA project, each by its specification.

Nothing is shared with what wrote the file. A rule that is broken is an AssertionError.
"""

import io
import posixpath
import re
import struct
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

FREE, END, FAT_SECTOR, NO_STREAM = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
STORAGE, STREAM, ROOT = 1, 2, 5


def parts(content: bytes) -> dict[str, bytes]:
    """Return the parts of a package whose types and relationships all hold (ECMA-376, part 2)."""
    package = zipfile.ZipFile(io.BytesIO(content))
    assert package.testzip() is None
    names = package.namelist()
    assert len(set(map(str.lower, names))) == len(names)
    found = {name: package.read(name) for name in names}
    types = ET.fromstring(found["[Content_Types].xml"])
    defaults = {e.get("Extension") for e in types if e.tag.endswith("Default")}
    overrides = {e.get("PartName") for e in types if e.tag.endswith("Override")}
    assert overrides <= {f"/{name}" for name in names}
    for name, part in found.items():
        assert f"/{name}" in overrides or name.rpartition(".")[2] in defaults or name[0] == "["
        if name.endswith((".xml", ".rels")):
            ET.fromstring(part)
    for name in filter(lambda n: n.endswith(".rels"), names):
        base = posixpath.dirname(posixpath.dirname(name))
        relations = ET.fromstring(found[name])
        assert len({r.get("Id") for r in relations}) == len(relations)
        for relation in relations:
            assert posixpath.normpath(posixpath.join(base, relation.get("Target"))) in found
    return found


@dataclass
class Entry:
    """One entry of a compound file's directory."""

    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


class CompoundFile:
    """The streams of a compound file of version 3 ([MS-CFB]), by their path."""

    def __init__(self, content: bytes) -> None:
        self.sectors = [content[at : at + 512] for at in range(512, len(content), 512)]
        header = struct.unpack_from("<8s16x5H6x9I", content)
        magic, _, major, order, shift, mini_shift = header[:6]
        directory_count, fats, directory, _, cutoff, mini, minis, chained, _ = header[6:]
        assert magic == bytes.fromhex("D0CF11E0A1B11AE1")
        assert (major, order, shift, mini_shift) == (3, 0xFFFE, 9, 6)
        assert (directory_count, cutoff, chained) == (0, 4096, END)
        assert len(content) % 512 == 0
        ids = [x for x in struct.unpack_from("<109I", content, 76) if x != FREE]
        assert len(ids) == fats
        self.fat = [x for i in ids for x in struct.unpack("<128I", self.sectors[i])]
        assert all(self.fat[i] == FAT_SECTOR for i in ids)
        self.used = set(ids)
        entries = self._chain(directory)
        self.entries = [_entry(entries[at : at + 128]) for at in range(0, len(entries), 128)]
        self.mini_fat = struct.unpack(f"<{minis * 128}I", self._chain(mini))
        root = self.entries[0]
        assert (root.name, root.kind) == ("Root Entry", ROOT)
        self.mini = self._chain(root.start)
        self.streams = dict(self._below(root.child, ()))
        unused = [i for i in range(len(self.sectors)) if i not in self.used]
        assert all(self.fat[i] == FREE for i in unused), "a sector belongs to nothing"

    def _chain(self, sector: int) -> bytes:
        found = []
        while sector != END:
            assert sector not in self.used, "two streams share a sector"
            self.used.add(sector)
            found.append(self.sectors[sector])
            sector = self.fat[sector]
        return b"".join(found)

    def _below(
        self, index: int, path: tuple[str, ...], low: object = None, high: object = None
    ) -> Iterator[tuple[tuple[str, ...], bytes]]:
        """Walk a tree of siblings, which is sorted by the length of the name and then the name."""
        if index == NO_STREAM:
            return
        entry = self.entries[index]
        key = (len(entry.name), entry.name.upper())
        assert low is None or low < key, "directory out of order"
        assert high is None or key < high, "directory out of order"
        yield from self._below(entry.left, path, low, key)
        if entry.kind == STORAGE:
            yield from self._below(entry.child, (*path, entry.name))
        else:
            assert (entry.kind, entry.child) == (STREAM, NO_STREAM)
            yield (*path, entry.name), self._stream(entry)
        yield from self._below(entry.right, path, key, high)

    def _stream(self, entry: Entry) -> bytes:
        if entry.size >= 4096:
            content = self._chain(entry.start)
        else:
            at, pieces = entry.start, []
            while at != END and entry.size:
                pieces.append(self.mini[at * 64 : at * 64 + 64])
                at = self.mini_fat[at]
            content = b"".join(pieces)
        assert 0 <= len(content) - entry.size < 512
        return content[: entry.size]


def _entry(raw: bytes) -> Entry:
    length, kind, _, left, right, child = struct.unpack_from("<HBB3I", raw, 64)
    start, size = struct.unpack_from("<IQ", raw, 116)
    name = raw[: max(length - 2, 0)].decode("utf-16-le")
    return Entry(name, kind, left, right, child, start, size)


def decompressed(stream: bytes) -> bytes:
    """Return the content of a compressed container ([MS-OVBA] 2.4.1)."""
    assert stream[0] == 1
    out, at = bytearray(), 1
    while at < len(stream):
        (header,) = struct.unpack_from("<H", stream, at)
        assert (header >> 12) & 7 == 0b011, "no chunk"
        end = at + (header & 0xFFF) + 3
        assert end <= len(stream)
        start = len(out)
        at += 2
        if not header >> 15:
            out += stream[at:end]
            at = end
        while at < end:
            flags, at = stream[at], at + 1
            for bit in range(8):
                if at >= end:
                    break
                if not flags >> bit & 1:
                    out.append(stream[at])
                    at += 1
                    continue
                (token,) = struct.unpack_from("<H", stream, at)
                at += 2
                width = max(4, (len(out) - start - 1).bit_length())
                length, offset = (token & (0xFFFF >> width)) + 3, (token >> (16 - width)) + 1
                assert offset <= len(out) - start
                for _ in range(length):
                    out.append(out[-offset])
        assert len(out) - start <= 4096
    return bytes(out)


def vba_sources(vba_project: bytes) -> tuple[str, dict[str, str]]:
    """Return the name of a VBA project and its modules, where all that names them agrees."""
    streams = CompoundFile(vba_project).streams
    records = list(_records(decompressed(streams["VBA", "dir"])))
    texts = dict(records)
    modules = [value.decode("cp1252") for kind, value in records if kind == 0x19]
    offsets = [int.from_bytes(value, "little") for kind, value in records if kind == 0x31]
    assert int.from_bytes(texts[0x0F], "little") == len(modules)
    assert [v.decode("utf-16-le") for k, v in records if k == 0x47] == modules
    assert [v.decode("cp1252") for k, v in records if k == 0x1A] == modules
    assert set(streams) == {
        ("PROJECT",),
        ("PROJECTwm",),
        ("VBA", "dir"),
        ("VBA", "_VBA_PROJECT"),
    } | {("VBA", name) for name in modules}
    assert streams["VBA", "_VBA_PROJECT"] == bytes.fromhex("CC61FFFF000000"), "compiled code"
    assert offsets == [0] * len(modules), "compiled code"
    project = streams["PROJECT",].decode("cp1252").split("\r\n")
    named = [re.match(r"(?:Module|Class|Document)=(\w+)", line) for line in project]
    assert [match[1] for match in named if match] != []
    assert sorted(match[1] for match in named if match) == sorted(modules)
    name = texts[0x04].decode("cp1252")
    assert f'Name="{name}"' in project
    _check_passwords(project)
    listed = streams["PROJECTwm",]
    for module in modules:
        assert module.encode() + b"\0" + (module + "\0").encode("utf-16-le") in listed
    return name, {m: decompressed(streams["VBA", m]).decode("cp1252") for m in modules}


def _records(directory: bytes) -> Iterator[tuple[int, bytes]]:
    """Return the records of the `dir` stream, [MS-OVBA] 2.3.4.2; they fill it exactly."""
    at = 0
    while at < len(directory):
        kind, size = struct.unpack_from("<HI", directory, at)
        size = 6 if kind == 0x09 else size  # the version's size field does not count its minor part
        yield kind, directory[at + 6 : at + 6 + size]
        at += 6 + size
    assert at == len(directory)


def _check_passwords(project: list[str]) -> None:
    """Not locked for viewing, and without a password ([MS-OVBA] 2.4.3)."""
    values = dict(line.split("=", 1) for line in project if "=" in line)
    for key, expected in (("CMG", b"\0\0\0\0"), ("DPB", b"\0"), ("GC", b"\xff")):
        sealed = bytes.fromhex(values[key].strip('"'))
        assert _unsealed(sealed, values["ID"].strip('"')) == expected


def _unsealed(sealed: bytes, project_id: str) -> bytes:
    seed, version, key = sealed[0], sealed[0] ^ sealed[1], sealed[0] ^ sealed[2]
    assert version == 2
    assert key == sum(project_id.encode()) & 0xFF
    plain, before, two_before, last = bytearray(), sealed[2], sealed[1], key
    for byte in sealed[3:]:
        last = byte ^ ((two_before + last) & 0xFF)
        plain.append(last)
        two_before, before = before, byte
    content = plain[(seed & 6) // 2 :]
    assert int.from_bytes(content[:4], "little") == len(content) - 4
    return bytes(content[4:])
