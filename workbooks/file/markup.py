"""Read XML where it stands: each element with the bytes it covers, so that only those change.

Nothing is ever written from a parsed tree: a file that was read and written again loses the
prefixes and extensions that Excel insists on. Document types and entities are refused, and so
is anything deeper or larger than a spreadsheet program writes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.parsers import expat

from workbooks.file.refusal import RefreshError

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DEEPEST = 100
_TAG = re.compile(rb"<[^\s/>]+(?:\s+[^\s=]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>")
_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")
_HALF = re.compile("[\ud800-\udfff]")  # of a character that UTF-16 writes in two
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Edit(NamedTuple):
    """Bytes that take the place of others; an empty span inserts."""

    start: int
    end: int
    new: bytes


def splice(data: bytes, edits: Iterable[Edit]) -> bytes:
    """Replace some spans of a text and nothing else.

    >>> splice(b"a 3 b 4", [Edit(6, 7, b"5"), Edit(2, 3, b"33")])
    b'a 33 b 5'
    """
    out, at = [], 0
    for start, end, new in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if start < at:
            raise AssertionError(f"two edits of the same bytes, at {start}")
        out += [data[at:start], new]
        at = end
    return b"".join([*out, data[at:]])


class Scan:
    """One pass over a part; a kind of part overrides what it wants to hear of."""

    most_elements = 10_000_000

    def __init__(self, data: bytes, label: str) -> None:
        self.data, self.label = data, label
        self.depth = self.count = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.buffer_size = 1 << 20  # long texts arrive in few pieces
        self.parser.XmlDeclHandler = self._declared
        self.parser.StartDoctypeDeclHandler = self._document_type
        self.hear(every=True)

    def hear(self, every: bool) -> None:
        """Hear of every element that comes next, or of none: it is then only seen to be sound."""
        self.parser.StartElementHandler = self._opened if every else None
        self.parser.EndElementHandler = self._closed if every else None
        self.parser.CharacterDataHandler = self.text if every else None

    def run(self) -> None:
        """Read the part.

        Raises
        ------
        RefreshError
            If it is not XML in UTF-8, has a document type, or is deeper or larger than allowed.
        """
        self.feed([self.data])

    def feed(self, pieces: Iterable[bytes]) -> None:
        """Read a part piece by piece; where its elements stand is known if `data` is the whole."""
        try:
            for number, piece in enumerate(pieces):
                if number == 0 and piece[:2] in {b"\xfe\xff", b"\xff\xfe"}:
                    rule = "is not in UTF-8; save the workbook in Excel first"
                    raise RefreshError(f"{self.label} {rule}")
                self.parser.Parse(piece, False)
            self.parser.Parse(b"", True)
        except (expat.ExpatError, LookupError, UnicodeError) as error:
            raise RefreshError(f"{self.label} is damaged: {error}") from None

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        """Hear that an element begins."""

    def closed(self, name: str) -> None:
        """Hear that an element ends."""

    def text(self, text: str) -> None:
        """Hear text, in pieces."""

    @property
    def here(self) -> int:
        """Where the event that is being heard begins."""
        return self.parser.CurrentByteIndex

    def tag_end(self, start: int) -> int:
        """Where the start tag ends that begins at a place."""
        found = _TAG.match(self.data, start)
        if not found:
            raise RefreshError(f"{self.label} is damaged at byte {start}")
        return found.end()

    def element_end(self, open_end: int) -> int:
        """Where the element that is being closed ends."""
        if self.data[open_end - 2 : open_end] == b"/>":
            return open_end
        return self.data.index(b">", self.here) + 1

    def _opened(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.counted(1)
        self.opened(name, attributes)

    def counted(self, elements: int) -> None:
        """Refuse a part that has more elements than any workbook, or deeper ones."""
        self.count += elements
        if self.depth > DEEPEST or self.count > self.most_elements:
            raise RefreshError(f"{self.label} is nested too deeply or too large for a workbook")

    def _closed(self, name: str) -> None:
        self.depth -= 1
        self.closed(name)

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        if (encoding or "utf-8").lower() not in {"utf-8", "us-ascii"}:
            raise RefreshError(
                f"{self.label} is in {encoding}, not UTF-8; save the workbook in Excel first"
            )

    def _document_type(self, *_: object) -> None:
        raise RefreshError(f"{self.label} has a document type, which no workbook may have")


@dataclass(slots=True)
class Node:
    """An element of a small part with its place in the bytes."""

    name: str
    attributes: Mapping[str, str]
    start: int
    open_end: int
    close: int = 0
    end: int = 0
    text: str = ""
    children: list[Node] = field(default_factory=list)

    @property
    def local(self) -> str:
        """The name without its namespace."""
        return self.name.rpartition(" ")[2]

    def get(self, name: str, otherwise: str = "") -> str:
        """Return an attribute by its local name."""
        return next((v for k, v in self.attributes.items() if local(k) == name), otherwise)

    def all(self, name: str) -> Iterator[Node]:
        """Yield every element of a local name in this one, in order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            if node.local == name:
                yield node
            waiting += reversed(node.children)


