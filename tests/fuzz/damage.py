"""Damage files as disks, editors, programs and people do, the same way for the same seed."""

import io
import random
import re
import zipfile
from collections.abc import Mapping
from functools import lru_cache

RUBBISH = (
    *(b"", b"\0", b"\xff\xfe", b'"', b"'", b"\n", b"\r", b";", b",", b"\t", b"-", b"=", b"[", b"]"),
    *(
        b"{",
        b"}",
        b"[[",
        b"<",
        b">",
        b"&",
        b"%",
        b"\\",
        b"#",
        b"(",
        b"\xe2\x82\xac",
        b"\xf0\x9f\x98",
    ),
    *(b"null", b"true", b"NaN", b"inf", b"nan", b"[]", b"{}", b"=cmd|", b"//", b"/*", b"\x1b[31m"),
)
NUMBERS = (
    *(b"0", b"-1", b"1", b"-0.0", b"1e-9", b"5e-324", b"1e15", b"1e16", b"1e308", b"1e999", b"nan"),
    *(b"inf", b"-inf", b"9" * 400, b"-" + b"9" * 400, b"9" * 5000, b"1e-999", b"0x" + b"f" * 400),
    *(b"1_0", b"1,5", b"1.234,56", b"0.1", b"1e400", b"true", b"null", b'""', b"[]", b"{}", b"2.5"),
    *(b"1E+9999999999", b"9007199254740993", b"1e22", b"00", b"+1", b".5", b"5."),
)
TEXTS = (
    *(b"", b" ", b"x", b"\\ud800", b"\\udfff\\ud800", b"\\u0000", b"\\n", b"lognormal", b"uniform"),
    *(b"pert", b"2026-13-45", b"0001-01-01", b"9999-12-31", b"2026-02-30T25:00:00Z", b"1970-01-01"),
    *(
        b"A" * 5000,
        b"A" * 40_000,
        b"../../x",
        b"=1+1",
        b"@SUM(1)",
        b"XXX",
        b"eur",
        b"#REF!",
        b"nan",
    ),
    *(b"\xc3\xa4\xcc\x88", b"\xe2\x80\xae", b"A1048577", b"XFE1", b"A1:B2:C3", b"&#0;", b"&lt;"),
    *(
        b"inf",
        b"-1",
        b"9" * 400,
        b"1e999",
        b"${x}",
        b"%s",
        b"{0}",
        b"'; --",
        b"_xD800_",
        *(b"_x0000_", b"caf\xe9"),
        b"openai/o3",
    ),
)
NUMBER = re.compile(rb"(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])")
TEXT = re.compile(rb'(?<=")[^"\n]*(?=")|(?<=>)[^<>\n]+(?=<)')
LINE = re.compile(rb"[^\n]*\n?")


def _bytes(data: bytes, draws: random.Random) -> bytes:
    at = draws.randrange(len(data) + 1)
    end = min(len(data), at + draws.choice((0, 0, 1, 2, 8, 40, 200)))
    piece = (*RUBBISH, data[at:end] * 2, bytes([draws.randrange(256)]))
    return data[:at] + draws.choice(piece) + data[end:]


def _number(data: bytes, draws: random.Random) -> bytes:
    return _instead(data, NUMBER, NUMBERS, draws)


def _text(data: bytes, draws: random.Random) -> bytes:
    return _instead(data, TEXT, TEXTS, draws)


def _instead(
    data: bytes, what: re.Pattern[bytes], values: tuple[bytes, ...], draws: random.Random
) -> bytes:
    spots = list(what.finditer(data))
    if not spots:
        return _bytes(data, draws)
    found = draws.choice(spots)
    return data[: found.start()] + draws.choice(values) + data[found.end() :]


def _lines(data: bytes, draws: random.Random) -> bytes:
    """Leave a line out, write it twice, or put it elsewhere."""
    lines = LINE.findall(data)
    at, to = draws.randrange(len(lines)), draws.randrange(len(lines))
    line = lines[at]
    if draws.random() < 0.6:
        del lines[at]
    if draws.random() < 0.5:
        lines.insert(to, line)
    return b"".join(lines)


def _cut(data: bytes, draws: random.Random) -> bytes:
    return data[: draws.randrange(len(data) + 1)]


TEXT_WAYS = (_bytes, _number, _number, _number, _text, _text, _lines)


def text(data: bytes, draws: random.Random) -> bytes:
    """Damage a text in one to three places."""
    for _ in range(draws.choice((1, 1, 1, 2, 3))):
        data = draws.choice(TEXT_WAYS)(data, draws)
    return _cut(data, draws) if draws.random() < 0.03 else data


def package(data: bytes, draws: random.Random) -> bytes:
    """Damage a workbook: in the packed file, or inside one or two of its parts."""
    if draws.random() < 0.1:
        return (_bytes if draws.random() < 0.7 else _cut)(data, draws)
    parts = dict(_parts(data))
    for _ in range(draws.choice((1, 1, 2))):
        name = draws.choice([each for each in parts if each.endswith((".xml", ".rels"))])
        if draws.random() < 0.02:
            del parts[name]
        else:
            parts[name] = text(parts[name], draws)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:  # to pack them takes longer than to damage them
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


@lru_cache(maxsize=8)
def _parts(data: bytes) -> Mapping[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        return {name: old.read(name) for name in old.namelist()}


def damaged(data: bytes, draws: random.Random) -> bytes:
    """Damage a file in a way that suits it."""
    return package(data, draws) if data[:4] == b"PK\3\4" else text(data, draws)