def local(name: str) -> str:
    """Return a name without its namespace.

    >>> local("urn:a b")
    'b'
    """
    return name.rpartition(" ")[2]


class _Tree(Scan):
    most_elements = 300_000

    def __init__(self, data: bytes, label: str) -> None:
        super().__init__(data, label)
        self.root = Node("", {}, 0, 0)
        self.path = [self.root]
        self.texts: list[list[str]] = [[]]

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        node = Node(name, attributes, self.here, self.tag_end(self.here))
        self.path[-1].children.append(node)
        self.path.append(node)
        self.texts.append([])

    def text(self, text: str) -> None:
        self.texts[-1].append(text)

    def closed(self, name: str) -> None:
        node = self.path.pop()
        node.text = "".join(self.texts.pop())
        node.end = self.element_end(node.open_end)
        node.close = node.end if node.end == node.open_end else self.here


def tree(data: bytes, label: str) -> Node:
    """Read a small part whole and return its outermost element."""
    scan = _Tree(data, label)
    scan.run()
    return scan.root.children[0]


def set_attribute(data: bytes, start: int, name: str, value: str) -> Edit:
    """Give the element that begins at a place an attribute, in place of the one it has."""
    found = _TAG.match(data, start)
    if not found:
        raise AssertionError(f"no element begins at byte {start}")
    quoted = f'{name}="{html.escape(value)}"'.encode()
    old = re.search(rb"(?<=\s)" + name.encode() + rb"\s*=\s*(?:\"[^\"]*\"|'[^']*')", found[0])
    if old:
        return Edit(start + old.start(), start + old.end(), quoted)
    at = found.end() - (2 if found[0].endswith(b"/>") else 1)
    return Edit(at, at, b" " + quoted)


def prefix(data: bytes, start: int) -> str:
    """Return the prefix, with its colon, of the element that begins at a place.

    >>> prefix(b"<x:row>", 0), prefix(b"<row>", 0)
    ('x:', '')
    """
    found = re.compile(rb"<([^\s/>:]+:)?").match(data, start)
    return found[1].decode() if found and found[1] else ""


def shown(text: str) -> str:
    r"""Write a text as the content of an element, so that Excel shows exactly these characters.

    >>> shown("R&D _x000A_ \x01")
    'R&amp;D _x005F_x000A_ _x0001_'
    """
    literal = _ESCAPED.sub(r"_x005F_x\1_", text)
    safe = _ILLEGAL.sub(lambda found: f"_x{ord(found[0]):04X}_", literal)
    return html.escape(safe, quote=False)


def unescaped(text: str) -> str:
    r"""Undo Excel's own escapes for characters that XML cannot hold.

    >>> unescaped("Input_x000a_price")
    'Input\nprice'

    Two halves are one character; half of one is none:

    >>> unescaped("_xD83D__xDE00_"), unescaped("_xD83D_")
    ('😀', '�')
    """
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    if not _HALF.search(plain):
        return plain
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
